"""Which numbers does MLflow compute of an estimator on its own training data, and what does it call them?

The same names and values, computed with fewer passes: one prediction, one call for precision, recall and F1.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

PREFIX = "training_"


@dataclass(frozen=True, slots=True)
class Training:
    """What an estimator was fitted on."""

    features: Any
    targets: Any = None
    weights: Any = None


def training_of(fit: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Training:
    """Features, targets and weights of one call of `fit`, whatever that calls its arguments; `args` without self."""
    names = [name for name in inspect.signature(fit).parameters if name != "self"]
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    targets = given.get(names[1]) if len(names) > 1 and names[1] not in ("sample_weight", "kwargs") else None
    weights = given.get("sample_weight") if "sample_weight" in names else None
    return Training(given.get(names[0]), targets, weights)


def training_metrics(estimator: Any, data: Training) -> dict[str, float]:
    """Empty without targets. A metric that cannot be computed is left out."""
    from sklearn import config_context
    from sklearn.base import is_classifier, is_regressor

    if data.targets is None:
        return {}
    found: dict[str, Any] = {}
    with warnings.catch_warnings(), config_context(skip_parameter_validation=True):
        warnings.simplefilter("ignore")
        if is_classifier(estimator):
            _collect(found, lambda: _classifier(estimator, data))
            _collect(found, lambda: _probabilities(estimator, data))
        elif is_regressor(estimator):
            _collect(found, lambda: _regressor(estimator, data))
        _collect(found, lambda: _score(estimator, data, found))
    return {PREFIX + key: float(value) for key, value in found.items()}


def _collect(found: dict[str, Any], compute: Callable[[], Mapping[str, Any]]) -> None:
    try:
        found.update(compute())
    except Exception:  # multi-label targets, a class seen once, an estimator that cannot predict: no such number
        return


def _classifier(estimator: Any, data: Training) -> dict[str, Any]:
    from sklearn import metrics

    predicted, weights = estimator.predict(data.features), data.weights
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        data.targets, predicted, average="weighted", sample_weight=weights
    )
    accuracy = metrics.accuracy_score(data.targets, predicted, sample_weight=weights)
    return {"precision_score": precision, "recall_score": recall, "f1_score": f1, "accuracy_score": accuracy}


def _probabilities(estimator: Any, data: Training) -> dict[str, Any]:
    from sklearn import metrics

    if not hasattr(estimator, "predict_proba"):
        return {}
    found: dict[str, Any] = {}
    likely = estimator.predict_proba(data.features)
    _collect(found, lambda: {"log_loss": metrics.log_loss(data.targets, likely, sample_weight=data.weights)})
    scores = likely[:, 1] if likely.shape[1] == 2 else likely
    options = {"average": "weighted", "multi_class": "ovo", "sample_weight": data.weights}
    _collect(found, lambda: {"roc_auc": metrics.roc_auc_score(data.targets, scores, **options)})
    return found


def _regressor(estimator: Any, data: Training) -> dict[str, Any]:
    from sklearn import metrics

    both = (data.targets, estimator.predict(data.features))
    squared = metrics.mean_squared_error(*both, sample_weight=data.weights)
    return {
        "mean_squared_error": squared,
        "mean_absolute_error": metrics.mean_absolute_error(*both, sample_weight=data.weights),
        "r2_score": metrics.r2_score(*both, sample_weight=data.weights),
        "root_mean_squared_error": np.sqrt(squared),
    }


def _score(estimator: Any, data: Training, found: Mapping[str, Any]) -> dict[str, Any]:
    """The estimator's own score; where that is one of the metrics, it is not computed again."""
    from sklearn.base import ClassifierMixin, RegressorMixin

    own = getattr(type(estimator), "score", None)
    original = getattr(own, "__wrapped__", own)
    for mixin, key in ((ClassifierMixin, "accuracy_score"), (RegressorMixin, "r2_score")):
        if original is getattr(mixin.score, "__wrapped__", mixin.score) and key in found:
            return {"score": found[key]}
    if own is None and not hasattr(estimator, "score"):
        return {}
    takes_weights = "sample_weight" in inspect.signature(estimator.score).parameters
    weights = (data.weights,) if takes_weights else ()
    return {"score": estimator.score(data.features, data.targets, *weights)}

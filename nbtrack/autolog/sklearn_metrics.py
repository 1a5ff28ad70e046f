"""Which numbers does MLflow compute of an estimator on its own training data, and what does it call them?

The same names and values, computed with fewer passes: one prediction, and of plain arrays without scikit-learn.
"""

from __future__ import annotations

import inspect
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbtrack.autolog import quick_scores

PREFIX = "training_"
PROBED = 256  # rows by which it is estimated how long a prediction of all takes


class TooSlowError(Exception):
    """The training metrics would take too long: `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.3g} s")
        self.seconds = seconds


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


def training_metrics(
    estimator: Any, data: Training, most: float | None = None, pos_label: Any = None
) -> dict[str, float]:
    """Empty without targets. A metric that cannot be computed is left out. With `pos_label` precision, recall and F1
    are those of this class, else the mean of all, weighted by how often each is there.

    Where computing them would take more than `most` seconds, raises TooSlowError: to predict what it was fitted on is
    little to most estimators, but a nearest-neighbours one searches all for each.
    """
    from sklearn import config_context
    from sklearn.base import is_classifier, is_regressor

    if data.targets is None:
        return {}
    found: dict[str, Any] = {}
    random = np.random.get_state()
    try:
        with warnings.catch_warnings(), config_context(skip_parameter_validation=True):
            warnings.simplefilter("ignore")
            if most is not None:
                _must_be_quick(estimator, data.features, most)
            if is_classifier(estimator):
                _collect(found, lambda: _classifier(estimator, data, pos_label))
                _collect(found, lambda: _probabilities(estimator, data))
            elif is_regressor(estimator):
                _collect(found, lambda: _regressor(estimator, data))
            _collect(found, lambda: _score(estimator, data, found))
    finally:
        np.random.set_state(random)  # the person's next random number is what it would have been
    return {PREFIX + key: float(value) for key, value in found.items()}


def _must_be_quick(estimator: Any, features: Any, most: float) -> None:
    """Asks for a few rows, and multiplies."""
    rows = getattr(features, "shape", (0,))[0]
    if rows <= PROBED or not hasattr(estimator, "predict"):
        return
    few = features.iloc[:PROBED] if hasattr(features, "iloc") else features[:PROBED]
    asked = [getattr(estimator, name) for name in ("predict", "predict_proba") if hasattr(estimator, name)]
    start = time.perf_counter()
    for ask in asked:
        ask(few)
    seconds = (time.perf_counter() - start) * rows / PROBED
    if seconds > most:
        start = time.perf_counter()  # the first call may have warmed up: caches, threads, compiling
        for ask in asked:
            ask(few)
        seconds = (time.perf_counter() - start) * rows / PROBED
    if seconds > most:
        raise TooSlowError(seconds)


def _collect(found: dict[str, Any], compute: Callable[[], Mapping[str, Any]]) -> None:
    try:
        found.update(compute())
    except Exception:  # multi-label targets, a class seen once, an estimator that cannot predict: no such number
        return


def _classifier(estimator: Any, data: Training, pos_label: Any = None) -> dict[str, Any]:
    predicted, weights = estimator.predict(data.features), data.weights
    try:
        if pos_label is None:
            return dict(quick_scores.classification(data.targets, predicted, weights))
    except quick_scores.NotPlainError:
        pass
    from sklearn import metrics

    averaged = {"average": "weighted"} if pos_label is None else {"average": "binary", "pos_label": pos_label}
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        data.targets, predicted, sample_weight=weights, **averaged
    )
    accuracy = metrics.accuracy_score(data.targets, predicted, sample_weight=weights)
    return {"precision_score": precision, "recall_score": recall, "f1_score": f1, "accuracy_score": accuracy}


def _probabilities(estimator: Any, data: Training) -> dict[str, Any]:
    if not hasattr(estimator, "predict_proba"):
        return {}
    likely = estimator.predict_proba(data.features)
    try:
        return dict(quick_scores.probabilities(data.targets, likely, data.weights))
    except quick_scores.NotPlainError:
        from sklearn import metrics
    found: dict[str, Any] = {}
    _collect(found, lambda: {"log_loss": metrics.log_loss(data.targets, likely, sample_weight=data.weights)})
    scores = likely[:, 1] if likely.shape[1] == 2 else likely
    options = {"average": "weighted", "multi_class": "ovo", "sample_weight": data.weights}
    _collect(found, lambda: {"roc_auc": metrics.roc_auc_score(data.targets, scores, **options)})
    return found


def _regressor(estimator: Any, data: Training) -> dict[str, Any]:
    both = (data.targets, estimator.predict(data.features))
    try:
        return dict(quick_scores.regression(*both, data.weights))
    except quick_scores.NotPlainError:
        from sklearn import metrics
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

"""How are scikit-learn's estimators, and those of other packages built like them, watched?"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from nbtrack.autolog import evaluation
from nbtrack.autolog.asked import asked
from nbtrack.autolog.defaults import untouched
from nbtrack.autolog.model_keeping import BEST_ESTIMATOR
from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.autolog.sklearn_candidates import Candidates, watching
from nbtrack.autolog.sklearn_metrics import TooSlowError, training_metrics, training_of
from nbtrack.autolog.sklearn_search import is_search, log_search
from nbtrack.autolog.unasked import most_seconds
from nbtrack.errors import guard

FITS = ("fit", "fit_transform", "fit_predict")
PREDICTS = ("predict", "predict_proba", "predict_log_proba", "transform")
# They prepare data rather than learn from it: inside a pipeline they are seen as its params, as with MLflow.
PREPARING = ("sklearn.preprocessing", "sklearn.impute", "sklearn.feature_extraction", "sklearn.feature_selection")
PREPARING_CLASSES = ("ColumnTransformer", "FeatureUnion")
# These have an autolog of their own, below their sklearn API.
OTHERS = ("xgboost.", "lightgbm.")

_seen: ByIdentity[tuple[object, ...]] = ByIdentity()  # estimators that were logged, and with which fitted attributes


def patch_estimators(patches: Patches) -> None:
    """Watch every estimator there is, and those of modules that are imported later."""
    from sklearn.base import BaseEstimator

    done: set[type] = set()  # most classes share their mixins
    for each in _with_subclasses(BaseEstimator):
        _watch_class(patches, each, done)
    _watch_later_classes(patches, BaseEstimator)


def patch_metrics(patches: Patches) -> None:
    """Watch the functions of sklearn.metrics."""
    from sklearn import metrics

    named = [getattr(metrics, name) for name in metrics.__all__ if not name.startswith(("get_", "make_", "check_"))]
    patches.watch_everywhere({each: evaluation.watch_metric for each in named if inspect.isfunction(each)})


def _with_subclasses(base: type) -> Iterator[type]:
    seen: set[type] = {base}
    waiting = [base]
    while waiting:
        below: list[type] = waiting.pop().__subclasses__()
        for each in below:
            if each not in seen:
                seen.add(each)
                waiting.append(each)
                yield each


def _watch_later_classes(patches: Patches, base: Any) -> None:
    before = base.__init_subclass__

    def watching(cls: Any, /, **kwargs: Any) -> None:
        super(base, cls).__init_subclass__(**kwargs)
        with guard(f"watch the estimator {cls.__name__}"):
            _watch_class(patches, cls)

    if not hasattr(before, "__nbtrack__"):
        watching.__nbtrack__ = True  # type: ignore[attr-defined]
        patches.replace(base, "__init_subclass__", classmethod(watching))


def _watch_class(patches: Patches, cls: type, done: set[type] | None = None) -> None:
    """The class, and what of its own package and of scikit-learn it is mixed from: `predict` is often in a mixin."""
    packages = {cls.__module__.partition(".")[0], "sklearn"}
    for each in cls.__mro__:
        if (done is None or each not in done) and (each is cls or each.__module__.partition(".")[0] in packages):
            _watch_methods(patches, each)
            if done is not None:
                done.add(each)


def _watch_methods(patches: Patches, cls: type) -> None:
    """Never of a class of the notebook: sending one to another process sends all that it refers to along."""
    if cls.__module__ == "__main__":
        return
    if not cls.__module__.startswith(OTHERS):
        prepares = cls.__module__.startswith(PREPARING) or cls.__name__ in PREPARING_CLASSES
        for name in () if prepares and not _has_parts(cls) else FITS:
            patches.watch(cls, name, watch_fit)
    for name in PREDICTS:
        patches.watch(cls, name, evaluation.watch_predict)
    patches.watch(cls, "score", evaluation.watch_score)


def watch_fit(call: Call) -> Generator[None, None, None]:
    """Hook of `fit` and its like."""
    if is_inside():
        return
    model = call.args[0]
    if not hasattr(model, "get_params"):
        return
    if _prepares(model):
        with inside():
            yield
        return
    with inside():
        recording = new_recording("sklearn", "search" if is_search(model) else "fit")
        with ending(recording, call):
            log_estimator(recording, model)
            start = time.perf_counter()
            candidates = _candidates(recording, model)
            with logging_into(recording), watching(candidates if candidates and candidates.live else None):
                yield
            if call.error is None:
                _log_fitted(recording, model, call, time.perf_counter() - start)
                if candidates is not None:
                    log_search(recording, model, candidates)


def _prepares(model: Any) -> bool:
    """A class of the notebook that inherits `fit_transform` is no better known than what it is derived from."""
    return any(cls.__module__.startswith(PREPARING) for cls in type(model).__mro__) or (
        type(model).__name__ in PREPARING_CLASSES
    )


def _has_parts(cls: type) -> bool:
    """Does it fit other estimators, which are not the person's fits then?"""
    return any(each.__name__ in ("MetaEstimatorMixin", "_BaseComposition", "IterativeImputer") for each in cls.__mro__)


def estimator_tags(model: Any) -> dict[str, str]:
    kind = type(model)
    return {"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__name__}"}


def _candidates(recording: Recording, model: Any) -> Candidates | None:
    """Where only the best of them are to have runs, these are known when the search has ended."""
    tags = estimator_tags(model.estimator) if is_search(model) else None
    return None if tags is None else Candidates(recording, model, tags, live=asked("sklearn").max_tuning_runs is None)


def log_estimator(recording: Recording, model: Any) -> None:
    """Its params, and what it is."""
    with guard(f"log the params of {type(model).__name__}"):
        params: Mapping[str, Any] = model.get_params(deep=not is_search(model))
        defaults = untouched(model, params) if recording.told is not None else ()
        recording.params(params, estimator_tags(model), defaults)


def _log_fitted(recording: Recording, model: Any, call: Call, seconds: float) -> None:
    fit: Callable[..., Any] = call.original
    data = training_of(fit, call.args[1:], call.kwargs)
    try:
        metrics = training_metrics(model, data, most_seconds(seconds), asked("sklearn").pos_label)
    except TooSlowError as slow:
        recording.remark(f"without training metrics, which would take about {slow.seconds:.2g} s (--autolog has them)")
    else:
        if metrics:
            recording.metrics(metrics)
    recording.model(model)
    if is_search(model) and hasattr(model, "best_estimator_"):
        recording.model(model.best_estimator_, BEST_ESTIMATOR)
    if asked("sklearn").log_post_training_metrics:
        evaluation.remember(model, recording)
    _seen[model] = _state(model)


# estimators of the notebook


def harvest(space: Mapping[str, Any]) -> None:
    """Log the fitted estimators among the notebook's variables whose `fit` could not be watched."""
    from sklearn.base import BaseEstimator

    for name, value in list(space.items()):
        if not isinstance(value, BaseEstimator) or name.startswith("_") or type(value).__module__ != "__main__":
            continue
        state = _state(value)
        if not state or _seen.get(value) == state:
            continue
        _seen[value] = state
        with guard(f"log the estimator '{name}'"):
            recording = new_recording("sklearn")
            log_estimator(recording, value)
            recording.end()


def _state(model: Any) -> tuple[object, ...]:
    """What fitting has left on the estimator, by identity; empty where it is not fitted."""
    own = getattr(model, "__dict__", {})
    return tuple((key, id(value)) for key, value in own.items() if key.endswith("_") and not key.startswith("_"))

"""How is CatBoost watched? `fit` gets one more official callback.

MLflow has no autolog for it; the names are made like those of XGBoost. On a GPU CatBoost allows no callbacks: there the
points are written when the fit has ended. So they are for `cv`.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from nbtrack.autolog import evaluation
from nbtrack.autolog.boosting import log_importance
from nbtrack.autolog.defaults import unchosen
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.errors import guard

_CLASSES = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")
_PREDICTS = ("predict", "predict_proba", "predict_log_proba")
_FIT_PARAMS = ("early_stopping_rounds", "use_best_model")
_NO_PARAMS = frozenset("pool dtrain params folds plot plot_file log_cout log_cerr as_pandas return_models".split())


def patch(patches: Patches) -> None:
    core = importlib.import_module("catboost.core")
    for kind in (getattr(core, name) for name in _CLASSES):
        patches.watch(kind, "fit", _watch_fit)
        patches.watch(kind, "score", evaluation.watch_score)
        for name in _PREDICTS:
            patches.watch(kind, name, evaluation.watch_predict)
    patches.watch_everywhere({core.cv: _watch_cv})


def _watch_fit(call: Call) -> Generator[None, None, None]:
    if is_inside() or (bound := call.bound()) is None:
        return
    model, arguments = call.args[0], bound.arguments
    params = model.get_params() if hasattr(model, "get_params") else dict(model._init_params)
    params |= {name: arguments[name] for name in _FIT_PARAMS if arguments.get(name) is not None}
    live = str(params.get("task_type", "CPU")).upper() != "GPU"
    with inside():
        recording = new_recording("catboost")
        with ending(recording, call):
            with guard("log the params of this fit"):
                recording.params(params)
            rounds = _Rounds(recording, params.get("eval_metric"))
            if live:
                call.give(bound, callbacks=[rounds, *(arguments.get("callbacks") or ())])
            with logging_into(recording):
                yield
            if call.error is None:
                _log_fitted(recording, model, params, rounds)


class _Rounds:
    """A callback as CatBoost wants it: the newest value of each metric after each iteration."""

    def __init__(self, recording: Recording, asked: Any = None) -> None:
        """`asked` is the eval_metric that was given: a name, or a class of the person's own."""
        self._recording = recording
        self._asked = asked
        self._total: int | None = None
        self.count = 0

    def after_iteration(self, info: Any) -> bool:
        with guard("log this iteration of catboost"):
            self.log(info.metrics)
        return True

    def log(self, metrics: Mapping[str, Mapping[str, Any]]) -> None:
        """Every value that is not logged yet: an iteration that a snapshot brought back comes with the next one."""
        newest = max((len(values) for each in metrics.values() for values in each.values()), default=0)
        if not self.count and newest:
            named = [(_key(data, name), name) for data, by_name in metrics.items() for name in by_name]
            self._recording.directions(_directions(named, self._asked))
        for data, by_name in metrics.items():
            for name, values in by_name.items():
                for step in range(min(self.count, len(values)), len(values)):
                    self._recording.point(_key(data, name), float(values[step]), step)
        self.count = max(self.count, newest)


def _directions(named: Iterable[tuple[str, str]], asked: Any = None) -> dict[str, str]:
    """By the key of a metric what CatBoost says of its name, and a class of the person's of itself."""
    ways = {key: _direction(name, asked if type(asked).__name__ == name else None) for key, name in named}
    return {key: way for key, way in ways.items() if way is not None}


def _direction(name: str, own: Any) -> str | None:
    core: Any = importlib.import_module("catboost._catboost")
    try:
        if own is not None:
            return "max" if own.is_max_optimal() else "min"
        return "max" if core.is_maximizable_metric(name) else "min" if core.is_minimizable_metric(name) else None
    except Exception:  # CatBoost has an error of its own for a name that it does not know
        return None


def _key(data: str, metric: str) -> str:
    """`validation-AUC`; CatBoost writes what a metric was asked for with behind a colon."""
    return f"{data}-{metric}".replace(":", "_").replace("=", "_").replace(";", "_")


def _log_fitted(recording: Recording, model: Any, given: Mapping[str, Any], rounds: _Rounds) -> None:
    rounds.log(model.evals_result_)
    used = model.get_all_params()
    unsaid = {key: value for key, value in used.items() if key not in given}
    recording.params(unsaid, defaults=unsaid)
    if model.best_iteration_ is not None:
        recording.metrics({"best_iteration": model.best_iteration_})
        if rounds.count < int(used.get("iterations", 0)):
            recording.metrics({"stopped_iteration": rounds.count - 1})
    kinds = {
        "prediction_values_change": lambda: dict(zip(model.feature_names_, model.feature_importances_, strict=True))
    }
    with guard("keep the importances of features"):
        log_importance(recording, kinds)
    evaluation.remember(model, recording)
    recording.model(model)


def _watch_cv(call: Call) -> Generator[None, None, None]:
    if is_inside() or (bound := call.bound()) is None:
        return
    arguments = dict(bound.arguments)
    with inside():
        recording = new_recording("catboost", "cross-validation")
        with ending(recording, call):
            plain = {key: value for key, value in arguments.items() if key not in _NO_PARAMS}
            with guard("log the params of this cross-validation"):
                own = dict(arguments.get("params") or {})
                recording.params({**plain, **own}, defaults=unchosen(call.original, plain) - own.keys())
            with logging_into(recording):
                yield
            if call.error is None:
                _log_table(recording, call.result[0] if isinstance(call.result, tuple) else call.result)


def _log_table(recording: Recording, table: Any) -> None:
    """A DataFrame, or a dict of lists: by iteration, mean and deviation of each metric."""
    named = {_key(*name.split("-", 1)): name.split("-", 1)[1] for name in table if "-" in name}
    means = [(key, name.removesuffix("-mean")) for key, name in named.items() if name.endswith("-mean")]
    recording.directions(_directions(means) | {key: "none" for key, name in named.items() if name.endswith("-std")})
    for name in table:
        if name != "iterations":
            for step, value in zip(table["iterations"], table[name], strict=True):
                recording.point(_key(*name.split("-", 1)) if "-" in name else name, float(value), int(step))

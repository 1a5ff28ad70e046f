"""What of a cross-validation is logged: `cross_validate`, and `cross_val_score`, which calls it?

One run for all folds, with the params of the estimator, the scores of each fold as points, and their means and
deviations by the names that a search's candidates have. What else scikit-learn fits and scores to answer a question (a
learning curve, how important a feature is) is no fit of the person's.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Generator, Iterable, Mapping
from contextvars import ContextVar
from typing import Any

import numpy as np

from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.autolog.sklearn_candidates import watch_fold, watching
from nbtrack.autolog.sklearn_fit import log_estimator
from nbtrack.autolog.sklearn_search import directions
from nbtrack.errors import guard

_ANSWERS = "cross_val_predict learning_curve validation_curve permutation_test_score".split()
_SCORES, _TIMES = ("test_", "train_"), ("fit_time", "score_time")


def patch(patches: Patches) -> None:
    module = importlib.import_module("sklearn.model_selection._validation")
    hooks = {"_fit_and_score": watch_fold, "cross_validate": _watch_cross_validate}
    hooks |= {"cross_val_score": _watch_cross_val_score, **dict.fromkeys(_ANSWERS, _inside)}
    found = {getattr(module, name, None): hook for name, hook in hooks.items()}
    patches.watch_everywhere({each: hook for each, hook in found.items() if inspect.isfunction(each)})


def patch_inspection(patches: Patches) -> None:
    module = importlib.import_module("sklearn.inspection")
    patches.watch_everywhere({module.permutation_importance: _inside, module.partial_dependence: _inside})


def _inside(call: Call) -> Generator[None, None, None]:
    with inside():
        yield


_asked: ContextVar[tuple[Any, ...]] = ContextVar("nbtrack_asked_scoring", default=())


def _watch_cross_val_score(call: Call) -> Generator[None, None, None]:
    """It hands `cross_validate` a scorer of its own making."""
    bound = call.bound()
    token = _asked.set(() if bound is None else (bound.arguments.get("scoring"),))
    try:
        yield
    finally:
        _asked.reset(token)


def _watch_cross_validate(call: Call) -> Generator[None, None, None]:
    if is_inside() or (bound := call.bound()) is None:
        return
    given = bound.arguments
    with inside():
        recording = new_recording("sklearn", "cross-validation")
        with ending(recording, call):
            log_estimator(recording, given["estimator"])
            with guard("log the params of this cross-validation"):
                (scoring,) = _asked.get() or (given.get("scoring"),)
                recording.params({"cv": given.get("cv"), "scoring": scoring})
            folds = _Folds(recording)
            with logging_into(recording), watching(folds):
                yield
            if call.error is None:
                folds.finish(call.result)


class _Folds:
    """The folds of one cross-validation. Those of other threads or processes are known when all have ended."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._done = 0
        self._in_fold = False  # what is scored inside may cross-validate too

    def fold(self, call: Call) -> Generator[None, None, None]:
        if self._in_fold:
            return
        self._in_fold = True
        try:
            yield
        finally:
            self._in_fold = False
        if call.error is None:
            for key in ("test", "train"):
                scores = call.result.get(f"{key}_scores", {})
                named = scores if isinstance(scores, Mapping) else {"score": scores}
                self._points({f"{key}_{name}": [score] for name, score in named.items()}, self._done)
            self._done += 1

    def finish(self, results: Mapping[str, Any]) -> None:
        scores = {key: values for key, values in results.items() if key.startswith(_SCORES)}
        self._points({key: values[self._done :] for key, values in scores.items()}, self._done)
        times = {key: results[key] for key in _TIMES if key in results}
        for name, how in (("mean", np.average), ("std", np.std)):
            self._recording.metrics({f"{name}_{key}": float(how(values)) for key, values in (scores | times).items()})
        self._recording.directions(
            directions([*scores, *(f"{name}_{key}" for name in ("mean", "std") for key in scores)])
        )

    def _points(self, scores: Mapping[str, Iterable[Any]], first: int) -> None:
        for key, values in scores.items():
            for step, value in enumerate(values, first):
                self._recording.point(key, float(value), step)

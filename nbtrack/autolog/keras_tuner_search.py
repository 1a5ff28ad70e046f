"""How is a search of keras-tuner watched? Each trial is a child run, and the epochs of its models go there."""

from __future__ import annotations

import importlib
import math
from collections.abc import Generator
from typing import Any

from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import ending, logging_into, new_recording
from nbtrack.autolog.scope import is_inside
from nbtrack.autolog.trials import Trials

_STATE = {"COMPLETED": "COMPLETE", "FAILED": "FAIL", "INVALID": "FAIL"}
_searching: ByIdentity[Trials] = ByIdentity()  # by tuner


def patch(patches: Patches) -> None:
    tuner = importlib.import_module("keras_tuner.src.engine.base_tuner").BaseTuner
    patches.watch(tuner, "search", _watch_search)
    patches.watch(tuner, "on_trial_begin", _watch_begin)
    patches.watch(tuner, "on_trial_end", _watch_end)


def _watch_search(call: Call) -> Generator[None, None, None]:
    if is_inside():
        return
    tuner = call.args[0]
    oracle = tuner.oracle
    ways = _directions(oracle.objective)
    trials = _searching[tuner] = Trials(new_recording("keras_tuner", "search"), oracle.max_trials, ways)
    with ending(trials.recording, call):
        trials.recording.params(
            {
                "tuner": type(tuner).__name__,
                "oracle": type(oracle).__name__,
                "max_trials": oracle.max_trials,
                "objective": getattr(oracle.objective, "name", oracle.objective),
                "direction": getattr(oracle.objective, "direction", None),
                "executions_per_trial": getattr(tuner, "executions_per_trial", 1),
            }
        )
        trials.recording.directions(ways)
        with logging_into(trials.recording):
            yield
        trials.close()
        _searching.forget(tuner)


def _watch_begin(call: Call) -> Generator[None, None, None]:
    yield
    trials = _searching.get(call.args[0])
    if trials is not None and call.error is None:
        trial = _trial(call)
        trials.begin(trial.trial_id, trial.hyperparameters.values, active=True)


def _watch_end(call: Call) -> Generator[None, None, None]:
    yield
    tuner = call.args[0]
    trials = _searching.get(tuner)
    if trials is None or call.error is not None:
        return
    trial = tuner.oracle.get_trial(_trial(call).trial_id)
    scored = trial.score is not None and math.isfinite(trial.score)
    child = trials.end(trial.trial_id, _STATE.get(trial.status, "FAIL"), {"score": trial.score} if scored else {})
    best = tuner.oracle.get_best_trials(1)
    if child is not None and scored and best and best[0].trial_id == trial.trial_id:
        trials.best(child, trial.score, trial.hyperparameters.values)


def _directions(objective: Any) -> dict[str, str]:
    """Of the score, and of the metrics in it. Several objectives are one sum, which keras-tuner minimizes."""
    parts = objective if isinstance(objective, list) else getattr(objective, "objectives", [objective])
    ways = {each.name: each.direction for each in parts if getattr(each, "direction", None) in ("min", "max")}
    whole = "min" if isinstance(objective, list) else getattr(objective, "direction", None)
    return ways | (dict.fromkeys(("score", "best_value"), whole) if whole in ("min", "max") else {})


def _trial(call: Call) -> Any:
    return call.args[1] if len(call.args) > 1 else call.kwargs["trial"]

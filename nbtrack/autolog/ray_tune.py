"""How is Ray Tune watched? `tune.run`, which `Tuner.fit` runs too, gets one more official callback.

Trials run in processes of Ray's; what they report comes to this one, and here each is a child run. What a trial fits
inside itself is not seen, only what it reports.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator, Mapping
from numbers import Real
from typing import Any

from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.autolog.trials import Trials
from nbtrack.errors import guard

# What Ray reports of itself with every result, beside what the person's code reports.
_RAYS = frozenset(
    "time_this_iter_s time_total_s time_since_restore timestamp pid iterations_since_restore training_iteration "
    "timesteps_total episodes_total should_checkpoint done".split()
)


def patch(patches: Patches) -> None:
    module = importlib.import_module("ray.tune.tune")
    patches.watch_everywhere({module.run: _watch_run})


def _watch_run(call: Call) -> Generator[None, None, None]:
    if is_inside() or (bound := call.bound()) is None:
        return
    arguments = bound.arguments
    with inside():
        metric, mode = _objective(arguments)
        ways = {metric: mode, "best_value": mode} if metric and mode in ("min", "max") else {}
        trials = Trials(new_recording("ray", "search"), directions=ways)
        with ending(trials.recording, call):
            trials.recording.params({"metric": metric, "mode": mode, "num_samples": arguments.get("num_samples", 1)})
            trials.recording.directions(ways)
            call.give(bound, callbacks=[*(arguments.get("callbacks") or ()), _callback(trials, metric, mode)])
            with logging_into(trials.recording):
                yield
            trials.close()


def _objective(arguments: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """What the search is for: said to `run`, or to the scheduler or search algorithm."""
    for name in ("metric", "mode"):
        if arguments.get(name) is not None:
            return arguments.get("metric"), arguments.get("mode")
    for name in ("scheduler", "search_alg"):
        thing = arguments.get(name)
        metric = getattr(thing, "metric", None) or getattr(thing, "_metric", None)
        if isinstance(metric, str):
            return metric, getattr(thing, "mode", None) or getattr(thing, "_mode", None)
    return None, None


def _callback(trials: Trials, metric: str | None, mode: str | None) -> Any:
    base: Any = importlib.import_module("ray.tune.callback").Callback
    best: list[float] = []

    class Points(base):  # type: ignore[misc]
        def on_trial_start(self, iteration: int, trial: Any = None, **info: Any) -> None:
            with guard("start the run of a trial"):
                if trials.get(trial.trial_id) is None:
                    trials.begin(trial.trial_id, trial.config, active=False)

        def on_trial_result(self, iteration: int, result: Any = None, trial: Any = None, **info: Any) -> None:
            with guard("log the result of a trial"):
                child = trials.get(trial.trial_id)
                if child is not None:
                    for key, value in _numbers(result).items():
                        child.point(key, value, int(result.get("training_iteration", 1)) - 1)

        def on_trial_complete(self, iteration: int, trial: Any = None, **info: Any) -> None:
            with guard("end the run of a trial"):
                pruned = not (trial.last_result or {}).get("done", True)
                child = trials.end(trial.trial_id, "PRUNED" if pruned else "COMPLETE", {})
                value = _numbers(trial.last_result or {}).get(metric or "")
                if child is not None and value is not None and (not best or _better(value, best[0], mode)):
                    best[:] = [value]
                    trials.best(child, value, trial.config)

        def on_trial_error(self, iteration: int, trial: Any = None, **info: Any) -> None:
            with guard("end the run of a trial"):
                trials.end(trial.trial_id, "FAIL", {})

    return Points()


def _numbers(result: Mapping[str, Any]) -> dict[str, float]:
    return {
        key: float(value)
        for key, value in result.items()
        if key not in _RAYS and isinstance(value, Real) and not isinstance(value, bool)
    }


def _better(value: float, than: float, mode: str | None) -> bool:
    return value > than if mode == "max" else value < than

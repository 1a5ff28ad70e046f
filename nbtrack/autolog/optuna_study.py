"""How is an Optuna study watched? Each trial is a child run, and what its objective fits or logs goes there."""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import Callable, Generator, Sequence
from typing import Any

from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import is_inside
from nbtrack.autolog.trials import Trials
from nbtrack.errors import guard

_running: ByIdentity[Recording] = ByIdentity()  # by the trial that an objective was handed


def patch(patches: Patches) -> None:
    from optuna.study import Study
    from optuna.trial import Trial

    patches.watch(Study, "optimize", _watch_optimize)
    patches.watch(Trial, "report", _watch_report)


def _watch_optimize(call: Call) -> Generator[None, None, None]:
    if is_inside():
        return
    bound = call.bound()
    if bound is None:
        return
    study, objective = call.args[0], bound.arguments["func"]
    ways = _directions(study)
    trials = Trials(new_recording("optuna", "study"), bound.arguments.get("n_trials"), ways)
    watched = _Study(trials)
    with ending(trials.recording, call):
        with guard("log the params of this study"):
            watched.describe(study)
            trials.recording.directions(ways)
        callbacks = [watched.ended, *(bound.arguments.get("callbacks") or ())]
        call.give(bound, func=watched.tracked(objective), callbacks=callbacks)
        with logging_into(trials.recording):
            yield
        watched.close(study)


def _watch_report(call: Call) -> Generator[None, None, None]:
    """An intermediate value is in the store before the objective goes on."""
    yield
    recording = _running.get(call.args[0])
    if recording is not None and call.error is None:
        given = inspect.signature(call.original).bind(*call.args, **call.kwargs).arguments
        recording.point("intermediate_value", float(given["value"]), int(given["step"]))


class _Study:
    """The trials of one call of `optimize`. Several threads may run one each."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self._lock = threading.Lock()
        # The best trials of this call, by number, all of one value; of a study that is opened again earlier ones may
        # have been better.
        self._best: dict[int, tuple[Recording, Any]] = {}
        self._completed: dict[int, str] = {}  # where there are several objectives: the run of each trial

    def describe(self, study: Any) -> None:
        directions = ",".join(direction.name.lower() for direction in study.directions)
        parts = {"sampler": type(study.sampler).__name__, "pruner": type(study.pruner).__name__}
        self.trials.recording.params({"direction": directions, **parts})
        self.trials.recording.tags({"nbtrack.study": study.study_name})

    def tracked(self, objective: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The objective, run with its trial's run as the active one."""

        def in_own_run(trial: Any) -> Any:
            __tracebackhide__ = True
            child: Recording | None = None
            with guard("start the run of a trial"):
                child = _running[trial] = self.trials.begin(str(trial.number), {}, active=False)
            if child is None:
                return objective(trial)
            with logging_into(child, always=True):
                return objective(trial)

        return in_own_run

    def ended(self, study: Any, frozen: Any) -> None:
        """What Optuna calls when a trial has completed, was pruned, or failed in a way that the person catches."""
        with guard("log this trial"):
            self._end(study, frozen)

    def _end(self, study: Any, frozen: Any) -> None:
        state, tags = frozen.state.name, {f"optuna.{key}": str(value) for key, value in frozen.user_attrs.items()}
        child = self.trials.end(str(frozen.number), state, _named(frozen.values), frozen.params, tags)
        if child is None or state != "COMPLETE":
            return
        if len(study.directions) > 1:
            self._completed[frozen.number] = child.run_id
            return
        with self._lock:  # as each better one ends, so that a study that is broken off has its best too
            if not _is_allowed(frozen):
                return
            known = next((best for _, best in self._best.values()), None)
            if known is None or _is_better(frozen, known, study.direction.name):
                self._best = {frozen.number: (child, frozen)}
                self.trials.best(child, frozen.value, frozen.params, frozen.number)
            elif frozen.value == known.value:
                self._best[frozen.number] = child, frozen

    def close(self, study: Any) -> None:
        """End the trials that Optuna has not told of, because they ended the study; say what was best."""
        for frozen in study.get_trials(deepcopy=False):
            if self.trials.get(str(frozen.number)) is not None:
                self._end(study, frozen)
        if self._completed:
            front = [self._completed[each.number] for each in study.best_trials if each.number in self._completed]
            self.trials.mark_best(front)
        elif len(self._best) > 1:
            self._settle_tie(study)
        self.trials.close()

    def _settle_tie(self, study: Any) -> None:
        """Of equally good trials the study names one: in several threads not always the one that ended here first."""
        with contextlib.suppress(ValueError):  # none is allowed, so it names none
            number = study.best_trial.number
            if number in self._best and number != next(iter(self._best)):
                child, frozen = self._best[number]
                self.trials.best(child, frozen.value, frozen.params, number)


def _directions(study: Any) -> dict[str, str]:
    """By metric: what the trials and the best of them came to, and of one objective what trials report meanwhile."""
    said = {"MINIMIZE": "min", "MAXIMIZE": "max"}
    ways = [said.get(direction.name, "none") for direction in study.directions]
    if len(ways) == 1:
        return dict.fromkeys(("value", "best_value", "intermediate_value"), ways[0])
    return {f"value_{number}": way for number, way in enumerate(ways)}


def _is_allowed(frozen: Any) -> bool:
    """Does it keep the constraints of the study, if there are any? Optuna knows by how much each is broken; before
    Optuna 5 it only noted that."""
    if hasattr(frozen, "constraints"):
        return all(broken <= 0 for broken in frozen.constraints.values())
    return all(broken <= 0 for broken in frozen.system_attrs.get("constraints") or ())


def _is_better(one: Any, other: Any, direction: str) -> bool:
    return bool(one.value > other.value if direction == "MAXIMIZE" else one.value < other.value)


def _named(values: Sequence[float] | None) -> dict[str, float]:
    """`value`, or `value_0`, `value_1`, … where there are several objectives; a pruned trial may have none."""
    values = values or ()
    return {"value" if len(values) == 1 else f"value_{number}": value for number, value in enumerate(values)}

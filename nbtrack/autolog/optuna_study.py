"""How is an Optuna study watched? Each trial is a child run, and what its objective fits or logs goes there."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Generator, Sequence
from typing import Any

from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import is_inside
from nbtrack.autolog.sklearn_search import BEST
from nbtrack.autolog.trials import STATE, STATUS
from nbtrack.entities import RunStatus
from nbtrack.errors import guard
from nbtrack.tracking.points import now

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
    trials = _Trials(new_recording("optuna"), bound.arguments.get("n_trials"))
    with ending(trials.recording, call):
        trials.describe(study)
        callbacks = [trials.ended, *(bound.arguments.get("callbacks") or ())]
        call.give(bound, func=trials.tracked(objective), callbacks=callbacks)
        with logging_into(trials.recording):
            yield
        trials.close(study)


def _watch_report(call: Call) -> Generator[None, None, None]:
    """An intermediate value is in the store before the objective goes on."""
    yield
    recording = _running.get(call.args[0])
    if recording is not None and call.error is None:
        given = inspect.signature(call.original).bind(*call.args, **call.kwargs).arguments
        recording.point("intermediate_value", float(given["value"]), int(given["step"]))


class _Trials:
    """The trials of one call of `optimize`. Several threads may run one each."""

    def __init__(self, recording: Recording, wanted: int | None) -> None:
        self.recording = recording
        self._wanted = wanted
        self._done = 0
        self._open: dict[int, Recording] = {}
        self._best: int | None = None
        self._lock = threading.Lock()

    def describe(self, study: Any) -> None:
        directions = ",".join(direction.name.lower() for direction in study.directions)
        parts = {"sampler": type(study.sampler).__name__, "pruner": type(study.pruner).__name__}
        self.recording.params({"direction": directions, **parts})
        self.recording.tags({"nbtrack.study": study.study_name})

    def tracked(self, objective: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The objective, run with its trial's run as the active one."""

        def in_own_run(trial: Any) -> Any:
            __tracebackhide__ = True
            child: Recording | None = None
            with guard("start the run of a trial"):
                child = self._begin(trial)
            if child is None:
                return objective(trial)
            with logging_into(child, always=True):
                return objective(trial)

        return in_own_run

    def _begin(self, trial: Any) -> Recording:
        child = self.recording.child(began=now(), tags={"nbtrack.trial": str(trial.number)})
        _running[trial] = child
        with self._lock:
            self._open[trial.number] = child
        return child

    def ended(self, study: Any, frozen: Any) -> None:
        """What Optuna calls when a trial has completed, was pruned, or failed in a way that the person catches."""
        with guard("log this trial"):
            self._end(study, frozen)

    def _end(self, study: Any, frozen: Any) -> None:
        with self._lock:
            child = self._open.pop(frozen.number, None)
        if child is None:
            return
        child.params(frozen.params)
        child.metrics(_named(frozen.values))
        child.tags({STATE: frozen.state.name, **{f"optuna.{key}": str(v) for key, v in frozen.user_attrs.items()}})
        child.end(STATUS.get(frozen.state.name, RunStatus.FAILED))
        with self._lock:
            self._done += 1
        self.recording.progress(self._done, self._wanted)
        if len(study.directions) == 1 and frozen.state.name == "COMPLETE":
            with self._lock:
                self._tell_best(study, frozen, child)

    def _tell_best(self, study: Any, frozen: Any, child: Recording) -> None:
        """As each better one ends, so that a study that is broken off has its best too."""
        best = study.best_trial
        if best.number == frozen.number:
            self._best = frozen.number
            self.recording.metrics({"best_value": frozen.value}, frozen.number)
            self.recording.tags({BEST: child.run_id})

    def close(self, study: Any) -> None:
        """End the trials that Optuna has not told of, because they ended the study; say what was best."""
        for frozen in study.get_trials(deepcopy=False):
            if frozen.number in self._open:
                self._end(study, frozen)
        for child in self._open.values():
            child.end(RunStatus.KILLED)
        if self._best is not None:
            self.recording.params({f"best_{key}": value for key, value in study.best_trial.params.items()})


def _named(values: Sequence[float] | None) -> dict[str, float]:
    """`value`, or `value_0`, `value_1`, … where there are several objectives; a pruned trial may have none."""
    values = values or ()
    return {"value" if len(values) == 1 else f"value_{number}": value for number, value in enumerate(values)}

"""How does a search whose trials are told from outside, one begins and one ends, keep a run for each?"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from nbtrack.autolog.recording import Recording, logging_into
from nbtrack.autolog.sklearn_search import BEST
from nbtrack.entities import RunStatus
from nbtrack.errors import guard
from nbtrack.tracking.points import now

STATE = "nbtrack.trial_state"  # COMPLETE, PRUNED or FAIL, as with Optuna
MOST_NAMED = 100  # ids in a tag, of 5,000 characters
STATUS = {"COMPLETE": RunStatus.FINISHED, "PRUNED": RunStatus.KILLED}


class Trials:
    """The trials of one search, by the name that the library gives each; several may be open at a time."""

    def __init__(
        self, recording: Recording, wanted: int | None = None, directions: Mapping[str, str] | None = None
    ) -> None:
        """`directions` is what the search says of the trials' metrics: "min" or "max"."""
        self.recording = recording
        self._wanted = wanted
        self._directions = dict(directions or {})
        self._open: dict[str, tuple[Recording, ExitStack]] = {}
        self._done = 0
        self._best: Mapping[str, Any] = {}
        self._lock = threading.Lock()

    def begin(self, name: str, params: Mapping[str, Any], *, active: bool) -> Recording:
        """With `active` what is fitted or logged in this thread until the trial ends goes to its run."""
        child = self.recording.child(
            began=now(), tags={"nbtrack.trial": name}, name=f"trial {name}", directions=self._directions
        )
        stack = ExitStack()
        with self._lock:
            self.recording.tries("trial")
            self._open[name] = child, stack
        if active:
            stack.enter_context(logging_into(child, always=True))
        if params:
            with guard("log the params of a trial"):
                child.params(params)
        return child

    def get(self, name: str) -> Recording | None:
        found = self._open.get(name)
        return found[0] if found else None

    def end(
        self,
        name: str,
        state: str,
        metrics: Mapping[str, float],
        params: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Recording | None:
        """`params` where a trial's are known only now. None where it never began, or has ended."""
        with self._lock:
            found = self._open.pop(name, None)
            self._done += found is not None
        if found is None:
            return None
        child, stack = found
        stack.close()
        if params:
            child.params(params)
        child.metrics(metrics)
        child.tags({STATE: state, **(tags or {})})
        child.end(STATUS.get(state, RunStatus.FAILED))
        self.recording.progress(self._done, self._wanted)
        return child

    def best(self, child: Recording, value: float, params: Mapping[str, Any], number: int | None = None) -> None:
        """The best so far, the trial of this number. Its params are written when the search has ended, for a param is
        written once."""
        self.recording.metrics({"best_value": value}, self._done - 1 if number is None else number)
        self.recording.tags({BEST: child.run_id})
        self._best = {f"best_{key}": each for key, each in params.items()}

    def mark_best(self, runs: Sequence[str]) -> None:
        """The trials that none is better than, where a search has several objectives."""
        for run_id in runs:
            self.recording.client.set_tag(run_id, BEST, "true")
        self.recording.tags({BEST: ",".join(runs[:MOST_NAMED])})

    def close(self) -> None:
        """End what was broken off with the search, and say what was best."""
        for child, stack in reversed(self._open.values()):
            stack.close()
            child.end(RunStatus.KILLED)
        self._open.clear()
        if self._best:
            self.recording.params(self._best)

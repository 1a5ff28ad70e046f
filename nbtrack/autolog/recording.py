"""Which run does a fit log into, and how?

The first fit inside an active run is that run's, as with MLflow. Each later one is a child of it, and then the first
is given a child as well, so that all can be compared side by side. Without an active run a fit is a run of its own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from nbtrack.autolog import progress
from nbtrack.autolog.patching import Call
from nbtrack.capture.alive import process_tags
from nbtrack.entities import Metric, Param, RunStatus, RunTag
from nbtrack.errors import InvalidValueError, guard
from nbtrack.stores import RunWriter
from nbtrack.stores.names import LONGEST_PARAM
from nbtrack.tracking import active
from nbtrack.tracking.client import PARENT, MlflowClient
from nbtrack.tracking.context import context_tags
from nbtrack.tracking.experiments import experiment_for_runs
from nbtrack.tracking.points import log_point, now

LIBRARY = "mlflow.autologging"  # MLflow's tag of a run that autolog has started
SUMMARY = "nbtrack.autologging"  # what autolog did in a run, in words
MOST_KEPT = 100_000  # points of a first fit that can still be given to a child of its own


@dataclass(eq=False)
class Recording:
    """One fit's way into its run. Every method may be called from several threads."""

    library: str
    client: MlflowClient
    run_id: str
    experiment_id: str
    own: bool  # was the run started for this fit?
    within: str | None = None  # the run that was active when the fit began
    began: int = field(default_factory=now)
    ended: int | None = None
    writer: RunWriter | None = None
    kept: list[tuple[str, Any]] = field(default_factory=list)  # what was written, where the fit may yet move

    def params(self, params: Mapping[str, Any]) -> None:
        """Keep params as text, cut as MLflow cuts them. One that the person has logged otherwise stays as it is."""
        texts = {str(key): _text(value)[:LONGEST_PARAM] for key, value in params.items()}
        self._keep("params", texts)
        batch = [Param(key, value) for key, value in texts.items()]
        try:
            self.client.log_batch(self.run_id, params=batch)
        except InvalidValueError:
            known = self.client.get_run(self.run_id).data.params
            self.client.log_batch(self.run_id, params=[param for param in batch if param.key not in known])

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """One point of each."""
        clean = {key.replace("@", "_at_"): float(value) for key, value in metrics.items()}
        self._keep("metrics", (clean, step, when := now()))
        self.client.log_batch(self.run_id, metrics=[Metric(key, value, when, step) for key, value in clean.items()])

    def point(self, key: str, value: float, step: int) -> None:
        """One point, while training: the quick way."""
        self._keep("metrics", ({key: value}, step, when := now()))
        if self.writer is None:
            self.writer = self.client.store.writer(self.run_id)
        log_point(self.client.store.uri, self.writer, key, value, step, when)

    def progress(self, done: int, total: int | None) -> None:
        """How much of the fit is done, for the card of the cell that it runs in."""
        if self.within is not None and total:
            progress.tell(self.within, self, done, total)

    def tags(self, tags: Mapping[str, str]) -> None:
        self._keep("tags", dict(tags))
        self.client.log_batch(self.run_id, tags=[RunTag(key, value) for key, value in tags.items()])

    def file(self, path: str, content: str | Mapping[str, Any]) -> None:
        """A text, or what JSON can hold, as an artifact."""
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        self._keep("file", (path, text))
        self.client.store.write_artifact(self.run_id, path, text.encode())

    def child(self, *, began: int, tags: Mapping[str, str]) -> Recording:
        """A run inside this one, such as a candidate of a search. It is ended with `end`."""
        run = _child(self.client, self.experiment_id, self.run_id, self.library, began, tags)
        return Recording(self.library, self.client, run, self.experiment_id, own=True, began=began)

    def end(self, status: RunStatus = RunStatus.FINISHED) -> None:
        self.ended = now()
        if self.within is not None:
            progress.forget(self.within, self)
        if self.own:
            if self.writer is not None:
                self.writer.close()
            self.client.set_terminated(self.run_id, status.name, self.ended)

    def _keep(self, kind: str, value: Any) -> None:
        if not self.own and len(self.kept) < MOST_KEPT:
            self.kept.append((kind, value))

    def copy_to(self, child: Recording) -> None:
        """Write everything once more, into `child`."""
        points: list[Metric] = []
        for kind, value in self.kept:
            if kind == "metrics":
                points += [Metric(key, number, value[2], value[1]) for key, number in value[0].items()]
            elif kind == "file":
                child.file(*value)
            else:
                getattr(child, kind)(value)
        child.client.log_batch(child.run_id, metrics=points)


def _text(value: Any) -> str:
    try:
        return str(value)
    except Exception:  # a person's class may fail to say what it is
        return f"<{type(value).__name__}>"


def _child(
    client: MlflowClient, experiment_id: str, parent: str, library: str, began: int, tags: Mapping[str, str]
) -> str:
    marks = {**context_tags(), **process_tags(), **tags, PARENT: parent, LIBRARY: library}
    return client.create_run(experiment_id, began, marks).info.run_id


# which fit has which run

_first: dict[str, Recording] = {}  # by the run that a first fit has claimed
_moved: set[str] = set()  # runs whose first fit has been given a child
_fits: dict[str, dict[str, int]] = {}  # by run: how many fits of which library
_claiming = threading.Lock()
_MOST_CLAIMS = 1000


def new_recording(library: str) -> Recording:
    """Where a fit that starts now, in this thread, logs into."""
    held = active.current()
    if held is None:
        client = MlflowClient()
        experiment_id = experiment_for_runs(client)
        run = client.create_run(experiment_id, tags={**context_tags(), **process_tags(), LIBRARY: library})
        return Recording(library, client, run.info.run_id, run.info.experiment_id, own=True)
    recording = Recording(library, held.client, held.run_id, held.run.info.experiment_id, own=False, within=held.run_id)
    with _claiming:
        first = _first.setdefault(held.run_id, recording)
        while len(_first) > _MOST_CLAIMS:
            _forget(next(iter(_first)))
        counts = _fits.setdefault(held.run_id, {})
        counts[library] = counts.get(library, 0) + 1
        move = first is not recording and held.run_id not in _moved
        if move:
            _moved.add(held.run_id)
    with guard("say what autolog did"):
        recording.client.set_tag(held.run_id, SUMMARY, told(counts))
    if first is recording:
        return recording
    if move:
        with guard("give the first fit of this run a run of its own"):
            _give_child(first)
    child = recording.child(began=now(), tags={})
    child.within = held.run_id
    return child


def _give_child(first: Recording) -> None:
    child = first.child(began=first.began, tags={})
    first.copy_to(child)
    child.client.set_terminated(child.run_id, "FINISHED", first.ended or now())
    first.run_id, first.own, first.writer = child.run_id, True, None  # what is computed of it later goes there


def _forget(run_id: str) -> None:
    _first.pop(run_id, None)
    _fits.pop(run_id, None)
    _moved.discard(run_id)


def told(counts: Mapping[str, int]) -> str:
    """What autolog did in one run: `sklearn: 1 fit`, `optuna: 1 study`, `sklearn: 3 fits, each a child run`."""
    nouns = {"optuna": ("study", "studies")}
    words = [
        f"{library}: {count} {nouns.get(library, ('fit', 'fits'))[count > 1]}"
        for library, count in sorted(counts.items())
    ]
    return ", ".join(words) + (", each a child run" if sum(counts.values()) > 1 else "")


@contextmanager
def logging_into(recording: Recording, *, always: bool = False) -> Iterator[None]:
    """Let what the person's own callbacks log during the fit go to the fit's run."""
    borrowed = threading.current_thread() is not threading.main_thread() and not active.own_stack()
    if not always and (
        not recording.own or borrowed
    ):  # a stack of its own would take the borrowed run from the other threads
        yield
        return
    held = active.Held(recording.client.get_run(recording.run_id), recording.client, kept=True)
    active.push(held)
    try:
        yield
    finally:
        while held in active.own_stack():
            if active.own_stack()[-1] is held:
                active.release_top()
            else:
                active.end_top(RunStatus.FINISHED)


@contextmanager
def ending(recording: Recording, call: Call) -> Iterator[None]:
    """End the recording as its call has ended, also where logging itself has failed."""
    try:
        yield
    finally:
        error = call.error
        failed = RunStatus.FAILED if isinstance(error, Exception) else RunStatus.KILLED
        recording.end(RunStatus.FINISHED if error is None else failed)

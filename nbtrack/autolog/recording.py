"""Which run does a fit log into, and how?

The first fit inside an active run is that run's, as with MLflow. Each later one is a child of it, and then the first
is given a child as well, so that all can be compared side by side. Without an active run a fit is a run of its own.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, ParamSpec, TypeVar

from nbtrack.autolog import active_here, unasked
from nbtrack.autolog.asked import asked
from nbtrack.autolog.model_keeping import MODEL, copy_model, keep_model
from nbtrack.autolog.patching import Call
from nbtrack.autolog.run_names import RunNames, direction_tags
from nbtrack.autolog.told import NAMES, Told, sentence
from nbtrack.autolog.values import numbers_of, texts_of
from nbtrack.capture import progress
from nbtrack.capture.alive import process_tags
from nbtrack.entities import Metric, Param, Run, RunStatus, RunTag
from nbtrack.errors import InvalidValueError, guard
from nbtrack.stores import RunWriter
from nbtrack.stores.base import Rearranging
from nbtrack.stores.storable_names import StorableNames
from nbtrack.tracking import active, guesses
from nbtrack.tracking.client import PARENT, RUN_NAME, MlflowClient
from nbtrack.tracking.context import context_tags
from nbtrack.tracking.events import Point, announce_point, announce_run, heard
from nbtrack.tracking.experiments import experiment_for_runs
from nbtrack.tracking.names import AUTOLOGGED, LIBRARY
from nbtrack.tracking.pending import wait_for_writes
from nbtrack.tracking.points import now

P = ParamSpec("P")
T = TypeVar("T")
_ORIGIN = ("mlflow.user", "mlflow.source.")
MOST_KEPT = 100_000  # writings of a first fit that can still be given to a child of its own


def _in_turn(method: Callable[P, T]) -> Callable[P, T]:
    """Not while the recording moves to a run of its own: what came meanwhile would be in neither copy."""

    @functools.wraps(method)
    def in_turn(*args: P.args, **kwargs: P.kwargs) -> T:
        recording: Any = args[0]
        with recording.moving:
            return method(*args, **kwargs)

    return in_turn


class Written(NamedTuple):
    """What a fit has put into its run."""

    params: Collection[str]
    points: Mapping[str, Sequence[Metric]]
    tags: Mapping[str, str]


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
    run: Run | None = None  # as it was when it started, where it was started for this fit
    origin: Mapping[str, str] = field(default_factory=dict)  # tags that say who and where, for child runs
    reserved: frozenset[str] = frozenset()  # params that are the person's
    told: Told | None = None  # what the person's run says of autolog, where this is in one
    writer: RunWriter | None = None
    kept: list[tuple[str, Any]] = field(default_factory=list)  # what was written, where the fit may yet move
    below: list[str] = field(default_factory=list)  # runs of its candidates, which move with it
    moving: Any = field(default_factory=threading.RLock)
    names: RunNames = field(default_factory=RunNames)
    what: str = "fit"  # a search, a study, …
    named: bool = True  # does the run's name say what was fitted?
    outcome: RunStatus = RunStatus.FINISHED  # once it has ended

    @_in_turn
    def params(
        self, params: Mapping[str, Any], tags: Mapping[str, str] | None = None, defaults: Collection[str] = ()
    ) -> None:
        """Keep params as text, cut as MLflow cuts them, and tags. One that the person has logged, or that their cell
        has of itself, stays as it is; what may be a secret by its name is left out. `defaults` are those that
        nobody has chosen; so is what is None."""
        texts = texts_of(params)
        defaults = {*defaults, *(key for key, text in texts.items() if text == "None")}
        marks = dict(tags or {})
        self._keep("params", (texts, dict(marks), defaults))
        if not self.named and (name := marks.get("estimator_name")):
            marks[RUN_NAME], self.named = name, True
        batch = self._named(texts)
        try:
            self._note_params(batch, {self.names.params.of(key) for key in defaults if key in texts}, marks)
            self._log(batch, marks)
        except InvalidValueError:
            data = self.client.get_run(self.run_id).data
            self.names.meet(data)
            there = [param.key for param in batch if param.key in data.params]
            batch = [param for param in self._named(texts) if param.key not in data.params]
            self._log(batch, marks)
            if self.told is not None:
                self.told.forget(there)
        if self.told is not None:
            guesses.guess(self.run_id, [param.key for param in batch])

    def _named(self, texts: Mapping[str, str]) -> list[Param]:
        names = self.names.params.of_all(texts)
        return [Param(names[key], text) for key, text in texts.items() if names[key] not in self.reserved]

    def name_as_written(self, names: Mapping[str, str]) -> None:
        """Under which names the person has written params, where the library hands them on under others."""
        if self.told is not None:
            self.told.written.update(names)

    def _note_params(self, batch: Sequence[Param], defaults: Collection[str], marks: dict[str, str]) -> None:
        if self.told is not None:
            written = [param.key for param in batch]
            self.told.note(params=written, defaults=(key for key in written if key in defaults))
            marks |= self.told.due()

    def _log(self, params: Sequence[Param], tags: Mapping[str, str]) -> None:
        marks = {**tags, **self.names.note()}
        self.client.log_batch(self.run_id, params=params, tags=[RunTag(key, value) for key, value in marks.items()])

    @_in_turn
    def metrics(self, metrics: Mapping[str, Any], step: int = 0) -> None:
        """One point of each that is a number."""
        clean = numbers_of(metrics)
        self._keep("metrics", (clean, step, when := now()))
        try:
            self._log_metrics(clean, step, when)
        except InvalidValueError:  # a name of the run's own that is a folder to one of these, or the other way round
            self.names.meet(self.client.get_run(self.run_id).data)
            self._log_metrics(clean, step, when)

    def _log_metrics(self, metrics: Mapping[str, float], step: int, when: int) -> None:
        names = self.names.metrics.of_all(metrics)
        if self.told is not None:
            self.told.note(metrics=names.values())
        points = [Metric(names[key], value, when, step) for key, value in metrics.items()]
        tags = [RunTag(key, value) for key, value in self.names.note().items()]
        self.client.log_batch(self.run_id, metrics=points, tags=tags)

    @_in_turn
    def directions(self, ways: Mapping[str, str]) -> None:
        """What the library says of its metrics: "min", "max", or "none" where none is better."""
        self._keep("directions", dict(ways))
        if tags := self.names.directions(ways):
            self._log((), tags)

    def point(self, key: str, value: float, step: int) -> None:
        """One point, while training: the quick way, for a float and an int."""
        self.points(key, [(value, now(), step)])

    @_in_turn
    def points(self, key: str, points: Sequence[tuple[float, int, int]]) -> None:
        """Several points of one metric, each (value, ms since 1970, step): hardly more than one costs."""
        if not self.own and len(self.kept) < MOST_KEPT:
            self.kept.append(("points", (key, points)))
        try:
            name = self._write_points(key, points)
        except InvalidValueError:
            self.names.meet(self.client.get_run(self.run_id).data)
            name = self._write_points(key, points)
        if heard():
            uri, run_id = self.client.store.uri, self.run_id
            for value, when, step in points:
                announce_point(Point(uri, run_id, name, value, step, when))

    def _write_points(self, key: str, points: Sequence[tuple[float, int, int]]) -> str:
        name = self.names.metrics.of(key)
        if self.writer is None:
            self.writer = self.client.store.writer(self.run_id)
        self.writer.log_points(name, points)
        if self.told is not None and name not in self.told.metrics:
            self.told.note(metrics=(name,))
        if name != key and (note := self.names.note()):
            self._log((), note)
        return name

    def progress(self, done: int, total: int | None) -> None:
        """How much of the fit is done, for the card of the cell that it runs in."""
        if self.within is not None and total:
            progress.tell(self.within, self, done, total)

    @_in_turn
    def tags(self, tags: Mapping[str, str]) -> None:
        self._keep("tags", dict(tags))
        names = StorableNames().of_all(tags)
        self._log((), {names[key]: text for key, text in tags.items()})

    def remark(self, text: str) -> None:
        """Say more of what autolog did, or did not do."""
        if self.told is not None:
            self.told.remarks[text] = None
        else:
            self.tags({AUTOLOGGED: sentence({(self.library, "fit"): 1}, remarks=[text])})

    @_in_turn
    def file(self, path: str, content: str | Mapping[str, Any]) -> None:
        """A text, or what JSON can hold, as an artifact."""
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        self._keep("file", (path, text))
        self.client.store.write_artifact(self.run_id, path, text.encode())

    @_in_turn
    def model(self, model: Any, name: str = MODEL) -> None:
        """Keep the model where that was asked for: as `model/` of the run, written beside the person's code."""
        if asked(self.library).log_models:
            with guard(f"keep the model of {self.library}"):
                if keep_model(self.client, self.run_id, model, name):
                    self._keep("model", name)

    @_in_turn
    def child(
        self, *, began: int, tags: Mapping[str, str], name: str, directions: Mapping[str, str] | None = None
    ) -> Recording:
        """A run inside this one, such as a candidate of a search, whose `name` says what it is. It is ended with `end`.
        `directions`: see there."""
        names = RunNames()
        extra = asked(self.library).extra_tags
        marks = {**self.origin, **process_tags(), **extra, **tags, PARENT: self.run_id, LIBRARY: self.library}
        run = self.client.create_run(self.experiment_id, began, marks | names.directions(directions or {}), name)
        if not self.own:
            self.below.append(run.info.run_id)
        return Recording(
            self.library, self.client, run.info.run_id, self.experiment_id, own=True, began=began, run=run,
            origin=self.origin, names=names,
        )  # fmt: skip

    def tries(self, what: str) -> None:
        """A candidate or trial of this search has got a run of its own: the person's run says how many have."""
        if told := _told.get(self.within or ""):
            told.tries(what)

    def end(self, status: RunStatus = RunStatus.FINISHED) -> None:
        self.ended, self.outcome = now(), status
        if self.told is not None and self.within is not None:
            _tell(self.client, self.within, self.told, last=active_here.is_of_mlflow(self.within))
        if self.within is not None:
            progress.forget(self.within, self)
        if self.own:
            if self.writer is not None:
                self.writer.close()
            self.client.set_terminated(self.run_id, status.name, self.ended)

    def _keep(self, kind: str, value: Any) -> None:
        if not self.own and len(self.kept) < MOST_KEPT:
            self.kept.append((kind, value))

    def written(self) -> Written:
        """What stands in the run by what is kept, under the names that it has there."""
        params: dict[str, None] = {}
        tags: dict[str, str] = dict(self.names.note_now())
        points: dict[str, list[Metric]] = {}
        for kind, value in self.kept:
            if kind == "params":
                params.update(dict.fromkeys(self.names.params.of_all(value[0]).values()))
                tags.update(value[1])
            elif kind == "metrics":
                for key, name in self.names.metrics.of_all(value[0]).items():
                    points.setdefault(name, []).append(Metric(name, value[0][key], value[2], value[1]))
            elif kind == "points":
                name = self.names.metrics.of(value[0])
                points.setdefault(name, []).extend(Metric(name, *point) for point in value[1])
            elif kind == "directions":
                tags.update(direction_tags({self.names.metrics.of(key): way for key, way in value.items()}))
            elif kind == "tags":
                tags.update(value)
        return Written(params, points, tags)

    def copy_to(self, child: Recording) -> None:
        """Write everything once more, into `child`."""
        points: list[Metric] = []
        for kind, value in self.kept:
            if kind == "metrics":
                names = child.names.metrics.of_all(value[0])
                points += [Metric(names[key], number, value[2], value[1]) for key, number in value[0].items()]
            elif kind == "points":
                points += [Metric(child.names.metrics.of(value[0]), *point) for point in value[1]]
            elif kind == "model":
                copy_model(self.client, self.run_id, child.run_id, value)
            elif kind in ("file", "params"):
                getattr(child, kind)(*value)
            else:
                getattr(child, kind)(value)
        note = [RunTag(key, text) for key, text in child.names.note().items()]
        child.client.log_batch(child.run_id, metrics=points, tags=note)


# which fit has which run

_first: dict[str, Recording] = {}  # by the run that a first fit has claimed
_told: dict[str, Told] = {}  # by the same run
_claiming = threading.Lock()
_MOST_CLAIMS = 1000


def new_recording(library: str, what: str = "fit") -> Recording:
    """Where a fit that starts now, in this thread, logs into. `what` it is called: a search, a study, …"""
    held = active_here.active_run()
    if held is None:
        client = MlflowClient()
        origin = context_tags()
        tags = {**origin, **process_tags(), **asked(library).extra_tags, LIBRARY: library}
        run = client.create_run(experiment_for_runs(client), tags=tags)
        info = run.info
        return Recording(library, client, info.run_id, info.experiment_id, own=True, run=run, origin=origin)
    recording = _inside(held, library)
    recording.what = what
    with _claiming:
        first = _first.setdefault(held.run_id, recording)
        while len(_first) > _MOST_CLAIMS:
            oldest = next(iter(_first))
            del _first[oldest]
            _told.pop(oldest, None)
        if held.run_id not in _told:
            told = _told[held.run_id] = Told()
            held.leaving[:0] = [
                lambda status: wait_for_writes(held.run_id),
                lambda status: _tell(held.client, held.run_id, told, last=True),
            ]
        told = _told[held.run_id]
        told.count(library, what)
        move = first is not recording and not told.children
        told.children = first is not recording
    recording.told = told
    if first is recording:
        if extra := asked(library).extra_tags:
            recording.tags(extra)
        return recording
    _tell(held.client, held.run_id, told)
    if move:
        with guard("give the first fit of this run a run of its own"):
            _give_child(first, first.what)
    child = recording.child(began=now(), tags={}, name=_called(library, what))
    child.within, child.named = held.run_id, False
    return child


def _called(library: str, what: str) -> str:
    """The name of a fit's run, until it is known what is fitted."""
    return f"{NAMES.get(library, library)} {what}"


def _inside(held: active.Held, library: str) -> Recording:
    origin = {key: value for key, value in held.run.data.tags.items() if key.startswith(_ORIGIN)}
    return Recording(
        library, held.client, held.run_id, _experiment_of_children(held), own=False, within=held.run_id,
        reserved=held.reserved, origin=origin or context_tags(),
    )  # fmt: skip


def _experiment_of_children(held: active.Held) -> str:
    """The one that the cell has chosen since, where that is in the same store."""
    client, experiment_id = held.children
    return experiment_id if client.store.uri == held.uri else held.run.info.experiment_id


def _tell(client: MlflowClient, run_id: str, told: Told, *, last: bool = False) -> None:
    """Say in the person's run what autolog did there."""
    if tags := told.due(last=last):
        with guard("say what autolog did"):
            client.log_batch(run_id, tags=[RunTag(key, value) for key, value in tags.items()])


def _take_away(first: Recording) -> None:
    """What was copied to the first fit's own run leaves the run around it, but for what the person logged too."""
    if len(first.kept) >= MOST_KEPT:
        return  # not all of it was copied
    written = first.written()
    params = guesses.given(first.run_id, guesses.of_fits(first.run_id).intersection(written.params))
    tags = first.client.get_run(first.run_id).data.tags
    gone = [key for key, text in written.tags.items() if tags.get(key) == text]
    store = first.client.store
    if isinstance(store, Rearranging):
        store.remove_values(first.run_id, params, written.points, gone)
        announce_run(store.uri, first.run_id)
    else:  # a server keeps params and metrics for good
        for key in gone:
            first.client.delete_tag(first.run_id, key)
    if told := _told.get(first.run_id):
        told.left()


def _give_child(first: Recording, what: str) -> None:
    with first.moving:
        below = [*first.below]
        child = first.child(began=first.began, tags={}, name=_called(first.library, what))
        child.named = False
        first.copy_to(child)
        for run_id in below:
            child.client.set_tag(run_id, PARENT, child.run_id)
        if first.ended is not None:
            child.client.set_terminated(child.run_id, first.outcome.name, first.ended)
        with guard("take the first fit's values from the run around it"):
            _take_away(first)
        # what is computed of it later goes there
        first.run_id, first.own, first.writer, first.told, first.reserved = child.run_id, True, None, None, frozenset()
        first.names = child.names


def has_enough() -> bool:
    """Has a cell in which nobody asked for autolog had as many fits as are logged?"""
    held = active_here.active_run() if unasked.is_unasked() else None
    told = _told.get(held.run_id) if held is not None else None
    return told is not None and sum(told.counts.values()) >= unasked.MOST_FITS


@contextmanager
def logging_into(recording: Recording, *, always: bool = False) -> Iterator[None]:
    """Let what the person's own callbacks log during the fit go to the fit's run."""
    borrowed = threading.current_thread() is not threading.main_thread() and not active.own_stack()
    if not always and (
        not recording.own or borrowed
    ):  # a stack of its own would take the borrowed run from the other threads
        yield
        return
    run = recording.run or recording.client.get_run(recording.run_id)
    held = active.Held(run, recording.client, kept=True)
    active.push(held)
    try:
        yield
    finally:
        active.take_off(held)


@contextmanager
def ending(recording: Recording, call: Call) -> Iterator[None]:
    """End the recording as its call has ended, also where logging itself has failed."""
    try:
        yield
    finally:
        error = call.error
        failed = RunStatus.FAILED if isinstance(error, Exception) else RunStatus.KILLED
        recording.end(RunStatus.FINISHED if error is None else failed)

"""How are the runs of several stores shown together?

Ids that two stores have in common are told apart: those seen later get `@2`, `@3`, …, the place of their store.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from nbtrack.entities import Experiment, Run
from nbtrack.errors import NbtrackError, StoreError
from nbtrack.frame import Frame, Row, Text, frame_of, joined
from nbtrack.stores.base import Damage, Snapshot, Store

STORE = "nbtrack.store"  # a tag that each run is shown with: the address of its store
PARENT = "mlflow.parentRunId"
PATIENCE_S = 30.0  # for a store's answer, after which it counts as silent
FAULTS = (NbtrackError, OSError)
Answer = TypeVar("Answer")


@dataclass(eq=False, slots=True)
class Member:
    """One of the stores. `opened` is None where its address cannot be opened; `fault` is what it said last time."""

    place: int
    label: str
    opened: Store | None
    fault: Exception | None = None
    rows: dict[str, tuple[Row, Row]] = field(default_factory=dict)  # by its own ids: a row, and how it is shown

    @property
    def store(self) -> Store:
        if self.opened is None:
            raise self.fault or StoreError(f"'{self.label}' could not be opened.")
        return self.opened


class Ids:
    """Ids that are unique among the stores. Who comes first with an id keeps it as it is."""

    def __init__(self) -> None:
        self._given: dict[tuple[int, str], str] = {}
        self._owners: dict[str, tuple[int, str]] = {}
        self._lock = threading.Lock()

    def give(self, place: int, own: str) -> str:
        with self._lock:
            known = self._given.get((place, own))
            if known is not None:
                return known
            given = own if own not in self._owners else f"{own}@{place + 1}"
            while given in self._owners:
                given += f"@{place + 1}"
            self._given[place, own], self._owners[given] = given, (place, own)
            return given

    def known(self, place: int, own: str) -> str:
        """The id given; the store's own where none was given yet."""
        return self._given.get((place, own), own)

    def owner(self, given: str) -> tuple[int, str] | None:
        return self._owners.get(given)


class Together:
    """Runs and experiments of some stores under ids of their own."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = list(members)
        self.runs, self.experiments = Ids(), Ids()

    def id_of(self, uri: str, own: str) -> str | None:
        """The id that is shown of a run of the store with this address; None for another store."""
        for member in self.members:
            if member.opened is not None and member.opened.uri == uri:
                return self.runs.give(member.place, own)
        return None

    def known_id(self, member: Member, own: str) -> str:
        return self.runs.known(member.place, own)

    def shown_experiment(self, member: Member, found: Experiment) -> Experiment:
        given = self.experiments.give(member.place, found.experiment_id)
        return replace(found, experiment_id=given, tags={**found.tags, STORE: member.label})

    def told_apart(self, found: Sequence[Experiment]) -> list[Experiment]:
        """Names that several stores have, with the store behind them."""
        names = Counter(each.name for each in found)
        return [
            replace(each, name=f"{each.name} ({each.tags[STORE]})") if names[each.name] > 1 else each for each in found
        ]

    def together(self, shown: Sequence[Snapshot], chosen: Mapping[int, list[str] | None]) -> Snapshot:
        """One snapshot of those of the stores, with the stores that do not answer among the damages."""
        wanted = {place: None if own is None else set(own) for place, own in chosen.items()}
        every = [each for snapshot in shown for each in snapshot.experiments]
        experiments = self.told_apart([each for each in every if self._is_wanted(each, wanted)])
        damages = [damage for snapshot in shown for damage in snapshot.damages]
        silent = [member for member in self.members if member.fault is not None and member.place in chosen]
        damages += [_silence(member) for member in silent]
        rows = [row for snapshot in shown for row in snapshot.rows]
        return Snapshot(rows, experiments, damages, lambda: joined([each.frame() for each in shown] or [frame_of(())]))

    def _is_wanted(self, experiment: Experiment, wanted: Mapping[int, set[str] | None]) -> bool:
        owner = self.experiments.owner(experiment.experiment_id)
        if owner is None or owner[0] not in wanted:
            return False
        ids = wanted[owner[0]]
        return ids is None or owner[1] in ids

    def shown(self, member: Member, found: Snapshot) -> Snapshot:
        """The store's snapshot in the ids of all stores, with the store's address on each run."""
        rows = [self.shown_row(member, row) for row in found.rows]
        if len(member.rows) > 2 * len(rows):
            member.rows.clear()  # mostly runs that are gone
        experiments = [self.shown_experiment(member, each) for each in found.experiments]
        damages = [Damage(f"{member.label}: {each.path}", each.problem, each.remedy) for each in found.damages]
        columns: list[Frame] = []

        def frame() -> Frame:
            if not columns:
                columns.append(frame_of(rows))
            return columns[0]

        return Snapshot(rows, experiments, damages, frame)

    def shown_row(self, member: Member, row: Row) -> Row:
        own = row.run.info.run_id
        known = member.rows.get(own)
        if known is None or known[0] is not row:
            known = member.rows[own] = row, Row(self.shown_run(member, row.run), row.metrics)
        return known[1]

    def shown_run(self, member: Member, run: Run) -> Run:
        info = replace(
            run.info,
            run_id=self.runs.give(member.place, run.info.run_id),
            experiment_id=self.experiments.give(member.place, run.info.experiment_id),
        )
        tags = {**run.data.tags, STORE: member.label}
        if PARENT in tags:
            tags[PARENT] = self.runs.give(member.place, tags[PARENT])
        return replace(run, info=info, data=replace(run.data, tags=tags))

    def own_ids(self, frame: Frame) -> Frame:
        """The frame with the ids that runs and experiments have in their own stores."""
        columns = dict(frame.columns)
        for name, ids in (
            ("run_id", self.runs), (f"tags.{PARENT}", self.runs), ("experiment_id", self.experiments),
        ):  # fmt: skip
            column = columns.get(name)
            if isinstance(column, Text):
                columns[name] = Text.of(own_id(ids, column.at(row)) for row in range(len(column)))
        return Frame(columns, len(frame))

    def own_run(self, run: Run) -> Run:
        """The run with its own ids; its tag says in which store it is."""
        owner, experiment = self.runs.owner(run.info.run_id), self.experiments.owner(run.info.experiment_id)
        info = replace(run.info, run_id=(owner or (0, run.info.run_id))[1])
        return replace(run, info=replace(info, experiment_id=(experiment or (0, info.experiment_id))[1]))


def answers_of(members: Sequence[Member], ask: Callable[[Member], Answer]) -> Iterator[tuple[Member, Answer]]:
    """Asks all at once, and yields answers as they come. What a store raised, or its silence, is its `fault` then."""
    answers: queue.SimpleQueue[tuple[Member, Answer | None, Exception | None]] = queue.SimpleQueue()

    def put(member: Member) -> None:
        try:
            answers.put((member, ask(member), None))
        except FAULTS as error:
            answers.put((member, None, error))

    for member in members:
        threading.Thread(target=put, args=(member,), name="nbtrack-store", daemon=True).start()
    waiting = list(members)
    while waiting:
        try:
            member, answer, fault = answers.get(timeout=PATIENCE_S)
        except queue.Empty:
            for member in waiting:
                member.fault = StoreError(f"'{member.label}' did not answer in {PATIENCE_S:.0f} s.")
            return
        waiting.remove(member)
        member.fault = fault
        if fault is None:
            yield member, answer  # type: ignore[misc]


def _silence(member: Member) -> Damage:
    said = str(member.fault) or type(member.fault).__name__
    return Damage(
        member.label, f"This store does not answer: {said}", "Its runs are shown as they were seen last, if at all."
    )


def own_id(ids: Ids, given: str | None) -> str | None:
    owner = None if given is None else ids.owner(given)
    return given if owner is None else owner[1]

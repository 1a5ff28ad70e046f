"""Which runs of a server have changed since the last look?

A server tells no times of change. A thorough look reads all runs. A cheap one reads the newest, whatever they do, and
those that run: one request, or two where there are many, beside the one for the experiments.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from nbtrack.entities import Experiment, LifecycleStage, ViewType
from nbtrack.errors import NotFoundError
from nbtrack.frame import Row
from nbtrack.stores.base import Changes, Snapshot
from nbtrack.stores.rest import pages

if TYPE_CHECKING:
    from nbtrack.stores.rest import RestStore

NEWEST = 50  # runs that a cheap look reads whatever they do
RUNNING = ("RUNNING", "SCHEDULED")


class RestWatch:
    """What one listener was told."""

    def __init__(self, store: RestStore, experiment_ids: Sequence[str] | None) -> None:
        self._store = store
        self._asked = None if experiment_ids is None else list(dict.fromkeys(experiment_ids))
        self._told: dict[str, Row] = {}
        self._experiments: list[Experiment] = []
        self._whole = False  # all runs were read once
        self._looking = threading.Lock()

    def snapshot(self) -> Snapshot:
        """Newest runs first."""
        *_, last = self.arriving()
        newest = sorted(self._told.values(), key=lambda row: (-(row.run.info.start_time or 0), row.run.info.run_id))
        return Snapshot(newest, last.experiments, last.damages)

    def remembered(self) -> Snapshot:
        return Snapshot((), ())

    def arriving(self) -> Iterator[Snapshot]:
        """All runs in parts, the newest first, a hundred at once so that there is something to see."""
        with self._looking:
            self._store.settle()
            self._experiments = self._store.experiments(ViewType.ALL)
            chosen = self._chosen()
            shown = [each for each in self._experiments if each.experiment_id in chosen]
            damages = self._store.damages()
            told: dict[str, Row] = {}
            for rows, _ in pages.runs(self._store.link, chosen) if chosen else [([], False)]:
                part = self._store.known(rows)
                told.update((row.run.info.run_id, row) for row in part)
                yield Snapshot(part, shown, damages)
            self._told, self._whole = told, True

    def changes(self, *, thorough: bool = True) -> Changes:
        before, experiments = self._told, self._experiments
        if thorough or not self._whole:
            self.snapshot()
            gone = [run_id for run_id in before if run_id not in self._told]
        else:
            gone = self._look_where_likely()
        rows = [row for run_id, row in self._told.items() if before.get(run_id) != row]
        return Changes(rows, gone, self._experiments != experiments)

    def _look_where_likely(self) -> list[str]:
        """Puts what it finds into a copy of what was told; returns the ids of runs that are no more."""
        with self._looking:
            self._store.settle()
            self._experiments = self._store.experiments(ViewType.ALL)
            chosen = self._chosen()
            found, more = next(pages.runs(self._store.link, chosen, first=NEWEST), ([], False))
            rows = {row.run.info.run_id: row for row in found}
            gone = [run_id for run_id, row in self._told.items() if row.run.info.experiment_id not in chosen]
            if more:
                rows |= {row.run.info.run_id: row for row in self._running(chosen)}
                ended = [run for run, row in self._told.items() if row.run.info.status in RUNNING and run not in rows]
                for row in self._one_by_one(set(ended) - set(gone), gone):
                    rows[row.run.info.run_id] = row
            else:
                gone = [run_id for run_id in self._told if run_id not in rows]
            self._told = {**self._told, **{row.run.info.run_id: row for row in self._store.known(rows.values())}}
            for run_id in gone:
                del self._told[run_id]
            return gone

    def _running(self, chosen: Sequence[str]) -> Iterator[Row]:
        for rows, _ in pages.runs(self._store.link, chosen, "status = 'RUNNING'"):
            yield from rows

    def _one_by_one(self, run_ids: Iterable[str], gone: list[str]) -> Iterator[Row]:
        for run_id in run_ids:
            try:
                yield self._store.row(run_id)
            except NotFoundError:
                gone.append(run_id)

    def _chosen(self) -> list[str]:
        if self._asked is not None:
            return self._asked
        return [each.experiment_id for each in self._experiments if each.lifecycle_stage == LifecycleStage.ACTIVE]

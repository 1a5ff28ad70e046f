"""Which runs changed since the last look, at the least cost?

Every run is kept as it was last read, with a signature: inode, size and modification time of each file and folder it
came from. A thorough look compares all of them, because MLflow appends to metrics and overwrites tags in place, which
no folder's time tells. A file whose time lies close to the moment it was read may change again within the same tick of
the file system's clock, so such a run is read once more.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nbtrack.entities import Experiment, LifecycleStage, ViewType
from nbtrack.frame import Row
from nbtrack.stores.base import Changes, Damage, Snapshot
from nbtrack.stores.files import experiments, layout
from nbtrack.stores.files.reader import TICK_NS, Reading, read_run, unchanged

FEW_RUNS = 300  # so many runs are looked at thoroughly always: it costs some ten milliseconds
MANY_RUNS = 5000  # up to so many, every meta.yaml is looked at (renamed, ended, deleted), which costs as much
_LIVE = frozenset({"RUNNING", "SCHEDULED"})

Selection = tuple[str, ...] | None


class _Folder:
    """One experiment as last seen: its runs by id, and when its folder last changed."""

    __slots__ = ("listed", "readings")

    def __init__(self) -> None:
        self.listed: tuple[int, int] | None = None
        self.readings: dict[str, Reading] = {}


class Index:
    def __init__(self, root: str) -> None:
        self.root = root
        self.lock = threading.RLock()
        self._folders: dict[str, _Folder] = {}
        self._told: dict[Selection, tuple[dict[str, Reading], list[Experiment]]] = {}

    def snapshot(self, experiment_ids: Sequence[str] | None) -> Snapshot:
        with self.lock:
            readings, chosen, damages = self._look(experiment_ids, thorough=True)
            self._told[_key(experiment_ids)] = readings, chosen
            return Snapshot(_rows(readings.values()), chosen, damages)

    def changes(self, experiment_ids: Sequence[str] | None, *, thorough: bool) -> Changes:
        with self.lock:
            before, experiments_before = self._told.get(_key(experiment_ids), ({}, []))
            readings, chosen, _ = self._look(experiment_ids, thorough=thorough)
            self._told[_key(experiment_ids)] = readings, chosen
            changed = [each for run_id, each in readings.items() if _row(before.get(run_id)) is not each.row]
            gone = [run_id for run_id, each in before.items() if each.row and not _row(readings.get(run_id))]
            return Changes(_rows(changed), gone, chosen != experiments_before)

    def _look(
        self, experiment_ids: Sequence[str] | None, *, thorough: bool
    ) -> tuple[dict[str, Reading], list[Experiment], list[Damage]]:
        readings: dict[str, Reading] = {}
        chosen: list[Experiment] = []
        damages: list[Damage] = []
        seen: set[str] = set()
        for folder, experiment, troubles in experiments.read_all(self.root):
            seen.add(folder)
            wanted = _wanted(experiment, experiment_ids)
            if wanted or experiment_ids is None:
                damages.extend(troubles)
            if experiment is None or not wanted:
                continue
            chosen.append(experiment)
            for run_id, reading in self._runs(folder, experiment.experiment_id, thorough).items():
                damages.extend(reading.damages)
                if readings.setdefault(run_id, reading) is not reading:
                    other = os.path.join(folder, run_id)
                    damages.append(
                        Damage(layout.shown(other), "is in another experiment too", "Delete one of the two.")
                    )
        for folder in self._folders.keys() - seen:
            del self._folders[folder]
        chosen.sort(key=lambda each: (-(each.creation_time or 0), each.experiment_id))
        return readings, chosen, damages

    def _runs(self, folder: str, experiment_id: str, thorough: bool) -> dict[str, Reading]:
        known = self._folders.setdefault(folder, _Folder())
        names = self._names(folder, known, thorough)
        held = sum(len(each.readings) for each in self._folders.values())
        strict, meta = thorough or held <= FEW_RUNS, held <= MANY_RUNS
        readings = {}
        for run_id in names:
            path = os.path.join(folder, run_id)
            reading = known.readings.get(run_id)
            if reading is None or not _holds(path, reading, strict or _is_live(reading), meta):
                try:
                    reading = _again(reading, read_run(path, run_id, experiment_id))
                except FileNotFoundError:
                    continue  # deleted since it was listed
            readings[run_id] = reading
        known.readings = readings
        return readings

    def _names(self, folder: str, known: _Folder, thorough: bool) -> Iterable[str]:
        """The runs in an experiment. A folder whose time stands still has the same ones."""
        try:
            about = os.stat(folder)
        except OSError:
            return ()
        listed = (about.st_ino, about.st_mtime_ns)
        if not thorough and known.listed == listed:
            return list(known.readings)
        # A folder that changed just now may change again without its time moving: list it again next time.
        known.listed = listed if time.time_ns() - about.st_mtime_ns > TICK_NS else None
        return [name for name in layout.subfolders(folder) if name not in layout.NOT_RUNS]


def _key(experiment_ids: Sequence[str] | None) -> Selection:
    return None if experiment_ids is None else tuple(sorted(experiment_ids))


def _wanted(experiment: Experiment | None, experiment_ids: Sequence[str] | None) -> bool:
    if experiment is None:
        return False
    if experiment_ids is None:
        return LifecycleStage.shown(experiment.lifecycle_stage, ViewType.ACTIVE_ONLY)
    return experiment.experiment_id in experiment_ids


def _is_live(reading: Reading) -> bool:
    return reading.row is None or reading.row.run.info.status in _LIVE or reading.racy


def _holds(path: str, reading: Reading, strict: bool, meta: bool) -> bool:
    if not strict and not meta:
        return True
    return not reading.racy and unchanged(path, reading, only_meta=not strict)


def _again(before: Reading | None, now: Reading) -> Reading:
    """The new reading; with the old row where nothing that is shown differs, so that it is not told as a change."""
    if before is not None and before.row == now.row:
        return replace(now, row=before.row)
    return now


def _row(reading: Reading | None) -> Row | None:
    return None if reading is None else reading.row


def _rows(readings: Iterable[Reading]) -> list[Row]:
    return [reading.row for reading in readings if reading.row is not None]

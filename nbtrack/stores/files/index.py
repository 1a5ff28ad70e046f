"""Which runs changed since the last look, at the least cost?

Every run is kept as it was last read, with a signature: inode, size and times of each file and folder it came from. A
thorough look compares all of them, because MLflow appends to metrics and overwrites tags in place, which no folder's
time tells. A file whose time lies close to the moment it was read may change again within the same tick of the file
system's clock, so such a run is read once more.

What was read is remembered beyond this process (`sidecar`), and checked in the same way when it is taken up again.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from nbtrack.entities import Experiment, LifecycleStage, ViewType
from nbtrack.errors import warn_once
from nbtrack.frame import Frame, Row
from nbtrack.stores.base import Changes, Damage, Part, Snapshot
from nbtrack.stores.files import experiments, first_look, layout, links, shelf, sidecar
from nbtrack.stores.files.ahead import Ahead, Listed, newly_read, still_same
from nbtrack.stores.files.notify import Watcher, most_folders, watcher_for
from nbtrack.stores.files.packed import Kept
from nbtrack.stores.files.reader import Opened, Reading, open_run, read_runs, unchanged
from nbtrack.stores.files.shelf import Held, Rows, put_on_shelf
from nbtrack.stores.files.stamps import Linked
from nbtrack.stores.files.ticks import tick_ns
from nbtrack.stores.progress import Progress

FEW_RUNS = 300  # so many runs are looked at thoroughly always: it costs some ten milliseconds
MANY_RUNS = 5000  # up to so many, every meta.yaml is looked at (renamed, ended, deleted), which costs as much
FOLDERS = 5  # of a run
AT_ONCE = 200  # so many new runs are read together
LOOSE = 100  # so many new rows are put on the shelf, or an eighth of all
_versions = itertools.count(1)
UNREAD = Reading(None, (), (), b"", racy=True, live=True)


class _Folder:
    """One experiment as last seen: its runs by id, which set of them this is, and how its folder looked.

    `quiet` are runs that are watched, and with which nothing happened since they were checked. `odd` names what lies
    among the runs and is none. What is `linked` may lie on another disk, of which the system does not tell.
    """

    __slots__ = ("checked", "linked", "listed", "odd", "place", "quiet", "readings", "version")

    def __init__(self) -> None:
        self.place: tuple[int, int] | None = None
        self.quiet: set[str] = set()
        self.checked = False  # False while its runs are only remembered
        self.listed: tuple[int, int, int] | None = None
        self.readings: dict[str, Reading] = {}
        self.odd: list[Damage] = []
        self.linked = False
        self.version = 0


class Seen:
    """What a look at some experiments found. The next look gives the same object as long as it finds the same."""

    def __init__(self, readings: dict[str, Reading], chosen: list[Experiment], damages: list[Damage]) -> None:
        self.readings = readings
        self.experiments = chosen
        self.damages = damages
        self.held = shelf.arranged([each.held for each in readings.values() if each.held is not None])
        self._frame: Frame | None = None
        self._lock = threading.Lock()

    def frame(self) -> Frame:
        with self._lock:
            if self._frame is None:
                self._frame = shelf.shelf_of(self.held).frame
            return self._frame


NOTHING = Seen({}, [], [])


class FileWatch:
    """What one listener was told. `look` asks the store's index, `remembered` what it knew when it was opened."""

    def __init__(
        self,
        look: Callable[[bool], Seen],
        remembered: Callable[[], Snapshot],
        first_look: Callable[[], Iterator[Part]],
    ) -> None:
        self._look = look
        self._remembered = remembered
        self.first_look = first_look
        self._told = NOTHING

    def snapshot(self) -> Snapshot:
        self._told = self._look(True)
        return _snapshot(self._told)

    def remembered(self) -> Snapshot:
        return self._remembered()

    def changes(self, *, thorough: bool = True) -> Changes:
        before, self._told = self._told, self._look(thorough)
        if self._told is before:
            return Changes()
        old, new = before.readings, self._told.readings
        changed = [each.held for run_id, each in new.items() if each.held and _held(old.get(run_id)) is not each.held]
        gone = [run_id for run_id, each in old.items() if each.held and not _held(new.get(run_id))]
        return Changes(shelf.rows_of(changed), gone, self._told.experiments != before.experiments)


def _snapshot(seen: Seen) -> Snapshot:
    return Snapshot(Rows(seen.held), seen.experiments, seen.damages, seen.frame)


class Index:
    def __init__(self, root: str) -> None:
        self.root = root
        self.lock = threading.RLock()
        self._folders: dict[str, _Folder] = {}
        self._seen: dict[tuple[str, ...] | None, tuple[object, Seen]] = {}
        self._sidecar = sidecar.Sidecar(root)
        self._kept: Kept | None = None  # read, and not taken up yet
        self._began = False
        self._watcher: Watcher | None = None
        self._may_watch = False

    def look(self, experiment_ids: Sequence[str] | None, *, thorough: bool) -> Seen:
        """The runs by id, the experiments and the damages as they are now."""
        with self.lock:
            self._take_up()
            self._hear()
            with Progress(f"Reading {os.path.basename(self.root)}") as progress:
                seen = self._look(experiment_ids, thorough=thorough, progress=progress)
            self._sidecar.save_if_worth_it(self._readings)
            self._may_watch = True
            return seen

    def first_look(self, experiment_ids: Sequence[str] | None) -> Iterator[Part]:
        """Read what is not known yet in parts, newest runs first; `look` goes on from there."""
        with self.lock:
            self._take_up()
            listed, chosen = [], []
            for folder, experiment, _ in experiments.read_all(self.root):
                if experiment is not None and _wanted(experiment, experiment_ids):
                    chosen.append(experiment)
                    listed.append((folder, experiment.experiment_id, self._names(folder)))
                    self._folders[folder].listed = None  # it has more runs than are read
        yield from first_look.parts(listed, _newest_first(chosen), self._keep_part, self._known_in)

    def _known_in(self, folder: str) -> Mapping[str, Reading]:
        return self._folders[folder].readings if folder in self._folders else {}

    def _keep_part(self, folder: str, readings: Mapping[str, Reading]) -> None:
        with self.lock:
            known = self._folders.setdefault(folder, _Folder())
            self._keep(folder, {run_id: each for run_id, each in readings.items() if run_id not in known.readings})
            for _ in readings:
                self._sidecar.count_new()

    def remembered(self, experiment_ids: Sequence[str] | None) -> Snapshot:
        """What earlier looks, of earlier processes too, found; unchecked, and nothing where there was none."""
        with self.lock:
            wanted = {
                folder: experiment
                for folder, experiment, _ in experiments.read_all(self.root)
                if experiment is not None and _wanted(experiment, experiment_ids)
            }
            chosen = _newest_first(list(wanted.values()))
            if not self._began:
                # As it lies in the file: to make an object of each of a hundred thousand runs takes seconds.
                self._kept = self._kept or self._sidecar.load()
                if self._kept is None:
                    return Snapshot((), chosen)
                rows, frame = self._kept.within({os.path.relpath(folder, self.root) for folder in wanted})
                return Snapshot(rows, chosen, (), lambda: frame)
            readings: dict[str, Reading] = {}
            for folder in wanted:
                readings |= self._folders[folder].readings if folder in self._folders else {}
            return _snapshot(Seen(readings, chosen, []))

    def close(self) -> None:
        with self.lock:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
                for known in self._folders.values():
                    known.quiet.clear()
            self._sidecar.wait()
            self._sidecar.save_if_worth_it(self._readings, last=True)

    def _take_up(self) -> None:
        """Begin with what is remembered; each of its runs is checked before it is told."""
        if self._began:
            return
        self._began = True
        kept, self._kept = self._kept or self._sidecar.load(), None
        for (folder, run_id), reading in (kept.readings() if kept else {}).items():
            self._folders.setdefault(os.path.join(self.root, folder), _Folder()).readings[run_id] = reading

    def _hear(self) -> None:
        """What happened to watched runs. Watching begins with the second look at many runs: many look only once."""
        held = self._held()
        if self._watcher is None and self._may_watch and held > FEW_RUNS:
            self._may_watch = False
            self._watcher = watcher_for(self.root, FOLDERS * held)
            if self._watcher is None and held > MANY_RUNS:
                self._say_unwatched(held)
        if self._watcher is None:
            return
        changed = None
        try:
            changed = self._watcher.changed()
        finally:  # also where it was interrupted, and what was heard is lost
            if changed is None:
                for known in self._folders.values():
                    known.quiet.clear()
        for known, run_id in changed or ():
            known.quiet.discard(run_id)

    def _say_unwatched(self, held: int) -> None:
        """A large store that cannot be watched is slow to ask, and the person can often change that."""
        most = most_folders()
        remedy = (
            f"its {FOLDERS * held:,} folders are more than the {most:,} that may be watched here; "
            f"`sudo sysctl fs.inotify.max_user_watches={2 * FOLDERS * held}` allows them"
            if 0 < most < FOLDERS * held
            else "the system tells of no changes on its disk; a copy on a local disk is answered from memory"
        )
        warn_once(f"'{self.root}' has {held:,} runs, all looked at before each answer: {remedy}.")

    def _readings(self) -> dict[tuple[str, str], Reading]:
        """Everything that is known, by the experiment's folder within the store and the run's id."""
        inside = len(self.root) + 1
        return {
            (folder[inside:], run_id): reading
            for folder, known in self._folders.items()
            for run_id, reading in known.readings.items()
        }

    def _look(self, experiment_ids: Sequence[str] | None, *, thorough: bool, progress: Progress) -> Seen:
        try:
            return self._looked(experiment_ids, thorough=thorough, progress=progress)
        except BaseException:
            for known in self._folders.values():
                known.listed = None  # there may be more runs than were read; those that were are kept
            raise

    def _looked(self, experiment_ids: Sequence[str] | None, *, thorough: bool, progress: Progress) -> Seen:
        chosen: list[Experiment] = []
        damages: list[Damage] = []
        listed: list[Listed] = []
        present: set[str] = set()
        for folder, experiment, troubles in experiments.read_all(self.root):
            present.add(folder)
            wanted = _wanted(experiment, experiment_ids)
            if wanted or experiment_ids is None:
                damages.extend(troubles)
            if experiment is not None and wanted:
                chosen.append(experiment)
                names = self._names(folder)
                damages.extend(self._folders[folder].odd)
                progress.expect(len(names))
                listed.append((folder, experiment.experiment_id, names))
        ahead = self._ahead(listed, thorough, progress)
        parts = [(folder, self._runs(folder, of, names, thorough, progress, ahead)) for folder, of, names in listed]
        for folder in self._folders.keys() - present:
            del self._folders[folder]
        return self._same_or_new(experiment_ids, parts, _newest_first(chosen), damages)

    def _ahead(self, listed: Sequence[Listed], thorough: bool, progress: Progress) -> Ahead:
        """What several processes find sooner than this one, where there are many runs to look at."""
        known = [(folder, self._folders[folder]) for folder, _, _ in listed]
        # Where a watch is kept, what is not quiet is few, or to be watched before it is looked at.
        strict = [
            (at, each.readings) for at, each in known if self._watcher is None and self._is_strict(each, thorough)
        ]
        new = [(each, self._folders[each[0]].readings) for each in listed]
        return Ahead(still_same(strict, progress), newly_read(new, progress, self._keep))

    def _is_strict(self, known: _Folder, thorough: bool) -> bool:
        return thorough or not known.checked or self._held() <= FEW_RUNS

    def _held(self) -> int:
        return sum(len(each.readings) for each in self._folders.values())

    def _keep(self, folder: str, readings: Mapping[str, Reading]) -> None:
        """What was read before an interrupt: the next look goes on from here."""
        known = self._folders[folder]
        known.readings.update(readings)
        known.version = next(_versions)

    def _same_or_new(
        self,
        experiment_ids: Sequence[str] | None,
        parts: list[tuple[str, dict[str, Reading]]],
        chosen: list[Experiment],
        damages: list[Damage],
    ) -> Seen:
        asked = None if experiment_ids is None else tuple(experiment_ids)
        version = [(folder, self._folders[folder].version) for folder, _ in parts], chosen, damages[:]
        before = self._seen.pop(asked, None)
        if before is None or before[0] != version:
            readings = _merged(parts, damages)
            self._fold()
            before = version, Seen(readings, chosen, damages)
        self._seen[asked] = before
        if len(self._seen) > 8:  # the one not asked for the longest
            del self._seen[next(iter(self._seen))]
        return before[1]

    def _fold(self) -> None:
        """Put everything on one shelf when much is beside it, or on others: a frame of several is a copy of them."""
        held = [each.held for known in self._folders.values() for each in known.readings.values() if each.held]
        places = [each.place for each in held]
        loose = sum(isinstance(place, Row) for place in places)
        shelves = {id(place[0]) for place in places if isinstance(place, tuple)}
        if loose > max(LOOSE, len(held) // 8) or len(shelves) > 1:
            put_on_shelf(held)

    def _runs(
        self,
        folder: str,
        experiment_id: str,
        names: Sequence[str],
        thorough: bool,
        progress: Progress,
        ahead: Ahead,
    ) -> dict[str, Reading]:
        known = self._folders[folder]
        if len(known.quiet) == len(names) == len(known.readings) and known.readings.keys() == known.quiet:
            return known.readings
        strict, meta = self._is_strict(known, thorough), self._held() <= MANY_RUNS
        readings: dict[str, Reading] = {}
        opened: dict[str, Opened] = {}
        try:
            for run_id in names:
                path = os.path.join(folder, run_id)
                before = known.readings.get(run_id)
                if before is not None and path in ahead.same:
                    readings[run_id] = before
                    continue
                if before is None and (now := ahead.fresh.get(path)) is not None:
                    readings[run_id] = now
                    self._sidecar.count_new()
                    continue
                progress.step()
                if before is not None and (
                    run_id in known.quiet or self._holds(known, path, run_id, before, strict or before.live, meta)
                ):
                    readings[run_id] = before
                    continue
                with suppress(FileNotFoundError):  # deleted since it was listed
                    opened[run_id] = open_run(path, run_id, experiment_id)
                    readings[run_id] = UNREAD  # it keeps its place
                if len(opened) == AT_ONCE:
                    self._read(opened, known, readings)
            self._read(opened, known, readings)
        except BaseException:
            self._read(opened, known, readings)
            self._keep(folder, readings)
            raise
        known.checked = True
        if readings != known.readings:
            known.readings = readings
            known.version = next(_versions)
        return known.readings

    def _read(self, opened: dict[str, Opened], known: _Folder, readings: dict[str, Reading]) -> None:
        """Read what was opened, and put the rows on a shelf: as objects they take several times the room."""
        found = read_runs(list(opened.values()))
        for run_id, now in zip(opened, found, strict=True):
            readings[run_id] = _again(known.readings.get(run_id), now)
            self._sidecar.count_new()
        if len(found) == AT_ONCE:
            held = [readings[run_id].held for run_id in opened]
            put_on_shelf([each for each in held if each is not None and isinstance(each.place, Row)])
        opened.clear()

    def _holds(self, known: _Folder, path: str, run_id: str, reading: Reading, strict: bool, meta: bool) -> bool:
        if reading.racy:
            return False
        if not strict:
            return not meta or unchanged(path, reading, only_meta=True)
        if self._watcher is None or known.linked:
            return unchanged(path, reading)
        if reading.live and not unchanged(path, reading):
            return False  # it grows: each of its points would be an event
        name = known, run_id
        folders = [f"{path}/{each}" for each in reading.paths if not each or each.endswith("/")]
        watched = all(self._watcher.add(each, name) and not links.is_link(each.rstrip("/")) for each in folders)
        # Only now, so that nothing happens unseen between the check and the watch.
        try:
            holds = unchanged(path, reading, unlinked=True)
        except Linked:
            return unchanged(path, reading)  # what is written under another name, no folder tells here
        if holds and watched:
            known.quiet.add(run_id)
        return holds

    def _names(self, folder: str) -> Sequence[str]:
        """The runs in an experiment. A folder whose times stand still has the same ones."""
        known = self._folders.setdefault(folder, _Folder())
        try:
            about = os.stat(folder)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        place = about.st_dev, about.st_ino
        if place != known.place:
            known.place = place
            known.linked = links.is_link(folder)
            known.quiet.clear()  # another folder came to this place, and its runs with it
        listed = (about.st_ino, about.st_mtime_ns, about.st_ctime_ns)
        if known.listed == listed:
            return list(known.readings)
        # A folder that changed just now may change again without its time moving: list it again next time.
        now, tick = time.time_ns(), tick_ns(folder, [about.st_ctime_ns])
        ids = {run_id: run_id for run_id in known.readings}  # one text for each run, not another with each listing
        found = [ids.get(name, name) for name in layout.linked_too(folder)]
        known.odd = [_odd(folder, name) for name in found if not (name in ids or layout.could_be_run(name))]
        known.odd = [damage for damage in known.odd if os.path.basename(damage.path) not in layout.NOT_RUNS]
        known.listed = listed if now - max(about.st_mtime_ns, about.st_ctime_ns) > tick else None
        return [name for name in found if name in ids or layout.could_be_run(name)]


def _wanted(experiment: Experiment | None, experiment_ids: Sequence[str] | None) -> bool:
    if experiment is None:
        return False
    if experiment_ids is None:
        return LifecycleStage.shown(experiment.lifecycle_stage, ViewType.ACTIVE_ONLY)
    return experiment.experiment_id in experiment_ids


def _newest_first(chosen: list[Experiment]) -> list[Experiment]:
    return sorted(chosen, key=lambda each: (-(each.creation_time or 0), each.experiment_id))


def _merged(parts: list[tuple[str, dict[str, Reading]]], damages: list[Damage]) -> dict[str, Reading]:
    """The runs of several experiments by id. What is wrong with them goes to `damages`."""
    readings: dict[str, Reading] = {}
    for folder, found in parts:
        for run_id, reading in found.items():
            damages.extend(reading.damages)
            if readings.setdefault(run_id, reading) is not reading:
                if links.is_link(os.path.join(folder, run_id)):
                    continue  # one run under two experiments, as somebody wants it
                other = os.path.join(folder, run_id)
                damages.append(Damage(layout.shown(other), "is in another experiment too", "Delete one of the two."))
    return readings


def _again(before: Reading | None, now: Reading) -> Reading:
    """The new reading; with the old row where nothing that is shown differs, so that it is not told as a change."""
    if before is None or not before.held:
        return now
    if now.partial or (now.held and before.held.row() == now.held.row()):
        return replace(now, held=before.held)  # what could not be read in this moment is as it was last seen
    return now


def _odd(folder: str, name: str) -> Damage:
    """A folder among the runs whose name no run can have: mostly a copy that a file manager made."""
    path = layout.shown(os.path.join(folder, name))
    if layout.has_meta(os.path.join(folder, name)):
        return Damage(
            path,
            "is a copy of a run under a name that is no run id, so it is not shown",
            "Delete it, or move it into another experiment under its own id.",
        )
    return Damage(path, "has no meta.yaml, so it is no run", "Move it out of the store.")


def _held(reading: Reading | None) -> Held | None:
    return None if reading is None else reading.held

"""Read a store that is not in the index yet in parts, newest runs first.

A large store takes its time when it is opened for the first time. Whoever shows its runs can show the newest ones after
a moment and the others as they are read; the index keeps each part, so that nothing is read twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from nbtrack.entities import Experiment
from nbtrack.frame import Row
from nbtrack.stores.base import Part, Snapshot
from nbtrack.stores.files.ahead import Known, Listed, newly_read
from nbtrack.stores.files.parallel import PART, Unread
from nbtrack.stores.files.reader import Reading
from nbtrack.stores.files.shelf import put_on_shelf, rows_of
from nbtrack.stores.progress import Progress

MIN_RUNS = 1_000  # a smaller store is read at once
FIRST_RUNS = 200  # of the first part
MAX_RUNS = 4_000  # of a part
Keep = Callable[[str, Known], None]


def parts(
    listed: Sequence[Listed], experiments: Sequence[Experiment], keep: Keep, known: Callable[[str], Known]
) -> Iterator[Part]:
    """Read the runs that are listed and not `known`, newest folder first, and give `keep` what was read.

    Nothing where there are few. Each part takes about twice as long as the one before it, up to `MAX_RUNS`.
    """
    unread = _newest_first([(each, name) for each in listed for name in each[2] if name not in known(each[0])])
    if len(unread) < MIN_RUNS:
        return
    at, size = 0, FIRST_RUNS
    while at < len(unread):
        chunk = unread[at : at + size]
        at, size = at + len(chunk), min(2 * size, MAX_RUNS)
        fresh = _read(_grouped(chunk), keep)
        for path, reading in fresh.items():
            keep(os.path.dirname(path), {os.path.basename(path): reading})
        yield Part(_snapshot(fresh, experiments), at, len(unread))


def _read(listed: Sequence[Listed], keep: Keep) -> dict[str, Reading]:
    """Read runs with the help of other processes where that pays, and the others here; by their folders."""
    fresh = newly_read([(each, {}) for each in listed], Progress("", silent=True), keep)
    for folder, experiment_id, names in listed:
        left = [name for name in names if os.path.join(folder, name) not in fresh]
        for at in range(0, len(left), PART):
            here = Unread(folder, experiment_id, left[at : at + PART]).here()
            put_on_shelf([each.held for each in here.values() if each.held and isinstance(each.held.place, Row)])
            fresh |= here
    return fresh


def _newest_first(runs: list[tuple[Listed, str]]) -> list[tuple[Listed, str]]:
    """By the time of the run's folder; one that is gone is left out."""
    dated: list[tuple[int, int, Listed, str]] = []
    for each, name in runs:
        with suppress(OSError):
            dated.append((-os.stat(os.path.join(each[0], name)).st_mtime_ns, len(dated), each, name))
    return [(each, name) for _, _, each, name in sorted(dated, key=lambda found: found[:2])]


def _grouped(chunk: Sequence[tuple[Listed, str]]) -> list[Listed]:
    """The runs of a part, by their experiments."""
    names: dict[str, list[str]] = {}
    ids: dict[str, str] = {}
    for (folder, experiment_id, _), name in chunk:
        names.setdefault(folder, []).append(name)
        ids[folder] = experiment_id
    return [(folder, ids[folder], each) for folder, each in names.items()]


def _snapshot(fresh: Mapping[str, Reading], experiments: Sequence[Experiment]) -> Snapshot:
    return Snapshot(list(rows_of([each.held for each in fresh.values() if each.held])), experiments)

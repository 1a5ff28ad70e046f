"""What do several processes find of many runs, before one goes through all of them?"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from nbtrack.frame import Row
from nbtrack.stores.files.parallel import PART, Helpers, Unchecked, Unread
from nbtrack.stores.files.reader import Reading
from nbtrack.stores.files.shelf import put_on_shelf
from nbtrack.stores.files.summaries import prepare
from nbtrack.stores.progress import Progress

Listed = tuple[str, str, Sequence[str]]  # an experiment's folder, its id, and its runs
Known = Mapping[str, Reading]  # an experiment's runs by their ids


class Ahead(NamedTuple):
    """Nothing where there are few runs, or no processor is idle."""

    same: Collection[str]  # folders of runs that look as they did
    fresh: Mapping[str, Reading]  # new runs by their folders


def still_same(known: Sequence[tuple[str, Known]], progress: Progress) -> set[str]:
    """Folders of runs, given by their experiments' folders, that look as they did when they were read."""
    same: set[str] = set()
    with Helpers(Unchecked, _unchecked(known), sum(len(readings) for _, readings in known)) as helpers:
        for part in helpers:
            same.update(part)
            progress.step(len(part))
    return same


def _unchecked(known: Iterable[tuple[str, Known]]) -> Iterator[Unchecked]:
    for folder, readings in known:
        settled = [(os.path.join(folder, run_id), each) for run_id, each in readings.items() if not each.racy]
        yield from (Unchecked(settled[at : at + PART]) for at in range(0, len(settled), PART))


def newly_read(
    listed: Sequence[tuple[Listed, Known]], progress: Progress, keep: Callable[[str, Known], None]
) -> dict[str, Reading]:
    """The runs that are not known yet, by their folders. An interrupt gives `keep` what was read before it."""
    count = sum(len(names) - len(known) for (_, _, names), known in listed)
    prepare(count)
    fresh: dict[str, Reading] = {}
    with Helpers(Unread, _unread(listed), count) as helpers:
        try:
            for part in helpers:
                put_on_shelf([each.held for each in part.values() if each.held and isinstance(each.held.place, Row)])
                fresh |= part
                progress.step(len(part))
        except BaseException:
            for part in helpers.arrived():
                fresh |= part
            for path, reading in fresh.items():
                keep(os.path.dirname(path), {os.path.basename(path): reading})
            raise
    return fresh


def _unread(listed: Iterable[tuple[Listed, Known]]) -> Iterator[Unread]:
    for (folder, experiment_id, names), known in listed:
        new = [name for name in names if name not in known]
        yield from (Unread(folder, experiment_id, new[at : at + PART]) for at in range(0, len(new), PART))

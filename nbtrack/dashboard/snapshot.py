"""What goes into a snapshot, so that it stays within its budget, and what must be said about what is left out?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nbtrack.dashboard.thin import WHOLE, Beginning, thin
from nbtrack.dashboard.wire import LONGEST_WORD, Chunk, cut_columns, pack_frame, pack_series
from nbtrack.frame import ATTRIBUTES, Column, Frame, Series, Text

LIVE_POINTS = 1_000_000  # of all histories in the `series` trait
FIRST_RUNS = 200  # shown of many before all others
MOST_COLUMNS = 500  # so many are never too many
PER_COLUMN = 60  # bytes of the header that a column takes besides its name
SAMPLE = 1_000  # runs, from which is told how many fit
SAVED_BYTES = 1_250_000  # of packs in a saved output; base64 makes 1.67 MB of it, the front end and a plain table 0.25


class Held(NamedTuple):
    """A history as far as it is held: its beginning may be thinned."""

    run: str
    key: str
    points: Series
    beginning: Beginning = WHOLE

    @property
    def total(self) -> int:
        return len(self.points) - self.beginning.here + self.beginning.of


@dataclass(frozen=True, slots=True)
class Snapshot:
    runs: bytes
    series: bytes
    notes: list[str]


def snapshot(frame: Frame, histories: Sequence[Held], *, most_points: int = LIVE_POINTS) -> Snapshot:
    """All runs, and the histories in at most `most_points` points."""
    chunks, notes = fit(histories, most_points)
    cut = cut_columns(frame)
    if cut:
        notes.append(f"Long values are cut in {', '.join(name.removeprefix('tags.') for name in sorted(cut)[:3])}.")
    return Snapshot(pack_frame(frame), pack_series(chunks), notes)


def first_snapshot(first: Frame, runs: int) -> Snapshot:
    """The rows that a table of so many runs begins with."""
    few = columns_within(first, SAVED_BYTES // 3)
    return Snapshot(pack_frame(few), pack_series([]), [on_their_way(len(first), runs)])


def on_their_way(first: int, runs: int) -> str:
    return f"These are the first {first:,} of {runs:,} runs; the others are on their way."


def saved_snapshot(frame: Frame, histories: Sequence[Held], first: Collection[str], most_bytes: int) -> Snapshot:
    """What is saved in a notebook: the runs of `first`, then the newest, and their histories, within `most_bytes`.

    `frame` is ordered newest first.
    """
    rows = _first_then_newest(frame, first)
    notes = []
    narrow = columns_within(frame, most_bytes // 3)
    if len(narrow.columns) < len(frame.columns):
        notes.append(
            f"This saved copy holds {len(narrow.columns):,} of {len(frame.columns):,} columns, those of the most runs. "
            "Run the cell again to see all."
        )
        frame = narrow
    runs, kept = _runs_within(frame, rows, most_bytes * 2 // 3)
    if kept < len(frame):
        notes.append(
            f"This saved copy holds the newest {kept:,} of {len(frame):,} runs. Run the cell again to see all."
        )
    ids = frame.take(rows[:kept]).run_ids
    place = {run: i for i, run in enumerate(ids)}
    wanted = sorted((held for held in histories if held.run in place), key=lambda held: place[held.run])
    series, missing = _series_within(wanted, most_bytes - len(runs))
    if missing:
        notes.append(f"This saved copy leaves out {missing:,} metric histories to stay small.")
    return Snapshot(runs, series, notes)


def fit(histories: Sequence[Held], most_points: int) -> tuple[list[Chunk], list[str]]:
    """The histories as chunks of at most `most_points` points together; the longest are thinned first."""
    most = cap([len(held.points) for held in histories], most_points)
    chunks = [
        Chunk(held.run, held.key, thin(held.points, most, held.beginning), 0, held.total, whole=True)
        for held in histories
        if len(held.points)
    ]
    thinned = [len(chunk.points) for chunk in chunks if len(chunk.points) < chunk.total]
    if not thinned:
        return chunks, []
    which = "1 long metric history is" if len(thinned) == 1 else f"{len(thinned):,} long metric histories are"
    here = f"{which} here with {max(thinned):,} points"
    return chunks, [f"{here}, all extremes among them; a closer look asks for more."]


def cap(lengths: Iterable[int], budget: int) -> int:
    """The largest cap c, 4 or more, with sum(min(length, c)) within the budget."""
    left, low = budget, sorted(lengths)
    for i, length in enumerate(low):
        share = left // (len(low) - i)
        if length > share:
            return max(4, share)
        left -= length
    return max(4, low[-1]) if low else 4


def columns_within(frame: Frame, budget: int) -> Frame:
    """The frame; where its columns alone take more bytes, without those that the fewest runs have."""
    if len(frame.columns) <= MOST_COLUMNS:
        return frame
    size = {name: _least_bytes(name, column) for name, column in frame.columns.items()}
    if sum(size.values()) <= budget:
        return frame
    ranked = sorted(
        frame.columns,
        key=lambda name: (name not in ATTRIBUTES, name.startswith(("params.", "tags.")), -_runs_with(frame, name)),
    )
    kept: set[str] = set()
    for name in ranked:
        budget -= size[name]
        if budget < 0 and name not in ATTRIBUTES:
            break
        kept.add(name)
    return Frame({name: column for name, column in frame.columns.items() if name in kept}, len(frame))


def _least_bytes(name: str, column: Column) -> int:
    """About so many bytes a column takes in a pack before there is any row."""
    words = sum(min(len(word), LONGEST_WORD) for word in column.words) if isinstance(column, Text) else 0
    return PER_COLUMN + len(name) + words


def _runs_with(frame: Frame, name: str) -> int:
    column = frame.columns[name]
    return int((column.codes >= 0).sum() if isinstance(column, Text) else (~column.missing).sum())


def _first_then_newest(frame: Frame, first: Collection[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    ids = frame.run_ids
    wanted = set(first)
    chosen = [row for row, run in enumerate(ids) if run in wanted]
    chosen += [row for row, run in enumerate(ids) if run not in wanted]
    return np.array(chosen, np.int64)


def _runs_within(frame: Frame, rows: np.ndarray[tuple[int], np.dtype[np.int64]], budget: int) -> tuple[bytes, int]:
    kept = len(rows)
    if kept > 4 * SAMPLE:  # to pack all of them, only to hear that they are too many, takes seconds
        sample = len(pack_frame(frame.take(np.sort(rows[:SAMPLE]))))
        kept = min(kept, max(SAMPLE, int(1.05 * SAMPLE * budget / sample)))
    while True:
        packed = pack_frame(frame.take(np.sort(rows[:kept])))
        if len(packed) <= budget or kept <= 1:
            return packed, kept
        kept = max(1, min(kept - 1, int(kept * 0.9 * budget / len(packed))))


def _series_within(wanted: Sequence[Held], budget: int) -> tuple[bytes, int]:
    """Thinned to what the budget allows; whole histories are left out only where even few points each are too much."""
    points, count = budget // 6, len(wanted)
    while True:
        count = min(count, points // 20) if count * 20 > points else count
        packed = pack_series(fit(wanted[:count], points)[0])
        if len(packed) <= budget or points < 100:
            return packed, len(wanted) - count
        points = int(points * 0.9 * budget / len(packed))

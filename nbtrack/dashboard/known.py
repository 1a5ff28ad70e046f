"""Which runs are known, without an object for each of a hundred thousand?

Many runs stay as the store gave them: columns, and rows that are made when somebody asks for them. What changed since
lies over them as rows. Few runs are rows altogether.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbtrack.entities import LifecycleStage
from nbtrack.frame import I64, Bool, Column, Frame, Row, Text, frame_of, joined
from nbtrack.query import order
from nbtrack.stores.base import Picking

MANY = 2000  # runs


class Runs(Mapping[str, Row]):
    """Runs by id."""

    def __init__(self, rows: Sequence[Row] = (), columns: Frame | None = None) -> None:
        """`columns` are the rows in their order, where there are many."""
        self._rows = rows
        self._columns = columns
        ids = columns.run_ids if columns is not None else [row.run.info.run_id for row in rows]
        self._place = {run: at for at, run in enumerate(ids)}
        self._news: dict[str, Row] = {}
        self._frame: Frame | None = None
        self._counts = active(columns) if columns is not None else {}

    def __len__(self) -> int:
        return len(self._place) + sum(run not in self._place for run in self._news)

    def __iter__(self) -> Iterator[str]:
        yield from self._place
        yield from (run for run in self._news if run not in self._place)

    def __contains__(self, run: object) -> bool:
        return run in self._place or run in self._news

    def __getitem__(self, run: str) -> Row:
        return self._news[run] if run in self._news else self._rows[self._place[run]]

    def put(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._count(row.run.info.run_id, -1)
            self._news[row.run.info.run_id] = row
            self._count(row.run.info.run_id, 1)
            self._frame = None

    def drop(self, runs: Iterable[str]) -> None:
        for run in runs:
            self._count(run, -1)
            self._news.pop(run, None)
            self._place.pop(run, None)
            self._frame = None

    def frame(self) -> Frame:
        """Newest first, as search_runs orders."""
        if self._frame is None:
            if self._columns is None:
                self._frame = frame_of(sorted(self.values(), key=_newest_first))
            else:
                whole = self._joined(self._columns)
                self._frame = whole.take(order(whole))
        return self._frame

    def newest(self, most: int) -> list[Row]:
        """The newest last."""
        return self.several(self.frame().run_ids[:most][::-1])

    def several(self, runs: Sequence[str]) -> list[Row]:
        """Those of these runs."""
        plain = [self._place[run] for run in runs if run not in self._news]
        rows = self._rows.pick(plain) if isinstance(self._rows, Picking) else [self._rows[at] for at in plain]
        old = iter(rows)
        return [self._news[run] if run in self._news else next(old) for run in runs]

    def open(self) -> set[str]:
        """The runs that say RUNNING."""
        if self._columns is None:
            return {run for run, row in self.items() if row.run.info.status == "RUNNING"}
        found = {run for run, row in self._news.items() if row.run.info.status == "RUNNING"}
        ids = self._columns.run_ids
        said = (ids[at] for at in np.flatnonzero(_says(self._columns, "status", "RUNNING")).tolist())
        return found | {run for run in said if run in self._place and run not in self._news}

    def active(self) -> dict[str, int]:
        """How many runs that are not deleted each experiment has."""
        if self._columns is None:
            counts: dict[str, int] = {}
            for row in self.values():
                if row.run.info.lifecycle_stage == LifecycleStage.ACTIVE:
                    counts[row.run.info.experiment_id] = counts.get(row.run.info.experiment_id, 0) + 1
            return counts
        return self._counts

    def _count(self, run: str, by: int) -> None:
        if self._columns is None or run not in self:
            return
        info = self[run].run.info
        if info.lifecycle_stage == LifecycleStage.ACTIVE:
            self._counts[info.experiment_id] = self._counts.get(info.experiment_id, 0) + by

    def _joined(self, columns: Frame) -> Frame:
        if not self._news and len(self._place) == len(columns):
            return columns
        rest = [at for run, at in self._place.items() if run not in self._news]
        return joined([columns.take(np.array(rest, np.int64)), frame_of(list(self._news.values()))])


def _newest_first(row: Row) -> tuple[int, str]:
    return -(row.run.info.start_time or 0), row.run.info.run_id


def _says(frame: Frame, name: str, word: str) -> Bool:
    column = frame.columns[name]
    assert isinstance(column, Text)
    code = list(column.words).index(word) if word in column.words else -2
    return np.asarray(column.codes == code)


def active(frame: Frame) -> dict[str, int]:
    """How many runs that are not deleted each experiment has."""
    experiments = frame.columns["experiment_id"]
    assert isinstance(experiments, Text)
    codes = experiments.codes[_says(frame, "lifecycle_stage", LifecycleStage.ACTIVE)]
    counts = np.bincount(codes, minlength=len(experiments.words))
    return {word: int(n) for word, n in zip(experiments.words, counts, strict=True) if n}


def differing(old: Frame, new: Frame) -> I64:
    """The rows of `new` that `old` has not, or has otherwise."""
    place = {run: at for at, run in enumerate(old.run_ids)}
    at = np.array([place.get(run, -1) for run in new.run_ids], np.int64)
    here = np.flatnonzero(at >= 0)
    differs = at < 0
    for name in {**old.columns, **new.columns}:
        differs[here] |= _differ(old.columns.get(name), new.columns.get(name), at[here], here)
    return np.flatnonzero(differs)


def _differ(old: Column | None, new: Column | None, there: I64, here: I64) -> Bool:
    if isinstance(old, Text) or isinstance(new, Text):
        changed: Bool = np.not_equal(_codes(old, there, new), _codes(new, here, new))
        return changed
    lost, found = _missing(old, there), _missing(new, here)
    differs: Bool = np.not_equal(lost, found)
    both = np.flatnonzero(~lost & ~found)
    if old is None or new is None or not len(both):
        return differs
    for part in type(new).__slots__:
        if part != "missing" and hasattr(old, part):
            a, b = getattr(old, part)[there[both]], getattr(new, part)[here[both]]
            differs[both] |= (a != b) & ~((a != a) & (b != b))
    return differs


def _missing(column: Column | None, rows: I64) -> Bool:
    if column is None or isinstance(column, Text):
        return np.ones(len(rows), np.bool_)
    return column.missing[rows]


def _codes(column: Column | None, rows: I64, of: Column | None) -> NDArray[Any]:
    """Codes of the words that `of` has; -1 for a missing cell, -2 for another word."""
    if not isinstance(column, Text):
        return np.full(len(rows), -1, np.int64)
    if not isinstance(of, Text):
        return np.where(column.codes[rows] < 0, -1, -2)
    if column.words is of.words:
        return column.codes[rows]
    index = {word: code for code, word in enumerate(of.words)}
    return np.array([index.get(word, -2) for word in column.words] + [-1], np.int64)[column.codes[rows]]

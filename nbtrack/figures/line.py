"""What does a history look like as a line, and which of its points must be drawn?

Points in order of x, exact repeats dropped; of each column of pixels the first, the lowest, the highest and the last,
so that every extreme shows at every width. js/src/data/line.ts and downsample.ts are its twins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nbtrack.frame import F64, I64, Series

FEW = 4  # a column with this many points keeps them all


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    x: F64
    y: F64

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: I64) -> Line:
        return Line(self.x[rows], self.y[rows])


def line_of(points: Series, axis: str, start: float | None = None) -> Line:
    """x is the step, the time in ms, or ("relative") seconds since `start`, or since the first point without one."""
    key = points.step if axis == "step" else points.timestamp
    order = np.lexsort((np.arange(len(points)), points.timestamp, key))
    step, time, value = points.step[order], points.timestamp[order], points.value[order]
    bits = np.ascontiguousarray(value, np.float64).view(np.int64)  # NaN repeats NaN, and 0.0 is not -0.0
    again = (np.diff(step) == 0) & (np.diff(time) == 0) & (np.diff(bits) == 0)
    kept = np.concatenate(([True], ~again))[: len(value)]
    x = (step if axis == "step" else time)[kept].astype(np.float64)
    if axis == "relative" and len(x):
        x = (x - (start if start is not None and start <= x[0] else x[0])) / 1000
    return Line(x, value[kept].astype(np.float64))


def by_metric(points: Series, other: Series) -> Line:
    """x is another metric at the same step; in order of x. Steps that only one of them has are left out."""
    step, _, value = last_of_steps(points)
    other_step, _, other_value = last_of_steps(other)
    _, mine, theirs = np.intersect1d(step, other_step, assume_unique=True, return_indices=True)
    finite = np.isfinite(other_value[theirs])
    x, y = other_value[theirs][finite], value[mine][finite]
    order = np.argsort(x, kind="stable")
    return Line(x[order], y[order])


def thin(line: Line, left: float, right: float, columns: int, *, log_x: bool = False, floor: float = -np.inf) -> I64:
    """Places of the points to draw, ascending, where x from `left` to `right` spans `columns` pixels."""
    if len(line) == 0:
        return np.zeros(0, np.int64)
    low, high = (np.log10(left), np.log10(right)) if log_x else (left, right)
    factor = 0.0 if high == low else columns / (high - low)
    offset = -factor * low
    with np.errstate(divide="ignore", invalid="ignore"):
        column = np.floor(offset + factor * (np.log10(line.x) if log_x else line.x))
    edges = np.concatenate(([0], np.flatnonzero(np.diff(column) != 0) + 1, [len(line)]))
    kept: list[int] = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        kept += range(start, end) if end - start <= FEW else _corners(line.y[start:end], start, floor)
    return np.array(kept, np.int64)


def _corners(y: F64, start: int, floor: float) -> list[int]:
    here = np.flatnonzero((y > floor) & (y < np.inf))
    if len(here) == 0:
        return [start]
    low, high = int(here[y[here].argmin()]), int(here[y[here].argmax()])
    places = sorted((low, high))
    return [start + each for each in dict.fromkeys([int(here[0]), *places, int(here[-1])])]


def last_of_steps(points: Series) -> tuple[I64, I64, F64]:
    """One point a step, the later one where there are several; ascending."""
    order = np.lexsort((np.arange(len(points)), points.timestamp, points.step))
    step = points.step[order]
    last = np.concatenate((np.diff(step) != 0, [True]))[: len(step)]
    kept = order[last]
    return points.step[kept], points.timestamp[kept], points.value[kept]

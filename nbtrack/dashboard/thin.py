"""How is a long history drawn from few points without losing its extremes? The lowest and highest of each bucket.

Each kind of what is not finite (NaN, +inf, −inf) that a bucket holds is kept once too, because charts mark it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nbtrack.frame import Series

Places = NDArray[np.int64]

FEW = 4  # points a column of pixels that are all sent: the first, the lowest, the highest and the last would be as many


class Beginning(NamedTuple):
    """The first `here` points stand, evenly, for the first `of` of the history; behind them every point is there."""

    here: int = 0
    of: int = 0


WHOLE = Beginning()


def thin(points: Series, most: int, beginning: Beginning = WHOLE) -> Series:
    """About `most` points (4 or more, never more) in their order: the first, the last, and each bucket's extremes."""
    return points if len(points) <= most else _rows(points, places(points.value, most, beginning))


def places(value: NDArray[Any], most: int, beginning: Beginning = WHOLE) -> Places:
    """Where the points stand that `thin` leaves of more than `most`. A beginning gets as many as it stands for."""
    n = len(value)
    odd = n - int(np.isfinite(value).sum())
    buckets = max((most - 2 - odd) // 2, (most - 2) // 5)
    if buckets < 1:  # no room even for one bucket with points of every kind
        return np.array([0, n - 1])
    here, of = beginning
    edges = np.linspace(0, n - here + of, buckets + 1)
    rows = np.where(edges < of, edges * (here / max(of, 1)), edges - of + here)
    return np.union1d(_extremes(value, np.unique(rows.astype(np.int64))[:-1]), [0, n - 1])


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an axis: `step`, or `time` in ms, counted from `zero`; None where it has no end."""

    axis: str
    start: float | None
    end: float | None
    zero: float = 0
    log: bool = False


def within(points: Series, span: Span, columns: int) -> tuple[Series, bool]:
    """The points of a span with the neighbour on either side; True where it is all of them.

    Else the first, last, lowest and highest of each of `columns` equal parts, which draw as all of them would.
    """
    x = np.asarray(points.step if span.axis == "step" else points.timestamp, np.float64) - span.zero
    order = None if bool((x[1:] >= x[:-1]).all()) else np.argsort(x, kind="stable")
    if order is not None:
        x = x[order]
    inside = [
        0 if span.start is None else int(np.searchsorted(x, span.start)),
        len(x) if span.end is None else int(np.searchsorted(x, span.end, "right")),
    ]
    first, last = max(0, inside[0] - 1), min(len(x), inside[1] + 1)
    every = last - first <= FEW * columns
    kept = np.arange(first, last)
    if not every:
        values = points.value[first:last] if order is None else points.value[order[first:last]]
        kept = kept[_columns(x[first:last], values, span.log, columns)]
    return _rows(points, kept if order is None else np.sort(order[kept])), every


def _columns(x: NDArray[np.float64], value: NDArray[Any], log: bool, columns: int) -> Places:
    """Places in `x`, which is ascending."""
    scale = np.log10(np.maximum(x, _least_positive(x))) if log else x
    low, high = scale[0], scale[-1]
    if high > low:
        column = np.floor((scale - low) * (columns / (high - low)))
        starts = np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1])
    else:
        starts = np.array([0])
    ends = np.append(starts[1:], len(x)) - 1
    return np.union1d(_extremes(value, starts), np.concatenate([starts, ends]))


def _least_positive(x: NDArray[np.float64]) -> float:
    positive = x[np.searchsorted(x, 0, "right") :]
    return float(positive[0]) if len(positive) else 1.0


def _extremes(value: NDArray[Any], starts: Places) -> Places:
    """In each bucket, which lasts to the next one's start: the lowest, the highest, the first of each odd kind."""
    sizes = np.diff(np.append(starts, len(value)))
    finite = np.isfinite(value)
    low, high = np.where(finite, value, np.inf), np.where(finite, value, -np.inf)
    lowest = low == np.repeat(np.minimum.reduceat(low, starts), sizes)
    highest = high == np.repeat(np.maximum.reduceat(high, starts), sizes)
    wanted = [lowest & finite, highest & finite, *_not_finite(value)]
    return np.unique(np.concatenate([_first_of(each, starts) for each in wanted]))


def _not_finite(value: NDArray[Any]) -> list[NDArray[np.bool_]]:
    return [np.isnan(value), value == np.inf, value == -np.inf]


def _first_of(wanted: NDArray[np.bool_], starts: Places) -> Places:
    """The first place of each bucket that is wanted."""
    places = np.flatnonzero(wanted)
    _, first = np.unique(np.searchsorted(starts, places, "right"), return_index=True)
    return places[first]


def _rows(points: Series, rows: Places) -> Series:
    return Series(points.step[rows], points.timestamp[rows], points.value[rows])

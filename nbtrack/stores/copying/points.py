"""Which points of a metric are in one store and not in another?

A point is a step, a time and a value; one that is there twice counts once, because a database keeps it once. NaN is
equal to NaN here, and what a database cannot tell apart is equal too: -0.0 and 0.0, the largest number and infinity.
"""

from __future__ import annotations

import numpy as np

from nbtrack.frame import I64, Series

LARGEST = np.finfo(np.float64).max


def missing(wanted: Series, there: Series) -> Series:
    """The points of `wanted` that `there` has not, each once, in the order of `wanted`."""
    ours, theirs = _as_numbers(wanted), _as_numbers(there)
    if len(ours) == len(theirs) and (ours == theirs).all():
        return _take(wanted, np.zeros(0, np.int64))
    seen = set(map(tuple, theirs.tolist()))
    left = []
    for row, point in enumerate(map(tuple, ours.tolist())):
        if point not in seen:
            seen.add(point)
            left.append(row)
    return _take(wanted, np.array(left, np.int64))


def once(series: Series) -> Series:
    """Each point once, where it stands first."""
    numbers = _as_numbers(series)
    _, first = np.unique(numbers, axis=0, return_index=True) if len(numbers) else (None, np.zeros(0, np.int64))
    return series if len(first) == len(series) else _take(series, np.sort(first).astype(np.int64))


NOTHING = Series(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float64))


def merged(wanted: Series, there: Series) -> bool:
    """Has a database made infinity of the largest number here? (-0.0 is not worth a word.)"""
    return bool((np.abs(wanted.value) == LARGEST).any() and not (np.abs(there.value) == LARGEST).any())


def _as_numbers(series: Series) -> I64:
    """A row of three whole numbers for each point; equal points have equal rows."""
    value = series.value + 0.0  # makes 0.0 of -0.0
    value[np.isnan(value)] = np.nan
    largest = np.abs(value) == LARGEST
    value[largest] = np.copysign(np.inf, value[largest])
    return np.column_stack((series.step, series.timestamp, value.view(np.int64)))


def _take(series: Series, rows: I64) -> Series:
    return Series(series.step[rows], series.timestamp[rows], series.value[rows])

"""What do several runs say together? The mean over unequal grids of x with a band around it, as js/src/data/bands.ts.

A run counts between its first and its last point, in between by straight lines. A point that is NaN or infinite is a
gap: there, and up to the finite points beside it, the run does not count. `n` says how many do; where none does, the
mean is NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.figures.line import Line
from nbtrack.figures.student import SURE, half95
from nbtrack.frame import F64

BANDS = ("sd", "ci", "minmax")
MOST = 20_000  # x's of a grid; the ends of a min–max band still hold every point


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    x: F64
    mean: F64
    low: F64
    high: F64
    n: F64
    reach: tuple[F64, F64]  # what an axis must hold: the band, and where it is the interval of two runs only these


def band_of(lines: Sequence[Line], kind: str = "sd") -> Band:
    """`kind`: mean ± "sd" (of a sample), "ci" (95 % of the mean), or "minmax". One run alone has no width."""
    if kind not in BANDS:
        raise InvalidValueError(f"band is one of {', '.join(BANDS)}, not {kind!r}.")
    single = [_once_each(line) for line in lines if len(line)]
    whole = np.unique(np.concatenate([line.x for line in single])) if single else np.zeros(0)
    grid = whole
    if len(whole) > MOST:
        grid = whole[np.floor(np.arange(MOST) * (len(whole) - 1) / (MOST - 1) + 0.5).astype(np.int64)]
    values = np.full((len(single), len(grid)), np.nan)
    for row, line in zip(values, single, strict=True):
        row[:] = np.interp(grid, line.x, line.y, left=np.nan, right=np.nan)
    with np.errstate(over="ignore", invalid="ignore"):  # values near the greatest float: inf and NaN, as in JavaScript
        return _summary(grid, values, kind, single if len(grid) < len(whole) else [])


def _once_each(line: Line) -> Line:
    """One point at each x: the last finite one of several, and NaN where none is finite."""
    y = np.where(np.isfinite(line.y), line.y, np.nan)
    places = np.arange(len(line)) + np.where(np.isnan(y), 0, len(line))  # a finite point counts more than any other
    starts = np.flatnonzero(np.concatenate(([True], np.diff(line.x) != 0)))
    best = np.maximum.reduceat(places, starts) % len(line)
    return Line(line.x[starts], y[best])


def _summary(grid: F64, values: F64, kind: str, thinned: Sequence[Line]) -> Band:
    """`thinned`: the lines, where the grid leaves out some of their points."""
    here = ~np.isnan(values)
    n = here.sum(axis=0).astype(np.float64)
    held = np.where(here, values, 0.0)
    mean = np.where(n > 0, held.sum(axis=0) / np.maximum(n, 1), np.nan)
    least = np.where(here, values, np.inf).min(axis=0, initial=np.inf)
    most = np.where(here, values, -np.inf).max(axis=0, initial=-np.inf)
    for line in thinned:
        at = np.searchsorted(grid, line.x)
        np.fmin.at(least, at, line.y)
        np.fmax.at(most, at, line.y)
    least, most = (np.where(least > most, np.nan, each) for each in (least, most))
    if kind == "minmax":
        return Band(grid, mean, least, most, n, (least, most))
    off = np.where(here, values - mean, 0.0)
    sd = np.sqrt((off**2).sum(axis=0) / np.maximum(n - 1, 1))
    if kind == "sd":
        return Band(grid, mean, mean - sd, mean + sd, n, (mean - sd, mean + sd))
    half = half95(sd, n)
    low, high = mean - half, mean + half
    reach = (np.where(n < SURE, least, low), np.where(n < SURE, most, high))
    return Band(grid, mean, low, high, n, reach)

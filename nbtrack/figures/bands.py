"""What do several runs say together? The mean over unequal grids of x with a band around it, as js/src/data/bands.ts.

A run counts between its first and its last finite point, in between by straight lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.figures.line import Line
from nbtrack.frame import F64

BANDS = ("sd", "ci", "minmax")
MOST = 20_000  # x's of a grid
# Student's t for a two-sided 95 % interval, by degrees of freedom; beyond them that of the normal distribution.
STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
NORMAL = 1.96
# An interval of fewer runs is many times as wide as they lie apart: on an axis that held it nothing else could be seen.
SURE = 3


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
    finite = [line.take(np.flatnonzero(np.isfinite(line.y))) for line in lines]
    finite = [_one_each(line) for line in finite if len(line)]
    grid = np.unique(np.concatenate([line.x for line in finite])) if finite else np.zeros(0)
    if len(grid) > MOST:
        grid = grid[np.floor(np.arange(MOST) * (len(grid) - 1) / (MOST - 1) + 0.5).astype(np.int64)]
    values = np.full((len(finite), len(grid)), np.nan)
    for row, line in zip(values, finite, strict=True):
        row[:] = np.interp(grid, line.x, line.y, left=np.nan, right=np.nan)
    with np.errstate(over="ignore", invalid="ignore"):  # values near the greatest float: inf and NaN, as in JavaScript
        return _summary(grid, values, kind)


def _one_each(line: Line) -> Line:
    """The later of several points at one x."""
    return line.take(np.flatnonzero(np.concatenate((np.diff(line.x) != 0, [True]))))


def _summary(grid: F64, values: F64, kind: str) -> Band:
    here = ~np.isnan(values)
    n = here.sum(axis=0).astype(np.float64)
    held = np.where(here, values, 0.0)
    mean = held.sum(axis=0) / np.maximum(n, 1)
    least = np.where(here, values, np.inf).min(axis=0, initial=np.inf)
    most = np.where(here, values, -np.inf).max(axis=0, initial=-np.inf)
    if kind == "minmax":
        return Band(grid, mean, least, most, n, (least, most))
    off = np.where(here, values - mean, 0.0)
    half = np.sqrt((off**2).sum(axis=0) / np.maximum(n - 1, 1))
    if kind == "sd":
        return Band(grid, mean, mean - half, mean + half, n, (mean - half, mean + half))
    table = np.array([0.0, *STUDENT, NORMAL])
    half = half * table[np.clip(n - 1, 0, len(STUDENT) + 1).astype(np.int64)] / np.sqrt(np.maximum(n, 1))
    low, high = mean - half, mean + half
    reach = (np.where(n < SURE, least, low), np.where(n < SURE, most, high))
    return Band(grid, mean, low, high, n, reach)

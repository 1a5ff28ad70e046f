"""What did the runs of a group come to? The mean of their values within its band, as js/src/data/pictures.ts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.figures.bands import band_of
from nbtrack.figures.given import Runs, Values
from nbtrack.figures.line import Line
from nbtrack.frame import F64


@dataclass(frozen=True, slots=True)
class Mean:
    """`n` of `of` runs have a finite value; `reach` is what of the band an axis must hold."""

    name: str
    value: float
    low: float
    high: float
    n: int
    of: int
    reach: tuple[float, float]


def group_names(runs: Runs, columns: Sequence[Values]) -> list[str]:
    """Of each run: model = svm, lr = 0.1"""
    return [
        ", ".join(f"{each.label} = {'–' if each.texts[row] is None else each.texts[row]}" for each in columns)
        for row in range(len(runs.ids))
    ]


def means_of(names: Sequence[str], values: F64, kind: str) -> list[Mean]:
    """By group in the order of the first runs; a group without a finite value has NaN. NaN of `values`: no value."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows.setdefault(name, []).append(row)
    return [_mean(name, values[held][np.isfinite(values[held])], kind, len(held)) for name, held in rows.items()]


def _mean(name: str, values: F64, kind: str, of: int) -> Mean:
    """A group at one place is what its lines are there."""
    found = band_of([Line(np.zeros(1), values[row : row + 1]) for row in range(len(values))], kind)
    if len(values) == 0:
        return Mean(name, np.nan, np.nan, np.nan, 0, of, (np.nan, np.nan))
    reach = (float(found.reach[0][0]), float(found.reach[1][0]))
    return Mean(name, float(found.mean[0]), float(found.low[0]), float(found.high[0]), len(values), of, reach)

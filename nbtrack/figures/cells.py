"""Where do two columns meet? In cells: of their distinct values where those are few, else of even intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nbtrack.column_formats import column
from nbtrack.figures.categories import in_natural_order
from nbtrack.figures.given import Values, times_of, written_as
from nbtrack.frame import F64, I64

FEW = 12
INTERVALS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """`cell` is each run's, -1 without a value; `at` where it lies between the middles 0, 1, 2 …"""

    cell: I64
    at: F64
    labels: list[str]

    @property
    def middles(self) -> list[int]:
        return list(range(len(self.labels)))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    x: Side
    y: Side
    means: F64  # (y, x); NaN where there is no run


def cells_of(x: Values, y: Values, values: F64) -> Cells:
    across, up = side_of(x), side_of(y)
    total, count = np.zeros((len(up.labels), len(across.labels))), np.zeros((len(up.labels), len(across.labels)))
    here = (across.cell >= 0) & (up.cell >= 0) & np.isfinite(values)
    np.add.at(total, (up.cell[here], across.cell[here]), values[here])
    np.add.at(count, (up.cell[here], across.cell[here]), 1)
    with np.errstate(invalid="ignore"):
        return Cells(across, up, np.where(count > 0, total / np.maximum(count, 1), np.nan))


def side_of(values: Values) -> Side:
    if values.numbers is None:
        words = in_natural_order(text for text in values.texts if text is not None)
        cell = np.array([-1 if text is None else words.index(text) for text in values.texts], np.int64)
        return Side(cell, np.where(cell < 0, np.nan, cell), words)
    numbers = np.where(np.isfinite(values.numbers), values.numbers, np.nan)
    distinct = np.unique(numbers[~np.isnan(numbers)])
    if len(distinct) <= FEW:
        cell = np.where(np.isnan(numbers), -1, np.searchsorted(distinct, numbers)).astype(np.int64)
        return Side(cell, np.where(cell < 0, np.nan, cell), labels_of(values, distinct))
    return _intervals(values, numbers)


def labels_of(values: Values, numbers: F64) -> list[str]:
    """Texts that tell the numbers apart: as the store has them where it has them in one way, times in UTC."""
    if values.is_time:
        return times_of(numbers)
    own = [written_as(values, number) for number in numbers.tolist()]
    return [text if theirs is None else theirs for theirs, text in zip(own, column(numbers.tolist()), strict=True)]


def _intervals(values: Values, numbers: F64) -> Side:
    log = values.log
    scaled = np.log10(numbers) if log else numbers
    low, high = float(np.nanmin(scaled)), float(np.nanmax(scaled))
    share = (scaled - low) / (high - low) * INTERVALS
    cell = np.where(np.isnan(share), -1, np.minimum(np.floor(np.nan_to_num(share)), INTERVALS - 1)).astype(np.int64)
    middles = low + (np.arange(INTERVALS) + 0.5) * (high - low) / INTERVALS
    return Side(cell, share - 0.5, labels_of(values, 10**middles if log else middles))

"""What does the card remember of a metric's points, however many there are?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

COLUMNS = 96  # at most; when they are full, neighbours are merged and a column holds twice as many points


@dataclass(slots=True)
class Trace:
    """The latest value, the extremes with their steps, and the lowest and highest value of each column of points.

    `last` follows MLflow: the maximum by (step, timestamp, value). Points that are no finite number
    count, and are in no column.
    """

    count: int = 0
    last: tuple[int, int, float] = (0, 0, math.nan)  # step, timestamp, value
    low: tuple[float, int] = (math.inf, 0)  # value, step
    high: tuple[float, int] = (-math.inf, 0)
    columns: list[tuple[float, float]] = field(default_factory=list)
    _width: int = 1
    _filled: int = 0  # points in the last column

    def add(self, value: float, step: int, timestamp: int) -> None:
        point = (step, timestamp, value)
        if self.count == 0 or _after(point, self.last):
            self.last = point
        self.count += 1
        if not math.isfinite(value):
            return
        if value < self.low[0]:
            self.low = value, step
        if value > self.high[0]:
            self.high = value, step
        self._draw(value)

    def _draw(self, value: float) -> None:
        if self.columns and self._filled < self._width:
            low, high = self.columns[-1]
            self.columns[-1] = min(low, value), max(high, value)
            self._filled += 1
            return
        if len(self.columns) == COLUMNS:
            self.columns = merged(self.columns)
            self._width *= 2
        self.columns.append((value, value))
        self._filled = 1

    @property
    def value(self) -> float:
        return self.last[2]

    @property
    def step(self) -> int:
        return self.last[0]


def merged(columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Half as many columns, each as low and as high as its two."""
    return [
        (min(low for low, _ in columns[i : i + 2]), max(high for _, high in columns[i : i + 2]))
        for i in range(0, len(columns), 2)
    ]


def _after(one: tuple[int, int, float], other: tuple[int, int, float]) -> bool:
    """Is `one` the later point? NaN has no order, so it counts as the lowest value."""
    if one[:2] != other[:2]:
        return one[:2] > other[:2]
    return math.isnan(other[2]) or one[2] >= other[2]

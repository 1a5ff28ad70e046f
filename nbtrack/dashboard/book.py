"""Which metric histories are held for the dashboards, and how are new points put behind them exactly once?

Held histories are whole up to a limit; a longer one is thinned when it is sent, not when it is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.dashboard.wire import Array, Chunk
from nbtrack.frame import Series

POINT = np.dtype([("step", "<i8"), ("timestamp", "<i8"), ("value", "<f8")])


@dataclass(slots=True)
class History:
    """Growing columns of one metric of one run, and how far they were sent."""

    run: str
    key: str
    points: Array
    length: int
    sent: int = 0

    @staticmethod
    def of(run: str, key: str, series: Series) -> History:
        points = np.empty(len(series), POINT)
        points["step"], points["timestamp"], points["value"] = series.step, series.timestamp, series.value
        return History(run, key, points, len(series))

    def series(self, start: int = 0) -> Series:
        part = self.points[start : self.length]
        return Series(part["step"], part["timestamp"], part["value"])

    def append(self, news: Array) -> None:
        needed = self.length + len(news)
        if needed > len(self.points):
            grown = np.empty(max(needed, 2 * len(self.points)), POINT)
            grown[: self.length] = self.points[: self.length]
            self.points = grown
        self.points[self.length : needed] = news
        self.length = needed

    def unsent(self) -> Chunk | None:
        """What was added since the last call, or None."""
        start, self.sent = self.sent, self.length
        if start == self.length:
            return None
        return Chunk(self.run, self.key, self.series(start), start, self.length, whole=start == 0)


def points_of(rows: Sequence[tuple[int, int, float]]) -> Array:
    """(step, timestamp, value) triples as one array."""
    return np.array(list(rows), POINT)


def not_yet_in(held: Array, news: Array) -> Array:
    """The points of `news` that are not at the end of `held`.

    The store was read while points were being written, so the first announced ones may already have been read: the
    longest beginning of `news` that ends `held` is left out; and all of it where its last point lies further inside.
    """
    tail = held[-4 * len(news) - 1000 :]
    for overlap in range(min(len(news), len(tail)), 0, -1):
        if _equal(tail[len(tail) - overlap :], news[:overlap]):
            return news[overlap:]
    for end in range(len(tail), len(news) - 1, -1):
        if len(news) and _equal(tail[end - len(news) : end], news):
            return news[:0]
    return news


def _equal(a: Array, b: Array) -> bool:
    return a.tobytes() == b.tobytes()

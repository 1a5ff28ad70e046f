"""Which long histories that the book has no room for were read last? Zooming asks for parts of the same ones again."""

from __future__ import annotations

import threading

from nbtrack.frame import Row, Series
from nbtrack.stores.base import Store

MOST_ASIDE = 4_000_000  # points
WORTH_KEEPING = 10_000  # points; shorter histories are read in no time

Newest = tuple[int, int, int]  # points, step, timestamp: what changes when a point comes


class Aside:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[Newest, Series]] = {}  # the one asked for last comes last

    def series(self, run: str, key: str, row: Row | None) -> Series:
        """As the store has it. `row` is the run as it is known now; NotFoundError where there is no such metric."""
        known = None if row is None else row.metrics.get(key)
        newest = None if known is None else (known.count, known.step, known.timestamp)
        with self._lock:
            kept = self._kept.pop((run, key), None)
            if kept is not None and kept[0] == newest:
                self._kept[run, key] = kept
                return kept[1]
        series = self._store.history(run, key)
        if newest is not None and len(series) >= WORTH_KEEPING:
            with self._lock:
                self._kept[run, key] = newest, series
                self._make_room()
        return series

    def _make_room(self) -> None:
        points = sum(len(series) for _, series in self._kept.values())
        while points > MOST_ASIDE and len(self._kept) > 1:
            _, oldest = self._kept.pop(next(iter(self._kept)))
            points -= len(oldest)

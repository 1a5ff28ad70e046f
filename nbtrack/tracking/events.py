"""Who hears of what was written in this process?

Tracking announces, listeners keep a `Feed` and drain it when it suits them. Announcing a point is one append to a
deque, because it sits in the person's training loop; nothing is called back from there.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_POINTS = 1_000_000  # of one feed, between two drains; older ones are dropped and `lost` is set


class Point(NamedTuple):
    store_uri: str
    run_id: str
    key: str
    value: float
    step: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class News:
    """What happened since the last drain. `runs` had anything but points written, in order of first mention."""

    points: list[Point]
    runs: list[tuple[str, str]]  # (store_uri, run_id)
    lost: bool


@dataclass(eq=False)
class Feed:
    """One listener's mailbox. `wake` is set when a run starts, changes or ends (not for each point)."""

    points: deque[Point] = field(default_factory=lambda: deque(maxlen=MOST_POINTS))
    wake: threading.Event = field(default_factory=threading.Event)
    _runs: dict[tuple[str, str], None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def drain(self) -> News:
        self.wake.clear()
        lost = len(self.points) == MOST_POINTS
        points = []
        for _ in range(len(self.points)):
            points.append(self.points.popleft())
        with self._lock:
            runs, self._runs = list(self._runs), {}
        return News(points, runs, lost)

    def close(self) -> None:
        """Hear nothing more."""
        global _feeds
        with _changing:
            _feeds = tuple(feed for feed in _feeds if feed is not self)

    def _run_changed(self, store_uri: str, run_id: str) -> None:
        with self._lock:
            self._runs[store_uri, run_id] = None
        self.wake.set()


_feeds: tuple[Feed, ...] = ()
_changing = threading.Lock()


def subscribe() -> Feed:
    """A new feed; close it when done."""
    global _feeds
    feed = Feed()
    with _changing:
        _feeds = (*_feeds, feed)
    return feed


def heard() -> bool:
    """Does anybody listen?"""
    return bool(_feeds)


def announce_point(point: Point) -> None:
    for feed in _feeds:
        feed.points.append(point)


def announce_run(store_uri: str, run_id: str) -> None:
    """The run was made, or its params, tags, name, status or artifacts changed."""
    for feed in _feeds:
        feed._run_changed(store_uri, run_id)

"""How long does a call wait for another writer of the database?

As long as MLflow does, the first time: the other may be in the middle of something. A lock that lasts longer belongs to
a program that hangs, and a training loop must not wait for it at each of its points: from then on points wait a moment,
and only once a second, until one gets through.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from nbtrack.entities import Metric
from nbtrack.errors import StoreError

WAIT_S = 20.0  # as MLflow's busy_timeout
READ_AGAIN_S = 1.0  # for a read, after one has waited in vain
MOMENT_S = 0.1
PAUSE_S = 1.0
MOST_HELD = 1_000_000  # points of one run, some 100 MB


class LockedError(StoreError):
    """Another program has the database locked for longer than anybody waits."""


class Patience:
    """What the calls of one process know of a lock. Safe to use from several threads."""

    def __init__(self) -> None:
        self.locked = False
        self._tried = 0.0

    def seconds(self, *, hurried: bool) -> float:
        """How long to wait now; 0 where it was tried a moment ago, and is not worth a try.

        `hurried` is a call of a training loop; any other must get through.
        """
        if not (self.locked and hurried):
            return WAIT_S
        return MOMENT_S if time.monotonic() - self._tried >= PAUSE_S else 0.0

    def was_locked(self) -> None:
        self.locked, self._tried = True, time.monotonic()

    def got_through(self) -> None:
        self.locked = False


class Held:
    """Points that could not be written yet, by run. They go with the next thing that gets through."""

    def __init__(self) -> None:
        self._points: dict[str, list[Metric]] = {}
        self._lock = threading.Lock()

    def take(self, run_id: str) -> list[Metric]:
        with self._lock:
            return self._points.pop(run_id, [])

    def put(self, run_id: str, points: Sequence[Metric]) -> None:
        """Beyond the most that are held, the newest are let go."""
        with self._lock:
            there = self._points.setdefault(run_id, [])
            there.extend(points[: MOST_HELD - len(there)])

    def runs(self) -> list[str]:
        with self._lock:
            return list(self._points)

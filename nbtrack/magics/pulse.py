"""What is done again and again while a long cell runs?

The metrics that it prints are read, and how busy the machine is; and on the card what is done of how much, and how long
the rest will take. (The run's heartbeat is kept by `tracking/keeper.py`, as that of every run.)
"""

from __future__ import annotations

import time

from nbtrack.capture import options
from nbtrack.capture.printed import Printed
from nbtrack.capture.progress import of_bars, told
from nbtrack.capture.system import EVERY, System
from nbtrack.entities import Metric
from nbtrack.errors import guard
from nbtrack.magics.card import Card
from nbtrack.stores.names import is_key
from nbtrack.tracking.active import Held


class Pulse:
    """`capture` is False for a cell of which nothing is wanted but what its code logs."""

    def __init__(self, held: Held, card: Card, printed: Printed, *, capture: bool) -> None:
        self._held = held
        self._card = card
        self._printed = printed
        self._capture = capture
        self._system: System | None = None
        self._sampled = 0
        self._since = time.monotonic()
        self._first: tuple[float, float] | None = None  # when progress was first seen, and how much it was

    def beat(self, elapsed: float) -> None:
        """Do what is due, `elapsed` seconds after the cell's start."""
        if self._capture:
            with guard("read what the cell prints"):
                self.keep_printed()
                self._estimate(elapsed)
            if options.system and elapsed >= EVERY * (self._sampled + 1):
                with guard("measure the machine"):
                    self._measure(elapsed)

    def keep_printed(self, *, last: bool = False) -> None:
        """Log what was printed; `last` for the end of the cell."""
        counts = {key: trace.count for key, trace in self._card.metrics.items()}
        points = self._printed.take(counts, last=last) if options.printed else []
        now = _now()
        metrics = [Metric(key, value, now, step) for key, value, step in points if is_key(key)]
        if metrics:
            self._held.client.log_batch(self._held.run_id, metrics)

    def _measure(self, elapsed: float) -> None:
        self._system = self._system or System()
        now = _now()
        sample = [Metric(key, value, now, self._sampled) for key, value in self._system.sample().items()]
        if sample:
            self._held.client.log_batch(self._held.run_id, sample)
        self._sampled = int(elapsed / EVERY)

    def _estimate(self, elapsed: float) -> None:
        card = self._card
        card.said = self._printed.newest
        progress = told(self._held.run_id) or of_bars(self._since) or self._printed.progress
        if progress is None:
            return
        done, total = progress
        if self._first is None or done < self._first[1] or progress[1] != (card.progress or progress)[1]:
            self._first = elapsed, done
        card.progress, card.left = progress, None
        since, already = self._first
        if done > already and elapsed > since and total >= done:
            card.left = int((elapsed - since) / (done - already) * (total - done) * 1000)


def _now() -> int:
    return time.time_ns() // 1_000_000

"""How does the card follow a running cell without costing it anything?

A thread empties the feed four times a second and shows the card again where something is new. The training loop only
appends to a queue.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable

from nbtrack.errors import guard
from nbtrack.magics.background import beside
from nbtrack.magics.card import Card
from nbtrack.tracking.events import Feed

PERIOD = 0.25  # seconds
QUIET = 1.0  # seconds after which time, progress and output are shown afresh though nothing else is new


class Live:
    """`refresh` reads what is no point (params, tags) into the card, `show` draws it, `beat` is told the
    seconds since the start; all run on the thread."""

    def __init__(
        self,
        card: Card,
        feed: Feed,
        *,
        refresh: Callable[[], None],
        show: Callable[[], None] | None,
        beat: Callable[[float], None],
    ) -> None:
        self._card = card
        self._feed = feed
        self._refresh = refresh
        self._show = show
        self._beat = beat
        self.others: dict[str, None] = {}  # runs besides the card's that were started or written meanwhile, in order
        self._points = 0
        self._started = time.monotonic()
        self._shown = self._started
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._busy = threading.Lock()  # while the thread does its work
        # ipykernel finds the cell that an output belongs to in a context variable, which threads do not inherit.
        self._context = contextvars.copy_context()

    def start(self) -> None:
        beside(lambda: self._context.run(self._follow))

    def stop(self, last: Callable[[], None] | None = None) -> None:
        """Take in what is left, and what `last` still logs; nothing is shown by the thread after this."""
        self._ending.set()
        # Waiting for work in hand, not for the thread: to wake it and see it end can take a busy machine 10 ms.
        if self._busy.acquire(timeout=5):
            self._busy.release()
        with guard("read the last points for the card"):
            self.take_in()
            if last:
                last()
                self.take_in()
        self._feed.close()

    def _follow(self) -> None:
        with guard("show the run while its cell is running"):
            while not self._ending.wait(PERIOD):
                with self._busy:
                    if not self._ending.is_set():
                        self._work()

    def _work(self) -> None:
        news = self.take_in()  # first: what the code has logged is not taken from what it prints
        self._beat(time.monotonic() - self._started)
        news = self.take_in() or news
        now = time.monotonic()
        if self._show and not self._ending.is_set() and (news or now - self._shown >= QUIET):
            self._card.duration = int((now - self._started) * 1000)
            self._card.rate = self._points / (now - self._shown)
            self._points = 0
            self._show()
            self._shown = now

    def take_in(self) -> bool:
        """Bring what the feed holds into the card; was there anything about this run?"""
        with self._lock:
            news = self._feed.drain()
            mine = self._card.run_id
            fresh = False
            for point in news.points:
                if point.run_id == mine:
                    self._card.add_point(point.key, point.value, point.step, point.timestamp)
                    self._points += 1
                    fresh = True
                elif point.run_id not in self.others:
                    self.others[point.run_id] = None
            self.others.update((run_id, None) for _, run_id in news.runs if run_id != mine)
            if any(run_id == mine for _, run_id in news.runs):
                self._refresh()
                fresh = True
            return fresh

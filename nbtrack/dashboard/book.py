"""Which metric histories are held for the dashboards, and how are new points put behind them exactly once?

Points of this process come announced, those of others are read from the store when a run's row says that there are
more. Where all histories together outgrow their room, the beginnings of the longest are thinned: every point has been
sent by then, and who asks for every point gets it from the store.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.dashboard.known import Runs
from nbtrack.dashboard.snapshot import Held, cap
from nbtrack.dashboard.thin import WHOLE, Beginning, places, thin
from nbtrack.dashboard.wire import Array, Chunk
from nbtrack.errors import StoreError
from nbtrack.frame import Row, Series, Summary
from nbtrack.stores.base import Store
from nbtrack.tracking.events import Point

POINT = np.dtype([("step", "<i8"), ("timestamp", "<i8"), ("value", "<f8")])
MOST_HELD = 2_000_000  # points, of 24 bytes; when there are more, half of them stay
PRELOADED_FILES = 3_000  # histories read without being asked for, those of the newest runs
PRELOADED_FROM_AFAR = 60  # the same where each costs a request to a server
PRELOAD_FOR = 0.02  # s of reading in one round
SENT_WHOLE = 100_000  # points of one history; a longer one goes out thinned, later points follow one by one
THINNED = 20_000
LEAST = 1_000  # points of a history that are left in any case

Key = tuple[str, str]  # run, metric


@dataclass(slots=True)
class History:
    """One metric of one run, in growing room."""

    points: Array
    held: int  # of the room
    sent: int = 0  # of the history, as `length` is
    fresh: bool = True  # read from the store, perhaps ahead of what was announced, so points may come twice
    beginning: Beginning = WHOLE

    @property
    def length(self) -> int:
        return self.held + self._lacking

    @property
    def _lacking(self) -> int:
        return self.beginning.of - self.beginning.here

    def part(self, start: int = 0) -> Series:
        """All that is held, or what follows this place of the history, which is never inside a thinned beginning."""
        part = self.points[start - self._lacking if start else 0 : self.held]
        return Series(part["step"], part["timestamp"], part["value"])

    def is_behind(self, known: Summary) -> bool:
        """Does the run have points that are not here? A server tells only its newest one."""
        if known.count:
            return self.length < known.count
        here = self.points[: self.held]
        return not bool(((here["step"] == known.step) & (here["timestamp"] == known.timestamp)).any())

    def append(self, news: Array) -> None:
        needed = self.held + len(news)
        if needed > len(self.points):
            grown = np.empty(max(needed, 2 * len(self.points)), POINT)
            grown[: self.held] = self.points[: self.held]
            self.points = grown
        self.points[self.held : needed] = news
        self.held = needed

    def thin(self, most: int) -> None:
        """Leave about `most` points: what has not been sent stays, of the beginning before it the extremes."""
        edge = self.sent - self._lacking
        room = max(LEAST, most - (self.held - edge))
        if edge <= room:
            return
        here = self.points[:edge]
        kept = here[places(here["value"], room, self.beginning)]
        self.points = np.concatenate([kept, self.points[edge : self.held]])
        self.held, self.beginning = len(self.points), Beginning(len(kept), self.sent)

    def goes_on(self, before: History) -> bool:
        """Does this one, which is whole, begin as the earlier one does?"""
        here, of = before.beginning
        tail = before.points[here : before.held]
        same_start = not here or _equal(before.points[:1], self.points[:1])
        return same_start and _equal(self.points[of : of + len(tail)], tail)


class Book:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.version = 0  # grows with every change
        self.ours: dict[str, None] = {}  # runs that this process writes, in order of first mention
        self._histories: dict[Key, History] = {}
        self._queue: list[tuple[Key, Summary]] | None = None
        self._known_runs = 0

    def held(self) -> list[Held]:
        return [Held(run, key, each.part(), each.beginning) for (run, key), each in self._histories.items()]

    def held_series(self, run: str, key: str) -> Series | None:
        """Every point; None where not all of them are held."""
        history = self._histories.get((run, key))
        return None if history is None or history.beginning is not WHOLE else history.part()

    def forget(self, runs: Iterable[str]) -> None:
        gone = set(runs)
        for place in [place for place in self._histories if place[0] in gone]:
            del self._histories[place]
            self.version += 1

    def hear(self, points: Sequence[Point], rows: Mapping[str, Row], *, lost: bool) -> None:
        """Put announced points behind what is held; `lost` says that some were dropped, so all is read again."""
        if lost:
            self.forget(self.ours)
        together: dict[Key, list[tuple[int, int, float]]] = {}
        for point in points:
            if point.run_id in rows:
                together.setdefault((point.run_id, point.key), []).append((point.step, point.timestamp, point.value))
        for place, news in together.items():
            self.ours[place[0]] = None
            history = self._whole_enough(place)
            if history is None:
                continue
            added = np.array(news, POINT)
            if history.fresh:
                added = not_yet_in(history.points[: history.held], added)
                history.fresh = len(added) == 0
            history.append(added)
            self.version += 1
        self._make_room()

    def catch_up(self, changed: Iterable[Row]) -> None:
        """Read on where another process has written more than is held."""
        for row in changed:
            run = row.run.info.run_id
            announced = run in self.ours and row.run.info.status == "RUNNING"
            for key, summary in row.metrics.items():
                history = self._histories.get((run, key))
                if history is not None and history.is_behind(summary) and not announced:
                    self._read_on((run, key))
                elif history is None and self._queue is not None:
                    self._queue.append(((run, key), summary))
        self._make_room()

    def preload(self, rows: Runs, *, far: bool = False) -> None:
        """Read some of the newest runs' histories, for a moment."""
        if self._queue is None:
            newest = rows.newest(PRELOADED_FILES)
            queue = [((row.run.info.run_id, key), each) for row in newest for key, each in row.metrics.items()]
            self._queue = queue[-(PRELOADED_FROM_AFAR if far else PRELOADED_FILES) :]
        until = time.monotonic() + PRELOAD_FOR
        room = MOST_HELD - sum(history.held for history in self._histories.values())
        while self._queue and time.monotonic() < until:
            place, summary = self._queue.pop()
            if place in self._histories or summary.count > room:
                continue
            room -= summary.count
            if summary.count == 1:
                self._put(place, Series(*(np.array([v]) for v in (summary.step, summary.timestamp, summary.last))))
            else:
                self._read(place)

    def preload_all(self, rows: Runs, *, far: bool = False) -> None:
        self.preload(rows, far=far)
        while self._queue:
            self.preload(rows, far=far)

    def unsent(self) -> list[Chunk]:
        """What was added since the last call."""
        chunks = []
        for (run, key), history in self._histories.items():
            start, history.sent = history.sent, history.length
            if start < history.length:
                part = history.part(start)
                if start == 0 and len(part) > SENT_WHOLE:
                    part = thin(part, THINNED)
                chunks.append(Chunk(run, key, part, start, history.length, whole=start == 0))
        return chunks

    def all_sent(self) -> None:
        """A snapshot has gone out that holds everything."""
        for history in self._histories.values():
            history.sent = history.length

    def _make_room(self) -> None:
        lengths = [history.held for history in self._histories.values()]
        if sum(lengths) <= MOST_HELD:
            return
        most = cap(lengths, MOST_HELD // 2)
        for history in self._histories.values():
            history.thin(most)

    def _whole_enough(self, place: Key) -> History | None:
        """The history, so that it can be told which points are new in it."""
        history = self._histories.get(place)
        if history is None:
            return self._read(place)
        if history.fresh and history.beginning is not WHOLE:
            self._read_on(place)
        return self._histories[place]

    def _read(self, place: Key) -> History | None:
        try:
            return self._put(place, self.store.history(*place))
        except StoreError:
            return None  # gone or damaged meanwhile; the row's damage says so

    def _put(self, place: Key, series: Series) -> History:
        points = np.empty(len(series), POINT)
        points["step"], points["timestamp"], points["value"] = series.step, series.timestamp, series.value
        history = self._histories[place] = History(points, len(points))
        self.version += 1
        return history

    def _read_on(self, place: Key) -> None:
        """Read again; what was held and sent stays so, unless the beginning is another one now."""
        before = self._histories[place]
        after = self._read(place)
        if after is not None and after.goes_on(before):
            after.sent = before.sent


def not_yet_in(held: Array, news: Array) -> Array:
    """The points of `news` that are not in `held` yet.

    The store was read while points were being written, so the first announced ones may have been read already: then a
    beginning of `news` ends `held`, or all of it lies further inside.
    """
    tail = _whole(held[-4 * len(news) - 1000 :])
    wanted = _whole(news)
    for start in np.flatnonzero((tail == wanted[0]).all(axis=1)).tolist():
        same = min(len(tail) - start, len(wanted))
        if np.array_equal(tail[start : start + same], wanted[:same]):
            return news[same:]
    return news


def _whole(points: Array) -> Array:
    """Points as rows of integers, so that NaN equals NaN."""
    return np.ascontiguousarray(points).view(np.int64).reshape(-1, 3)


def _equal(a: Array, b: Array) -> bool:
    return len(a) == len(b) and bool((_whole(a) == _whole(b)).all())

"""How do dashboards hear of changes while the kernel is busy? One thread per (store, experiments), shared by all.

Two sources: what this process writes is announced and drained ten times a second; what others write is found by looking
at the store. News go out as numbered messages, at most twenty a second and none when nothing happened. The thread holds
its hub weakly, and ends when no dashboard is left.
"""

from __future__ import annotations

import atexit
import math
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from nbtrack.dashboard.aside import Aside
from nbtrack.dashboard.book import Book
from nbtrack.dashboard.catalog import Catalog, Found
from nbtrack.dashboard.news import news_of
from nbtrack.dashboard.snapshot import Held, Snapshot, snapshot
from nbtrack.dashboard.wire import Chunk, pack_frame, pack_series
from nbtrack.errors import guard
from nbtrack.frame import Frame, Series, frame_of
from nbtrack.stores.base import Store
from nbtrack.tracking import events

TICK = 0.1  # s between messages of one kind
CHECKING = "These runs are shown as they were last seen, and are being checked."
JUDGE_EVERY = 5.0  # s between two looks whether the processes of running runs are alive
COMING = "These are the newest runs; more are on their way from the server."
PATIENCE = 2.0  # s that the end of a cell waits for a look at the store that is under way
SHOWN = 1.0  # s that everything else waits for what a person waits to see
REPLACE_EVERY = 60.0  # s between two replacements of the snapshot traits within one long cell


class Listener(Protocol):
    """What a hub tells: `hear` and `replace_snapshot` from its thread and under its lock, `refresh_outputs` at the end
    of a cell, `save_changed_view` from its thread each round.
    """

    def hear(self, content: dict[str, Any], packed: bytes) -> None: ...
    def replace_snapshot(self) -> None: ...
    def refresh_outputs(self, *, only_empty: bool) -> None: ...
    def save_changed_view(self, *, now: bool = False) -> None: ...


class Hub:
    """Everything known about some experiments of one store, and who wants to hear what changes."""

    def __init__(self, store: Store, experiment_ids: Sequence[str] | None) -> None:
        self.lock = threading.RLock()
        self._asking = threading.Lock()  # held while the store is asked, so that answers are kept in their order
        self.store = store
        self.rev = 0
        self.catalog = Catalog(store, experiment_ids)
        self.book = Book(store)
        self.aside = Aside(store)
        self.feed = events.subscribe()
        self.listeners: weakref.WeakSet[Listener] = weakref.WeakSet()
        self._replaced_at = (0, time.monotonic())  # rev, when
        self._packed: tuple[tuple[int, int, bool], Snapshot] | None = None
        self._replace_now = False
        self._abandoned: dict[str, int | None] = {}
        self._judged_at = 0.0
        self._first: list[str] = []  # runs to be read before all others
        self._unfilled: weakref.WeakKeyDictionary[Listener, float] = weakref.WeakKeyDictionary()  # since when
        self._unfilled_lock = threading.Lock()
        self._filled = threading.Event()
        self._thread: threading.Thread | None = None
        self._loaded = threading.Event()
        self._known = threading.Event()  # there is something to show, if only what is remembered
        self._failure: Exception | None = None
        self._began_at = time.monotonic()

    @property
    def loaded(self) -> bool:
        return self._loaded.is_set()

    @property
    def known(self) -> bool:
        return self._known.is_set()

    def join(self, listener: Listener, *, patience: float, first: Iterable[str] = ()) -> None:
        """Tell `listener` from now on. Waits for something to show as long as `patience` (s) says.

        The runs of `first` are those that the listener shows, where it does not show all.
        Raises what the store raises when it cannot be read.
        """
        with self.lock:
            self.listeners.add(listener)
            self._first += first
            if self._thread is None:
                self._thread = threading.Thread(
                    target=_run, args=(weakref.ref(self),), name="nbtrack-live", daemon=True
                )
                self._thread.start()
        self._known.wait(patience)
        if self._failure is not None:
            self.leave(listener)
            raise self._failure

    def load(self) -> None:
        """Read the store for the first time. What goes wrong is raised in `join`."""
        self._began_at = time.monotonic()
        try:
            if self.catalog.remember():
                self._known.set()
                self._fill_first()
            for keep in self.catalog.arriving(self._first):
                with self.lock:
                    found = keep()
                    if found.rows and (self.catalog.far or self.catalog.reading):
                        self._known.set()
                    if self.known:
                        self._tell(found, [])
            self._judge()
            with self.lock:
                self.book.preload(self.catalog.rows, far=self.catalog.far)
        except Exception as error:
            self._failure = error
        self.rev += 1  # so that what was shown meanwhile, with nothing in it, is known to be older
        self._loaded.set()
        self._known.set()
        with self.lock:
            if self._failure is None and self._filled.is_set():
                # The many runs that went out unchecked are not sent once more for the few that were not as remembered.
                self._say("rows", pack_frame(frame_of([])), gone=[], status=self.status)
                self._tell(Found(), self.book.unsent())
                return
            self.book.all_sent()
            self.replace_snapshots()

    def fill(self, listener: Listener, *, within: float) -> None:
        """Replace the snapshot of a listener in so many seconds, from the thread: something smaller goes first."""
        with self._unfilled_lock:
            self._unfilled[listener] = time.monotonic() + within

    def _fill(self) -> None:
        with self._unfilled_lock:
            due = [each for each, when in self._unfilled.items() if when <= time.monotonic()]
            for listener in due:
                del self._unfilled[listener]
        for listener in due:
            with guard("fill a dashboard"):
                listener.replace_snapshot()
            self._filled.set()

    def _fill_first(self) -> None:
        """What was remembered goes out before it is checked, and after what is shown first."""
        until = time.monotonic() + SHOWN
        while time.monotonic() < until and not self._filled.is_set():
            self._fill()
            time.sleep(TICK / 5)

    def leave(self, listener: Listener) -> None:
        with self.lock:
            self.listeners.discard(listener)

    def step(self) -> None:
        """One round of the thread. Others need not wait for `lock` while the store is asked."""
        self._fill()
        with self._asked() as ask:
            with self.lock:
                news = self.feed.drain()
                runs, points = news_of(self.store, news)
                unknown = any(point.run_id not in self.catalog.rows for point in points[:1000])
            keep = ask(soon=bool(runs) or unknown)
            self._take(keep, news.lost, points)

    @contextmanager
    def _asked(self) -> Iterator[Callable[..., Callable[[], Found]]]:
        """How to ask the store, with nobody else asking; after some patience, not at all."""
        mine = self._asking.acquire(timeout=PATIENCE)
        try:
            yield self.catalog.ask if mine else _nothing
        finally:
            if mine:
                self._asking.release()

    def _take(self, keep: Callable[[], Found], lost: bool, points: Sequence[events.Point]) -> None:
        with self.lock:
            found = keep()
            self.book.hear(points, self.catalog.rows, lost=lost)
            self.book.catch_up(found.rows)
            self.book.preload(self.catalog.rows, far=self.catalog.far)
            if time.monotonic() - self._judged_at > JUDGE_EVERY:
                found.other |= self._judge()
            self._tell(found, self.book.unsent())
            rev, when = self._replaced_at
            if self.rev != rev and (self._replace_now or time.monotonic() - when > REPLACE_EVERY):
                self._replace_now = False
                self.replace_snapshots()

    def look_now(self, *, status: bool = False) -> None:
        """Tell at once what a change made through a dashboard has changed; with `status` the status too."""
        with self._asked() as ask:
            keep = ask(soon=True)
            with self.lock:
                found = keep()
                found.other |= status
                self._tell(found, [])

    def replace_snapshots(self) -> None:
        with self.lock:
            self._replaced_at = self.rev, time.monotonic()
            for listener in list(self.listeners):
                with guard("refresh a dashboard"):
                    listener.replace_snapshot()

    def status(self, notes: Iterable[str] = ()) -> dict[str, Any]:
        running = [run for run in self.book.ours if self._is_running(run)]
        checking = [self._reading_note()] if self.known and not self.loaded else []
        told = {
            "running": running,
            "abandoned": self._abandoned,
            "notes": [*checking, *notes],
            "loaded": self.loaded,
            "made_at": int(time.time() * 1000),
        }
        return {**self.catalog.status(), **told, "rev": self.rev}

    def _reading_note(self) -> str:
        """What is shown while the store is read for the first time."""
        if self.catalog.far:
            return COMING
        if self.catalog.reading is None:
            return CHECKING
        done, total = self.catalog.reading
        left = (time.monotonic() - self._began_at) * (total - done) / max(1, done)
        return f"Reading the store: {done:,} of {total:,} runs, newest first; about {math.ceil(left)} s left."

    def snapshot(self) -> Snapshot:
        """Packs of everything as of `rev`, made once for all dashboards."""
        with self.lock:
            version = (self.rev, self.book.version, self.loaded)
            if self._packed is None or self._packed[0] != version:
                self._packed = version, snapshot(self.catalog.frame(), self.book.held())
            return self._packed[1]

    def frame(self) -> Frame:
        with self.lock:
            return self.catalog.frame()

    def held(self) -> list[Held]:
        with self.lock:
            return self.book.held()

    def history(self, run: str, key: str) -> Series:
        """From what is held, or from the store, for which nobody else waits. NotFoundError where there is none."""
        with self.lock:
            held = self.book.held_series(run, key)
            row = self.catalog.rows.get(run)
        return self.aside.series(run, key, row) if held is None else held

    def metric_keys(self, run: str) -> list[str]:
        row = self.catalog.rows.get(run)
        return [] if row is None else list(row.metrics)

    def experiment_ids(self) -> list[str]:
        return [each.experiment_id for each in self.catalog.experiments]

    def wait(self) -> None:
        """Until the store is read: what Python code asks for is exact."""
        self._loaded.wait()

    def finish(self) -> None:
        """Wait until the store is read, and read all histories that belong into a snapshot."""
        self._loaded.wait()
        with self.lock:
            self.book.preload_all(self.catalog.rows, far=self.catalog.far)

    def cell_ended(self, *, quick: int) -> None:
        """Tell what the cell did, and put it into traits and outputs; with more than `quick` runs only the former.

        An output that was shown before the store was read, or with the first runs alone, is filled whatever the size:
        it would be saved so.
        """
        large = not self.loaded or len(self.catalog.rows) > quick
        if self.loaded and self.listeners:
            self.step()
            if self._replaced_at[0] != self.rev:
                self._replace_now = large
                if not large:
                    self.replace_snapshots()
        for listener in list(self.listeners):
            listener.refresh_outputs(only_empty=large)

    def save_views(self, *, now: bool = False) -> None:
        """Have every dashboard write a changed view where it is kept."""
        for listener in list(self.listeners):
            with guard("save the view of a dashboard"):
                listener.save_changed_view(now=now)

    def close(self) -> None:
        self.feed.close()

    def has_ended(self) -> bool:
        """Nobody listens, so the thread that asks may end; another one is started when somebody joins."""
        with self.lock:
            if self.listeners and self._failure is None:
                return False
            self._thread = None
            return True

    def _is_running(self, run: str) -> bool:
        row = self.catalog.rows.get(run)
        return row is not None and row.run.info.status == "RUNNING"

    def _judge(self) -> bool:
        """Find out which runs were left open by a process that is gone; True where others are than before."""
        before, self._abandoned = self._abandoned, self.catalog.abandoned()
        self._judged_at = time.monotonic()
        return self._abandoned != before

    def _tell(self, found: Found, chunks: list[Chunk]) -> None:
        if found:
            self._say("rows", pack_frame(frame_of(found.rows)), gone=found.gone, status=self.status)
            self.book.forget(found.gone)
        if chunks:
            self._say("points", pack_series(chunks))

    def _say(self, kind: str, packed: bytes, **fields: Any) -> None:
        self.rev += 1
        content = {"type": kind, "rev": self.rev, **fields}
        if "status" in content:
            content["status"] = self.status()
        for listener in list(self.listeners):
            with guard("update a dashboard"):
                listener.hear(content, packed)


def _nothing(*, soon: bool) -> Callable[[], Found]:
    """What is asked while another thread asks: the next round will."""
    return Found


_ending = threading.Event()


def _end() -> None:
    """A thread that is torn from numpy's code when the interpreter goes takes the process down with an error."""
    _ending.set()
    for hub in hubs():
        hub.save_views(now=True)
    until = time.monotonic() + PATIENCE
    for hub in hubs():
        if thread := hub._thread:
            thread.join(max(0.0, until - time.monotonic()))


atexit.register(_end)


def _run(reference: weakref.ref[Hub]) -> None:
    while not _ending.is_set():
        hub = reference()
        if hub is None or hub.has_ended():
            return
        began = time.monotonic()
        with guard("keep the dashboards up to date"):
            if hub.loaded:
                hub.step()
            else:
                hub.load()
        hub.save_views()
        del hub
        _ending.wait(max(TICK / 2, TICK - (time.monotonic() - began)))


_hubs: dict[tuple[int, tuple[str, ...] | None], Hub] = {}
_lock = threading.Lock()


def _after_fork() -> None:
    """A forked child has neither the thread nor the browser, and a lock may be held by a thread that it lacks."""
    global _lock, _ending
    _lock, _ending = threading.Lock(), threading.Event()
    for hub in _hubs.values():
        hub.close()
    _hubs.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def hub_for(store: Store, experiment_ids: Sequence[str] | None) -> Hub:
    """The hub for these experiments, shared with every dashboard that shows the same."""
    key = id(store), None if experiment_ids is None else tuple(sorted(experiment_ids))
    with _lock:
        for other, hub in list(_hubs.items()):
            if not hub.listeners and other != key:
                hub.close()
                del _hubs[other]
        if key not in _hubs:
            _hubs[key] = Hub(store, experiment_ids)
        return _hubs[key]


def hubs() -> list[Hub]:
    return list(_hubs.values())

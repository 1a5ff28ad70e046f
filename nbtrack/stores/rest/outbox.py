"""How does what was logged reach a server without a training loop waiting for it?

Each value is a line in the spool before the call returns; a thread sends what has gathered, a thousand points at a
time, and tries again for as long as the server is away. Sending twice does no harm: a server keeps equal points once.
One outbox a server serves the whole process.

A server may also answer and refuse: what it says can never be taken is set aside on disk with the reason; what it does
not take now (no permission, too busy, an error of its own) waits in a file of its run, and those of other runs pass.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbtrack.errors import (
    ServerError,
    StoreError,
    guard,
    warn_once,
)
from nbtrack.stores.rest.delivery import TOO_LARGE, Delivery
from nbtrack.stores.rest.lines import (
    Parcel,
    batches,
    body_halves,
    first_parcel,
    metric_line,
    post_line,
    run_of,
)
from nbtrack.stores.rest.link import Link
from nbtrack.stores.rest.spool import Spool, left_behind, unsent_folder
from nbtrack.stores.rest.unsent import send_refused_again

__all__ = ["Outbox", "batches", "flush", "metric_line", "outbox_for"]

GATHER = 0.5  # s from a first point to the request that carries it
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # s between attempts while the server is away, or takes nothing of a run
LOOK_FOR_OTHERS = 30.0  # s between looks for what dead processes left
AT_EXIT = 20.0  # s that the end of a process waits for its points to be sent
MOST_REFUSALS = 5  # runs one after the other of which the server takes nothing now: then it is taken to be away
BUSY = (408, 429)


@dataclass(slots=True)
class Held:
    """The lines of one run that the server does not take now."""

    spool: Spool
    failures: int = 0
    next_try: float = 0.0

    def failed(self) -> None:
        self.next_try = time.monotonic() + PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1


class Outbox:
    """What goes to one server. All of it is safe to call from several threads."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.folder = unsent_folder(link.address.url)
        self.news: str | None = None  # what the person should hear, at the next call from their thread
        self._begin()
        self._adopt = True

    def _begin(self) -> None:
        self._spool: Spool | None = None
        self._others: list[Spool] = []
        self._held: dict[str, Held] = {}
        self._adopt = False
        self._looked = time.monotonic()
        self._making = threading.Lock()
        self._sending = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0  # in a row
        self._refusals = 0  # of runs in a row, in one pass
        self._next_try = 0.0

    # putting in

    def put(self, line: bytes) -> None:
        """Keep one line for the server. What happened to earlier ones is told here, once."""
        spool = self._spool or self._open()
        spool.append(line)
        if not self._wake.is_set():
            self._wake.set()
        if self.news is not None:
            self.tell()

    def post(self, path: str, body: Mapping[str, Any]) -> None:
        """Do it now, after all of its run that was put in before; where the server is away, keep it for later."""
        if self.away or not self._is_sent(str(body.get("run_id", ""))):
            self.put(post_line(path, body))
            self.tell()
            return
        try:
            self._post_now(path, body)
        except ServerError as error:
            if error.status in (401, 403, TOO_LARGE):
                raise
            self.failed(error)
            self.put(post_line(path, body))
            self.tell()

    def _post_now(self, path: str, body: Mapping[str, Any]) -> None:
        """In parts where it is too large for the server."""
        try:
            self.link.post(path, body)
        except ServerError as error:
            parts = body_halves(body) if error.status == TOO_LARGE else []
            if not parts:
                raise
            for part in parts:
                self._post_now(path, part)

    def _is_sent(self, run_id: str) -> bool:
        """Send what waits; has the server all of this run?"""
        self.flush(patience=AT_EXIT)
        return not self._waiting and run_id not in self._held

    @property
    def away(self) -> bool:
        """The server has just not answered, and it is not yet time to try again."""
        return time.monotonic() < self._next_try

    @property
    def empty(self) -> bool:
        return not self._waiting and not self._held

    @property
    def _waiting(self) -> bool:
        """Is there anything to send but what is held?"""
        return any(each.pending for each in self._sources())

    def _sources(self) -> list[Spool]:
        return [*self._others, *([self._spool] if self._spool else [])]

    # getting out

    def flush(self, *, patience: float | None = None, every_run: bool = False) -> bool:
        """Send what was put in so far; False where the server is away, does not take all of it, or `patience` (s) did
        not suffice. `every_run` tries also those of which the server has just taken nothing.

        It is this thread that sends: at the end of a process there is no other.
        """
        until = None if patience is None else time.monotonic() + patience
        if not self._sending.acquire(timeout=-1 if patience is None else patience):
            return False
        try:
            return self._drain(until, every_run=every_run)
        finally:
            self._sending.release()

    def settle(self) -> None:
        """Before reading: let the server have what this process, or one that is no more, has logged, if it can."""
        due = any(time.monotonic() >= held.next_try for held in self._held.values())
        if (self._adopt or self._waiting or due) and not self.away:
            self.flush(patience=5.0)

    def send_refused_again(self) -> int:
        """Send what the server refused before, as at first; returns how many files of it there were."""
        moved = send_refused_again(self.folder, f"{os.getpid()}-{time.time_ns()}")
        self._adopt = True
        self.flush(every_run=True)
        return moved

    def tell(self) -> None:
        news, self.news = self.news, None
        if news is not None:
            warn_once(news)

    def forget(self) -> None:
        """In a forked child: what is in the files is the parent's to send."""
        for spool in [*self._sources(), *(held.spool for held in self._held.values())]:
            spool.abandon()
        self.link.forget()
        self._begin()

    def close(self) -> None:
        """At the end of the process."""
        done = self.empty or self.flush(patience=AT_EXIT, every_run=True)
        with self._making:
            spools = [*self._sources(), *(held.spool for held in self._held.values())]
            self._spool, self._others, self._held = None, [], {}
        for spool in spools:
            spool.remove()
        if not done:
            self.news = self.news or (
                f"Some of what was logged has not reached the server at {self.link.address.url} yet. It is kept in "
                f"'{self.folder}', and is sent when nbtrack next logs to or reads from that server."
            )
        self.tell()

    def _open(self) -> Spool:
        with self._making:
            if self._spool is None:
                self._spool = Spool.new(self.folder)
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="nbtrack-send", daemon=True)
                with guard("start sending in the background"):  # at the end of a process no thread starts
                    thread.start()
                    self._thread = thread
                _at_the_end_of_a_child(self)
            return self._spool

    def _run(self) -> None:
        while True:
            self._wake.wait(self._until_next_look())
            time.sleep(max(GATHER, self._next_try - time.monotonic()))
            self._wake.clear()
            with self._sending, guard("send what was logged"):
                self._drain(None)
            if self._waiting:
                self._wake.set()

    def _until_next_look(self) -> float:
        """s until a run of which the server took nothing is tried again, or others' files are looked for."""
        due = [held.next_try - time.monotonic() for held in list(self._held.values())]
        return max(0.0, min([LOOK_FOR_OTHERS, *due]))

    def _drain(self, until: float | None, *, every_run: bool = False) -> bool:
        """Under the lock. True when all is sent that was there at the beginning."""
        self._refusals = 0
        self._look_for_others()
        if not self._send_held(every_run=every_run):
            return False
        for spool in self._sources():
            left = spool.pending
            while left > 0:
                if until is not None and time.monotonic() > until:
                    return False
                lines = spool.read()
                # A line without an end was never acknowledged.
                done = self._deal_with(first_parcel(lines), spool) if lines else left
                if not done:
                    return False
                spool.sent(done)
                left -= done
            if spool is not self._spool:
                self._others.remove(spool)
                spool.remove()
        return not self._held

    def _look_for_others(self) -> None:
        """Once at the beginning, and now and then: a child that was ended without its exit has left something."""
        if self._adopt or time.monotonic() - self._looked > LOOK_FOR_OTHERS:
            self._adopt, self._looked = False, time.monotonic()
            ours = {each.path for each in [*self._sources(), *(held.spool for held in self._held.values())]}
            self._others += left_behind(self.folder, ours)

    def _send_held(self, *, every_run: bool) -> bool:
        """Try those again whose time has come. False where the server is away."""
        for run_id, held in list(self._held.items()):
            if not every_run and time.monotonic() < held.next_try:
                continue
            while held.spool.pending:
                lines = held.spool.read()
                parcel = first_parcel(lines) if lines else None
                try:
                    if parcel is not None:
                        self._bring(parcel)
                except StoreError as error:
                    if _is_away(error):
                        self.failed(error)
                        return False
                    held.failed()
                    break
                held.spool.sent(held.spool.pending if parcel is None else parcel.size)
            else:
                del self._held[run_id]
                held.spool.remove()
        return True

    def _deal_with(self, parcel: Parcel, spool: Spool) -> int:
        """Send the lines, or put them where they wait. Returns how many bytes are done with, 0 when none is."""
        held = self._held.get(parcel.run_id)
        try:
            if held is not None:
                held.spool.append(b"".join(parcel.lines))
                return parcel.size
            self._bring(parcel)
        except StoreError as error:
            if held is not None or not self._hold(parcel, spool, error):
                self.failed(error)
                return 0
            return parcel.size
        self._failures, self._refusals, self._next_try = 0, 0, 0.0
        return parcel.size

    def _bring(self, parcel: Parcel) -> None:
        """Raises StoreError where it is still to be sent."""
        delivery = Delivery(self.link, self.folder)
        try:
            delivery.deliver(parcel)
        finally:
            self.news = delivery.told or self.news

    def _hold(self, parcel: Parcel, spool: Spool, error: StoreError) -> bool:
        """Let the run's lines wait by themselves, so that those of others pass. False where nobody else's wait, or
        where the server takes nothing of anybody."""
        self._refusals += 1
        if _is_away(error) or self._refusals > MOST_REFUSALS:
            return False
        if _may_pass(error) and not self._others_wait(parcel.run_id, spool):
            return False
        try:
            held = Held(Spool.new(self.folder))
            held.spool.append(b"".join(parcel.lines))
        except StoreError:  # a full disk: they stay where they are
            return False
        held.failed()
        self._held[parcel.run_id] = held
        self.news = (
            f"{error} What was logged to run {parcel.run_id} is kept in '{held.spool.path}' and sent when the server "
            "takes it, by this process or by the next that opens the server. Values of other runs are sent meanwhile."
        )
        return True

    def _others_wait(self, run_id: str, spool: Spool) -> bool:
        return any(other not in ("", run_id) for other in _runs(spool, *self._sources()))

    def failed(self, error: StoreError) -> None:
        """The server did not answer: let it be for a while, longer each time."""
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._next_try = time.monotonic() + pause
        self.news = (
            f"{error} What you log meanwhile is kept in '{self.folder}' and sent later, by this process or by the next "
            "that opens the server."
        )


def _runs(*spools: Spool) -> Iterator[str]:
    for spool in dict.fromkeys(spools):
        for line in spool.lines():
            yield run_of(line)


def _is_away(error: StoreError) -> bool:
    """It did not answer at all. What is no ServerError came from a proxy, or from this machine's disk."""
    return isinstance(error, ServerError) and error.status is None


def _may_pass(error: StoreError) -> bool:
    """It is too busy, or it failed, and may do so with every run."""
    return isinstance(error, ServerError) and (error.status in BUSY or (error.status or 0) >= 500)


_outboxes: dict[str, Outbox] = {}
_lock = threading.Lock()


def outbox_for(link: Link) -> Outbox:
    """The outbox of this server and login; several stores of one address share it, and its link."""
    address = link.address
    key = f"{address.url} {address.user} {address.password}"
    with _lock:
        if key not in _outboxes:
            _outboxes[key] = Outbox(link)
        return _outboxes[key]


def flush() -> None:
    """Send what was logged to servers, however long that takes while they answer."""
    for outbox in _every():
        outbox.flush(every_run=True)
        outbox.tell()


def _every() -> Iterable[Outbox]:
    with _lock:
        return list(_outboxes.values())


def _close_all() -> None:
    for outbox in _every():
        with guard("send what was logged"):
            outbox.close()


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    for outbox in _outboxes.values():
        outbox.forget()


def _at_the_end_of_a_child(outbox: Outbox) -> None:
    """A worker of multiprocessing ends without `atexit`, but with finalizers of its own."""
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, outbox.close, exitpriority=1)


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

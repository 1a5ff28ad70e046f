"""How does what was logged reach a server without a training loop waiting for it?

Each value is a line in the spool before the call returns; a thread sends what has gathered, a thousand points at a
time, and tries again for as long as the server is away. Sending twice does no harm: a server keeps equal points once.
One outbox a server serves the whole process.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nbtrack.errors import InvalidValueError, NotFoundError, ServerError, StoreError, guard, warn_once
from nbtrack.stores.names import json_number
from nbtrack.stores.rest.link import Link
from nbtrack.stores.rest.spool import Spool, keep_refused, left_behind, unsent_folder

GATHER = 0.5  # s from a first point to the request that carries it
MOST_METRICS, MOST_PARAMS, MOST_TAGS = 1000, 100, 100  # of one log-batch, by the server's rules
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # s between attempts while the server is away
LOOK_FOR_OTHERS = 30.0  # s between looks for what dead processes left
AT_EXIT = 20.0  # s that the end of a process waits for its points to be sent
STUBBORN = 4  # times that a server may fail (500) over the same lines before they are put aside
POSTS = ("runs/log-batch", "runs/update", "runs/delete-tag", "runs/log-inputs")

Post = tuple[str, Mapping[str, Any]]  # a path of the interface and what is sent there


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
        self._adopt = False
        self._looked = time.monotonic()
        self._making = threading.Lock()
        self._sending = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0  # in a row
        self._broken = 0  # of them, those where the server fell over the same lines (500)
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
        """Do it now, after all that was put in before; where the server is away, keep it for later."""
        if self.away or not self.flush(patience=AT_EXIT):
            self.put(_line(path, body))
            self.tell()
            return
        try:
            self.link.post(path, body)
        except ServerError as error:
            if error.status in (401, 403):
                raise
            self.failed(error)
            self.put(_line(path, body))
            self.tell()

    @property
    def away(self) -> bool:
        """The server has just not answered, and it is not yet time to try again."""
        return time.monotonic() < self._next_try

    @property
    def empty(self) -> bool:
        return not (self._spool and self._spool.pending) and not any(each.pending for each in self._others)

    # getting out

    def flush(self, *, patience: float | None = None) -> bool:
        """Send what was put in so far; False where the server is away or `patience` (s) did not suffice.

        It is this thread that sends: at the end of a process there is no other.
        """
        until = None if patience is None else time.monotonic() + patience
        if not self._sending.acquire(timeout=-1 if patience is None else patience):
            return False
        try:
            return self._drain(until)
        finally:
            self._sending.release()

    def settle(self) -> None:
        """Before reading: let the server have what this process, or one that is no more, has logged, if it can."""
        if (self._adopt or not self.empty) and not self.away:
            self.flush(patience=5.0)

    def tell(self) -> None:
        news, self.news = self.news, None
        if news is not None:
            warn_once(news)

    def forget(self) -> None:
        """In a forked child: what is in the file is the parent's to send."""
        if self._spool is not None:
            self._spool.abandon()
        self.link.forget()
        self._begin()

    def close(self) -> None:
        """At the end of the process."""
        done = self.empty or self.flush(patience=AT_EXIT)
        with self._making:
            spool, self._spool = self._spool, None
        if spool is not None:
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
            self._wake.wait(LOOK_FOR_OTHERS)
            time.sleep(max(GATHER, self._next_try - time.monotonic()))
            self._wake.clear()
            with self._sending, guard("send what was logged"):
                if self._drain(None, background=True) and self.empty:
                    continue
            self._wake.set()

    def _drain(self, until: float | None, *, background: bool = False) -> bool:
        """Under the lock. True when all is sent that was there at the beginning."""
        self._look_for_others()
        for spool in [*self._others, *([self._spool] if self._spool else [])]:
            left = spool.pending
            while left > 0:
                if until is not None and time.monotonic() > until:
                    return False
                lines = spool.read()
                done = self._send_some(lines) if lines else left  # a line without an end was never acknowledged
                if not done:
                    return False
                spool.sent(done)
                left -= done
            if spool is not self._spool:
                self._others.remove(spool)
                spool.remove()
        return True

    def _look_for_others(self) -> None:
        """Once at the beginning, and now and then: a child that was ended without its exit has left something."""
        if self._adopt or time.monotonic() - self._looked > LOOK_FOR_OTHERS:
            self._adopt, self._looked = False, time.monotonic()
            held = {each.path for each in self._others}
            for spool in left_behind(self.folder, self._spool.path if self._spool else None):
                if spool.path not in held:
                    self._others.append(spool)

    def _send_some(self, lines: Sequence[bytes]) -> int:
        """Send the first lines, as many as go together. Returns how many bytes are done with, 0 when none is."""
        together, posts = _first(lines)
        try:
            for path, body in posts:
                self.link.post(path, body, once=True)
        except (InvalidValueError, NotFoundError) as error:
            self._refused(error, together)
        except StoreError as error:
            self._broken = self._broken + 1 if isinstance(error, ServerError) and error.status == 500 else 0
            if self._broken < STUBBORN:
                self.failed(error)
                return 0
            self._refused(error, together)
        self._failures, self._broken, self._next_try = 0, 0, 0.0
        return sum(map(len, together))

    def failed(self, error: StoreError) -> None:
        """The server did not answer: let it be for a while, longer each time."""
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._next_try = time.monotonic() + pause
        self.news = (
            f"{error} What you log meanwhile is kept in '{self.folder}' and sent later, by this process or by the next "
            "that opens the server."
        )

    def _refused(self, error: Exception, lines: Sequence[bytes]) -> None:
        path = keep_refused(self.folder, str(error), list(lines))
        self.news = f"Values that were logged were not taken. {error} They are kept in '{path}'."


def metric_line(run_id: str, key: str, value: float, timestamp: int, step: int) -> bytes:
    """`key` and `run_id` are checked: they hold no quote, backslash or line end."""
    number = repr(value) if value - value == 0 else json.dumps(value)  # NaN and the infinities as JSON writes them
    return f'["m","{run_id}","{key}",{number},{timestamp},{step}]\n'.encode()


def batches(run_id: str, params: Mapping[str, str], tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Bodies of log-batch within the server's limits."""
    made = []
    for start in range(0, max(len(params), len(tags)), MOST_PARAMS):
        part = slice(start, start + MOST_PARAMS)
        made.append(
            {
                "run_id": run_id,
                "params": [{"key": key, "value": value} for key, value in [*params.items()][part]],
                "tags": [{"key": key, "value": value} for key, value in [*tags.items()][part]],
            }
        )
    return made


def _line(path: str, body: Mapping[str, Any]) -> bytes:
    return json.dumps(["post", path, body]).encode() + b"\n"


def _first(lines: Sequence[bytes]) -> tuple[list[bytes], list[Post]]:
    """The points of one run that stand at the beginning, or the one other thing that does, and how they are sent."""
    points: list[dict[str, Any]] = []
    run_id = None
    for number, line in enumerate(lines):
        found = _parsed(line)
        if found is None:
            return _up_to(lines, number, run_id, points) if points else ([line], [])
        if found[0] == "post":
            return _up_to(lines, number, run_id, points) if points else ([line], [(found[1], found[2])])
        if (run_id is not None and found[1] != run_id) or len(points) == MOST_METRICS:
            return _up_to(lines, number, run_id, points)
        run_id = found[1]
        points.append({"key": found[2], "value": json_number(found[3]), "timestamp": found[4], "step": found[5]})
    return _up_to(lines, len(lines), run_id, points)


def _up_to(
    lines: Sequence[bytes], end: int, run_id: str | None, points: Sequence[Mapping[str, Any]]
) -> tuple[list[bytes], list[Post]]:
    return list(lines[:end]), [("runs/log-batch", {"run_id": run_id, "metrics": points})]


def _parsed(line: bytes) -> list[Any] | None:
    """None for what is no line of ours: it is passed over."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, list):
        return None
    if (len(found) == 6 and found[0] == "m") or (len(found) == 3 and found[0] == "post" and found[1] in POSTS):
        return found
    return None


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
        outbox.flush()
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

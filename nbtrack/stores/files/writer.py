"""How does a training loop's point reach the disk in microseconds and survive the process?

Each metric's file stays open (`metric_file`), as long as all runs of this process together hold no more than a part of
the files that the system allows it.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from nbtrack.errors import StoreError
from nbtrack.stores.files import disk, links
from nbtrack.stores.files.layout import METRICS
from nbtrack.stores.files.metric_file import OpenFile, finish, made_or_opened, not_in
from nbtrack.stores.names import checked_key, checked_number, checked_whole

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_now = time.monotonic
MOST_OPEN = 32  # descriptors of one run; the oldest is closed for a new one

_writers: weakref.WeakSet[FileRunWriter] = weakref.WeakSet()
_listing = threading.Lock()


class FileRunWriter:
    """The open run of `nbtrack.stores.base.RunWriter`. `folder` is asked for the run's folder when a file is opened."""

    def __init__(self, run_id: str, folder: Callable[[], str]) -> None:
        self.run_id = run_id
        self._folder = folder
        self._open: OrderedDict[str, OpenFile] = OrderedDict()
        self._lock = threading.Lock()
        with _listing:
            _writers.add(self)

    def log_metric(self, key: str, value: float, timestamp: int, step: int) -> None:
        if type(value) is not float:
            value = checked_number(value, key)
        if type(timestamp) is not int or type(step) is not int or (timestamp | step) >> 63:  # negative, or too great
            timestamp, step = checked_whole(timestamp, key, "timestamp"), checked_whole(step, key, "step")
        self.append(key, b"%d %a %d\n" % (timestamp, value, step))

    def log_points(self, key: str, points: Sequence[tuple[float, int, int]]) -> None:
        lines = []
        for value, when, step in points:  # all are checked before the first is written
            if not (type(value) is float and type(when) is type(step) is int):
                value = checked_number(value, key)
            whole = checked_whole(when, key, "timestamp"), value, checked_whole(step, key, "step")
            lines.append(b"%d %a %d\n" % whole)
        self.append(key, b"".join(lines))

    def append(self, key: str, lines: bytes) -> None:
        """Put whole lines at the end of a metric's file, or none of them."""
        with self._lock:
            file = self._open.get(key)
            if file is None or _now() > file.look_at:
                file, has_them = self._ready(key, lines)
                if has_them:
                    return
            try:
                written = os.write(file.fd, lines)
                if written != len(lines):
                    finish(file.fd, lines, written)
            except OSError as error:
                self._append_anew(key, lines, error)

    def _append_anew(self, key: str, lines: bytes, error: OSError) -> None:
        """A descriptor that has gone stale (a file server came back) is opened again; anything else is told."""
        self._drop(key)
        with disk.writing(f"metric '{key}'", os.path.join(self._folder(), METRICS, key)):
            if error.errno not in (errno.ESTALE, errno.EBADF):
                raise error
            file, has_them = self._opened(key, lines)
            if not has_them:
                disk.write_all(file.fd, lines)

    def settle(self) -> None:
        """See to it that all points lie in the files that are there now."""
        with self._lock:
            for key in list(self._open):
                with contextlib.suppress(StoreError):  # the run is gone, and its points with it
                    self._ready(key, b"")

    def close(self) -> None:
        self.settle()
        with self._lock:
            self._close_all()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Nothing is written by this process, and no file is open, while metric files are replaced."""
        with self._lock:
            self._close_all()
            yield

    def _ready(self, key: str, lines: bytes) -> tuple[OpenFile, bool]:
        """The metric's file as it is there now, and whether the lines are in it already."""
        file = self._open.get(key)
        if file is None:
            return self._opened(checked_key(key, "metric"), lines)
        try:
            if file.is_in_place() or self._has_moved(key, file):
                return file, False
            swallowed = file.swallowed()
        except OSError:
            self._open.pop(key)  # the number may be another's by now
            return self._opened(key, lines)
        self._drop(key)
        missing = b"".join(not_in(swallowed, os.path.join(self._folder(), METRICS, key)))
        return self._opened(key, missing + lines, write=missing) if missing or lines else (file, True)

    def _has_moved(self, key: str, file: OpenFile) -> bool:
        """Did the file move with its run, as into the trash?"""
        try:
            path = os.path.join(self._folder(), METRICS, key)
        except StoreError:
            return os.fstat(file.fd).st_nlink > 0
        if path == file.path:
            return False
        file.path = path
        return file.is_in_place()

    def _opened(self, key: str, lines: bytes, write: bytes = b"") -> tuple[OpenFile, bool]:
        """The metric's file, and whether the lines are in it already: a new one is made with them.

        What is to be written in any case goes to the end of one that is there.
        """
        path = links.inside_run(self._folder(), f"{METRICS}/{key}")
        self._make_room(MOST_OPEN)
        with disk.writing(f"metric '{key}'", path):
            try:
                fd, has_them = made_or_opened(path, lines)
            except OSError as error:
                if error.errno not in (errno.EMFILE, errno.ENFILE):
                    raise
                self._make_room(0)
                fd, has_them = made_or_opened(path, lines)
            file = self._open[key] = OpenFile(fd, path)
            if write and not has_them:
                disk.write_all(fd, write)
        return file, has_them

    def _make_room(self, own: int) -> None:
        """Close files until one more may be opened: of all runs together they are a part of what a process may have."""
        most = min(own, _most_open())
        while self._open and len(self._open) >= most:
            self._drop(next(iter(self._open)))
        with _listing:
            others = [each for each in _writers if each is not self]
        count = sum(len(each._open) for each in others)
        for other in others:
            if count + len(self._open) < most:
                break
            if other._open and other._lock.acquire(blocking=False):  # one that is writing is left alone
                try:
                    count -= len(other._open)
                    for key in list(other._open):
                        other._leave(key)
                finally:
                    other._lock.release()

    def _leave(self, key: str) -> None:
        """Close a file for another run's sake; what it swallowed is put where it belongs."""
        with contextlib.suppress(OSError, StoreError):
            file = self._open[key]
            if not file.is_in_place() and not self._has_moved(key, file):
                path = links.inside_run(self._folder(), f"{METRICS}/{key}")
                missing = b"".join(not_in(file.swallowed(), path))
                self._drop(key)
                fd, has_them = made_or_opened(path, missing)
                try:
                    disk.write_all(fd, b"" if has_them else missing)
                finally:
                    os.close(fd)
        self._drop(key)

    def _drop(self, key: str) -> None:
        file = self._open.pop(key, None)
        if file is not None:
            with contextlib.suppress(OSError):
                os.close(file.fd)

    def _close_all(self) -> None:
        while self._open:
            self._drop(next(iter(self._open)))

    def _forked(self) -> None:
        """In a forked child: a thread that is not here may have held the lock."""
        self._lock = threading.Lock()
        self._close_all()


def _most_open() -> int:
    """Descriptors that all runs of this process may hold: a quarter of what the system allows it."""
    if resource is None:
        return 128
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 256 if soft == resource.RLIM_INFINITY else max(4, min(256, soft // 4))


def _after_fork() -> None:
    global _listing
    _listing = threading.Lock()
    for writer in list(_writers):
        writer._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@atexit.register
def _at_the_end() -> None:
    with _listing:
        left = list(_writers)
    for writer in left:
        writer.settle()

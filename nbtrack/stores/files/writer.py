"""How does a training loop's point reach the disk in microseconds and survive the process?

A descriptor per metric stays open with O_APPEND, and each point is one `write` of one line. When `write` returns, the
system has the line: killing this process loses nothing, and lines of several processes never mix.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from nbtrack.stores.files import disk
from nbtrack.stores.files.layout import METRICS
from nbtrack.stores.names import checked_key, checked_number, checked_whole

MOST_OPEN = 32  # descriptors of one run; the oldest is closed for a new one
CHECK_EVERY = 0.25  # seconds between looks whether an open file is still the one in the folder

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FLAGS |= getattr(os, "O_NONBLOCK", 0)
_NAMELESS = os.O_RDWR | os.O_APPEND | os.O_TMPFILE if hasattr(os, "O_TMPFILE") else None


class FileRunWriter:
    """The open run of `nbtrack.stores.base.RunWriter`. `folder` is asked for the run's folder when a file is opened."""

    def __init__(self, run_id: str, folder: Callable[[], str]) -> None:
        self.run_id = run_id
        self._folder = folder
        self._open: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()
        self._checked = 0.0
        _writers.add(self)

    def log_metric(self, key: str, value: float, timestamp: int, step: int) -> None:
        if type(value) is not float:
            value = checked_number(value, key)
        if type(timestamp) is not int or type(step) is not int:
            timestamp, step = checked_whole(timestamp, key, "timestamp"), checked_whole(step, key, "step")
        self.append(key, b"%d %a %d\n" % (timestamp, value, step))

    def log_points(self, key: str, points: Sequence[tuple[float, int, int]]) -> None:
        if all(type(value) is float and type(when) is type(step) is int for value, when, step in points):
            self.append(key, b"".join([b"%d %a %d\n" % (when, value, step) for value, when, step in points]))
        else:
            for point in points:
                self.log_metric(key, *point)

    def append(self, key: str, lines: bytes) -> None:
        """Put whole lines at the end of a metric's file, or none of them."""
        with self._lock:
            if time.monotonic() - self._checked > CHECK_EVERY:
                self._let_go_of_replaced()
            fd = self._open.get(key)
            if fd is None:
                fd, has_them = self._opened(checked_key(key, "metric"), lines)
                if has_them:
                    return
            try:
                written = os.write(fd, lines)
                if written != len(lines):
                    _finish(fd, lines, written)
            except OSError as error:
                with disk.writing(f"metric '{key}'", os.path.join(self._folder(), METRICS, key)):
                    raise error

    def close(self) -> None:
        with self._lock:
            while self._open:
                os.close(self._open.popitem()[1])

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Nothing is written by this process, and no file is open, while metric files are replaced."""
        with self._lock:
            while self._open:
                os.close(self._open.popitem()[1])
            yield

    def _opened(self, key: str, lines: bytes) -> tuple[int, bool]:
        """The metric's file, and whether the lines are in it already: a new one is made with them."""
        path = os.path.join(self._folder(), METRICS, key)
        with disk.writing(f"metric '{key}'", path):
            made = None if os.path.lexists(path) else _made_with(path, lines)
            fd = _existing_or_empty(path) if made is None else made
        if len(self._open) >= MOST_OPEN:
            os.close(self._open.popitem(last=False)[1])
        self._open[key] = fd
        return fd, made is not None

    def _let_go_of_replaced(self) -> None:
        """A file deleted or replaced under us (git checkout, rsync) would swallow points unseen."""
        self._checked = time.monotonic()
        for key, fd in list(self._open.items()):
            if os.fstat(fd).st_nlink == 0:
                os.close(self._open.pop(key))

    def _forked(self) -> None:
        """In a forked child: a thread that is not here may have held the lock."""
        self._lock = threading.Lock()
        self.close()


def _existing_or_empty(path: str) -> int:
    try:
        fd = os.open(path, _FLAGS, 0o666)
    except (FileNotFoundError, NotADirectoryError):
        # The folders of a key with slashes, or metrics/ itself, which git does not keep when empty.
        disk.make_folders(path)
        fd = os.open(path, _FLAGS, 0o666)
    _end_last_line(fd)
    return fd


def _made_with(path: str, lines: bytes) -> int | None:
    """A new file that nobody ever sees empty: MLflow cannot read a run with an empty one, which a kill between making
    and writing would leave. None where the disk cannot do that, or another writer was quicker."""
    if _NAMELESS is None:
        return None
    try:
        fd = os.open(os.path.dirname(path), _NAMELESS, 0o666)
    except OSError:
        return None
    try:
        if os.write(fd, lines) == len(lines):
            # A folder's descriptor is given for the call that follows links; of a whole path it is not used.
            os.link(f"/proc/self/fd/{fd}", path, src_dir_fd=fd, follow_symlinks=True)
            return fd
    except OSError:
        pass  # the usual way says what is wrong
    os.close(fd)
    return None


def _finish(fd: int, lines: bytes, written: int) -> None:
    """The disk took only a part. Take the rest too, or take the part back: half a line makes a run unreadable."""
    try:
        while written < len(lines):
            written += os.write(fd, lines[written:])
    except OSError:
        end = os.lseek(fd, 0, os.SEEK_CUR)
        if os.fstat(fd).st_size == end:
            os.ftruncate(fd, end - written)
        raise


def _end_last_line(fd: int) -> None:
    """A writer killed in mid-line left an open end; our first point must not be glued to it."""
    size = os.fstat(fd).st_size
    if size and os.pread(fd, 1, size - 1) != b"\n":
        os.write(fd, b"\n")


_writers: weakref.WeakSet[FileRunWriter] = weakref.WeakSet()


def _after_fork() -> None:
    for writer in list(_writers):
        writer._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

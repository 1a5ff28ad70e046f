"""How does what a server has not yet got outlive this process?

In a file of lines, one write each, before the call that logged them returns. The process that writes a file holds its
lock; the file of one that died is free, and whoever opens the same server next sends it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from nbtrack.errors import StoreError
from nbtrack.stores.rest.unsent import ENDING, fallback, lock, open_own, places, unsent_folder

__all__ = ["Spool", "left_behind", "unsent_folder"]

COMPACT_AT = 8_000_000  # bytes sent; what is behind them is moved to a new file
READ_AT_ONCE = 4_000_000  # more than the longest line


class Spool:
    """One file of lines: some sent, the rest still to be sent. Appending is safe from several threads."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file
        self._lock = threading.Lock()
        self._sent = 0  # bytes
        self._size = os.fstat(file).st_size
        self._compact_at = COMPACT_AT
        self._torn = False  # a line without an end stands last, and could not be cut off

    @staticmethod
    def new(folder: Path) -> Spool:
        """A file of this process's own; in the temporary folder where `folder` cannot be written."""
        for is_first in (True, False):
            try:
                place = folder if is_first else fallback(folder)
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
                path = place / f"{os.getpid()}-{uuid.uuid4().hex[:8]}{ENDING}"
                file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
            except OSError as error:
                failed = error
                continue
            lock(file)
            return Spool(path, file)
        raise StoreError(
            f"What is to be sent to a server could not be kept in '{folder}': {failed.strerror}. Make room there, or "
            "name another folder in NBTRACK_UNSENT_DIR."
        )

    @property
    def pending(self) -> int:
        """Bytes that are still to be sent."""
        return self._size - self._sent

    def append(self, line: bytes) -> None:
        """Raises StoreError where the disk does not take it."""
        with self._lock:
            data = b"\n" + line if self._torn else line
            try:
                written = os.write(self._file, data)
                if written != len(data):
                    self._cut()
                    raise OSError(28, "No space left on device")
            except OSError as error:
                raise StoreError(
                    f"'{self.path}' takes no more: {error.strerror}. Make room there: values wait in it for the server."
                ) from error
            self._size += written
            self._torn = False

    def read(self) -> list[bytes]:
        """The next lines to send, as they stand in the file. A line torn by a full disk ends nowhere and is left."""
        return self._lines_at(self._sent)

    def lines(self) -> Iterator[bytes]:
        """All that is still to be sent."""
        at = self._sent
        while found := self._lines_at(at):
            yield from found
            at += sum(map(len, found))

    def sent(self, size: int) -> None:
        """So many more bytes have arrived."""
        with self._lock:
            self._sent += size
            if self._sent >= self._size:
                os.ftruncate(self._file, 0)
                self._sent = self._size = 0
                self._torn, self._compact_at = False, COMPACT_AT
            elif self._sent > self._compact_at:
                self._compact_if_possible()

    def remove(self) -> None:
        """Give the file up; it is deleted where nothing in it is left to send."""
        with self._lock:
            if self._file >= 0:
                if not self.pending:
                    self.path.unlink(missing_ok=True)
                os.close(self._file)
                self._file = -1

    def abandon(self) -> None:
        """In a forked child: the file is the parent's, and stays locked by it."""
        os.close(self._file)
        self._file = -1

    def _lines_at(self, at: int) -> list[bytes]:
        data = os.pread(self._file, READ_AT_ONCE, at)
        whole, newline, _ = data.rpartition(b"\n")
        return (whole + newline).splitlines(keepends=True)

    def _cut(self) -> None:
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self._torn, self._size = True, os.fstat(self._file).st_size

    def _compact_if_possible(self) -> None:
        """A disk that is full has no room for a second file: this one stays as it is, and grows for longer."""
        try:
            self._compact()
        except OSError:
            self._compact_at = self._sent + COMPACT_AT

    def _compact(self) -> None:
        """The unsent rest into a new file in place of this one, which a death in the middle leaves whole."""
        beside = self.path.with_suffix(".new")
        file = os.open(beside, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            lock(file)
            at = self._sent
            while at < self._size:
                part = os.pread(self._file, min(READ_AT_ONCE, self._size - at), at)
                if not part or os.write(file, part) != len(part):
                    raise OSError(28, "No space left on device")
                at += len(part)
            os.replace(beside, self.path)
        except BaseException:
            os.close(file)
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
        os.close(self._file)
        self._file, self._size, self._sent, self._compact_at = file, self._size - self._sent, 0, COMPACT_AT


def left_behind(folder: Path, but: set[Path]) -> Iterator[Spool]:
    """The files of processes that are no more, each locked for this one."""
    for place in places(folder):
        for path in sorted(place.glob(f"*{ENDING}")):
            if path in but or (file := open_own(path)) is None:
                continue
            if lock(file) and path.exists():  # else its owner lives, or another process has sent it meanwhile
                yield Spool(path, file)
            else:
                os.close(file)

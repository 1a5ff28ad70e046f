"""Where does what a server has not yet got lie, so that it outlives this process?

In a file of lines, one write each, before the call that logged them returns. The process that writes a file holds its
lock; the file of one that died is free, and whoever opens the same server next sends it.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from nbtrack.errors import StoreError

ENDING = ".log"
REFUSED = "refused.txt"
COMPACT_AT = 8_000_000  # bytes sent; what is behind them is moved to a new file
READ_AT_ONCE = 4_000_000  # more than the longest line


def unsent_folder(url: str) -> Path:
    """NBTRACK_UNSENT_DIR, or where this system keeps what must not be lost; below it one folder a server."""
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    return _root() / name


def _root() -> Path:
    if given := os.environ.get("NBTRACK_UNSENT_DIR"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "nbtrack" / "Unsent"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/nbtrack/unsent"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "nbtrack" / "unsent"


class Spool:
    """One file of lines: some sent, the rest still to be sent. Appending is safe from several threads."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file
        self._lock = threading.Lock()
        self._sent = 0  # bytes
        self._size = os.fstat(file).st_size

    @staticmethod
    def new(folder: Path) -> Spool:
        """A file of this process's own; in the temporary folder where `folder` cannot be written."""
        for place in (folder, Path(tempfile.gettempdir()) / f"nbtrack-unsent-{_user()}" / folder.name):
            path = place / f"{os.getpid()}-{uuid.uuid4().hex[:8]}{ENDING}"
            try:
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
                file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            except OSError as error:
                failed = error
                continue
            _lock(file)
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
            try:
                written = os.write(self._file, line)
                if written != len(line):
                    os.ftruncate(self._file, self._size)
                    raise OSError(28, "No space left on device")
            except OSError as error:
                raise StoreError(
                    f"'{self.path}' takes no more: {error.strerror}. Make room there: values wait in it for the server."
                ) from error
            self._size += written

    def read(self) -> list[bytes]:
        """The next lines to send, as they stand in the file. A line torn by a full disk ends nowhere and is left."""
        data = os.pread(self._file, READ_AT_ONCE, self._sent)
        whole, newline, _ = data.rpartition(b"\n")
        return (whole + newline).splitlines(keepends=True)

    def sent(self, size: int) -> None:
        """So many more bytes have arrived."""
        with self._lock:
            self._sent += size
            if self._sent >= self._size:
                os.ftruncate(self._file, 0)
                self._sent = self._size = 0
            elif self._sent > COMPACT_AT:
                self._compact()

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

    def _compact(self) -> None:
        """The unsent rest into a new file in place of this one, which a death in the middle leaves whole."""
        rest = os.pread(self._file, self._size - self._sent, self._sent)
        beside = self.path.with_suffix(".new")
        file = os.open(beside, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o600)
        _lock(file)
        os.write(file, rest)
        os.replace(beside, self.path)
        os.close(self._file)
        self._file, self._size, self._sent = file, len(rest), 0


def left_behind(folder: Path, but: Path | None) -> Iterator[Spool]:
    """The files of processes that are no more, each locked for this one."""
    for path in sorted(folder.glob(f"*{ENDING}")):
        if path == but:
            continue
        try:
            file = os.open(path, os.O_RDWR | os.O_APPEND)
        except OSError:
            continue
        if _lock(file) and path.exists():  # else its owner lives, or another process has sent it meanwhile
            yield Spool(path, file)
        else:
            os.close(file)


def keep_refused(folder: Path, why: str, lines: list[bytes]) -> Path:
    """What the server will never take, beside its reason, for the person to look at."""
    path = folder / REFUSED
    with path.open("ab") as file:
        file.write(b"# " + " ".join(why.split()).encode() + b"\n" + b"".join(lines))
    return path


def _lock(file: int) -> bool:
    """Whether the file is ours now. Where a system has no such locks, only one's own files are."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "me"

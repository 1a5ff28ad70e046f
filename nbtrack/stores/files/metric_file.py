"""How is a metric's file opened, appended to, and watched over?

A descriptor stays open with O_APPEND, and each point is one `write` of one line. When `write` returns, the system has
the line: killing this process loses nothing, and lines of several processes never mix.
"""

from __future__ import annotations

import errno
import os
import time
from collections import Counter

from nbtrack.stores.files import disk

CHECK_EVERY = 0.01  # seconds between looks whether an open file is still the one in the folder

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FLAGS |= getattr(os, "O_NONBLOCK", 0)
_NAMELESS = os.O_RDWR | os.O_APPEND | os.O_TMPFILE if hasattr(os, "O_TMPFILE") else None


class OpenFile:
    """A metric's open file. What was written since the last look, at `size`, may have gone into a file that is no
    longer there."""

    __slots__ = ("fd", "look_at", "path", "place", "size")

    def __init__(self, fd: int, path: str) -> None:
        about = os.fstat(fd)
        self.fd = fd
        self.path = path
        self.place = about.st_dev, about.st_ino
        self.size = about.st_size
        self.look_at = time.monotonic() + CHECK_EVERY

    def is_in_place(self) -> bool:
        """Is it still the file of this name? One that git or rsync replaced swallows points unseen."""
        about = os.fstat(self.fd)
        if (about.st_dev, about.st_ino) != self.place:
            raise OSError(errno.EBADF, "was closed by other code")
        try:
            there = os.stat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True  # the disk does not say in this moment; a write will
        if (there.st_dev, there.st_ino) != self.place:
            return False
        self.size = about.st_size
        self.look_at = time.monotonic() + CHECK_EVERY
        return True

    def swallowed(self) -> list[bytes]:
        """The lines since the last look."""
        end = os.fstat(self.fd).st_size
        return os.pread(self.fd, max(0, end - self.size), self.size).splitlines(keepends=True)


def not_in(lines: list[bytes], path: str) -> list[bytes]:
    """The lines that the file of this name has not got: it may be a copy that was made in between."""
    try:
        there = Counter(disk.read(path, disk.LARGEST_FILE)[0].splitlines(keepends=True)) if lines else Counter()
    except (OSError, disk.Unreadable):
        return lines
    left = []
    for line in lines:
        if there[line]:
            there[line] -= 1
        else:
            left.append(line)
    return left


def made_or_opened(path: str, lines: bytes) -> tuple[int, bool]:
    """The file's descriptor, and whether it was made with the lines."""
    made = _made_with(path, lines) if lines and not os.path.lexists(path) else None
    return (_existing_or_empty(path), False) if made is None else (made, True)


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


def finish(fd: int, lines: bytes, written: int) -> None:
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

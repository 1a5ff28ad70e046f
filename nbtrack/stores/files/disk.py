"""How are files read and written so that nothing hangs, tears or leads out of the store?"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from nbtrack.errors import InvalidValueError, NotFoundError, ReadOnlyError, StoreError

LONGEST_TEXT = 1_000_000  # bytes of a param, tag or meta.yaml; MLflow's own limit is 8,000 characters
LARGEST_FILE = 1 << 30  # bytes of a metric file; beyond it, it is a sparse file or a mistake
PIECE = 1 << 24  # bytes that are read at once
HOLE = bytes(4096)  # so many zeros are no text
SMALL = 4096  # bytes that a disk writes at once
STALE_AFTER = 60.0  # seconds after which a temporary file belongs to a writer that was killed
TEMPORARY = ".nbtrack-"
COPYING = f"{TEMPORARY}copying"  # where `nbtrack copy` has not finished

# A FIFO must not block and a link must not be followed: both can come with a store from a stranger.
SAFELY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | SAFELY
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_KIND = 0o170000  # the part of a mode that tells files from folders, pipes and devices
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_LASTING = {
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EMLINK, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG,
    errno.EINVAL,
}  # fmt: skip
_count = itertools.count()


class Unreadable(Exception):
    """A file is there but cannot be taken: what is wrong with it, and what can be done.

    `unread` says that nothing is known of its content, `passing` that it may well be read in a moment: too many open
    files, a disk or a server that does not answer.
    """

    def __init__(self, problem: str, remedy: str, *, unread: bool = False, passing: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.unread = unread
        self.passing = passing


def read(path: str, limit: int) -> tuple[bytes, os.stat_result]:
    """A regular file's bytes and what `stat` said just before reading them.

    Raises FileNotFoundError and IsADirectoryError as `open` does, Unreadable for everything else that is no plain file.
    """
    try:
        fd = os.open(path, _READ)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise
    except OSError as error:
        raise _unreadable(error) from error
    try:
        about = os.fstat(fd)
        size = about.st_size
        if about.st_mode & _KIND == stat.S_IFREG and size <= limit:
            if size > PIECE:
                return _in_pieces(fd, size), about
            data = os.read(fd, size)
            return data if len(data) == size else _read_rest(fd, size, data), about
        if not stat.S_ISREG(about.st_mode):
            if stat.S_ISDIR(about.st_mode):
                raise IsADirectoryError(errno.EISDIR, "is a directory", path)
            raise Unreadable("is a pipe, socket or device, not a file", "Delete it.")
        raise Unreadable(f"has {size:,} bytes, more than the {limit:,} that are read", "Shorten or delete it.")
    except OSError as error:
        if isinstance(error, IsADirectoryError):
            raise
        raise _unreadable(error) from error
    finally:
        os.close(fd)


def _in_pieces(fd: int, size: int) -> bytes:
    """A large file up to where it holds nothing but zeros: a sparse one claims far more bytes than it has."""
    parts: list[bytes] = []
    left = size
    while left and (part := os.read(fd, min(left, PIECE))):
        left -= len(part)
        hole = part.find(HOLE)
        if hole >= 0:
            parts.append(part[: hole + 1])
            break
        parts.append(part)
    return b"".join(parts)


def _read_rest(fd: int, size: int, data: bytes) -> bytes:
    """Exactly what `stat` announced, or less: what is appended meanwhile belongs to the next look."""
    parts = [data]
    left = size - len(data)
    while left and parts[-1]:
        parts.append(os.read(fd, left))
        left -= len(parts[-1])
    return b"".join(parts)


def _unreadable(error: OSError) -> Unreadable:
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return Unreadable("is a link, and links are not followed", "Replace it by the file it points to.")
    if isinstance(error, PermissionError):
        return Unreadable("may not be read", "Give yourself permission to read it (chmod u+r).", unread=True)
    return Unreadable(f"cannot be read: {error.strerror}", hint(error), unread=True, passing=is_passing(error))


def is_passing(error: OSError) -> bool:
    """Does it say nothing of what lies there, only of this moment?"""
    return error.errno not in _LASTING


def hint(error: OSError) -> str:
    """What to do about an error of the system's."""
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "Close some files, or allow more (ulimit -n). It is read again at the next look."
    return "Check the disk. It is read again at the next look."


def write_new(path: str, data: bytes, beside: str) -> None:
    """Make a file with this content at once: never seen empty or half, even after a kill. FileExistsError if there.

    `beside` is the folder for the temporary file: in metrics/, params/ and tags/ every file counts as a key.
    """
    with temporary(beside, data) as made:
        try:
            os.link(made, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # A disk without hard links (FAT, some shares): the check and the move are two steps there.
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, "exists", path) from error
            os.replace(made, path)


def write_over(path: str, data: bytes, beside: str, mode: int = 0o666) -> None:
    """Replace a file's content at once: a reader sees the old or the new, never an empty one."""
    with temporary(beside, data, mode) as made:
        os.replace(made, path)


def write_over_small(path: str, data: bytes, beside: str) -> None:
    """As `write_over`; on a full disk into the room that the file has already, so that a run can still end there."""
    try:
        write_over(path, data, beside)
    except OSError as error:
        if error.errno not in _FULL or not _written_in_place(path, data):
            raise


def _written_in_place(path: str, data: bytes) -> bool:
    """One write within the file's first block, filled up with line breaks; False where it would not fit."""
    try:
        fd = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        about = os.fstat(fd)
        if max(len(data), about.st_size) > min(about.st_blocks * 512, SMALL):
            return False
        return os.pwrite(fd, data.ljust(about.st_size, b"\n"), 0) >= len(data)
    except OSError:
        return False
    finally:
        os.close(fd)


@contextlib.contextmanager
def temporary(folder: str, data: bytes, mode: int = 0o666) -> Iterator[str]:
    """A new file with this content, to be renamed to where it belongs; deleted where it was not."""
    path = os.path.join(folder, f"{TEMPORARY}{os.getpid()}-{next(_count)}")
    fd = os.open(path, _WRITE, mode)
    try:
        try:
            write_all(fd, data)
        finally:
            os.close(fd)
        yield path
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def make_folders(path: str) -> None:
    """The folders above a file. NotADirectoryError where a part of its name is a file: 'lr' and 'lr/sub'."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "is a file", path) from error


def write_all(fd: int, data: bytes) -> None:
    """All of `data`; a disk that takes only part of it takes the rest or says why not."""
    while data:
        data = data[os.write(fd, data) :]


def sweep(folder: str) -> None:
    """Delete temporary files that a killed writer left in a run's folder."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if name.startswith(TEMPORARY) and name != COPYING and is_stale(path):
                os.unlink(path)


def is_stale(path: str) -> bool:
    """Is it so old that whoever was making it was killed?"""
    try:
        return time.time() - os.lstat(path).st_mtime > STALE_AFTER
    except OSError:
        return False


@contextlib.contextmanager
def writing(what: str, path: str) -> Iterator[None]:
    """Say what the disk says in the person's words: which file, what is wrong, what to do."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError(
            f"Could not write {what}: '{path}' is gone. Was the run or the store deleted or moved? Start a new run."
        ) from error
    except (IsADirectoryError, NotADirectoryError) as error:
        raise InvalidValueError(
            f"Could not write {what}: '{path}' would be a file and a folder at once, because a name and the same name "
            "with '/…' after it cannot both exist. Choose another name."
        ) from error
    except OSError as error:
        raise _write_error(what, path, error) from error


def _write_error(what: str, path: str, error: OSError) -> Exception:
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnlyError(f"Could not write {what}: no permission for '{path}'. Use a store that you may write to.")
    if error.errno in _FULL:
        return StoreError(
            f"Could not write {what}: the disk of '{path}' is full. Free some space; what was logged is kept."
        )
    if error.errno == errno.EFBIG:
        return StoreError(f"Could not write {what}: '{path}' has reached the largest size allowed here (ulimit -f).")
    if error.errno == errno.ENAMETOOLONG:
        return InvalidValueError(f"Could not write {what}: the name is too long for a file: '{path}'. Shorten it.")
    return StoreError(f"Could not write {what} to '{path}': {error.strerror}. Check the disk and try again.")


def read_start(path: str, limit: int | None) -> bytes:
    """The first `limit` bytes of a regular file, or all of it."""
    fd = os.open(path, _READ)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Unreadable("is a pipe, socket or device, not a file", "Delete it.")
        return file.read(-1 if limit is None else limit)


def copy_over(source: Path, path: str, beside: str) -> None:
    """A copy of a file under `path`, in place of what was there; `beside` is the folder for the temporary file."""
    made = os.path.join(beside, f"{TEMPORARY}{os.getpid()}-{next(_count)}")
    try:
        shutil.copyfile(source, made)
        os.replace(made, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)

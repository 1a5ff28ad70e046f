"""Do a run's files and folders still look as they did?

Only the standard library is used here, and nothing else of nbtrack: a helper runs this file by itself, so that it
starts in a twentieth of a second (`parallel`).
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from stat import S_ISDIR
from typing import IO, Any

STAMP = 4  # inode, size, and the times of its content and of itself (ns)
META_LAST = 2  # paths begin with the run's folder and its meta.yaml
META_BYTES, ALL_BYTES = 8, 16  # of a signature
OUTSIDE = "../"  # paths of what lies beside the runs
ABSENT = (0,) * STAMP
_63 = 0x7FFFFFFFFFFFFFFF  # inodes may be greater than a signed number
# To go from a folder one need not be allowed to list it. A link is none of our folders.
_FROM = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW if hasattr(os, "O_PATH") and os.stat in os.supports_dir_fd else 0
_LENGTH = 8  # bytes


def stamp(about: os.stat_result) -> tuple[int, int, int, int]:
    """Whoever sets a file's time back (rsync, cp -p) cannot set back when that happened: the last number."""
    return about.st_ino & _63, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _stamp_of_unlinked(about: os.stat_result) -> tuple[int, int, int, int]:
    if about.st_nlink > 1 and not S_ISDIR(about.st_mode):
        raise Linked
    return stamp(about)


def signature_of(stamps: array[int]) -> bytes:
    """How the folder and its meta.yaml looked, then how all did: short, because it is kept for every run."""
    data = stamps.tobytes()
    meta = data[: META_LAST * STAMP * stamps.itemsize]
    return blake2b(meta, digest_size=META_BYTES).digest() + blake2b(data, digest_size=ALL_BYTES).digest()


class Linked(Exception):
    """A file has a name elsewhere too, under which it may be written."""


def same(
    folder: str, paths: Sequence[str], signature: bytes, *, only_meta: bool = False, unlinked: bool = False
) -> bool:
    """Do the folder's paths, those of folders end with a slash, look as they did when they were signed?

    With `unlinked`, raises Linked where one of the files has hard links.
    """
    stamped = _stamp_of_unlinked if unlinked else stamp
    try:
        seen = signature_of(array("q", _stamps(folder, paths[:META_LAST] if only_meta else paths, stamped)))
    except OSError:
        return False
    return seen[:META_BYTES] == signature[:META_BYTES] if only_meta else seen == signature


def _stamps(folder: str, paths: Iterable[str], stamped: Callable[[os.stat_result], Iterable[int]]) -> list[int]:
    if not _FROM:
        return _stamps_of(paths, lambda path: stamped(os.lstat(f"{folder}/{path}")))
    at = os.open(folder, _FROM)  # the system goes on from an open folder a fifth quicker than by whole paths
    try:
        return _stamps_of(paths, lambda path: stamped(os.stat(path or ".", dir_fd=at, follow_symlinks=False)))
    finally:
        os.close(at)


def _stamps_of(paths: Iterable[str], look: Callable[[str], Iterable[int]]) -> list[int]:
    stamps: list[int] = []
    for path in paths:
        try:
            stamps += look(path)
        except FileNotFoundError:
            if not path.startswith(OUTSIDE):
                raise
            stamps += ABSENT  # a data set that is not there yet; what was in the run's own folder has gone
    return stamps


def answer(work: Callable[[Any], bytes]) -> None:
    """What a helper does: the work it is told by its input, until nothing more comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; who started it ends it
    while True:
        try:
            told = receive(sys.stdin.buffer)
        except EOFError:
            return
        send(sys.stdout.buffer, work(pickle.loads(told)))


def send(file: IO[bytes], data: bytes) -> None:
    file.write(len(data).to_bytes(_LENGTH, "little"))
    file.write(data)
    file.flush()


def receive(file: IO[bytes]) -> bytes:
    """Raises EOFError where the other end has closed."""
    return _exactly(file, int.from_bytes(_exactly(file, _LENGTH), "little"))


def _exactly(file: IO[bytes], size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data


if __name__ == "__main__":
    answer(lambda told: bytes(same(*one) for one in told))

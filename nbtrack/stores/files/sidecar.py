"""What is remembered of a store beyond this process, and where?

One file per store in the user's cache folder, so that read-only and copied stores have one too and nothing foreign lies
in an mlruns folder. It holds data only and is checked as a stranger's: a file that is damaged, or about another store,
is as good as none. Whatever it says of a run is compared with the run's files before it is told. So it may be deleted
at any time, and several processes may write it: the last one's file stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbtrack.stores.files import disk
from nbtrack.stores.files.packed import WRONG, Kept, Known, gathered, pack, unpack
from nbtrack.stores.files.reader import Reading
from nbtrack.stores.files.shelf import Shelf

LARGEST = 1 << 31
WORTH = 100  # runs that were read and are not remembered, and at least a tenth of all (a fiftieth, at the end)
KEPT = 90 * 86400.0  # s since a file was last of use


def cache_folder() -> Path:
    """NBTRACK_CACHE_DIR, or where this system keeps what may be lost."""
    given = os.environ.get("NBTRACK_CACHE_DIR")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData/Local") / "nbtrack" / "Cache"
    if sys.platform == "darwin":
        return _home() / "Library/Caches/nbtrack"
    return Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache") / "nbtrack"


def _home() -> Path:
    """Where there is none (a container's user without a name), a place in which nothing can be kept."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull)


class Sidecar:
    """The file of one store. `load` and `save` never fail: without it everything is read again, and nothing else."""

    def __init__(self, root: str) -> None:
        self._root = root
        name = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32]
        self._path = cache_folder() / "runs" / f"{name}.bin"
        self._new = 0
        self._writing: threading.Thread | None = None

    def count_new(self) -> None:
        self._new += 1

    def load(self) -> Kept | None:
        try:
            path = self._path
            data = _own_data(path)
            if data is None:
                return None
            known = unpack(data, _identity(self._root))
            with contextlib.suppress(OSError):  # a cache that may only be read
                os.utime(path)  # it was of use
            return known
        except WRONG:
            return None

    def save_if_worth_it(self, readings: Callable[[], Known], *, last: bool = False) -> None:
        """Write what is known when enough of it is new; in the background, unless this is the last chance."""
        if self._new < WORTH or (self._writing is not None and self._writing.is_alive()):
            return
        known = readings()
        if self._new * (50 if last else 10) < len(known):
            return
        self._new = 0
        shelf, facts = gathered(known)
        if last:
            self._save(shelf, facts)
        else:
            # No daemon: a short script waits at its end for the file that makes its next start quick.
            writing = threading.Thread(target=self._save, args=(shelf, facts), name="nbtrack-remember")
            try:
                writing.start()
            except RuntimeError:  # no more threads, or Python is ending
                self._save(shelf, facts)
            else:
                self._writing = writing

    def wait(self) -> None:
        """Until nothing is being written."""
        if self._writing is not None:
            self._writing.join()

    def _save(self, shelf: Shelf, facts: list[tuple[str, Reading]]) -> None:
        with contextlib.suppress(*WRONG):
            path = self._path
            data = pack(shelf, facts, _identity(self._root))
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            disk.write_over(str(path), data, str(path.parent), mode=0o600)
            _sweep(path.parent)


def _own_data(path: Path) -> bytes | None:
    """What the file holds; None where somebody else may have written it: in a shared cache folder, anybody may.

    Nothing waits for a pipe, and no link is followed.
    """
    if not _is_ours(os.stat(path.parent), shared=stat.S_ISVTX):
        return None
    fd = os.open(path, os.O_RDONLY | disk.SAFELY)
    with os.fdopen(fd, "rb") as file:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST or not _is_ours(about):
            return None
        return file.read()


def _is_ours(about: os.stat_result, shared: int = 0) -> bool:
    """Does it belong to this user, and may no other write it? With the mode `shared` they may add to a folder."""
    if not hasattr(os, "geteuid"):
        return True  # Windows keeps a user's folders for that user
    others = about.st_mode & 0o022
    return (about.st_uid == os.geteuid() and not others) or bool(about.st_mode & shared)


def _identity(root: str) -> list[Any]:
    about = os.stat(root)
    return [os.fsencode(os.path.realpath(root)).hex(), about.st_dev, about.st_ino]


def _sweep(folder: Path) -> None:
    """Files of stores that nobody opened for long, and what killed writers left."""
    disk.sweep(str(folder))
    for path in folder.glob("*.bin"):
        if time.time() - path.stat().st_mtime > KEPT:
            path.unlink()

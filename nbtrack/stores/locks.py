"""How does one change at a time happen to a thing, whichever thread or process makes it?

A folder is locked by `flock` on itself, so that nothing is left behind and a killed process lets go. Where the system
cannot lock a folder (some file servers, Windows), a file in it is locked; where nothing can be locked, changes go on
without.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator

from nbtrack.errors import StoreError

WAIT_S = 60.0
_EVERY_S = 0.002
_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
FILE = ".nbtrack-lock"


@contextlib.contextmanager
def locked(folder: str, what: str) -> Iterator[None]:
    """Keep others out who lock this folder. Raises StoreError where somebody holds it for a minute."""
    fd = _locked(folder, what)
    try:
        yield
    finally:
        if fd is not None:
            os.close(fd)


def folder_for(name: str) -> str:
    """A folder of this user's to lock for a thing that lies on no disk here."""
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    folder = os.path.join(tempfile.gettempdir(), f"nbtrack-locks-{owner}", digest)
    os.makedirs(folder, exist_ok=True, mode=0o700)
    return folder


def _locked(folder: str, what: str) -> int | None:
    """The descriptor that holds the lock; None where nothing can be locked."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            if _waited(fd, folder, what):
                return fd
            os.close(fd)
    with contextlib.suppress(OSError):
        fd = os.open(os.path.join(folder, FILE), os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        if _waited(fd, folder, what):
            return fd
        os.close(fd)
    return None


def _waited(fd: int, folder: str, what: str) -> bool:
    """Whether the lock was got; False where this cannot be locked."""
    end = time.monotonic() + WAIT_S
    pause = _EVERY_S
    while True:
        try:
            _lock(fd)
            return True
        except OSError as error:
            if error.errno not in _HELD:
                return False
        if time.monotonic() > end:
            os.close(fd)
            raise StoreError(
                f"Could not write {what}: another process has kept '{folder}' locked for {WAIT_S:.0f} s. Look for one "
                "that is stopped, and end it."
            )
        time.sleep(pause)
        pause = min(2 * pause, 0.05)


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

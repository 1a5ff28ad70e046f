"""How does the system tell that a folder changed, so that nobody has to look?

Linux's inotify, called through ctypes. What a process on this machine does to a watched folder or a file in it is in
the queue before its system call returns, so who reads the queue first and then answers from memory is exact. That holds
for disks that only this machine writes: elsewhere there is no `Watcher`, and everything is looked at. What is written
to a file under another of its names (hard links) is not told here; nor is it when a file gets another name.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

# Written to, closed after writing, attributes, moved, created, deleted; only if a folder; links not followed.
MASK = 0x2 | 0x8 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x01000000 | 0x02000000
OVERFLOW, IGNORED = 0x4000, 0x8000
LOCAL = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs", "zfs"})
SHARE = 2  # of the folders that a user may watch, the half is left to others
_EVENT = struct.Struct("iIII")


class _Several(set[Any]):
    """The names of one folder that several have: a data set lies once, however many runs used it."""


class Watcher:
    """Watches folders for others: each is named by whatever `add` is given with it, one by several names too."""

    def __init__(self, descriptor: int, add_watch: Callable[[int, bytes, int], int]) -> None:
        self._fd = descriptor
        self._add = add_watch
        self._names: list[Any | _Several] = []  # by the number of the watch: the system counts them up from 1
        self.close = weakref.finalize(self, os.close, descriptor)

    def add(self, folder: str, name: Any) -> bool:
        """Watch a folder from now on; False where that is not possible."""
        watch = self._add(self._fd, os.fsencode(folder), MASK)
        if watch < 0:
            return False
        self._names.extend([None] * (watch + 1 - len(self._names)))
        held = self._names[watch]
        if isinstance(held, _Several):
            held.add(name)
        else:
            self._names[watch] = name if held is None or held == name else _Several((held, name))
        return True

    def changed(self) -> set[Any] | None:
        """The names of folders in which something happened since the last call; None when it may be any."""
        names: set[Any] = set()
        for watch, mask in self._events():
            if mask & OVERFLOW:
                for _ in self._events():
                    pass
                return None
            name = self._names[watch]
            if isinstance(name, _Several):
                names |= name
            elif name is not None:
                names.add(name)
            if mask & IGNORED:
                self._names[watch] = None
        return names

    def _events(self) -> Iterator[tuple[int, int]]:
        while True:
            try:
                data = os.read(self._fd, 1 << 16)
            except BlockingIOError:
                return
            at = 0
            while at < len(data):
                watch, mask, _, length = _EVENT.unpack_from(data, at)
                yield watch, mask
                at += _EVENT.size + length


def watcher_for(folder: str, folders: int) -> Watcher | None:
    """A watcher for so many folders on the disk of this one; None where the system offers none that is exact."""
    if sys.platform != "linux" or disk_kind(folder) not in LOCAL or folders > most_folders():
        return None
    try:
        library = ctypes.CDLL(None, use_errno=True)
        add = library.inotify_add_watch
        add.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32]
        descriptor = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, AttributeError):
        return None
    return Watcher(descriptor, add) if descriptor >= 0 else None


def most_folders() -> int:
    """How many folders one process should watch at most; 0 where the system does not say."""
    try:
        with open("/proc/sys/fs/inotify/max_user_watches", encoding="ascii") as file:
            return int(file.read()) // SHARE
    except (OSError, ValueError):
        return 0


def disk_kind(folder: str) -> str:
    """The kind of file system that a folder lies on, as the system calls it; nothing where it does not say."""
    try:
        device = os.stat(folder).st_dev
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                before, _, after = line.partition(" - ")
                if before.split(" ")[2] == f"{os.major(device)}:{os.minor(device)}":
                    return after.split(" ")[0]
    except (OSError, IndexError):
        pass
    return ""

"""How does a snapshot taken beside the cell hold what was there before it?

The cell's first write waits for it. Python announces every opening, renaming and removing of a file, and every new
process; while a snapshot is reading, those of them that could change the repository wait. A cell that only computes,
or writes a moment later, never notices. Python cannot take such a hook away again: when nothing is held it returns at
once, in 0.1 µs. What writes files past Python (a C++ library in its first milliseconds) is not seen.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PATIENCE = 2.0  # seconds that the cell waits at most
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_CREAT
_PATHS = frozenset({"open", "os.rename", "os.remove", "os.truncate", "os.link", "os.symlink", "os.rmdir"})
_PROCESSES = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
)

_held: Hold | None = None
_hooked = False
_let = threading.local()


def let_this_thread() -> None:
    """A thread that takes a snapshot must not wait for one."""
    _let.free = True


class Hold:
    """From its making until `release`, changes below `root` wait, those below `free` (the store's) aside."""

    def __init__(self, root: Path, free: Iterable[Path] = ()) -> None:
        global _held, _hooked
        self._root = str(root)
        self._free = [str(each) for each in free]
        self._done = threading.Event()
        self.late = False  # did the cell go on before the snapshot was done?
        if not _hooked:
            sys.addaudithook(_hook)
            _hooked = True
        _held = self

    def release(self) -> None:
        global _held
        self._done.set()
        if _held is self:
            _held = None

    def concerns(self, event: str, args: tuple[Any, ...]) -> bool:
        if event in _PROCESSES:
            return True
        if event == "open" and not (isinstance(args[2], int) and args[2] & _WRITES):
            return False
        return any(self._covers(part) for part in args[:2])

    def _covers(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        there = os.path.realpath(os.fsdecode(path))
        return _below(there, self._root) and not any(_below(there, each) for each in self._free)

    def wait(self) -> None:
        if not getattr(_let, "free", False) and not self._done.wait(PATIENCE):
            self.late = True
            self.release()


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    held = _held
    if held is not None and (event in _PATHS or event in _PROCESSES):
        try:
            concerned = held.concerns(event, args)
        except Exception:  # an error here would be the person's `open` failing
            return
        if concerned:
            held.wait()

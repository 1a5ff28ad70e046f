"""Which files below the working folder does tracked code write?

Python announces each opening, renaming and making of a file or folder as an audit event. While code is tracked, those
that may write are noted by path, and a folder is listed when it is first named, so that what a C library writes beside
is found by comparing. The working folder itself is listed at the start: there a shell command's files are found too.
An audit hook cannot be taken away again: while nothing is tracked it returns at once.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from nbtrack.capture.ordinary_files import lies_aside

MAX_NAMED = 10_000  # paths that are remembered of one cell
MAX_FOLDERS = 200  # folders that are compared
MAX_LISTED = 2000  # entries of a folder that is compared
SLACK_NS = 2_000_000_000  # by how much a file server's clock may be behind
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_CREAT
# Code is what a person edits while it runs: it counts only where Python itself is seen to write it.
_EDITED = (".ipynb", ".py", ".pyi", ".r", ".jl", ".qmd", ".rmd", "~", ".swp", ".lock", "-wal", "-shm", "-journal")
_Signature = tuple[int, int, int]  # modification time in ns, size, inode

_recording: tuple[WrittenFiles, ...] = ()
_seen: set[str | bytes] = set()  # as the code wrote them, so that a loop over few paths costs one lookup each
_real_folders: dict[str, str] = {}
_hooked = False


class WrittenFiles:
    """From `start` until `stop`, what is written below `root`, but for what lies below `aside` (the store).

    `is_mine` tells whether the calling code belongs to what is tracked: of several, the innermost has its files.
    """

    def __init__(self, root: str, aside: Iterable[str] = (), is_mine: Callable[[], bool] = lambda: True) -> None:
        self.root = os.path.realpath(root)
        self.is_mine = is_mine
        self._aside = [os.path.realpath(each) for each in aside]
        self._before: dict[str, dict[str, _Signature] | None] = {}  # None: too many entries to compare
        self._named: dict[str, bool] = {}  # path, and whether it was begun anew
        self._made: dict[str, None] = {}  # folders that are new
        self._foreign: set[str] = set()  # what other tracked code wrote meanwhile
        self._logged: dict[str, int] = {}  # what the code logged by itself, and when
        self._since = time.time_ns() - SLACK_NS

    def start(self) -> None:
        global _hooked, _recording
        self._list(self.root)
        _forget_paths()
        _recording = (*_recording, self)
        if not _hooked:
            sys.addaudithook(_hook)
            _hooked = True

    def stop(self) -> list[str]:
        """The files that were written and are there still, relative to `root`, those that Python named first."""
        global _recording
        _recording = tuple(each for each in _recording if each is not self)
        _forget_paths()
        found = list(dict.fromkeys(self._found()))
        for other in _recording:
            other._foreign.update(found)
        return [os.path.relpath(path, self.root) for path in found]

    def note(self, path: str, *, anew: bool, folder: bool, mine: bool) -> None:
        """A file or a new folder is about to be written at `path`."""
        above = os.path.dirname(path)
        if not self._concerns(path if folder else above):
            return
        if not mine:
            self._foreign.add(path)
            self._named.pop(path, None)
            return
        self._foreign.discard(path)
        self._list(above)
        if folder:
            if not os.path.lexists(path):
                self._made[path] = None
            self._list(path)
        elif len(self._named) < MAX_NAMED:
            self._named[path] = anew or self._named.get(path, False)

    def logged(self, path: str) -> None:
        """The code has logged this file or folder as it is now."""
        self._logged[path] = time.time_ns()

    def _concerns(self, folder: str) -> bool:
        if not is_below(folder, self.root) or any(is_below(folder, each) for each in self._aside):
            return False
        inside = os.path.relpath(folder, self.root)
        return inside == "." or (
            not any(part.startswith(".") for part in inside.split(os.sep)) and not lies_aside(inside)
        )

    def _list(self, folder: str) -> None:
        if folder not in self._before and len(self._before) < MAX_FOLDERS:
            self._before[folder] = _listing(folder)

    def _found(self) -> Iterator[str]:
        for path, anew in list(self._named.items()):
            above, name = os.path.split(path)
            now = signature(path)
            if now is None or self._is_taken(path, now):
                continue
            if (anew and now[0] >= self._since) or (self._before.get(above) or {}).get(name) != now:
                yield path
        for folder, before in list(self._before.items()):
            now_there = _listing(folder) if before is not None else None
            yield from self._changed(folder, before or {}, now_there or {})
        for folder in self._made:
            for below, folders, _ in islice(os.walk(folder), MAX_FOLDERS):
                folders[:] = [each for each in folders if self._concerns(os.path.join(below, each))]
                there = _listing(below) or {}
                yield from self._changed(below, {}, {name: now for name, now in there.items() if now[0] >= self._since})

    def _changed(self, folder: str, before: dict[str, _Signature], now: dict[str, _Signature]) -> Iterator[str]:
        for name, there in sorted(now.items()):
            path = os.path.join(folder, name)
            if before.get(name) != there and not name.lower().endswith(_EDITED) and not self._is_taken(path, there):
                yield path

    def _is_taken(self, path: str, now: _Signature) -> bool:
        if path in self._foreign or os.path.basename(path).startswith("."):
            return True
        if any(is_below(path, each) for each in self._aside):
            return True
        return any(is_below(path, logged) and now[0] <= at for logged, at in self._logged.items())


def note_logged(path: str | os.PathLike[str]) -> None:
    """A file or folder of this machine was logged by the person's code: it is not kept a second time."""
    if _recording and (there := _absolute(path)):
        for each in _recording:
            each.logged(there)


def is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def signature(path: str) -> _Signature | None:
    """Of a regular file, None of anything else: a link leads elsewhere."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def _listing(folder: str) -> dict[str, _Signature] | None:
    """The regular files in a folder; none where it is not there, None where there are too many to compare."""
    found: dict[str, _Signature] = {}
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number == MAX_LISTED:
                    return None
                if there := signature(entry.path):
                    found[entry.name] = there
    except OSError:
        pass
    return found


def _forget_paths() -> None:
    _seen.clear()
    _real_folders.clear()


def _absolute(path: object) -> str | None:
    """With its folder resolved and its last part as it is; None of a number and of what is no path."""
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    above, name = os.path.split(os.path.abspath(os.fsdecode(path)))
    if above not in _real_folders:
        if len(_real_folders) > MAX_NAMED:
            _real_folders.clear()
        _real_folders[above] = os.path.realpath(above)
    return os.path.join(_real_folders[above], name)


def _note(path: object, *, anew: bool = True, folder: bool = False) -> None:
    there = _absolute(path)
    if there is None or not any(is_below(there, each.root) for each in _recording):
        return
    owner = next((each for each in reversed(_recording) if each.is_mine()), None)
    for each in _recording:
        each.note(there, anew=anew, folder=folder, mine=each is owner)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _recording:
        return
    try:
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & _WRITES and not (isinstance(path, int) or path in _seen):
                _remember(path)
                _note(path, anew=bool(flags & (os.O_TRUNC | os.O_EXCL)))
        elif event == "os.rename":
            _note(args[1], folder=os.path.isdir(args[0]))
        elif event == "os.link":
            _note(args[1])
        elif event == "os.mkdir":
            _note(args[0], folder=True)
        elif event == "os.chdir":
            _seen.clear()
    except Exception:  # an error here would be the person's `open` failing
        return


def _remember(path: object) -> None:
    if isinstance(path, str | bytes):
        if len(_seen) > MAX_NAMED:
            _seen.clear()
        _seen.add(path)

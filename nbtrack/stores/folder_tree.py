"""Which files does a folder hold that is to be kept among a run's artifacts?

Links are followed, as MLflow does, but never in a circle, and each folder behind links once: package managers link
folders to folders above them. What is no file or folder, and what must not be copied into itself, is left out and said.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MOST_TOLD = 5


@dataclass(slots=True)
class FolderTree:
    """The folder `source` without what lies in one of the folders (or is one of the files) of `without`."""

    source: Path
    without: Collection[str] = ()
    left_out: list[tuple[str, str]] = field(default_factory=list)  # a path in the folder, and why
    _linked: set[str] = field(default_factory=set)

    def entries(self) -> Iterator[tuple[str, Path, bool]]:
        """(path within the folder, where it lies, is it a folder), folders before what they hold."""
        yield from self._below(str(self.source), "", (os.path.realpath(self.source),))

    def _below(self, folder: str, inside: str, above: tuple[str, ...]) -> Iterator[tuple[str, Path, bool]]:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            path = f"{inside}{entry.name}"
            why = self._refused(entry, above)
            if why:
                self.left_out.append((path, why))
            elif entry.is_dir():
                yield path, Path(entry.path), True
                yield from self._below(entry.path, f"{path}/", (*above, os.path.realpath(entry.path)))
            else:
                yield path, Path(entry.path), False

    def _refused(self, entry: os.DirEntry[str], above: tuple[str, ...]) -> str:
        try:
            kind = entry.stat().st_mode
        except OSError as error:
            return f"a link that leads nowhere ({error.strerror})" if entry.is_symlink() else str(error.strerror)
        target = os.path.realpath(entry.path)
        if target in self.without:
            return "the store itself, or a part of it"
        if stat.S_ISREG(kind):
            return ""
        if not stat.S_ISDIR(kind):
            return "a pipe, socket or device"
        if not entry.is_symlink():
            return ""
        if any(f"{each}{os.sep}".startswith(f"{target}{os.sep}") for each in above):
            return "a link to a folder that it lies in"
        if any(f"{target}{os.sep}".startswith(f"{each}{os.sep}") for each in self.without):
            return "a link into the store"
        if target in self._linked:
            return "a link to a folder that another link has brought"
        self._linked.add(target)
        return ""

    def told(self, where: str) -> str:
        """One sentence about what was left out; "" where nothing was."""
        if not self.left_out:
            return ""
        some = "; ".join(f"'{path}' ({why})" for path, why in self.left_out[:MOST_TOLD])
        more = len(self.left_out) - MOST_TOLD
        return f"Of '{self.source}', {where} holds all but {some}{f'; and {more:,} more' if more > 0 else ''}."

"""Which repository holds a folder, and where are its parts?"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_TEXT_BYTES = 1_000_000  # of a file of the git directory that is read as a whole


@dataclass(frozen=True, slots=True)
class Repository:
    """`work_tree` is None for a bare repository. A linked work tree has a `git_dir` of its own and shares
    `common_dir`, where objects, refs and configuration lie."""

    work_tree: Path | None
    git_dir: Path
    common_dir: Path

    @property
    def root(self) -> Path:
        return self.work_tree or self.git_dir


def find_repository(folder: Path | str) -> Repository | None:
    """The repository whose work tree holds `folder`, or the bare one that does. Reads a few files and runs no git."""
    here = Path(os.path.realpath(folder))
    return next((found for place in (here, *here.parents) if (found := repository_at(place))), None)


def repository_at(place: Path) -> Repository | None:
    """The repository whose top is `place`."""
    git_dir = _git_dir(place)
    if git_dir is not None:
        return Repository(place, git_dir, _common_dir(git_dir))
    if (place / "HEAD").is_file() and (place / "objects").is_dir() and (place / "refs").is_dir():
        return Repository(None, place, place)
    return None


def _git_dir(place: Path) -> Path | None:
    """A linked work tree and a submodule have a file `.git` that says where the folder is."""
    marker = place / ".git"
    if marker.is_dir():
        return marker if (marker / "HEAD").is_file() else None
    told = small_text(marker)
    if not told.startswith("gitdir:"):
        return None
    git_dir = Path(os.path.realpath(place / told.removeprefix("gitdir:").strip()))
    return git_dir if (git_dir / "HEAD").is_file() else None


def _common_dir(git_dir: Path) -> Path:
    told = small_text(git_dir / "commondir").strip()
    return Path(os.path.realpath(git_dir / told)) if told else git_dir


@contextmanager
def regular_file(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file; OSError for anything else. A pipe that lies in its place must not be waited for."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"'{path}' is not a regular file")
        yield file


def small_text(path: Path) -> str:
    """The text of a small file; empty where there is none."""
    try:
        with regular_file(path) as file:
            return file.read(MAX_TEXT_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""

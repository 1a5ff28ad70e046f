"""Which files of a work tree differ from its commit, and which are new?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from nbtrack.git.command import Git
from nbtrack.git.filtered import Filtered, changes_of, set_apart
from nbtrack.git.generated import is_below
from nbtrack.git.location import Repository


@dataclass(frozen=True, slots=True)
class State:
    """`commit` is None before the first one. Paths are relative to the work tree.

    `changed` are tracked files that differ from the commit, as git compares them; of these `edited` differ from the
    index and `deleted` are gone. `filtered` are changed files of `unconverted`, the files whose filter is not run here.
    `untracked` are new files that no exclude file names.
    """

    repository: Repository
    commit: str | None
    branch: str | None
    changed: tuple[str, ...]
    edited: tuple[str, ...]
    deleted: tuple[str, ...]
    filtered: tuple[Filtered, ...]
    unconverted: frozenset[str]
    untracked: tuple[str, ...]

    @property
    def is_dirty(self) -> bool:
        return bool(self.changed or self.filtered)

    def without(self, places: Sequence[Path]) -> State:
        """The state of the files outside these files and folders."""

        def outside(paths: Iterable[str]) -> tuple[str, ...]:
            return tuple(path for path in paths if not is_below(self.repository.root / path, places))

        return replace(
            self,
            changed=outside(self.changed),
            edited=outside(self.edited),
            deleted=outside(self.deleted),
            untracked=outside(self.untracked),
            filtered=tuple(each for each in self.filtered if outside([each.path])),
        )


@contextmanager
def index_copy(git: Git) -> Iterator[dict[str, str]]:
    """Variables with which git uses a copy of the index, so that the repository's own stays as it is."""
    own = git.repository.git_dir / "index"
    with tempfile.TemporaryDirectory(prefix="nbtrack-index-") as folder:
        copy = Path(folder) / "index"
        if own.is_file():
            _copy_with_time(own, copy)
        yield {"GIT_INDEX_FILE": str(copy)}


def _copy_with_time(own: Path, copy: Path) -> None:
    """It knows which files need no reading; its time says of which it is not sure."""
    copy.write_bytes(own.read_bytes())
    times = own.stat()
    os.utime(copy, ns=(times.st_atime_ns, times.st_mtime_ns))


def read_state(git: Git) -> State | None:
    """None where git is missing, fails or takes too long, and for a bare repository."""
    if git.repository.work_tree is None:
        return None
    with index_copy(git) as variables:
        unconverted, converted = set_apart(git, variables)
        # NUL between the paths, so that they come whole and unquoted. A submodule's own settings are not looked at.
        words = ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=dirty")
        said = git.text(*words, "--no-renames", variables=variables)
        if said is None:
            return None
        entries = said.split("\0")
        changes = [change for entry in entries if (change := _change(entry))]
        unchanged = _unchanged(git, [each for each in changes if each.path in converted])
        kept = [each for each in changes if each.path not in unchanged]
        filtered = changes_of(git, unconverted, variables)
    return _state(git.repository, entries, kept, filtered, frozenset(unconverted))


def _unchanged(git: Git, changes: Sequence[_Change]) -> frozenset[str]:
    """The files that only look edited: git takes those of another size for changed without asking their filter."""
    asked = [each for each in changes if each.status == ".M" and "\n" not in each.path]
    given = "".join(f"{each.path}\n" for each in asked).encode("utf-8", "surrogateescape")
    made = (git.text("hash-object", "--stdin-paths", given=given) or "").split() if asked else []
    return frozenset(each.path for each, name in zip(asked, made, strict=False) if name == each.staged)


def _state(
    repository: Repository,
    entries: Sequence[str],
    changes: Sequence[_Change],
    filtered: Sequence[Filtered],
    unconverted: frozenset[str],
) -> State:
    heads = dict(entry[2:].split(" ", 1) for entry in entries if entry.startswith("# branch."))
    commit, branch = heads.get("branch.oid", "(initial)"), heads.get("branch.head", "(detached)")
    return State(
        repository=repository,
        commit=None if commit == "(initial)" else commit,
        branch=None if branch == "(detached)" else branch,
        changed=tuple(each.path for each in changes),
        edited=tuple(each.path for each in changes if each.status[1] not in ".D"),
        deleted=tuple(each.path for each in changes if each.status[1] == "D"),
        filtered=tuple(filtered),
        unconverted=unconverted,
        untracked=tuple(entry[2:] for entry in entries if entry.startswith("? ")),
    )


class _Change(NamedTuple):
    """git's two letters, the id of the object in the index, and the path."""

    status: str
    staged: str
    path: str


def _change(entry: str) -> _Change | None:
    """Of `1 XY sub mH mI mW hH hI path`, or of `u XY sub m1 m2 m3 mW h1 h2 h3 path` where a merge is not finished."""
    fields = {"1 ": 8, "u ": 10}.get(entry[:2])
    if fields is None:
        return None
    words = entry.split(" ", fields)
    modes_differ = fields == 8 and words[4] != words[5]
    return _Change(words[1], "" if modes_differ else words[7], words[fields])

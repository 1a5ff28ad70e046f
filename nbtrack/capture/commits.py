"""What is different in a repository's files from one commit to another, and which repository here holds them?

The commits, and the place of the repository, are told by runs, which may be a stranger's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbtrack.capture.git import COMMIT, SNAPSHOT
from nbtrack.capture.source import repository_here
from nbtrack.git.command import Git, isolated
from nbtrack.git.generated import is_below, is_generated
from nbtrack.git.head import COMMIT_ID
from nbtrack.git.location import Repository, find_repository, repository_at

MOST_FILES = 300  # of one difference that are named
MOST_BYTES = 400_000  # of all patches together
MOST_OF_FILE = 80_000
_Count = tuple[int | None, int | None]
_COMPARE = ("diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color")


@dataclass(frozen=True, slots=True)
class FileChange:
    """`kind` is git's letter (A, D, M, T); lines `added` and `removed` are None for what is no text. `patch` is a
    unified diff from its first @@ on, empty where there is none or where it is too long (`cut`)."""

    path: str
    kind: str
    added: int | None
    removed: int | None
    patch: str
    cut: bool


def commit_of(tags: Mapping[str, str]) -> str | None:
    """The commit that holds the files as the run saw them; None where its tags name none, or nothing like one."""
    told = tags.get(SNAPSHOT) or tags.get(COMMIT) or ""
    return told if COMMIT_ID.fullmatch(told) else None


def repository_of(commits: Sequence[str], told: Sequence[str | None]) -> Repository | None:
    """The repository here, else that of the working folder, else one of those that runs name, whichever holds all the
    commits."""
    named = (repository_at(Path(each)) for each in told if each and Path(each).is_absolute())
    for found in (repository_here(), find_repository(Path.cwd()), *named):
        if found is not None and _holds(found, commits):
            return found
    return None


def _holds(repository: Repository, commits: Sequence[str]) -> bool:
    with isolated(repository) as git:
        return all(git.run("cat-file", "-e", f"{each}^{{commit}}") is not None for each in commits)


def named_changes(git: Git, old: str, new: str) -> list[tuple[str, str]]:
    """git's letter and the path of each file that differs."""
    words = (git.text(*_COMPARE, "--name-status", "-z", old, new) or "").split("\0")
    return list(zip(words[::2], words[1::2], strict=False))


def file_changes(git: Git, old: str, new: str, leave_out: Sequence[Path] = ()) -> tuple[list[FileChange], int]:
    """What differs, with patches as far as they are not too long, and how many files are not named.

    Generated files come last. What lies in `leave_out`, the folders and files of a store, is not counted.
    """
    named = [each for each in named_changes(git, old, new) if not is_below(git.repository.root / each[1], leave_out)]
    shown = sorted(named, key=lambda each: is_generated(each[1]))[:MOST_FILES]
    counts = _counts(git, old, new)
    found: list[FileChange] = []
    room = MOST_BYTES
    for generated in (False, True):
        group = [each for each in shown if is_generated(each[1]) == generated]
        said, whole = _patch_of(git, old, new, [path for _, path in group], room)
        room -= len(said)
        patches = _patches(said.decode("utf-8", "replace"), [kind for kind, _ in group], whole=whole)
        found += [_file_change(kind, path, counts, next(patches, None)) for kind, path in group]
    return found, len(named) - len(shown)


def _file_change(kind: str, path: str, counts: Mapping[str, _Count], patch: str | None) -> FileChange:
    added, removed = counts.get(path, (None, None))
    cut = patch is None or len(patch) > MOST_OF_FILE
    return FileChange(path, kind, added, removed, "" if patch is None or cut else patch, cut)


def _patch_of(git: Git, old: str, new: str, paths: Sequence[str], most: int) -> tuple[bytes, bool]:
    """The patch of these files, up to so many bytes, and whether that is all."""
    if not paths or most <= 0:
        return b"", not paths
    literal = {"GIT_LITERAL_PATHSPECS": "1"}
    said, whole = git.beginning(*_COMPARE, "--patch", old, new, "--", *paths, most=most, variables=literal)
    return said or b"", whole


def _counts(git: Git, old: str, new: str) -> dict[str, _Count]:
    found: dict[str, _Count] = {}
    for entry in (git.text(*_COMPARE, "--numstat", "-z", old, new) or "").split("\0"):
        added, _, rest = entry.partition("\t")
        removed, _, path = rest.partition("\t")
        if added.isdigit() and removed.isdigit():
            found[path] = int(added), int(removed)
    return found


def _patches(text: str, kinds: Sequence[str], *, whole: bool) -> Iterator[str]:
    """The hunks of each file, in git's order; none for those behind the end, or cut by it."""
    # Lines of a file begin with a blank, + or -, so this can only be a heading.
    parts = re.split(r"^diff --git .*\n", text, flags=re.MULTILINE)[1:]
    if not whole:
        parts = parts[:-1]
    for kind in kinds:
        taken, parts = parts[: 2 if kind == "T" else 1], parts[2 if kind == "T" else 1 :]  # another type: out, and in
        if not taken:
            return
        yield "".join(part[start:] for part in taken if (start := _first_hunk(part)) >= 0)


def _first_hunk(part: str) -> int:
    found = re.search(r"^@@ ", part, flags=re.MULTILINE)
    return found.start() if found else -1

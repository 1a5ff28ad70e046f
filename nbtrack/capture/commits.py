"""What is different in a repository's files from one commit to another, and which repository here holds them?

The commits, and the place of the repository, are told by runs, which may be a stranger's: git is asked in a way in
which the settings of a repository can start no program, and reach no network.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbtrack.capture.git import COMMIT, SNAPSHOT, command, git, root_of, surroundings

COMMIT_ID = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")
MOST_FILES = 300  # files of one difference that are named
MOST_BYTES = 400_000  # of all patches together
MOST_OF_FILE = 80_000
PATIENCE = 20.0  # s
# Objects that a partial clone lacks would be fetched, and changes of the work tree told, by programs that the
# settings of the repository name.
_ALONE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "false",
}
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


def repository_of(commits: Sequence[str], told: Sequence[str | None]) -> Path | None:
    """The repository here, else one of those that runs name, whichever holds all the commits."""
    for root in [root_of(Path.cwd()), *(Path(each) for each in told if each)]:
        if root and root.is_absolute() and (root / ".git").exists() and all(_holds(root, each) for each in commits):
            return root
    return None


def _holds(root: Path, commit: str) -> bool:
    return git(root, "cat-file", "-e", f"{commit}^{{commit}}", extra=_ALONE) is not None


def named_changes(root: Path, old: str, new: str) -> list[tuple[str, str]]:
    """git's letter and the path of each file that differs."""
    words = (git(root, *_COMPARE, "--name-status", "-z", old, new, extra=_ALONE) or "").split("\0")
    return list(zip(words[::2], words[1::2], strict=False))


def file_changes(root: Path, old: str, new: str) -> tuple[list[FileChange], int]:
    """What differs, with patches as far as they are not too long, and how many files are left out."""
    named = named_changes(root, old, new)
    shown = named[:MOST_FILES]
    counts = _counts(root, old, new)
    text, whole = _start_of(root, *_COMPARE, "--patch", old, new)
    patches = _patches(text, [kind for kind, _ in shown], whole=whole)
    found = []
    for kind, path in shown:
        patch = next(patches, None)
        added, removed = counts.get(path, (None, None))
        cut = patch is None or len(patch) > MOST_OF_FILE
        found.append(FileChange(path, kind, added, removed, "" if patch is None or cut else patch, cut))
    return found, len(named) - len(shown)


def _counts(root: Path, old: str, new: str) -> dict[str, tuple[int | None, int | None]]:
    found: dict[str, tuple[int | None, int | None]] = {}
    for entry in (git(root, *_COMPARE, "--numstat", "-z", old, new, extra=_ALONE) or "").split("\0"):
        added, _, rest = entry.partition("\t")
        removed, _, path = rest.partition("\t")
        if added.isdigit() and removed.isdigit():
            found[path] = int(added), int(removed)
    return found


def _start_of(root: Path, *words: str) -> tuple[str, bool]:
    """What git says, up to `MOST_BYTES`, and whether that is all: a data set under version control may be gigabytes."""
    try:
        running = subprocess.Popen(
            command(root, *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=surroundings(_ALONE),
        )
    except OSError:
        return "", False
    late = threading.Timer(PATIENCE, running.kill)
    late.start()
    try:
        assert running.stdout is not None
        said = running.stdout.read(MOST_BYTES + 1)
    finally:
        late.cancel()
        running.kill()  # there may be more that nobody wants
        running.communicate()
    return said[:MOST_BYTES].decode("utf-8", "replace"), len(said) <= MOST_BYTES


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

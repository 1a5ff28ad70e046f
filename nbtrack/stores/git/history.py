"""Which commits of a repository changed which files, and what did they hold?"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbtrack.errors import NotAStoreError, StoreError
from nbtrack.git.blobs import Blob, find_blobs, read_blobs
from nbtrack.git.command import Git, isolated
from nbtrack.git.location import Repository, find_repository

MAX_BLOB_BYTES = 64 << 20  # of one file that is read
MAX_LOG_BYTES = 64 << 20  # of messages and paths of all commits together
MAX_PATCH_BYTES = 16 << 20
LOG_TIME_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Commit:
    """`time` is the committer's, in ms; `ref` is a branch or tag that it is reached from; `changed` are the paths that
    were asked for and differ from every parent's."""

    id: str
    author: str
    time: int
    ref: str
    subject: str
    body: str
    changed: tuple[str, ...]


def repository_of_store(folder: Path) -> Repository:
    """The git repository that holds `folder`. Raises NotAStoreError where there is none."""
    found = find_repository(folder)
    if found is not None:
        with isolated(found) as git:
            if git.run("rev-parse", "--git-dir") is not None:
                return found
    raise NotAStoreError(
        f"There is no git repository at '{folder}'. Name a folder inside one after git+, and see whether git is "
        "installed and can read it (`git -C FOLDER status`)."
    )


def refs_of(git: Git) -> bytes:
    """Whatever moves when a commit becomes reachable: all refs, and HEAD."""
    words = (("for-each-ref", "--format=%(objectname) %(refname)"), ("rev-parse", "HEAD"))
    return b"".join(git.run(*each) or b"" for each in words)


def commits_changing(git: Git, paths: Sequence[str]) -> tuple[list[Commit], bool]:
    """Those of all branches and tags that changed one of the pathspecs, newest first, and whether that is all of them.
    No commit is left out because a merge took the other side."""
    mark = secrets.token_hex(8)  # a message may hold any character, and cannot guess this
    shown = mark.join(["", "%H", "%an", "%ct", "%S", "%s", "%b", ""])
    first = (git.text("symbolic-ref", "-q", "HEAD") or "HEAD").strip()
    if git.run("rev-parse", "-q", "--verify", f"{first}^{{commit}}") is None:
        first = "--all"  # nothing committed on this branch yet
    words = ["log", "-z", "--full-history", "--source", "-c", "--name-only", "--no-renames", f"--format={shown}", first]
    every = ["--branches", "--remotes", "--tags", "--", *paths]
    said, whole = git.beginning(*words, *every, most=MAX_LOG_BYTES, seconds=LOG_TIME_LIMIT_S)
    if said is None:
        root = git.repository.root
        raise StoreError(f"git could not read the history of '{root}' in time. Try `git -C '{root}' log`.")
    found = list(_parsed(said, mark.encode()))
    return (found, True) if whole else (found[:-1], False)


def _parsed(said: bytes, mark: bytes) -> Iterable[Commit]:
    parts = said.split(mark)[1:]
    for at in range(0, len(parts) - 6, 7):
        words = [part.decode(errors="replace") for part in parts[at : at + 6]]
        names = parts[at + 6].decode(errors="surrogateescape").strip("\n\0").split("\0")
        commit, author, time, ref, subject, body = words
        # A commit's time is whatever its author wrote.
        milliseconds = int(time) * 1000 if time.isdigit() and len(time) < 12 else 0
        yield Commit(commit, author, milliseconds, ref, subject, body.strip(), tuple(name for name in names if name))


def files_at(git: Git, places: Iterable[str]) -> dict[str, Blob]:
    """By place (`COMMIT:path`), those that can be read. What is missing, no file or too large is left out."""
    found = find_blobs(git, places)
    return {place: blob for place, blob in found.items() if blob.size <= MAX_BLOB_BYTES}


def contents(git: Git, blobs: Iterable[Blob]) -> Iterator[tuple[str, bytes | None]]:
    """Id and content, one after the other; each object once. None for one that is damaged."""
    yield from read_blobs(git, (blob.id for blob in blobs))


def content_at(git: Git, place: str) -> tuple[str, bytes] | None:
    """The object's id and its bytes; None where it is missing or damaged."""
    blob = files_at(git, [place]).get(place)
    content = None if blob is None else dict(contents(git, [blob])).get(blob.id)
    return None if blob is None or content is None else (blob.id, content)


def patch_of(git: Git, commit: str) -> bytes:
    """What the commit changed, against its first parent; the beginning where that is too long."""
    words = ["show", "--format=", "--patch", "--first-parent", "--no-ext-diff", "--no-textconv", "--no-color"]
    return git.beginning(*words, commit, "--", most=MAX_PATCH_BYTES)[0] or b""

"""How is the work tree kept as it was before a cell, with the user's work tree, index and HEAD untouched?

A commit is built in a temporary index: tracked files as they are, and small untracked texts. It hangs on the hidden
reference `refs/nbtrack/<run>`, which no branch, log or push shows, and which keeps git from throwing it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from nbtrack.capture.ordinary_files import is_ordinary
from nbtrack.git.command import Git
from nbtrack.git.filtered import filters_of, users_filters
from nbtrack.git.work_tree import State, index_copy

REFERENCE = "refs/nbtrack/"
SMALL = 100_000  # bytes of an untracked file that is taken along
MOST = 200  # untracked files that are taken along
_NO_OBJECT = "0" * 40
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "nbtrack"), ("EMAIL", "nbtrack@localhost"))
}


def take_snapshot(git: Git, state: State, run_id: str, *, read: Callable[[], None]) -> str | None:
    """The id of the snapshot commit, None where nothing differs from HEAD or git refuses.

    `read` is called as soon as the files have been read, so that they may change.
    """
    with index_copy(git) as variables:
        try:
            untracked = list(_worth_keeping(git, state))
            filled = (state.is_dirty or bool(untracked)) and _fill_index(git, state, untracked, variables)
        finally:
            read()
        tree = git.text("write-tree", variables=variables) if filled else None
    if tree is None or (state.commit and tree == git.text("rev-parse", f"{state.commit}^{{tree}}")):
        return None
    parent = ["-p", state.commit] if state.commit else []
    message = f"Work tree before run {run_id}"
    words = ("commit-tree", "--no-gpg-sign", tree.strip(), *parent, "-m", message)
    made = git.text(*words, variables=_IDENTITY)
    if made is None or git.run("update-ref", f"{REFERENCE}{run_id}", made.strip()) is None:
        return None
    return made.strip()


def _fill_index(git: Git, state: State, untracked: list[str], variables: Mapping[str, str]) -> bool:
    """Bring what lies in the work tree into the temporary index. Its objects are new in the repository."""
    paths = "".join(f"{path}\0" for path in (*state.edited, *untracked) if path not in state.unconverted)
    given = paths.encode("utf-8", "surrogateescape")
    words = ("update-index", "-z", "--add", "--remove", "--replace", "--stdin")
    if given and git.run(*words, given=given, variables=variables) is None:
        return False
    entries = "".join(_entries(git, state, variables)).encode("utf-8", "surrogateescape")
    return not entries or git.run("update-index", "-z", "--index-info", given=entries, variables=variables) is not None


def _entries(git: Git, state: State, variables: Mapping[str, str]) -> Iterator[str]:
    """Entries of the index for deleted files and, of files whose filter is not run, for the pointers of Git LFS. Of any
    other such file the content that was added last stays: its owner does not want the file itself in the repository."""
    for path in (*state.deleted, *(each.path for each in state.filtered if each.deleted)):
        yield f"0 {_NO_OBJECT}\t{path}\0"
    for each in state.filtered:
        if each.pointer is not None:
            name = git.text("hash-object", "-w", "--no-filters", "--stdin", given=each.pointer)
            listed = git.text("ls-files", "-s", "-z", "--", f":(literal){each.path}", variables=variables) or ""
            if name and listed:
                yield f"{listed.split(' ')[0]} {name.strip()} 0\t{each.path}\0"


def _worth_keeping(git: Git, state: State) -> Iterable[str]:
    """Small texts whose names do not look like secrets, and which no filter is meant to change (or to encrypt)."""
    found: list[str] = []
    for path in state.untracked:
        if len(found) == MOST:
            break
        if is_ordinary(path) and _is_small_text(state.repository.root / path):
            found.append(path)
    filters = filters_of(git, found)
    known = users_filters(git) if filters else frozenset()
    return (path for path in found if path not in filters or filters[path] in known)


def _is_small_text(file: Path) -> bool:
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > SMALL:
            return False
        return b"\0" not in file.read_bytes()
    except OSError:
        return False

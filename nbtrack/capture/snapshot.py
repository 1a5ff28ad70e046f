"""How is the work tree kept as it was before a cell, with the person's work tree, index and HEAD untouched?

A commit is built in a temporary index: tracked files as they are, and small untracked texts. It hangs on the hidden
reference `refs/nbtrack/<run>`, which no branch, log or push shows, and which keeps git from throwing it away.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from nbtrack.capture.git import State, git
from nbtrack.capture.secrets import looks_secret

REFERENCE = "refs/nbtrack/"
SMALL = 100_000  # bytes of an untracked file that is taken along
MOST = 200  # untracked files that are taken along
_PASSED_OVER = frozenset({"mlruns", "mlartifacts", ".ipynb_checkpoints", "__pycache__", "node_modules", ".venv"})
_SECRET_ENDINGS = frozenset({".pem", ".key", ".p12", ".pfx", ".env", ".netrc", ".keystore", ".kdbx"})
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "nbtrack"), ("EMAIL", "nbtrack@localhost"))
}


def take_snapshot(state: State, run_id: str, *, leave_out: Path | None = None, read: Callable[[], None]) -> str | None:
    """The id of the snapshot commit, None where nothing differs from HEAD or git refuses.

    `leave_out` is a folder of the work tree that is no part of it (the store). `read` is called as soon as the files
    have been read, so that they may change.
    """
    with tempfile.TemporaryDirectory(prefix="nbtrack-") as folder:
        extra = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        try:
            untracked = list(_worth_keeping(state, leave_out))
            filled = (state.changed or bool(untracked)) and _fill_index(state, Path(folder) / "index", untracked)
        finally:
            read()
        tree = git(state.root, "write-tree", extra=extra) if filled else None
    if tree is None:
        return None
    parent = ["-p", state.commit] if state.commit else []
    message = f"Work tree before run {run_id}"
    made = git(state.root, "commit-tree", tree.strip(), *parent, "-m", message, extra=_IDENTITY)
    if made is None or git(state.root, "update-ref", f"{REFERENCE}{run_id}", made.strip()) is None:
        return None
    return made.strip()


def _fill_index(state: State, index: Path, untracked: list[str]) -> bool:
    """Bring what lies in the work tree into the temporary index. Its objects are new in the repository."""
    extra = {"GIT_INDEX_FILE": str(index)}
    own = state.root / ".git" / "index"
    if not own.parent.is_dir():  # a linked work tree has its index elsewhere
        own = state.root / (git(state.root, "rev-parse", "--git-path", "index") or "").rstrip("\n")
    if own.is_file():
        # It knows which files need no reading; its time says which it is not sure of.
        shutil.copy2(own, index)
    if git(state.root, "add", "--update", extra=extra) is None:
        return False
    words = ("add", "--pathspec-from-file=-", "--pathspec-file-nul")
    return not untracked or git(state.root, *words, given="\0".join(untracked), extra=extra) is not None


def _worth_keeping(state: State, leave_out: Path | None) -> Iterable[str]:
    """Small texts whose names do not look like secrets."""
    found = 0
    for path in state.untracked:
        file = state.root / path
        if found == MOST:
            return
        if (leave_out is None or not file.is_relative_to(leave_out)) and _is_ordinary(path) and _is_small_text(file):
            found += 1
            yield path


def _is_ordinary(path: str) -> bool:
    parts = PurePosixPath(path).parts
    name = parts[-1].lower()
    secret = any(name.endswith(ending) for ending in _SECRET_ENDINGS) or ".env" in name or name.startswith("id_")
    return not secret and not any(part in _PASSED_OVER or looks_secret(part) for part in parts)


def _is_small_text(file: Path) -> bool:
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > SMALL:
            return False
        return b"\0" not in file.read_bytes()
    except OSError:
        return False

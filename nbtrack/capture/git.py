"""In which state of its repository did a cell run?"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

COMMIT = "mlflow.source.git.commit"
SNAPSHOT = "nbtrack.git.snapshot"  # the commit with the work tree before the cell
ROOT = "nbtrack.git.root"


@dataclass(frozen=True, slots=True)
class State:
    """`commit` is None before the first one. `changed` says that tracked files differ from it; `untracked` are paths
    relative to `root`."""

    root: Path
    commit: str | None
    branch: str | None
    changed: bool
    untracked: tuple[str, ...]


def root_of(folder: Path) -> Path | None:
    """The top of the work tree that holds `folder`, None outside one. Costs a few looks at the disk and no git."""
    here = Path(os.path.realpath(folder))
    return next((place for place in (here, *here.parents) if (place / ".git").exists()), None)


def git_state(root: Path) -> State | None:
    """`root` is the top of a work tree. None where git is missing or refuses."""
    # NUL between the paths, so that they come whole and unquoted.
    said = git(root, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all")
    if said is None:
        return None
    entries = said.split("\0")
    heads = dict(entry[2:].split(" ", 1) for entry in entries if entry.startswith("# branch."))
    commit, branch = heads.get("branch.oid", "(initial)"), heads.get("branch.head", "(detached)")
    return State(
        root=root,
        commit=None if commit == "(initial)" else commit,
        branch=None if branch == "(detached)" else branch,
        changed=any(entry[:2] in {"1 ", "2 ", "u "} for entry in entries),
        untracked=tuple(entry[2:] for entry in entries if entry.startswith("? ")),
    )


def place_before(tags: Mapping[str, str], part: int) -> str | None:
    """The commit with the files that the cells of a run before number `part` found."""
    later = (tags.get(f"{SNAPSHOT}.{number}") for number in range(part - 1, 1, -1))
    return next((commit for commit in later if commit), None) or tags.get(SNAPSHOT) or tags.get(COMMIT)


def same_tree(root: Path, one: str, other: str) -> bool:
    """Do two commits hold the same files?"""
    trees = (git(root, "rev-parse", f"{one}^{{tree}}", f"{other}^{{tree}}") or "").split()
    return one == other or (len(trees) == 2 and trees[0] == trees[1])


def git_tags(state: State) -> dict[str, str]:
    """Commit, branch, remote, and whether tracked files differ from the commit; empty before the first commit."""
    if state.commit is None:
        return {}
    tags = {COMMIT: state.commit, "nbtrack.git.dirty": str(state.changed).lower()}
    if state.branch:
        tags["mlflow.source.git.branch"] = state.branch
    if remote := _remote(state.root):
        tags["mlflow.source.git.repoURL"] = remote
    return tags


def _remote(root: Path) -> str | None:
    """The first remote's address, without the user and password it may hold."""
    for line in (git(root, "config", "--get-regexp", r"^remote\..*\.url$") or "").splitlines():
        url = line.partition(" ")[2]
        parts = urlsplit(url)
        if parts.scheme and "@" in parts.netloc:
            return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        return url or None
    return None


def git(folder: Path, *words: str, given: str = "", extra: Mapping[str, str] | None = None) -> str | None:
    """What git says, None where it fails. `given` goes to its input, `extra` to its environment."""
    try:
        done = subprocess.run(
            command(folder, *words),
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=20,
            check=False,
            input=given,
            env=surroundings(extra or {}),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def command(folder: Path, *words: str) -> list[str]:
    # A status that takes the index lock could make a commit of the person's fail in that instant.
    return ["git", "--no-optional-locks", "--literal-pathspecs", "-C", str(folder), *words]


def surroundings(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment in which git asks nobody for a password."""
    return {**os.environ, "GIT_TERMINAL_PROMPT": "0", **extra}

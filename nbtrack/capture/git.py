"""In which state of its repository did a cell run?"""

from __future__ import annotations

from collections.abc import Mapping

from nbtrack.capture.source import known_ignored, place_here
from nbtrack.git.command import Git
from nbtrack.git.head import read_head, remote_address
from nbtrack.git.work_tree import State

COMMIT = "mlflow.source.git.commit"
BRANCH = "mlflow.source.git.branch"
REMOTE = "mlflow.source.git.repoURL"
SNAPSHOT = "nbtrack.git.snapshot"  # the commit with the work tree before the cell
ROOT = "nbtrack.git.root"
DIRTY = "nbtrack.git.dirty"
FILTERED = "nbtrack.git.filtered"  # changed files of which the snapshot has not the content
MAX_FILTERED_CHARS = 2000


def place_before(tags: Mapping[str, str], part: int) -> str | None:
    """The commit with the files that the cells of a run before number `part` found."""
    later = (tags.get(f"{SNAPSHOT}.{number}") for number in range(part - 1, 1, -1))
    return next((commit for commit in later if commit), None) or tags.get(SNAPSHOT) or tags.get(COMMIT)


def same_tree(git: Git, one: str, other: str) -> bool:
    """Do two commits hold the same files?"""
    trees = (git.text("rev-parse", f"{one}^{{tree}}", f"{other}^{{tree}}") or "").split()
    return one == other or (len(trees) == 2 and trees[0] == trees[1])


def git_tags(state: State) -> dict[str, str]:
    """Commit, branch, remote, and whether tracked files differ from the commit; empty before the first commit."""
    if state.commit is None:
        return {}
    tags = {COMMIT: state.commit, DIRTY: str(state.is_dirty).lower()}
    if state.branch:
        tags[BRANCH] = state.branch
    if remote := remote_address(state.repository):
        tags[REMOTE] = remote
    if paths := [each.path for each in state.filtered]:
        tags[FILTERED] = _some_of(paths)
    return tags


def head_tags() -> dict[str, str]:
    """Commit, branch and remote of the repository that holds the running notebook or script, read from its files.

    Empty outside one, and while it is not known whether git ignores the notebook.
    """
    found = place_here()
    if found is None or known_ignored(found) is not False:
        return {}
    head = read_head(found.repository)
    if head.commit is None:
        return {}
    tags = {COMMIT: head.commit, BRANCH: head.branch, REMOTE: remote_address(found.repository)}
    return {key: value for key, value in tags.items() if value}


def _some_of(paths: list[str]) -> str:
    """The paths, a line each, as far as they are not too many for a tag."""
    text = "\n".join(path.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for path in paths)
    if len(text) <= MAX_FILTERED_CHARS:
        return text
    shown = text[:MAX_FILTERED_CHARS].rpartition("\n")[0]
    return f"{shown}\nand {len(paths) - shown.count(chr(10)) - 1} more"

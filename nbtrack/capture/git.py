"""In which state of its repository did a cell run?"""

from __future__ import annotations

import subprocess
from pathlib import Path


def git_tags(folder: Path) -> dict[str, str]:
    """Commit, branch and whether files differ from it; empty outside a repository or without git."""
    status = _git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if status is None:
        return {}
    heads = dict(line[2:].split(" ", 1) for line in status.splitlines() if line.startswith("# branch."))
    commit = heads.get("branch.oid", "(initial)")
    if commit == "(initial)":
        return {}
    tags = {"mlflow.source.git.commit": commit}
    if (branch := heads.get("branch.head", "(detached)")) != "(detached)":
        tags["mlflow.source.git.branch"] = branch
    dirty = any(not line.startswith("#") for line in status.splitlines())
    return {**tags, "nbtrack.git.dirty": str(dirty).lower()}


def _git(folder: Path, *arguments: str) -> str | None:
    # A status that takes the index lock could make a commit of the person's fail in that instant.
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=10, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

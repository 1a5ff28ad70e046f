"""How is a linked work tree made without running the hooks and filters of its repository?

The files are those of `git worktree add --detach`, see `git help repository-layout`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

from nbtrack.git.command import isolated
from nbtrack.git.location import Repository

TIME_LIMIT_S = 600.0  # for writing all files; a filter of the user's may fetch large ones


def add_work_tree(repository: Repository, folder: Path, commit: str) -> bool:
    """Make `folder` a work tree of `repository` with the files of `commit`. False, and nothing is left, where git
    fails. Raises OSError where the folder cannot be made."""
    folder.mkdir(parents=True)
    folder = Path(os.path.realpath(folder))
    own = _own_folder(repository.common_dir / "worktrees", re.sub(r"[^\w-]+", "-", folder.name) or "tree")
    made = False
    try:
        (own / "HEAD").write_text(f"{commit}\n")
        (own / "commondir").write_text("../..\n")
        (own / "gitdir").write_text(f"{folder / '.git'}\n", encoding="utf-8", errors="surrogateescape")
        (folder / ".git").write_text(f"gitdir: {own}\n", encoding="utf-8", errors="surrogateescape")
        linked = replace(repository, work_tree=folder, git_dir=own)
        with isolated(linked) as git:
            index = {"GIT_INDEX_FILE": str(own / "index")}
            words = ("read-tree", "-u", "--reset", commit)
            made = git.run(*words, variables=index, seconds=TIME_LIMIT_S) is not None
    finally:
        if not made:
            for place in (folder, own):
                shutil.rmtree(place, ignore_errors=True)
    return made


def _own_folder(folder: Path, name: str) -> Path:
    """A new folder for what belongs to the work tree alone."""
    folder.mkdir(exist_ok=True)
    number = 0
    while True:
        with contextlib.suppress(FileExistsError):
            own = folder / (f"{name}{number}" if number else name)
            own.mkdir()
            return own
        number += 1

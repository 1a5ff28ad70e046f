"""How do the files of a run come back, beside those that are there now?"""

from __future__ import annotations

from pathlib import Path

from nbtrack.capture.commits import repository_of
from nbtrack.capture.git import ROOT, place_before
from nbtrack.entities import Run
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.git.head import COMMIT_ID
from nbtrack.git.linked import add_work_tree
from nbtrack.git.location import Repository
from nbtrack.magics.background import PATIENCE, settle
from nbtrack.magics.find import find_run
from nbtrack.tracking.client import MlflowClient


def checkout(run: Run | str, folder: str | Path | None = None, *, cell: int = 1) -> Path:
    """A git work tree with the files as they were before the run, in a new `folder`; returns where it is.

    `run` is a run, an id, a unique start of one, a name, or "-1" for the newest. Without `folder` it lies beside the
    repository, named after it and the run. Of a run with several cells it is the first one's files, or those of number
    `cell`. Branch, index and files of the repository stay as they are: import modules
    from the new folder, or open it. `git worktree remove FOLDER` takes it away again.
    """
    settle(PATIENCE)  # the tag of a run that has just begun may be on its way
    found = _afresh(run)
    tags = found.data.tags
    commit = place_before(tags, cell + 1)
    if commit is None:
        raise NotFoundError(f"Run '{found.info.run_name}' has no commit: it ran outside a git repository.")
    if not COMMIT_ID.fullmatch(commit):
        raise InvalidValueError(f"Run '{found.info.run_name}' names '{commit[:80]}' as its commit, which is none.")
    repository = _repository(commit, tags.get(ROOT))
    root = repository.root
    there = Path(folder) if folder else root.parent / _folder_name(root, found, cell)
    if there.exists():
        raise InvalidValueError(f"'{there}' is there already. Give another folder, or remove it first.")
    if not add_work_tree(repository, there.absolute(), commit):
        raise NotFoundError(
            f"git could not make '{there}' from commit {commit[:10]} of '{root}'. See whether the disk has room and "
            f"`git -C {root} cat-file -t {commit[:10]}` says 'commit'."
        )
    return there.absolute()


def _afresh(run: Run | str) -> Run:
    store = MlflowClient().store
    if isinstance(run, str):
        return find_run(store, run)
    try:
        return store.run(run.info.run_id)
    except NotFoundError:  # it is of another store
        return run


def _folder_name(root: Path, run: Run, cell: int) -> str:
    return f"{root.name}-{run.info.run_id[:8]}" + (f"-{cell}" if cell > 1 else "")


def _repository(commit: str, told: str | None) -> Repository:
    """The repository here, else the one that the run names, whichever holds the commit."""
    found = repository_of([commit], [told])
    if found:
        return found
    raise NotFoundError(
        f"Commit {commit[:10]} is in no repository here. Snapshots stay in the repository they were "
        "taken in: change into it, and call checkout again."
    )

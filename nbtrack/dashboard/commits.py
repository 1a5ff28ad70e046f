"""What changed in the repository between two runs, or before one run since its commit? As a view is told."""

from __future__ import annotations

from typing import Any

from nbtrack.capture.commits import commit_of, file_changes, repository_of
from nbtrack.capture.git import COMMIT, ROOT, SNAPSHOT
from nbtrack.entities import Run
from nbtrack.errors import NotFoundError
from nbtrack.git.command import isolated
from nbtrack.git.head import COMMIT_ID
from nbtrack.stores.base import Store
from nbtrack.stores.own_files import own_files


def between(store: Store, old: Run, new: Run) -> dict[str, Any]:
    """From the files of one run to those of another. Raises NotFoundError where that cannot be told."""
    one, other = _commit(old), _commit(new)
    return _told(store, one, other, [old, new])


def uncommitted(store: Store, run: Run) -> dict[str, Any]:
    """What the work tree of a run had that its commit has not."""
    base, snapshot = run.data.tags.get(COMMIT), run.data.tags.get(SNAPSHOT)
    if not base or not COMMIT_ID.fullmatch(base):
        raise NotFoundError(f"Run '{run.info.run_name}' has no commit: it ran outside a git repository.")
    if not snapshot:
        if run.data.tags.get("nbtrack.git.dirty") == "true":
            raise NotFoundError("Files were changed and not committed, and no snapshot of them was kept.")
        return _told(store, base, base, [run])
    return _told(store, base, _commit(run), [run])


def _commit(run: Run) -> str:
    found = commit_of(run.data.tags)
    if found is None:
        raise NotFoundError(f"Run '{run.info.run_name}' has no commit: it ran outside a git repository.")
    return found


def _told(store: Store, old: str, new: str, runs: list[Run]) -> dict[str, Any]:
    same = {"old": old, "new": new, "files": [], "more": 0}
    if old == new:
        return same
    repository = repository_of([old, new], [run.data.tags.get(ROOT) for run in runs])
    if repository is None:
        raise NotFoundError(
            f"The commits {old[:10]} and {new[:10]} are not both in a repository here. "
            "Snapshots stay in the repository they were taken in: start the notebook there to see what changed."
        )
    with isolated(repository) as git:
        files, more = file_changes(git, old, new, own_files(store, runs[-1].info.run_id))
    listed = [
        {
            # A name that is no UTF-8 travels with replacement marks.
            "path": each.path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
            "kind": each.kind,
            "added": each.added,
            "removed": each.removed,
            "patch": each.patch,
            "cut": each.cut,
        }
        for each in files
    ]
    return {**same, "files": listed, "more": more}

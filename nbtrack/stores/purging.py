"""How are deleted runs removed for good?

`purger(store)` finds what a store can remove and removes it. Nothing is removed that is not in the trash, that is still
marked as running, or that lies outside the run: no link is followed, and outside the store only folders go that end in
`<run id>/artifacts`. Artifacts go first and the run itself last, so that a purge that was killed goes on when it is
started again.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nbtrack.entities import LifecycleStage, RunInfo, ViewType
from nbtrack.errors import StoreError
from nbtrack.frame import Row
from nbtrack.stores.base import Store
from nbtrack.stores.files.layout import is_remote, local_path

RUNNING = ("RUNNING", "SCHEDULED")


@dataclass(frozen=True, slots=True)
class Purgeable:
    """A deleted run. `folder` is where its artifacts lie on this machine, `elsewhere` an address that is left alone."""

    info: RunInfo
    deleted_at: int | None  # ms; None where nobody noted it
    files: int = 0
    size: int = 0  # bytes
    folder: Path | None = None
    elsewhere: str = ""


class Purger(Protocol):
    def deleted_at(self, run_id: str) -> int | None:
        """When the run was deleted, in ms; None where nobody noted it."""
        ...

    def artifacts(self, info: RunInfo) -> Path | str | None:
        """The folder of a run's artifacts that may be removed, or the address of those that are left; None for none."""
        ...

    def measure(self, place: Path | str) -> tuple[int, int]:
        """Files and bytes that would be removed."""
        ...

    def remove_artifacts(self, run_id: str) -> None: ...
    def remove_run(self, run_id: str) -> None:
        """The run with its artifacts. Raises StoreError where it is not deleted, or is running."""
        ...

    def remove_empty_experiments(self) -> list[str]:
        """Deleted experiments without a run; returns their names."""
        ...


def purger(store: Store) -> Purger:
    """Raises StoreError for a store that removes nothing."""
    from nbtrack.stores.files import FileStore
    from nbtrack.stores.files.purge import FilePurger
    from nbtrack.stores.sqlite import SqliteStore
    from nbtrack.stores.sqlite.purge import SqlitePurger

    if isinstance(store, FileStore):
        return FilePurger(store)
    if isinstance(store, SqliteStore):
        return SqlitePurger(store)
    if is_server(store):
        from nbtrack.stores.rest import RestStore
        from nbtrack.stores.rest.purge import RestPurger

        if isinstance(store, RestStore):
            return RestPurger(store)
    raise StoreError(f"Nothing can be removed from '{store.uri}'. Name a folder, a database or a server.")


def find(
    store: Store, rows: Iterable[Row], older_than_ms: int = 0, now_ms: int | None = None
) -> tuple[list[Purgeable], list[RunInfo]]:
    """What of these runs can be removed, and which are deleted but still marked as running."""
    return _found(store, [row.run.info for row in rows], older_than_ms, now_ms)


def size_of_runs(store: Store, run_ids: Iterable[str]) -> tuple[list[Purgeable], list[RunInfo]]:
    """The same for some runs, read afresh."""
    return _found(store, [store.run(run_id).info for run_id in run_ids], 0, None)


def is_server(store: Store) -> bool:
    """Only the files of its runs can be removed from here."""
    return store.uri.startswith("http")


def _found(
    store: Store, infos: Iterable[RunInfo], older_than_ms: int, now_ms: int | None
) -> tuple[list[Purgeable], list[RunInfo]]:
    by, now = purger(store), int(time.time() * 1000) if now_ms is None else now_ms
    found, running = [], []
    for info in infos:
        if info.lifecycle_stage != LifecycleStage.DELETED:
            continue
        if info.status in RUNNING:
            running.append(info)
            continue
        at = by.deleted_at(info.run_id)
        if older_than_ms and (at is None or now - at < older_than_ms):
            continue
        place = by.artifacts(info)
        files, size = (0, 0) if place is None or isinstance(place, str) else by.measure(place)
        folder = place if isinstance(place, Path) else None
        found.append(Purgeable(info, at, files, size, folder, place if isinstance(place, str) else ""))
    return found, running


def trash(store: Store, experiment_ids: Sequence[str] | None = None) -> list[Row]:
    """All deleted runs, those of deleted experiments too."""
    ids = experiment_ids or [each.experiment_id for each in store.experiments(ViewType.ALL)]
    return [row for row in store.snapshot(ids).rows if row.run.info.lifecycle_stage == LifecycleStage.DELETED]


def check(info: RunInfo) -> None:
    """Looked at again just before: a run may have been restored since it was listed."""
    if info.lifecycle_stage != LifecycleStage.DELETED:
        raise StoreError(f"Run {info.run_id} is not deleted, so it is kept. Delete it first: nbtrack rm.")
    if info.status in RUNNING:
        raise StoreError(f"Run {info.run_id} is still marked as running, so it is kept. End it first.")


def outside(info: RunInfo) -> Path | str | None:
    """Artifacts outside the store: the folder where its address ends as MLflow makes it, without a link in these
    parts; else the address."""
    if not info.artifact_uri or is_remote(info.artifact_uri):
        return info.artifact_uri or None
    there = local_path(info.artifact_uri)
    if there is None:
        return info.artifact_uri
    path = Path(there)
    as_made = path.parts[-2:] == (info.run_id, "artifacts") and ".." not in path.parts
    if not os.path.lexists(path):
        return None
    return path if as_made and not path.is_symlink() and not path.parent.is_symlink() else info.artifact_uri


def measure(folder: Path) -> tuple[int, int]:
    """Plain files and their bytes; links count as nothing and are not followed."""
    sizes = [path.lstat().st_size for path in _plain_files(folder)]
    return len(sizes), sum(sizes)


def _plain_files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path


def remove_folder(folder: Path, *, keep: str = "") -> None:
    """All that is in the folder, and the folder; links themselves go, never what they lead to. With `keep`, the file of
    this name goes last."""
    try:
        if folder.is_symlink():
            folder.unlink()
            return
        if not folder.is_dir():
            return
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name == keep:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        if keep and os.path.lexists(folder / keep):
            os.unlink(folder / keep)
        folder.rmdir()
    except FileNotFoundError:
        return  # another purge was quicker
    except OSError as error:
        raise StoreError(
            f"'{error.filename}' could not be removed: {error.strerror}. Check its permissions, and start this "
            "again: what is left is removed then."
        ) from error

"""Which artifacts of a run are in one store and not in another, and how do they get there without filling memory?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from nbtrack.entities import FileInfo, RunInfo
from nbtrack.errors import NotFoundError, StoreError
from nbtrack.stores.base import Store
from nbtrack.stores.copying.order import comes_along
from nbtrack.stores.copying.special import entrance
from nbtrack.stores.walk import all_files

CHUNK = 1 << 20


def can_be_copied(store: Store, info: RunInfo) -> bool:
    """Do the run's artifacts lie in the store? Not those in a bucket, nor, for a folder or a database, those that only
    the server started on it hands out."""
    if entrance(store) is None:
        return comes_along(info.artifact_uri)
    try:
        store.list_artifacts(info.run_id)
    except NotFoundError:
        return False
    return True


def missing(source: Store, run_id: str, target: Store, copy_id: str) -> list[FileInfo]:
    """What is not there, or there with another content. Between machines, sizes are compared."""
    here, there = source.artifact_dir(run_id), target.artifact_dir(copy_id)
    known = {info.path: info for info in all_files(target, copy_id)}
    left = []
    for info in all_files(source, run_id):
        other = known.get(info.path)
        if (
            other is None
            or other.file_size != info.file_size
            or (here is not None and there is not None and not _alike(here / info.path, there / info.path))
        ):
            left.append(info)
    return left


def content(store: Store, run_id: str, info: FileInfo) -> bytes | Path:
    """The file itself where it lies on this machine, so that it is copied piece by piece."""
    folder = store.artifact_dir(run_id)
    return store.read_artifact(run_id, info.path) if folder is None else folder / info.path


def files_below(folder: Path) -> Iterator[Path]:
    """Plain files of a folder of this machine; links are left out."""
    for parent, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path


def alike_below(folder: Path, other: Path) -> list[str]:
    """Paths in `folder` whose file is not in `other`, or differs there."""
    return [
        str(path.relative_to(folder))
        for path in files_below(folder)
        if not (other / path.relative_to(folder)).is_file() or not _alike(path, other / path.relative_to(folder))
    ]


def _alike(one: Path, other: Path) -> bool:
    try:
        if one.stat().st_size != other.stat().st_size:
            return False
        with one.open("rb") as ours, other.open("rb") as theirs:
            while part := ours.read(CHUNK):
                if part != theirs.read(CHUNK):
                    return False
    except OSError as error:
        raise StoreError(
            f"'{error.filename}' could not be compared: {error.strerror}. Check its permissions."
        ) from error
    return True

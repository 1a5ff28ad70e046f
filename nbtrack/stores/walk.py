"""Which files does a run have, in all its folders?"""

from __future__ import annotations

from collections.abc import Iterator

from nbtrack.entities import FileInfo
from nbtrack.stores.base import Store


def all_files(store: Store, run_id: str) -> Iterator[FileInfo]:
    """Every file below the run's artifacts, folder by folder: whoever wants few asks for no more folders than that."""
    folders = [""]
    while folders:
        for entry in store.list_artifacts(run_id, folders.pop()):
            if entry.is_dir:
                folders.append(entry.path)
            else:
                yield entry

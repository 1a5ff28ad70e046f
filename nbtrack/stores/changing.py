"""How does whoever reads something of a run and writes it back keep others from doing so at the same time?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nbtrack.stores.base import Store
from nbtrack.stores.locks import folder_for, locked


@contextmanager
def changing(store: Store, run_id: str) -> Iterator[None]:
    """Keep out all others who change this run so: threads, processes, and other machines on the same disk.

    What lies on a server is locked for the processes of this user on this machine.
    """
    folder = store.artifact_dir(run_id)
    if folder is not None:
        with suppress(OSError):
            os.makedirs(folder, exist_ok=True)
    place = str(folder) if folder is not None and folder.is_dir() else folder_for(f"{store.uri} {run_id}")
    with locked(place, f"run {run_id}"):
        yield

"""Which folders and files of this machine does a store write to by itself?"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from nbtrack.errors import NbtrackError
from nbtrack.stores.base import Store
from nbtrack.stores.several import home_of

_DATABASE_SUFFIXES = ("", "-wal", "-shm", "-journal")


def own_files(store: Store, run_id: str) -> list[Path]:
    """The store's folder, or its database with the folder in which the artifacts of all runs lie; none for a server."""
    store, run_id = home_of(store, run_id)
    address = urlsplit(store.uri)
    if address.scheme == "file":
        return [Path(url2pathname(address.path))]
    found = []
    if address.scheme == "sqlite":
        database = unquote(store.uri.removeprefix("sqlite:///"))
        found = [Path(f"{database}{suffix}") for suffix in _DATABASE_SUFFIXES]
    try:
        artifacts = store.artifact_dir(run_id)
    except NbtrackError:
        artifacts = None
    # EXPERIMENT/RUN/artifacts below the folder of all artifacts
    return found if artifacts is None else [*found, artifacts.parent.parent.parent]

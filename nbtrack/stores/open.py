"""Which store does an address name?"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from nbtrack.errors import NotAStoreError
from nbtrack.stores.address import place_of
from nbtrack.stores.base import Store

_open: dict[tuple[str, str], Store] = {}
_lock = threading.Lock()


def default_uri() -> str:
    """MLFLOW_TRACKING_URI, else ./mlruns if it exists, else ./mlflow.db if it exists, else a new ./mlruns.

    With a database, MLflow keeps the artifacts in ./mlruns: beside a mlflow.db, only experiments make it a store.
    """
    from_environment = os.environ.get("MLFLOW_TRACKING_URI")
    if from_environment:
        return from_environment
    if os.path.isfile("mlflow.db") and not _holds_experiments("mlruns"):
        return "sqlite:///mlflow.db"
    return "mlruns"


def _holds_experiments(folder: str) -> bool:
    if not os.path.isdir(folder):
        return False
    with os.scandir(folder) as entries:
        return any(os.path.isfile(os.path.join(entry.path, "meta.yaml")) for entry in entries)


def open_store(uri: str | Path | None = None) -> Store:
    """The store at `uri`; the same object for the same address in one process. See the table in the README.

    Raises NotAStoreError for an address that names no store.
    """
    key, kind = place_of(default_uri() if uri is None else uri)
    with _lock:
        if (kind, key) not in _open:
            _open[kind, key] = made = _make(key, kind)
            if kind == "rest":  # what is shown of an address, without its password, leads to the same store
                _open.setdefault((kind, made.uri), made)
        return _open[kind, key]


def _make(key: str, kind: str) -> Store:
    if kind == "sqlite":
        from nbtrack.stores.sqlite import SqliteStore

        return SqliteStore(Path(key))
    if kind == "rest":
        return _server(key)
    if kind == "git":
        from nbtrack.stores.git import GitStore

        return GitStore(Path(key), f"git+{key}")
    from nbtrack.stores.files import FileStore

    return FileStore(Path(key))


def _server(text: str) -> Store:
    """Raises NotAStoreError where httpx is missing, which only servers need."""
    from importlib.util import find_spec

    if find_spec("httpx") is None:
        raise NotAStoreError(
            "To open an MLflow server nbtrack needs httpx, which is not installed here. Install it: "
            "pip install 'nbtrack[server]' or pip install httpx."
        )
    from nbtrack.stores.rest import RestStore
    from nbtrack.stores.rest.address import Address

    return RestStore(Address.of(text))

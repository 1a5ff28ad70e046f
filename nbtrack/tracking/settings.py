"""Which store do the tracking functions write to?

`set_tracking_uri` decides for this process and its children; without it the answer is `default_uri()` of the stores:
MLFLOW_TRACKING_URI, else ./mlruns if it exists, else ./mlflow.db if it exists, else a new ./mlruns.
"""

from __future__ import annotations

import os
from pathlib import Path

from nbtrack.stores import Store, default_uri, open_store

_URI = "MLFLOW_TRACKING_URI"
_chosen: str | None = None


def set_tracking_uri(uri: str | Path | None) -> None:
    """Send the runs started from now on to `uri`; a run that is already active stays where it is.

    `uri` is a path, `file:…` or another address that `open_store` takes; "" means ./mlruns and None goes back to the
    default. As in MLflow, the variable MLFLOW_TRACKING_URI of this process follows, so that its children inherit it.
    """
    global _chosen
    _chosen = uri.absolute().as_uri() if isinstance(uri, Path) else uri
    if _chosen is None:
        os.environ.pop(_URI, None)
    else:
        os.environ[_URI] = _chosen


def get_tracking_uri() -> str:
    """The address in force, as it was given; a default is spelled out (`file:///…/mlruns`).

    Of a server's address with a user and a password it is what may be shown, and leads to the same store in this
    process: what a cell prints is saved with the notebook.
    """
    uri = _in_force()
    if uri.lower().startswith(("http://", "https://")) and "@" in uri:
        return open_store(uri).uri
    return uri


def _in_force() -> str:
    if _chosen is not None:
        return _chosen
    uri = default_uri()
    if uri == "mlruns":
        return Path(uri).absolute().as_uri()
    if uri == "sqlite:///mlflow.db":
        return f"sqlite:///{Path('mlflow.db').absolute()}"
    return uri


def is_tracking_uri_set() -> bool:
    """Was an address chosen, by `set_tracking_uri` or by MLFLOW_TRACKING_URI?"""
    return bool(_chosen or os.environ.get(_URI))


def store_at(uri: str | Path | None = None) -> Store:
    """The store at `uri`, or the one in force. Raises NotAStoreError for an address that names no store."""
    return open_store((uri if uri is not None else _in_force()) or "mlruns")

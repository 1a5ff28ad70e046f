"""Which files do runs have, and what is in one? As a view is told."""

from __future__ import annotations

import base64
import mimetypes
import posixpath
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from nbtrack.dashboard.logged import holder
from nbtrack.dashboard.parquet import first_rows
from nbtrack.errors import NotFoundError, StoreError
from nbtrack.stores.base import Store
from nbtrack.stores.files.artifacts import inside
from nbtrack.stores.walk import all_files

ARTIFACT_BYTES = 1_000_000
DOWNLOAD_BYTES = 100_000_000
TABLES = (".parquet", ".pq")  # which only Python can read
MOST_FILES = 2_000  # of one run in a listing of everything


def listing(store: Store, run: str, path: str, model: str = "") -> list[dict[str, Any]]:
    """One folder of the run, or of a logged model."""
    found = holder(store).list_model_files(model, path) if model else store.list_artifacts(run, path)
    return [{"path": file.path, "is_dir": file.is_dir, "file_size": file.file_size} for file in found]


def trees(store: Store, runs: Sequence[str]) -> dict[str, Any]:
    """The files of each run, in all its folders, as [path, bytes]; `cut` names the runs that have more."""
    told: dict[str, Any] = {"runs": {}, "cut": []}
    for run in runs:
        try:
            told["runs"][run], cut = _tree(store, run)
        except NotFoundError:
            continue  # deleted meanwhile
        told["cut"] += [run] if cut else []
    return told


def _tree(store: Store, run: str) -> tuple[list[tuple[str, int | None]], bool]:
    found = [(file.path, file.file_size) for file in islice(all_files(store, run), MOST_FILES + 1)]
    return sorted(found[:MOST_FILES]), len(found) > MOST_FILES


def content(store: Store, run: str, path: str, most: int, model: str = "") -> dict[str, Any]:
    """The beginning of a file: `most` bytes, or as many as a preview needs where it is 0."""
    wanted = most
    most = min(most or ARTIFACT_BYTES, DOWNLOAD_BYTES)
    read = holder(store).read_model_file if model else store.read_artifact
    data = read(model or run, path, most + 1)
    sizes = {file["path"]: file["file_size"] for file in listing(store, run, posixpath.dirname(path), model)}
    size = sizes.get(path) or len(data)
    return {
        "path": path,
        "size": size,
        "mime": mimetypes.guess_type(path)[0] or "application/octet-stream",
        "base64": base64.b64encode(data[:most]).decode("ascii"),
        "cut": len(data) > most,
        **(_table(store, run, path, size) if path.lower().endswith(TABLES) and not wanted and not model else {}),
    }


def _table(store: Store, run: str, path: str, size: int) -> dict[str, Any]:
    """The first rows of a table that a browser cannot read, or why there are none."""
    folder = store.artifact_dir(run)
    try:
        if folder is not None:
            return {"table": first_rows(Path(inside(str(folder), path)))}
        if size > DOWNLOAD_BYTES:
            return {"problem": "Too large for a preview from afar."}
        return {"table": first_rows(store.read_artifact(run, path, DOWNLOAD_BYTES))}
    except StoreError as error:
        return {"problem": str(error)}

"""Remember the view of a dashboard by notebook cell and store, in the user's data folder.

A dashboard whose cell runs again opens as it was left: after a restart of the kernel too. The project's folder is not
touched. Front ends that do not name their cells, and programs that run notebooks (papermill, nbclient, nbconvert),
have no place here, so that a run of a notebook by a program always shows what its code says.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nbtrack.capture.notebook import notebook_path
from nbtrack.dashboard.copies import Cell
from nbtrack.dashboard.view import known_view
from nbtrack.stores import user_folder

FOLDER = "cells"  # below the folder of the store's named views
MAX_REMEMBERED = 500  # places of one store; the oldest are removed
MAX_BYTES = 200_000  # of one file
NOT_REMEMBERED = ("focus", "docked")  # belong to the moment, as in named views


class Remembered(NamedTuple):
    view: dict[str, Any]
    selected: list[str]


class Place(NamedTuple):
    """Where one dashboard of one cell is remembered, and with which arguments it was made."""

    store_uri: str
    name: str
    arguments: str

    @property
    def path(self) -> Path:
        return user_folder.folder(self.store_uri) / FOLDER / self.name

    def recall(self) -> Remembered | None:
        """What was on the screen; None where there is nothing, or where the arguments were others."""
        try:
            if self.path.stat().st_size > MAX_BYTES:
                return None
            found = json.loads(self.path.read_text("utf-8"))
            if found["arguments"] != self.arguments:
                return None
            view = {key: value for key, value in known_view(found["view"]).items() if key not in NOT_REMEMBERED}
            return Remembered(view, [str(run) for run in found["selected"]])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def remember(self, view: Mapping[str, Any], selected: Sequence[str]) -> None:
        """Write it. Raises OSError."""
        kept = {key: value for key, value in view.items() if key not in NOT_REMEMBERED}
        text = json.dumps({"arguments": self.arguments, "view": kept, "selected": list(selected)})
        if len(text) > MAX_BYTES:
            return
        folder = user_folder.prepared_folder(self.store_uri) / FOLDER
        folder.mkdir(exist_ok=True)
        target = folder / self.name
        is_new = not target.exists()
        user_folder.replace_text(target, text)
        if is_new:
            _remove_oldest(folder)

    def forget(self) -> None:
        """Remove it. Raises OSError."""
        self.path.unlink(missing_ok=True)


def place(store_uri: str, cell: Cell | None, number: int, frame_kind: str, arguments: Any) -> Place | None:
    """Where the dashboard is remembered that is made as the `number`-th by this cell; None where it has no place."""
    notebook = notebook_path({})
    if cell is None or notebook is None:
        return None
    text = "\0".join([notebook, cell.id, str(number), frame_kind])
    name = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:24]
    digest = hashlib.sha256(json.dumps(arguments, sort_keys=True, default=str).encode()).hexdigest()
    return Place(store_uri, f"{name}.json", digest)


def _remove_oldest(folder: Path) -> None:
    """Keep the newest places, so that deleted cells do not fill the disk."""
    files = [(path.stat().st_mtime, path) for path in folder.glob("*.json")]
    for _, path in sorted(files)[:-MAX_REMEMBERED]:
        path.unlink(missing_ok=True)
    for draft in folder.glob("*.json.*"):  # of a process that was killed while it wrote
        if time.time() - draft.stat().st_mtime > 3600:
            draft.unlink(missing_ok=True)

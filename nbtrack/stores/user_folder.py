"""Find the folder of a store in the user's data folder: what people keep for a store, and not in it.

What is remembered of a store's runs lies in the cache and may be lost (stores/files/sidecar.py); a named view or a
chosen color is somebody's work, so it lies where data is kept, for every kind of store. A store on this machine is
known by its place on the disk: under any path or address that leads there, and also after it was moved. A server is
known by its address.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

SEAL = ".store"  # beside the views: of which store they are


def folder(uri: str) -> Path:
    """That of the store's views; it need not exist. Its name does not tell the address, a secret perhaps."""
    path, place = _identity(uri)
    own = _home() / _digest(path)
    if place is None or (_sealed(own).get("path", path) == path and own.exists()):
        return own
    for seal in _home().glob(f"*/{SEAL}"):
        known = _sealed(seal.parent)
        if known.get("place") == place and _identity(str(known.get("path")))[1] in (place, None):
            return seal.parent  # another way to the same place, or it was moved
    return own.with_name(_digest(f"{path} {place}")) if own.exists() else own  # that of a store which stood here before


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _home() -> Path:
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        home = Path.home() / "Library/Application Support"
    else:
        home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return home / "nbtrack" / "views"


def _identity(uri: str) -> tuple[str, list[int] | None]:
    """The address with its links followed; the place on the disk, None where there is none on this machine."""
    head = next((head for head in ("file://", "sqlite:///", "git+") if uri.startswith(head)), None)
    if head is None:
        return uri, None
    path = uri[len(head) :]
    real = os.path.realpath(unquote(path) if head == "file://" else path)
    try:
        about = os.stat(real)
    except OSError:
        return head + real, None
    return head + real, [about.st_dev, about.st_ino]


def _sealed(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / SEAL).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def prepared_folder(uri: str) -> Path:
    """Make the folder of the store's views, with the file that says of which store they are. Raises OSError."""
    target = folder(uri)
    target.mkdir(parents=True, exist_ok=True)
    path, place = _identity(uri)
    if _sealed(target) != {"path": path, "place": place}:
        write_json(target / SEAL, {"path": path, "place": place})
    return target


def write_json(target: Path, content: Mapping[str, Any]) -> None:
    """Replace a file by the JSON of `content`. Raises OSError."""
    replace_text(target, json.dumps(content, indent=1))


def replace_text(target: Path, text: str) -> None:
    """Replace a file at once, so that nobody reads half of it. Raises OSError."""
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.replace(target)

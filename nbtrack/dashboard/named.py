"""Where are views kept that were given a name? In the person's own data folder, one file each, by store.

What is remembered of a store's runs lies in the cache and may be lost (stores/files/sidecar.py); a view is somebody's
work, so it lies where data is kept, for every kind of store. A store on this machine is known by its place on the disk:
under any path or address that leads there, and also after it was moved. A server is known by its address.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from nbtrack.errors import InvalidValueError, NotFoundError

LEFT_OUT = ("focus",)  # what belongs to the moment
LONGEST = 80


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


def save(uri: str, name: str, view: Mapping[str, Any]) -> None:
    """Replaces a view of that name."""
    if not name.strip() or len(name) > LONGEST:
        raise InvalidValueError(f"A view's name has 1 to {LONGEST} characters, and {name[:100]!r} has not.")
    kept = {key: value for key, value in view.items() if key not in LEFT_OUT}
    prepared_folder(uri)
    _write(_path(uri, name), {"name": name.strip(), "view": kept})


def prepared_folder(uri: str) -> Path:
    """Make the folder of the store's views, with the file that says of which store they are. Raises OSError."""
    target = folder(uri)
    target.mkdir(parents=True, exist_ok=True)
    path, place = _identity(uri)
    if _sealed(target) != {"path": path, "place": place}:
        _write(target / SEAL, {"path": path, "place": place})
    return target


def _write(target: Path, content: Mapping[str, Any]) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, indent=1), "utf-8")
    draft.replace(target)  # at once, so that nobody reads half a file


def drop(uri: str, name: str) -> None:
    _path(uri, name).unlink(missing_ok=True)


def names(uri: str) -> list[str]:
    return sorted(unquote(path.stem) for path in folder(uri).glob("*.json"))


def load(uri: str, name: str) -> dict[str, Any]:
    """Raises NotFoundError, which names those that are there."""
    try:
        found = json.loads(_path(uri, name).read_text("utf-8"))["view"]
        return dict(found)
    except FileNotFoundError:
        known = names(uri)
        near = get_close_matches(name, known, 1)
        hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known) or 'none yet'}."
        raise NotFoundError(f"There is no view '{name}' for this store. {hint}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidValueError(
            f"The view '{name}' in {_path(uri, name)} cannot be read: {error}. Save it anew."
        ) from error


def _path(uri: str, name: str) -> Path:
    return folder(uri) / f"{quote(name.strip(), safe=' ')}.json"

"""Where are views kept that were given a name? In the person's own data folder, one file each, by store."""

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


def folder(uri: str) -> Path:
    """That of the store's views; it need not exist. Its name does not tell the address, a secret perhaps."""
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        home = Path.home() / "Library/Application Support"
    else:
        home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return home / "nbtrack" / "views" / hashlib.sha256(uri.encode()).hexdigest()[:16]


def save(uri: str, name: str, view: Mapping[str, Any]) -> None:
    """Replaces a view of that name."""
    if not name.strip() or len(name) > LONGEST:
        raise InvalidValueError(f"A view's name has 1 to {LONGEST} characters, and {name[:100]!r} has not.")
    kept = {key: value for key, value in view.items() if key not in LEFT_OUT}
    target = _path(uri, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    draft.write_text(json.dumps({"name": name.strip(), "view": kept}, indent=1), "utf-8")
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

"""Save and load the views that were given a name: one file each, by store, in the user's data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.stores.user_folder import folder, prepared_folder, write_json

LEFT_OUT = ("focus",)  # what belongs to the moment
LONGEST = 80


def save(uri: str, name: str, view: Mapping[str, Any]) -> None:
    """Replaces a view of that name."""
    if not name.strip() or len(name) > LONGEST:
        raise InvalidValueError(f"A view's name has 1 to {LONGEST} characters, and {name[:100]!r} has not.")
    kept = {key: value for key, value in view.items() if key not in LEFT_OUT}
    prepared_folder(uri)
    write_json(_path(uri, name), {"name": name.strip(), "view": kept})


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

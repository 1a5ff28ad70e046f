"""Keep the colors that people choose for the runs of a store that can only be read, in the user's data folder."""

from __future__ import annotations

import json

from nbtrack.stores.user_folder import folder, prepared_folder, write_json

FILE = ".colors"
MAX_COLORS = 10_000


def load(store_uri: str) -> dict[str, str]:
    """Read the colors by run id; none where they cannot be read."""
    try:
        found = json.loads((folder(store_uri) / FILE).read_text("utf-8"))
        return {str(run): str(color) for run, color in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def save(store_uri: str, run_id: str, color: str | None) -> None:
    """Keep a run's color, #rrggbb; None removes it. Raises OSError."""
    colors = load(store_uri)
    colors.pop(run_id, None)
    if color is not None:
        colors[run_id] = color
    newest = dict(list(colors.items())[-MAX_COLORS:])
    write_json(prepared_folder(store_uri) / FILE, newest)

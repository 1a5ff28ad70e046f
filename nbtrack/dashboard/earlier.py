"""Which output of the notebook held the code of the front end before this kernel started?

A kernel that was restarted knows nothing of the outputs that stand in the page, but the notebook was saved with them.
Where the file is not what the page shows, a view that misses the code asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from nbtrack.errors import guard

MOST_BYTES = 50_000_000  # of a notebook; to read more would make the first dashboard wait
_HOLDER = re.compile(r'<script type="text/plain" class="nbt-front" data-for="([0-9a-f]{32})"')


class Earlier(NamedTuple):
    group: str
    cell_id: str


def earlier_holder(notebook: str | None, cell_id: str, version: str) -> Earlier | None:
    """The cell that holds this version of the code in the saved notebook; None where it is not the one of `cell_id`."""
    if notebook is None:
        return None
    with guard("see which output of the notebook holds the dashboards' code"):
        path = Path(notebook)
        # Jupyter tells the path from the folder that it serves; the kernel runs in the notebook's own.
        path = path if path.is_file() else Path(path.name)
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return None
        text = path.read_text("utf-8")
        return _holder_in(json.loads(text)["cells"], cell_id, version) if "nbt-front" in text else None
    return None


def _holder_in(cells: Iterable[dict[str, Any]], cell_id: str, version: str) -> Earlier | None:
    found, own = None, False
    for cell in cells:
        own = own or cell.get("id") == cell_id
        for output in cell.get("outputs", ()):
            page = "".join(output.get("data", {}).get("text/html", ()))
            holder = _HOLDER.search(page)
            if holder and f'"version":"{version}"' in page and isinstance(cell.get("id"), str):
                found = found or Earlier(holder[1], cell["id"])
    return found if own else None

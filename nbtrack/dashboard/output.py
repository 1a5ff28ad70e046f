"""How does one HTML output carry a working dashboard: table, data, front end, and the script that joins them?

What comes from a store enters as escaped text, as base64, or as JSON whose `<`, `>` and `&` are escaped, so no value
can end a script or begin a tag. Nothing is fetched from anywhere.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from nbtrack.dashboard.assets import Front
from nbtrack.dashboard.snapshot import Snapshot

# A page opened from a disk may load nothing, from anywhere, but what it carries.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; frame-src data: blob:; worker-src blob:"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one output shows. `display` is its display id: a re-rendered output has the same one."""

    uid: str
    display: str
    frame_kind: str
    view: dict[str, Any]
    selected: list[str]
    status: dict[str, Any]


def output_html(shown: Shown, snapshot: Snapshot, front: Front, plain: str, *, group: str, holds: bool) -> str:
    """A fragment; `plain` is HTML already. One output of a `group` holds the code of the front end for all."""
    data = {
        "version": front.version,
        "uid": shown.uid,
        "display": shown.display,
        "group": group,
        "frame_kind": shown.frame_kind,
        "view": shown.view,
        "selected": shown.selected,
        "status": {**shown.status, "notes": [*shown.status["notes"], *snapshot.notes]},
        "runs": _base64(snapshot.runs),
        "series": _base64(snapshot.series),
    }
    code = f'<script type="text/plain" class="nbt-front" data-for="{group}">{front.code}</script>\n' if holds else ""
    call = f"nbtrackLoader.output(document.currentScript, {script_json(shown.display)});"
    return (
        f'<div data-nbtrack="{shown.display}">\n<div class="nbt-fallback">{plain}</div>\n'
        f'<script type="application/json" class="nbt-data">{script_json(data)}</script>\n'
        f"{code}<script>(() => {{ {front.loader} {call} }})();</script>\n</div>"
    )


def page_html(title: str, fragment: str) -> str:
    """A whole page around a fragment; `title` is escaped text."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n'
        "<style>body { margin: 16px; font-family: system-ui, sans-serif; }</style>\n</head>\n<body>\n"
        f"{fragment}\n</body>\n</html>\n"
    )


def script_json(value: Any) -> str:
    """JSON that may stand inside a <script>, whatever the values say."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

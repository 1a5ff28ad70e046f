"""What did the cell display: figures, tables, HTML?

Both ways out are listened to, `display(…)` and the value of the last expression; matplotlib's figures come by the
first. The wrapped functions pass everything on as it was.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

MOST = 50  # displays of one run
LARGEST = 10_000_000  # bytes of one display
ENDINGS = {
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/jpeg": "jpg",
    "application/vnd.plotly.v1+json": "plotly.json",
    "text/html": "html",
}
WIDGET = "application/vnd.jupyter.widget-view+json"
_OWN = ('<div class="nbtrack-', "<div data-nbtrack=")  # cards and tables, dashboards


class Displays:
    """Keeps what is shown while it listens; a display that is updated counts once, with its last content."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}  # by display id, or by number
        self._undo: list[Callable[[], None]] = []
        self.left_out = 0

    def start(self, ip: Any) -> None:
        """Listen to the shell's publisher and display hook as they are now."""
        publish = ip.display_pub.publish
        write = ip.displayhook.write_format_data

        def publishing(data: Any, *args: Any, **options: Any) -> Any:
            self.add(data, str((options.get("transient") or {}).get("display_id", "")))
            return publish(data, *args, **options)

        def writing(data: Any, *args: Any, **options: Any) -> Any:
            self.add(data)
            return write(data, *args, **options)

        self._wrap(ip.display_pub, "publish", publishing)
        self._wrap(ip.displayhook, "write_format_data", writing)

    def _wrap(self, owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
        before = vars(owner).get(name)

        def undo() -> None:
            if vars(owner).get(name) is not wrapper:  # somebody has wrapped it since: it is theirs now
                return
            if before is None:
                delattr(owner, name)
            else:
                setattr(owner, name, before)

        setattr(owner, name, wrapper)
        self._undo.append(undo)

    def stop(self) -> None:
        for undo in reversed(self._undo):
            undo()
        self._undo = []

    def add(self, data: Mapping[str, Any], display_id: str = "") -> None:
        """Keep one display; what has only text, widgets and nbtrack's own cards are passed over."""
        found = content(data)
        if found is None:
            return
        key = display_id or f"#{len(self._kept) + 1}"
        if len(found[1]) > LARGEST or (len(self._kept) >= MOST and key not in self._kept):
            self.left_out += 1
            return
        self._kept[key] = found

    def files(self, part: int = 0) -> dict[str, bytes]:
        """`displays/1.png`, `displays/2.html`, in the order of first appearance; `displays/3-1.png` in cell 3."""
        start = f"displays/{part}-" if part else "displays/"
        return {f"{start}{n}.{ending}": data for n, (ending, data) in enumerate(self._kept.values(), 1)}


def content(data: Mapping[str, Any]) -> tuple[str, bytes] | None:
    """The ending and the bytes of the form that says most; None for what is not kept."""
    if WIDGET in data or str(data.get("text/html", "")).startswith(_OWN):
        return None
    for kind, ending in ENDINGS.items():
        if kind in data:
            return ending, _bytes(kind, data[kind])
    return None


def _bytes(kind: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if kind.endswith("+json"):
        return json.dumps(value).encode()
    text = str(value)
    if kind.startswith("image/") and kind != "image/svg+xml":
        try:
            return base64.b64decode(text)
        except (binascii.Error, ValueError):
            return b""
    return text.encode("utf-8", "replace")

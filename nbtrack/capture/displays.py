"""What did the cell display: figures, tables, HTML?

Both ways out are listened to, `display(…)` and the value of the last expression; matplotlib's figures come by the
first. The wrapped functions pass everything on as it was. A file is named by its number, by the figure's title or the
table's variable, and by the step that was logged last: `displays/3-confusion-step-12.png`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from nbtrack.capture.display_content import PLOTLY, content, is_bokeh_root, with_bokeh
from nbtrack.errors import guard

MOST = 50  # displays of one run
LARGEST = 10_000_000  # bytes of one display
LONGEST = 40  # characters of a display's name


class Displays:
    """Keeps what is shown while it listens; a display that is updated counts once, with its last content."""

    def __init__(self, step: Callable[[], int | None] = lambda: None) -> None:
        """`step` tells the newest step of the run, None where nothing was logged by steps."""
        self._kept: dict[str, tuple[str, str, bytes]] = {}  # name, ending, bytes; by display id, or by number
        self._undo: list[Callable[[], None]] = []
        self._step = step
        self._root = ""  # the empty element of a Bokeh figure, whose script comes in a display of its own
        self._formatted: tuple[object, str] = (None, "")  # what an object was formatted to last, and its name
        self.left_out = 0

    def start(self, ip: Any) -> None:
        """Listen to the shell's publisher and display hook as they are now."""
        publish = ip.display_pub.publish
        write = ip.displayhook.write_format_data

        form = ip.display_formatter.format

        def formatting(shown: Any, *args: Any, **options: Any) -> Any:
            made = form(shown, *args, **options)
            with guard("name what the cell displays"):
                self._formatted = made[0], name_of(shown, ip.user_ns)
            return made

        def publishing(data: Any, *args: Any, **options: Any) -> Any:
            self.add(data, str((options.get("transient") or {}).get("display_id", "")))
            return publish(data, *args, **options)

        def writing(data: Any, *args: Any, **options: Any) -> Any:
            self.add(data)
            return write(data, *args, **options)

        self._wrap(ip.display_formatter, "format", formatting)
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
        if is_bokeh_root(data):
            self._root = str(data["text/html"])
            return
        found = content(with_bokeh(data, self._root))
        if found is None:
            return
        key = display_id or f"#{len(self._kept) + 1}"
        if len(found[1]) > LARGEST or (len(self._kept) >= MOST and key not in self._kept):
            self.left_out += 1
            return
        made, name = self._formatted
        if made is not data:
            name = name_of(data[PLOTLY], {}) if isinstance(data.get(PLOTLY), Mapping) else ""
        step = self._step()
        words = [name, "" if step is None else f"step-{step}"]
        self._kept[key] = "-".join(word for word in words if word), *found

    def files(self, part: int = 0) -> dict[str, bytes]:
        """`displays/1.png`, `displays/2-table.html`, in the order of first appearance; `displays/3-1.png` in cell 3."""
        start = f"displays/{part}-" if part else "displays/"
        return {
            f"{start}{n}{'-' if name else ''}{name}.{ending}": data
            for n, (name, ending, data) in enumerate(self._kept.values(), 1)
        }


def name_of(shown: object, space: Mapping[str, object]) -> str:
    """The title of a matplotlib or plotly figure, else the variable that holds the object; made fit for a file name."""
    name = _title(shown) or next((key for key, value in space.items() if value is shown and key[:1] != "_"), "")
    return re.sub(r"[^\w]+", "-", name.lower())[:LONGEST].strip("-")


def _title(shown: Any) -> str:
    kind = type(shown)
    if "matplotlib" in sys.modules and kind.__module__ == "matplotlib.figure":
        titles = [shown.get_suptitle(), *(axes.get_title() for axes in shown.axes), str(shown.get_label())]
        return next((title for title in titles if title.strip()), "")
    if isinstance(shown, Mapping):  # plotly displays the JSON of a figure, not the figure
        title = (shown.get("layout") or {}).get("title") or ""
        return str(title.get("text") or "") if isinstance(title, Mapping) else str(title)
    return ""

"""Save the view of a dashboard beside its output, small, so that a notebook holds what was on the screen.

A dashboard's output holds its data, up to some megabytes. Its view is a second, hidden output of the same cell, which
can be written again after each change in the page. The page reads it when a saved notebook is opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nbtrack.dashboard.output import script_json
from nbtrack.dashboard.remembered import Place
from nbtrack.errors import guard

WRITE_EVERY_S = 2.0
SETTLE_S = 0.2  # after a change, so that a text that is typed is written once
SUFFIX = "-view"

Publish = Callable[[Mapping[str, str], str], None]


def view_html(display: str, view: Mapping[str, Any], selected: Sequence[str]) -> str:
    """A hidden element that holds the view of the output with this display id."""
    data = script_json({"view": dict(view), "selected": list(selected)})
    return (
        f'<div class="nbtrack-view" style="display: none">'
        f'<script type="application/json" class="nbt-view" data-for="{display}">{data}</script>'
        '<script>(() => { const e = document.currentScript; const o = e && e.closest(".jp-OutputArea-child"); '
        'if (o) o.style.display = "none"; })();</script></div>'
    )


def view_bundle(display: str, view: Mapping[str, Any], selected: Sequence[str]) -> dict[str, str]:
    return {"text/plain": "", "text/html": view_html(display, view, selected)}


def publish_update(bundle: Mapping[str, str], display_id: str) -> None:
    """Update an output from any thread.

    IPython's publisher may belong to the running cell, for example under `%%capture`; the kernel's session does not.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or kernel.session is None:
        display(dict(bundle), raw=True, display_id=display_id, update=True)
        return
    content = {"data": dict(bundle), "metadata": {}, "transient": {"display_id": display_id}}
    kernel.session.send(kernel.iopub_socket, "update_display_data", content, ident=b"update_display_data")


class ViewWriter:
    """Writes a changed view into the notebook and into the user's data folder, at most every two seconds."""

    def __init__(self, place: Place | None, publish: Publish = publish_update) -> None:
        self._place = place
        self._publish = publish
        self._changed_at: float | None = None
        self._written_at = float("-inf")

    def changed(self) -> None:
        """Note that the view or the selection is another one."""
        self._changed_at = time.monotonic()

    def write_if_due(
        self, view: Mapping[str, Any], selected: Sequence[str], displays: Iterable[str], *, now: bool = False
    ) -> None:
        """Write what `changed` announced, when it has settled; with `now` at once."""
        if self._changed_at is None:
            return
        moment = time.monotonic()
        if not now and (moment - self._changed_at < SETTLE_S or moment - self._written_at < WRITE_EVERY_S):
            return
        self._changed_at, self._written_at = None, moment
        with guard("save the view of a dashboard"):
            for display in displays:
                self._publish(view_bundle(display, view, selected), display + SUFFIX)
        if self._place is not None:
            with guard("remember the view of a dashboard"):
                self._place.remember(view, selected)

    def forget(self) -> None:
        """Remove what was remembered."""
        if self._place is not None:
            with guard("forget the view of a dashboard"):
                self._place.forget()

"""How does a card reach the front end, and change there?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from nbtrack.magics.card import Card
from nbtrack.magics.card_html import card_html
from nbtrack.magics.card_text import card_text

CALM = 0.5  # seconds after the outputs were cleared in which no card is drawn while the cell runs


class Shown:
    """One output that is a card. Only HTML and text: a saved widget says "model not found" when it is opened again."""

    def __init__(self, ip: Any) -> None:
        self._ip = ip
        self._id = uuid4().hex
        self._there = False
        self._stop: Callable[[], None] = _nothing
        self._cleared = 0.0  # when the cell's code last cleared its outputs, and the card with them

    def listen(self) -> None:
        """Hear when the cell's code clears its outputs."""
        publisher = self._ip.display_pub
        clear = publisher.clear_output

        def clearing(*args: Any, **kwargs: Any) -> None:
            if not _is_inside_widget():
                self._there, self._cleared = False, time.monotonic()
            clear(*args, **kwargs)

        def stop() -> None:
            if vars(publisher).get("clear_output") is clearing:
                del publisher.clear_output

        if "clear_output" not in vars(publisher):  # else somebody listens already, and may stop in another order
            publisher.clear_output = clearing
            self._stop = stop

    def close(self) -> None:
        """Hear nothing more."""
        self._stop()
        self._stop = _nothing

    @property
    def can_change(self) -> bool:
        """A terminal would print every version below the last one, and `%%capture` would keep them all."""
        captured = type(self._ip.display_pub).__name__ == "CapturingDisplayPublisher"
        return hasattr(self._ip, "kernel") and not captured

    def __call__(self, card: Card) -> None:
        if card.status == "RUNNING" and time.monotonic() - self._cleared < CALM:
            return  # the code is about to draw: a card now would be seen to flicker
        show(self._ip, card_html(card), card_text(card), display_id=self._id, update=self._there)
        self._there = True


def _nothing() -> None:
    """Nobody listens."""


def _is_inside_widget() -> bool:
    """Do outputs go into one of ipywidgets' Output widgets? Then what is cleared is that."""
    outputs = sys.modules.get("ipywidgets.widgets.widget_output")
    known: dict[str, Any] = getattr(sys.modules.get("ipywidgets.widgets.widget"), "_instances", {})
    return outputs is not None and any(isinstance(each, outputs.Output) and each.msg_id for each in [*known.values()])


def show(ip: Any, html: str, text: str, *, display_id: str = "", update: bool = False) -> None:
    """Publish one output in both its forms."""
    transient = {"display_id": display_id} if display_id else {}
    ip.display_pub.publish({"text/html": html, "text/plain": text}, {}, transient=transient, update=update)

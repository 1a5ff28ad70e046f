"""How does a card reach the front end, and change there?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from nbtrack.magics.card import Card
from nbtrack.magics.card_html import card_html
from nbtrack.magics.card_text import card_text


class Shown:
    """One output that is a card. Only HTML and text: a saved widget says "model not found" when it is opened again."""

    def __init__(self, ip: Any) -> None:
        self._ip = ip
        self._id = uuid4().hex
        self._there = False

    @property
    def can_change(self) -> bool:
        """A terminal would print every version below the last one, and `%%capture` would keep them all."""
        captured = type(self._ip.display_pub).__name__ == "CapturingDisplayPublisher"
        return hasattr(self._ip, "kernel") and not captured

    def __call__(self, card: Card) -> None:
        show(self._ip, card_html(card), card_text(card), display_id=self._id, update=self._there)
        self._there = True


def show(ip: Any, html: str, text: str, *, display_id: str = "", update: bool = False) -> None:
    """Publish one output in both its forms."""
    transient = {"display_id": display_id} if display_id else {}
    ip.display_pub.publish({"text/html": html, "text/plain": text}, {}, transient=transient, update=update)

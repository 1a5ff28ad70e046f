"""Which colour is a run's? The one that the dashboard gives it; js/src/ui/color.ts says how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HUES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6bb1", "#999933")
DASHES = ("solid", "6px,3px", "2px,2px", "8px,3px,2px,3px")
SCALE = ((0.0, "#546ae2"), (0.25, "#56b4e9"), (0.5, "#009e73"), (0.75, "#e69f00"), (1.0, "#d55e00"))


@dataclass(frozen=True, slots=True)
class Ink:
    color: str
    dash: str


def inks(ids: Iterable[str]) -> dict[str, Ink]:
    """An id keeps the place that its hash names, and takes the next free one where that is taken."""
    size = len(HUES) * len(DASHES)
    taken: set[int] = set()
    found: dict[str, Ink] = {}
    for each in ids:
        place = _hash(each) % len(HUES)
        if len(taken) < size:
            while place in taken:
                place = (place + 1) % size
        taken.add(place)
        found[each] = Ink(HUES[place % len(HUES)], DASHES[place // len(HUES) % len(DASHES)])
    return found


def faint(color: str, alpha: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def _hash(text: str) -> int:
    found = 2166136261
    units = text.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(units), 2):
        found = ((found ^ (units[at] | units[at + 1] << 8)) * 16777619) & 0xFFFFFFFF
    return found

"""How are numbers, times and long texts written for people?"""

from __future__ import annotations

import unicodedata

from nbtrack.formats import ago, count, duration, number

__all__ = ["ABANDONED", "ICONS", "STATES", "ago", "count", "duration", "number", "short", "width"]

ABANDONED = "ABANDONED"  # says RUNNING in its store, and its kernel is gone
ICONS = {"RUNNING": "●", "SCHEDULED": "○", "FINISHED": "✓", "FAILED": "✗", "KILLED": "■", ABANDONED: "◌"}
STATES = {
    "RUNNING": "running", "SCHEDULED": "scheduled", "FINISHED": "finished", "FAILED": "failed", "KILLED": "killed",
    ABANDONED: "abandoned",
}  # fmt: skip


def width(text: str) -> int:
    """How many columns of a terminal the text takes: two for a wide character, none for a combining one."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def short(text: str, most: int) -> str:
    """One line of at most `most` characters, cut with `…`. Line breaks show as ⏎; characters that would reorder or hide
    the text around them (directional marks, control codes) show as �."""
    flat = text[: 4 * most].replace("\r\n", "⏎").replace("\n", "⏎").replace("\t", " ")
    seen = "".join(
        "�" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c != "\u200d" else c for c in flat
    )
    return seen if len(seen) <= most else seen[: most - 1] + "…"

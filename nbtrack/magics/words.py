"""How are numbers, times and long texts written for people?"""

from __future__ import annotations

import math
import unicodedata

ABANDONED = "ABANDONED"  # says RUNNING in its store, and its kernel is gone
ICONS = {"RUNNING": "●", "SCHEDULED": "○", "FINISHED": "✓", "FAILED": "✗", "KILLED": "■", ABANDONED: "◌"}
STATES = {
    "RUNNING": "running", "SCHEDULED": "scheduled", "FINISHED": "finished", "FAILED": "failed", "KILLED": "interrupted",
    ABANDONED: "abandoned",
}  # fmt: skip


def number(value: float) -> str:
    """Five significant digits; whole numbers whole, with thousands apart."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", "−")
    text = f"{value:.5g}" if 1e-4 <= abs(value) < 1e6 else f"{value:.4g}"
    return text.replace("-", "−")


def duration(ms: int) -> str:
    """`0.4 s`, `12.3 s`, `4 min 05 s`, `2 h 07 min`, `3 d 4 h`."""
    seconds = max(0, ms) / 1000
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def ago(ms: int) -> str:
    """How long ago, roughly: `now`, `3 min ago`, `2 h ago`, `5 d ago`."""
    minutes = ms // 60_000
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} d ago"


def count(n: int, noun: str) -> str:
    """`1 param`, `2,000 params`."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


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

"""In which order do categories stand? Numbers by size, other texts with the numbers in them by size, "None" last.

js/src/data/categories.ts has the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbtrack.query.values import number

NOTHING = frozenset(("", "none", "null", "nan", "na", "n/a"))
DIGITS = re.compile(r"([0-9]+)")

Part = tuple[int, float, str]


def in_natural_order(words: Iterable[str]) -> list[str]:
    """Each once; the same order whatever the order they are given in."""
    return sorted(dict.fromkeys(words), key=_key)


def _key(word: str) -> tuple[int, float, list[Part], str]:
    if word.strip().lower() in NOTHING:
        return 2, 0.0, [], word
    read = number(word.strip())
    if read is not None and read == read:
        return 0, read, [], word
    parts = [(0, float(part), "") if part.isdigit() else (1, 0.0, part.lower()) for part in DIGITS.split(word) if part]
    return 1, 0.0, parts, word

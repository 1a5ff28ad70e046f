"""A small hash that is the same in both languages: FNV-1a of the UTF-16 units of a text, as js/src/data/hash.ts."""

from __future__ import annotations


def fnv1a(text: str) -> int:
    found = 2166136261
    units = text.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(units), 2):
        found = ((found ^ (units[at] | units[at + 1] << 8)) * 16777619) & 0xFFFFFFFF
    return found

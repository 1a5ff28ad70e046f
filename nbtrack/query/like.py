"""Does a text match a LIKE pattern?

`%` stands for any text, `_` for one character, neither for a line's end, and nothing escapes them: so does MLflow's
file store, which turns the pattern into a regular expression. Its two accidents are kept: a pattern ending in % allows
anything behind it, line ends too, and one that does not allows a single line end at the end of the text.
No regular expression is built here, and every pattern takes time in proportion to pattern times text.
"""

from __future__ import annotations

from collections.abc import Callable

# Letters that are one letter to ILIKE though lower-casing leaves them apart (as in Python's re.IGNORECASE).
TWINS = {
    0x131: 0x69, 0x17F: 0x73, 0xB5: 0x3BC, 0x345: 0x3B9, 0x1FBE: 0x3B9, 0x1FD3: 0x390, 0x1FE3: 0x3B0, 0x3D0: 0x3B2,
    0x3F5: 0x3B5, 0x3D1: 0x3B8, 0x3F0: 0x3BA, 0x3D6: 0x3C0, 0x3F1: 0x3C1, 0x3C2: 0x3C3, 0x3D5: 0x3C6, 0x1C80: 0x432,
    0x1C81: 0x434, 0x1C82: 0x43E, 0x1C83: 0x441, 0x1C84: 0x442, 0x1C85: 0x442, 0x1C86: 0x44A, 0x1C87: 0x463,
    0x1C88: 0xA64B, 0x1E9B: 0x1E61, 0xFB05: 0xFB06,
}  # fmt: skip


def fold(text: str) -> str:
    """Lower case, character by character, so that the length stays: ß stays ß, and İ becomes i."""
    if text.isascii():
        return text.lower()
    # Only İ has a lower case of two characters; its first one is i.
    return "".join(c.lower()[0] for c in text).translate(TWINS)


def matcher(pattern: str, *, ignore_case: bool = False) -> Callable[[str], bool]:
    """A test for texts. `ignore_case` folds both sides."""
    segments = (fold(pattern) if ignore_case else pattern).split("%")

    def matches(text: str) -> bool:
        return _matches(segments, fold(text) if ignore_case else text)

    return matches


def _matches(segments: list[str], text: str) -> bool:
    """The leftmost place for each segment is the best one: a later one only lengthens the gap before it."""
    first, *middle = segments
    if not _fits(text, first, 0):
        return False
    at = len(first)
    if not middle:
        return _at_end(text, at)
    last = middle.pop()
    for segment in middle:
        found = _find(text, segment, at)
        if found < 0 or _line_end_between(text, at, found):
            return False
        at = found + len(segment)
    if not last:
        return True
    for end in (len(text) - 1, len(text)):
        place = end - len(last)
        if place >= at and _at_end(text, end) and _fits(text, last, place):
            return not _line_end_between(text, at, place)
    return False


def _at_end(text: str, at: int) -> bool:
    return at == len(text) or (at == len(text) - 1 and text[at] == "\n")


def _line_end_between(text: str, start: int, end: int) -> bool:
    return text.find("\n", start, end) >= 0


def _fits(text: str, segment: str, at: int) -> bool:
    if "_" not in segment:
        return text.startswith(segment, at)
    part = text[at : at + len(segment)]
    return len(part) == len(segment) and all(
        p == s if s != "_" else p != "\n" for p, s in zip(part, segment, strict=True)
    )


def _find(text: str, segment: str, start: int) -> int:
    """The first place at or after `start` where the segment fits, else -1."""
    if "_" not in segment:
        return text.find(segment, start)
    places = range(start, len(text) - len(segment) + 1)
    return next((at for at in places if _fits(text, segment, at)), -1)

"""Which number does a text spell: a plain number, a duration, a date?

Written by hand rather than with float() and datetime, so that js/src/query/values.ts reads exactly the same texts.
"""

from __future__ import annotations

import math
import re

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
WHOLE = re.compile(r"[+-]?[0-9]{16,25}")
WORD = re.compile(r"([+-]?)(?:(inf|infinity)|nan)", re.IGNORECASE | re.ASCII)
PIECE = re.compile(r" *([0-9]+(?:\.[0-9]+)?) *([A-Za-z]+) *")
DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
SECOND, MINUTE, HOUR, DAY = 1000.0, 60_000.0, 3_600_000.0, 86_400_000.0
UNITS = {
    unit: size
    for size, units in (
        (1.0, "ms millisecond milliseconds"),
        (SECOND, "s sec secs second seconds"),
        (MINUTE, "m min mins minute minutes"),
        (HOUR, "h hr hrs hour hours"),
        (DAY, "d day days"),
        (7 * DAY, "w week weeks"),
    )
    for unit in units.split()
}


def number(text: str) -> float | None:
    """The number that the whole text spells ("0.1", "1e-3", "-inf", "NaN"), else None.

    No blanks, no 1_000, no 0x10, no digits but 0-9: what is no number in one language is none in the other.
    """
    if NUMBER.fullmatch(text):
        return float(text)
    word = WORD.fullmatch(text)
    if word is None:
        return None
    if word[2] is None:
        return math.nan
    return -math.inf if word[1] == "-" else math.inf


def exact(text: str) -> float | None:
    """As `number`; a whole number that a float might round is an int, so that seeds and ids of 64 bits stay apart."""
    return int(text) if WHOLE.fullmatch(text) else number(text)


def duration(text: str) -> float | None:
    """Milliseconds: "90s", "1h30m", "1.5 hours", "7d"; else None."""
    total, at = 0.0, 0
    while at < len(text):
        piece = PIECE.match(text, at)
        unit = UNITS.get(piece[2].lower()) if piece else None
        if piece is None or unit is None:
            return None
        total += float(piece[1]) * unit
        at = piece.end()
    return total if at else None


def date(text: str) -> tuple[float, bool] | None:
    """Milliseconds since 1970 of an ISO date or datetime, and whether it is a whole day. UTC unless offset."""
    match = DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        return None
    midnight = _days_since_1970(year, month, day) * DAY
    if match[4] is None:
        return midnight, True
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = float((match[7] or "0").ljust(6, "0")) / 1000
    offset = _offset(match[8])
    if offset is None:
        return None
    return midnight + hour * HOUR + minute * MINUTE + second * SECOND + fraction - offset, False


def _offset(zone: str | None) -> float | None:
    if zone is None or zone == "Z":
        return 0.0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 23 or minutes > 59:
        return None
    return (hours * HOUR + minutes * MINUTE) * (-1 if zone[0] == "-" else 1)


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _days_since_1970(year: int, month: int, day: int) -> int:
    """Days of the Gregorian calendar, counted with years that begin in March so that the leap day comes last."""
    shifted = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719468

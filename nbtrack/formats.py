"""How are numbers, durations, times and counts written for people? js/src/ui/format.ts writes the same texts.

The limits are those of schema/formats.json. A rounded number never reads like an exact whole one: 123456.7 is written
so, 0.999999 as 1.0000, and 1 as 1. The minus sign is U+2212 everywhere, in exponents too. Halves are rounded away from
zero.
"""

from __future__ import annotations

import math
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from nbtrack.format_rules import DIGITS, LEAST_PLAIN, MINUS, MOST_PLAIN, MOST_SHORT, MOST_WHOLE, NOISE

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


def number(value: float | None) -> str:
    """Five significant digits, and of a number from 10,000 on all digits before the point and one behind it.

    Whole numbers below 10^15 are whole: from 10^7 on as 2.5e12 where that is as exact. Below 0.0001, and from 10^10 on
    where they are not whole, numbers are written with powers of ten.
    """
    if value is None:
        return ""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    size = abs(value)
    if size < MOST_WHOLE and is_whole(size):
        text = whole(round(size))
    elif LEAST_PLAIN <= size < MOST_PLAIN:
        text = plain(size, DIGITS)
    else:
        text = power(size, DIGITS)
    return signed(value, text)


def is_whole(value: float) -> bool:
    """Up to rounding noise, a whole number from 0.5 on, or 0."""
    near = math.floor(value + 0.5)
    return value == near or (near > 0 and equal(value, near))


def whole(value: int) -> str:
    """All digits; from 10^7 on those of a power of ten where no more than five remain."""
    text = str(value)
    digits = text.rstrip("0")
    if value < MOST_SHORT or len(digits) > DIGITS:
        return text
    return f"{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}e{len(text) - 1}"


def plain(size: float, digits: int) -> str:
    """At least `digits` significant ones, one behind the point; zeros at the end are cut unless none would remain."""
    text = fixed(size, max(1, digits - 1 - _rounded(size, digits).adjusted()))
    cut = text.rstrip("0")
    return text if cut.endswith(".") else cut


def power(size: float, digits: int) -> str:
    mantissa, _, by = f"{_rounded(size, digits):.{digits - 1}e}".partition("e")
    short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{short}e{MINUS if int(by) < 0 else ''}{abs(int(by))}"


def fixed(size: float, decimals: int) -> str:
    """As JavaScript's toFixed: halves go up."""
    return str(Decimal(size).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) if size < 1e21 else f"{size:.0f}"


def exponent(size: float) -> int:
    """The power of ten of the first digit; 0 of zero."""
    return Decimal(size).adjusted() if size else 0


def _rounded(size: float, digits: int) -> Decimal:
    exact = Decimal(size)
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP) if size else exact


def signed(value: float, text: str) -> str:
    """The minus sign before a text that is not zero."""
    return f"{MINUS}{text}" if value < 0 and any(c in "123456789" for c in text.split("e")[0]) else text


def equal(a: float, b: float) -> bool:
    """Are two numbers the same up to the rounding noise of computing them? NaN is like NaN here."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return True
    return math.isfinite(a) and math.isfinite(b) and abs(a - b) <= NOISE * max(abs(a), abs(b))


def duration(ms: float | None) -> str:
    """850 ms · 12.4 s · 3 min 20 s · 2 h 05 min · 3 d 4 h: rounded to the last unit shown."""
    if ms is None or math.isnan(ms):
        return ""
    ms = max(0.0, ms)
    if math.isinf(ms):
        return "∞"
    if _round(ms) < SECOND:
        return f"{_round(ms)} ms"
    if _round(ms / 100) < 600:
        return f"{_round(ms / 100) // 10}.{_round(ms / 100) % 10} s"
    seconds = _round(ms / SECOND)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    minutes = _round(ms / MINUTE)
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    hours = _round(ms / HOUR)
    return f"{hours // 24} d {hours % 24} h"


def _round(value: float) -> int:
    return math.floor(value + 0.5)


def ago(at: float | None, now: float) -> str:
    """just now · 5 min ago · 3 h ago · yesterday · 12 days ago · 2026-03-01; both in ms since 1970."""
    if at is None or math.isnan(at):
        return ""
    minutes = math.floor((now - at) / MINUTE)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    days = minutes // (24 * 60)
    if days < 2:
        return "yesterday"
    return f"{days} days ago" if days < 31 else date_time(at)[:10]


def date_time(ms: float | None) -> str:
    """2026-03-01 14:05:09, in the reader's own time zone; empty where there is no such time."""
    if ms is None or not math.isfinite(ms):
        return ""
    try:
        return datetime.fromtimestamp(math.floor(ms / SECOND)).strftime("%Y-%m-%d %H:%M:%S").zfill(19)
    except (ValueError, OverflowError, OSError):
        return ""


def count(n: int, noun: str) -> str:
    """1 param · 2,000 params"""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def percent(share: float) -> str:
    """12.3 % · 0.05 %: three significant digits of a share of 1."""
    if not math.isfinite(share):
        return f"{number(share)} %"
    text = number(float(f"{_rounded(abs(share) * 100, 3)}")) if share else "0"
    return f"{signed(share, text)} %"

"""How are the numbers of a column written, so that those that differ look different? As js/src/ui/column_format.ts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nbtrack.format_rules import (
    COLUMN_DIGITS,
    COLUMN_DIGITS_MANY,
    COLUMN_DIGITS_MOST,
    COLUMN_MANY,
    LEAST_PLAIN,
    MOST_PLAIN,
    MOST_WHOLE,
)
from nbtrack.formats import equal, exponent, fixed, is_whole, number, plain, power, signed

MOST_SPREAD = 1e6  # from here on a few decimals behind every number are a false precision


@dataclass(frozen=True, slots=True)
class Digits:
    """`decimals`: as many behind every point; `digits`: significant ones of each number; neither: as number()."""

    decimals: int | None = None
    digits: int | None = None


def column(values: Iterable[float | None]) -> list[str]:
    """The texts of a column; empty for None.

    >>> column([0.5, 0.25, None])
    ['0.5000', '0.2500', '']
    """
    held = list(values)
    digits = digits_of([value for value in held if value is not None])
    return ["" if value is None else aligned(value, digits) for value in held]


def aligned(value: float, digits: Digits) -> str:
    """A number as its column writes numbers."""
    if digits.decimals is not None and math.isfinite(value):
        return _fixed(value, digits.decimals)
    if digits.digits is None or not math.isfinite(value) or value == 0:
        return number(value)
    return _significant(value, digits.digits)


def digits_of(values: Iterable[float]) -> Digits:
    """As few as tell all values of a column apart; of more than 200 values at most seven significant digits."""
    held = _distinct(values)
    sizes = [abs(value) for value in held]
    most, least = max(sizes, default=0.0), min((size for size in sizes if size), default=1.0)
    whole = most < 0.01 or all(is_whole(size) for size in sizes)
    if whole and _differ(held, number):
        return Digits()
    # Three significant digits of the least number, at most one decimal more than the greatest asks for.
    few, needed = max(1, COLUMN_DIGITS - max(0, exponent(most))), 2 - exponent(least)
    if not whole and most < MOST_SPREAD and needed <= few + 1:
        for decimals in range(max(few, needed), COLUMN_DIGITS_MANY + 1):
            if _differ(held, lambda value, n=decimals: _fixed(value, n)):  # type: ignore[misc]
                return Digits(decimals=decimals)
    limit = COLUMN_DIGITS_MANY if len(held) > COLUMN_MANY else COLUMN_DIGITS_MOST
    digits = COLUMN_DIGITS
    while digits < limit and not _differ(held, lambda value, n=digits: _significant(value, n)):  # type: ignore[misc]
        digits += 1
    return Digits(digits=digits)


def _distinct(values: Iterable[float]) -> list[float]:
    """The finite values in order, each once, and of those that differ by rounding noise only one."""
    found: list[float] = []
    for value in sorted(value for value in values if math.isfinite(value)):
        if not found or not equal(value, found[-1]):
            found.append(value)
    return found


def _fixed(value: float, decimals: int) -> str:
    return signed(value, fixed(abs(value), decimals))


def _significant(value: float, digits: int) -> str:
    size = abs(value)
    if size < MOST_WHOLE and is_whole(size):
        return number(value)
    return signed(value, plain(size, digits) if LEAST_PLAIN <= size < MOST_PLAIN else power(size, digits))


def _differ(values: Sequence[float], write: Callable[[float], str]) -> bool:
    """Are the texts of ascending values all different? Equal texts are neighbors."""
    texts = [write(value) for value in values]
    return all(a != b for a, b in pairwise(texts))

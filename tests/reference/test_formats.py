"""Do texts of numbers, durations and shares spell the values that they stand for?"""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from nbtrack import column_formats, formats
from tests.reference.definitions import written

REAL = st.floats(allow_nan=False, allow_infinity=False)
ANY = REAL | st.floats(-1e6, 1e6) | st.integers(-(10**16), 10**16).map(float) | st.floats(-1e-3, 1e-3)
UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
PIECE = re.compile(r"([0-9.]+) (ms|s|min|h|d)")


def spelled(text: str) -> float:
    return float(text.replace("−", "-"))


@settings(deadline=None, max_examples=400)
@given(ANY)
def test_a_number_reads_back_as_its_rounded_value_with_one_minus_sign(value: float) -> None:
    text = formats.number(value)
    assert spelled(text) == written(value)
    assert "-" not in text


@settings(deadline=None, max_examples=400)
@given(st.floats(1e-300, 1e300))
def test_a_rounded_number_never_reads_like_an_exact_whole_one(value: float) -> None:
    text = formats.number(value)
    if text.isdigit():
        assert formats.equal(value, float(text))


@settings(deadline=None, max_examples=400)
@given(st.floats(0, 4e11) | st.floats(0, 4e6))
def test_a_duration_reads_back_to_half_of_its_last_unit(ms: float) -> None:
    text = formats.duration(ms)
    pieces = PIECE.findall(text)
    assert " ".join(f"{number} {unit}" for number, unit in pieces) == text
    total = sum(Decimal(number) * UNITS[unit] for number, unit in pieces)
    number, unit = pieces[-1]
    last = Decimal(UNITS[unit]) / (10 if "." in number else 1)
    assert abs(total - Decimal(ms)) <= last / 2
    assert all(float(number) < {"ms": 1000, "s": 60, "min": 60, "h": 48, "d": 1e9}[unit] for number, unit in pieces)


@settings(deadline=None, max_examples=200)
@given(st.floats(-1e4, 1e4))
def test_a_share_reads_back_to_three_digits(share: float) -> None:
    found, exact = spelled(formats.percent(share).removesuffix(" %")), share * 100
    assert abs(found - exact) <= 0.0051 * abs(exact)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.floats(-1e5, 1e5), min_size=2, max_size=12, unique=True))
def test_values_that_differ_look_different_in_their_column(values: list[float]) -> None:
    texts = column_formats.column(values)
    for a, first in zip(values, texts, strict=True):
        for b, second in zip(values, texts, strict=True):
            assert formats.equal(a, b) or first != second

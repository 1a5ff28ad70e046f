from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nbtrack.errors import InvalidValueError
from nbtrack.tracking.points import as_float, as_step, as_timestamp, now


class Tensor:
    """Behaves as a tensor with a gradient does: float() works but warns, item() does not."""

    def item(self) -> float:
        return 2.5

    def __float__(self) -> float:
        raise AssertionError("item() is the way without a warning")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.5, 0.5),
        (3, 3.0),
        (True, 1.0),
        ("0.5", 0.5),
        (" -1e3 ", -1000.0),
        ("inf", math.inf),
        (np.float32(0.1), 0.10000000149011612),
        (np.int8(-3), -3.0),
        (np.bool_(True), 1.0),
        (np.array(1.5), 1.5),
        (np.array([[2.5]]), 2.5),
        (pd.Series([4]), 4.0),
        (Decimal("0.25"), 0.25),
        (Fraction(1, 4), 0.25),
        (Tensor(), 2.5),
        (10**400 and 10**30, 1e30),
    ],
)
def test_whatever_holds_one_number_is_a_metric_value(value: Any, expected: float) -> None:
    assert as_float("m", value) == expected
    assert type(as_float("m", value)) is float


def test_nan_is_a_metric_value() -> None:
    assert math.isnan(as_float("m", np.float64("nan")))


@pytest.mark.parametrize("value", [None, "fast", "", [1], {}, np.array([1.0, 2.0]), 1j, object(), b"x", 10**400])
def test_what_is_no_number_is_refused_with_the_metric_and_the_value(value: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"Metric 'loss' got .* not a number"):
        as_float("loss", value)


@pytest.mark.parametrize(("step", "expected"), [(None, 0), (7, 7), (-2, -2), (np.int64(3), 3), (2.0, 2), (True, 1)])
def test_whole_numbers_of_any_type_are_steps(step: Any, expected: int) -> None:
    assert as_step("m", step) == expected


@pytest.mark.parametrize("step", [0.5, math.nan, math.inf, "two", [1]])
def test_a_step_that_would_make_the_run_unreadable_is_refused(step: Any) -> None:
    with pytest.raises(InvalidValueError):
        as_step("m", step)


def test_a_timestamp_is_cut_to_whole_milliseconds_and_defaults_to_now() -> None:
    assert as_timestamp("m", 1234.9) == 1234
    assert as_timestamp("m", 0) == 0
    assert abs(as_timestamp("m", None) - now()) < 5000


@pytest.mark.parametrize("timestamp", [-1, math.nan, math.inf, "soon"])
def test_a_timestamp_before_1970_or_without_end_is_refused(timestamp: Any) -> None:
    with pytest.raises(InvalidValueError):
        as_timestamp("m", timestamp)

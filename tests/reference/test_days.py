"""Is a date in a filter the whole day, in every comparison? Compared with pandas' days, and with the negations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbtrack.frame import Frame, Numbers
from nbtrack.query import mask
from tests.reference.definitions import F64

DAY = 86_400_000
FIRST = pd.Timestamp("2024-02-27", tz="UTC")
DAYS = st.integers(0, 5)
OFTEN = st.sampled_from([0, 1, DAY - 1])  # the ends of a day
TIMES = st.lists(st.tuples(DAYS, OFTEN | st.integers(0, DAY - 1)), min_size=1, max_size=12)


def named(day: int) -> str:
    return f"'{(FIRST + pd.Timedelta(days=day)).date()}'"


def selected(times: F64, condition: str) -> list[bool]:
    missing = np.isnan(times)
    frame = Frame({"start_time": Numbers(times, missing)}, len(times))
    return [bool(each) for each in mask(frame, condition)]


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@settings(deadline=None, max_examples=40)
@given(TIMES, DAYS)
def test_a_comparison_with_a_day_is_that_of_the_runs_own_days(
    operator: str, times: list[tuple[int, int]], day: int
) -> None:
    held = np.array([FIRST.value / 1e6 + at * DAY + ms for at, ms in times])
    days = pd.Series(pd.to_datetime(held, unit="ms", utc=True)).dt.normalize()
    wanted = {
        "=": days == FIRST + pd.Timedelta(days=day),
        "!=": days != FIRST + pd.Timedelta(days=day),
        "<": days < FIRST + pd.Timedelta(days=day),
        "<=": days <= FIRST + pd.Timedelta(days=day),
        ">": days > FIRST + pd.Timedelta(days=day),
        ">=": days >= FIRST + pd.Timedelta(days=day),
    }[operator]
    assert selected(held, f"start_time {operator} {named(day)}") == wanted.tolist()
    assert selected(held, f"NOT start_time {operator} {named(day)}") == (~wanted).tolist()


@settings(deadline=None, max_examples=60)
@given(TIMES, DAYS, DAYS)
def test_between_and_in_take_whole_days_and_their_negations_the_rest(
    times: list[tuple[int, int]], a: int, b: int
) -> None:
    held = np.array([FIRST.value / 1e6 + at * DAY + ms for at, ms in times])
    between = [a <= at <= b for at, _ in times]
    within = [at in (a, b) for at, _ in times]
    assert selected(held, f"start_time BETWEEN {named(a)} AND {named(b)}") == between
    assert selected(held, f"NOT start_time BETWEEN {named(a)} AND {named(b)}") == [not each for each in between]
    assert selected(held, f"start_time IN ({named(a)}, {named(b)})") == within
    assert selected(held, f"start_time NOT IN ({named(a)}, {named(b)})") == [not each for each in within]

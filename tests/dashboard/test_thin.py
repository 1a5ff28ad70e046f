"""A few points of a long history draw the same picture: nothing that stands out is lost, and a small part is exact."""

from __future__ import annotations

import numpy as np
import pytest

from nbtrack.dashboard.thin import Span, thin, within
from nbtrack.frame import Series

N = 30_000


def history(**odd: float) -> Series:
    value = np.sin(np.arange(N) / 500)
    value[[int(name[1:]) for name in odd]] = list(odd.values())
    return Series(np.arange(N), 1_700_000_000_000 + np.arange(N) * 10, value)


def test_extremes_and_what_is_not_finite_are_kept_side_by_side() -> None:
    odd = {"p7001": np.nan, "p7002": np.inf, "p7003": -np.inf, "p7004": 40.0, "p7005": -40.0}
    few = thin(history(**odd), 500)
    assert len(few) <= 500
    assert set(range(7001, 7006)) <= set(few.step.tolist())
    assert all(len(thin(history(**odd), most)) <= most for most in (4, 5, 8, 19))


@pytest.mark.parametrize(("axis", "zero", "per_step"), [("step", 0, 1), ("time", 1_700_000_000_000, 10)])
def test_a_small_part_is_sent_point_by_point_with_its_neighbours(axis: str, zero: int, per_step: int) -> None:
    part, every = within(history(), Span(axis, 1000 * per_step, 1499 * per_step, zero), 256)
    assert every
    assert part.step.tolist() == list(range(999, 1501))


@pytest.mark.parametrize("log", [False, True])
def test_each_column_of_a_large_part_keeps_its_ends_and_extremes(log: bool) -> None:
    whole = history(p3=9.0, p20_000=9.0, p20_001=-9.0)
    part, every = within(whole, Span("step", 1, None, log=log), 200)
    assert not every
    assert len(part) <= 5 * 200
    assert {3, 20_000, 20_001} <= set(part.step.tolist())
    after = np.searchsorted(part.step, whole.step, "right")
    for step in range(1, N):  # what is left out lies between points of its column, three or fewer away on either side
        near = part.value[max(0, after[step] - 4) : after[step] + 4]
        assert near.min() <= whole.value[step] <= near.max(), step


def test_a_history_whose_steps_go_back_is_sent_in_the_order_of_the_store() -> None:
    steps = np.concatenate([np.arange(5000), np.arange(2000, 5000)])
    points = Series(steps, np.arange(8000), np.arange(8000.0))
    part, every = within(points, Span("step", 2500, 2509), 64)
    assert every
    assert part.value.tolist() == [*range(2500, 2511), *range(5499, 5510)]

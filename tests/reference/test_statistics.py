"""Do figures compute what scipy, pandas and numpy say, whatever the runs hold?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from nbtrack.figures.bands import BANDS, band_of
from nbtrack.figures.columns import _quartiles
from nbtrack.figures.importances import importances_of
from nbtrack.figures.line import Line, thin
from nbtrack.figures.means import means_of
from nbtrack.figures.smooth import SMOOTHERS, smoothed
from nbtrack.figures.student import student
from tests.reference import definitions, golden
from tests.reference.definitions import F64

unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
few = settings(unhurried, max_examples=12)  # each draws hundreds of shuffled results
VALUES = st.floats(-1e6, 1e6).map(lambda value: round(value, 6))
ODD = st.sampled_from([np.nan, np.inf, -np.inf])
WEIGHTS = st.floats(0.01, 0.97)


def close(found: object, wanted: object) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=1e-7, atol=1e-6)


def test_the_answers_for_the_browser_are_those_of_the_references() -> None:
    """If this fails on purpose: python -m tests.reference.golden."""
    assert golden.TARGET.read_text(encoding="utf-8") == golden.text()


@pytest.mark.parametrize("how", SMOOTHERS)
@unhurried
@given(st.lists(VALUES | ODD, min_size=1, max_size=60), WEIGHTS)
def test_a_smoothed_line_is_that_of_its_definition(how: str, values: list[float], weight: float) -> None:
    y = np.array(values)
    close(smoothed(y, weight, how), definitions.SMOOTHERS[how](y, weight))


@st.composite
def lines(draw: st.DrawFn) -> list[tuple[F64, F64]]:
    """Of unequal lengths, on steps of their own, with gaps."""
    found = []
    for _ in range(draw(st.integers(1, 8))):
        x = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=20)))
        y = draw(st.lists(VALUES | ODD, min_size=len(x), max_size=len(x)))
        found.append((np.array(x, np.float64), np.array(y)))
    return found


@pytest.mark.parametrize("kind", BANDS)
@unhurried
@given(lines())
def test_mean_and_band_of_a_group_are_those_of_scipy_at_each_x(kind: str, runs: list[tuple[F64, F64]]) -> None:
    found = band_of([Line(x, y) for x, y in runs], kind)
    for mine, wanted in zip(
        (found.x, found.mean, found.low, found.high, found.n), definitions.band(runs, kind), strict=True
    ):
        close(mine, wanted)


@pytest.mark.parametrize("kind", BANDS)
@unhurried
@given(st.lists(VALUES | ODD, min_size=1, max_size=40))
def test_a_bar_of_a_group_is_the_mean_of_its_finite_values_and_says_of_how_many(kind: str, values: list[float]) -> None:
    (found,) = means_of(["g"] * len(values), np.array(values), kind)
    held = [value for value in values if np.isfinite(value)]
    assert (found.n, found.of) == (len(held), len(values))
    close([found.value, found.low, found.high, found.n], definitions._summary(np.array(held), kind))


def test_students_t_at_every_number_of_runs() -> None:
    freedom = np.concatenate([np.arange(1, 400), [1e3, 1e4, 1e6]])
    np.testing.assert_allclose(student(freedom), stats.t.ppf(0.975, freedom), rtol=2e-7)


@unhurried
@given(st.lists(VALUES, min_size=2, max_size=40))
def test_quartiles_are_those_of_linear_interpolation_and_whiskers_reach_all(values: list[float]) -> None:
    found = _quartiles(np.array(values))
    five = (found[name][0] for name in ("lowerfence", "q1", "median", "q3", "upperfence"))
    close(list(five), definitions.five_numbers(values))


@unhurried
@given(st.lists(VALUES | ODD, min_size=1, max_size=400), st.integers(1, 60))
def test_a_thinned_line_keeps_the_ends_and_the_extremes_of_each_column(values: list[float], columns: int) -> None:
    line = Line(np.arange(len(values), dtype=np.float64), np.array(values))
    kept = thin(line, 0.0, max(1.0, len(values) - 1.0), columns)
    assert (np.diff(kept) > 0).all()
    held = np.isfinite(line.y)
    column = np.floor(line.x * columns / max(1.0, len(values) - 1.0))
    for each in np.unique(column[held]):
        here, shown = line.y[(column == each) & held], line.y[kept][(column[kept] == each) & held[kept]]
        assert (shown.min(), shown.max(), shown[0], shown[-1]) == (here.min(), here.max(), here[0], here[-1])


COUNTS = st.sampled_from([4, 7, 12, 21])


@st.composite
def sweeps(draw: st.DrawFn) -> tuple[list[float], list[str], list[float]]:
    n = draw(COUNTS)
    few = st.integers(0, 6).map(float)
    return tuple(draw(st.lists(each, min_size=n, max_size=n)) for each in (few, st.sampled_from("abc"), few | VALUES))  # type: ignore[return-value]


@few
@given(sweeps())
def test_correlations_are_those_of_scipy_with_ties_in_params_and_results(
    sweep: tuple[list[float], list[str], list[float]],
) -> None:
    numbers, words, values = sweep
    assume(len(set(numbers)) > 1 and len(set(words)) > 1 and len(set(values)) > 1)
    found = importances_of([("x", [str(each) for each in numbers]), ("t", words)], values)
    by_name = {each.param: each.correlation for each in found.importances}
    close(by_name["x"], definitions.spearman(numbers, values))
    assert abs(by_name["t"] ** 2 - definitions.epsilon(words, values) ** 2) < 1e-9


@few
@given(st.integers(0, 2**32 - 1), st.sampled_from([21, 26, 41]))
def test_what_the_nearest_runs_explain_is_the_r2_of_left_out_neighbors(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    lr, depth = rng.permutation(n).astype(np.float64), rng.integers(0, 4, n).astype(np.float64)
    values = (lr + 4 * depth + rng.normal(0, 3, n)).round(6)
    found = importances_of([("lr", list(map(str, lr))), ("depth", list(map(str, depth)))], values.tolist())
    close(found.explained, definitions.explained([lr, depth], values))
    again = rng.permutation(n)
    mixed = importances_of(
        [("depth", [str(depth[i]) for i in again]), ("lr", [str(lr[i]) for i in again])], values[again].tolist()
    )
    assert mixed == found

"""What holds for every filter, pattern, number and date?"""

from __future__ import annotations

import math
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbtrack.frame import Frame, Numbers, Text
from nbtrack.query import QueryError, complete, mask, order, parse, values
from nbtrack.query.like import TWINS, fold, matcher
from nbtrack.query.pattern import searcher
from tests.golden.query_frames import frame_from
from tests.golden.query_generated import made

FRAME = frame_from(made()["frame"])
WORDS = (
    "metrics.loss params.lr status 'x' 0.1 = < AND OR NOT ( ) LIKE IN IS NULL , now() - '7d' duration start_time ` ' "
    "😀 .at( BETWEEN tags.`a`.min -- \n"
)
FRAGMENTS = st.lists(st.sampled_from(WORDS.split(" ")))
# The machine may be busy; what is asserted is never how long one example took.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(st.text() | FRAGMENTS.map(" ".join) | FRAGMENTS.map("".join))
def test_any_text_is_a_filter_or_an_error_with_a_place_inside_it(text: str) -> None:
    try:
        parse(text, FRAME.columns)
        place = (0, len(text))
    except QueryError as error:
        place = (error.start, error.end)
    assert 0 <= place[0] <= place[1] <= len(text)
    for suggestion in complete(FRAME, text, len(text)):
        assert 0 <= suggestion.start <= suggestion.end == len(text)


LEAVES = st.sampled_from(
    [
        "metrics.loss < 0.5",
        "params.lr != 0.1",
        "params.lr LIKE '%a%'",
        "status = 'FAILED'",
        "duration > '1m'",
        "user_id IS NULL",
    ]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(inner.map("NOT ({})".format), st.tuples(inner, inner).map("({0[0]}) OR ({0[1]})".format)),
)


@unhurried
@given(TREES, TREES)
def test_not_and_or_obey_the_laws_of_logic(a: str, b: str) -> None:
    both, either = mask(FRAME, f"({a}) AND ({b})"), mask(FRAME, f"({a}) OR ({b})")
    assert np.array_equal(mask(FRAME, f"NOT (({a}) AND ({b}))"), mask(FRAME, f"NOT ({a}) OR NOT ({b})"))
    assert np.array_equal(both, mask(FRAME, a) & mask(FRAME, b))
    assert np.array_equal(either, mask(FRAME, a) | mask(FRAME, b))


def mlflows_pattern(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """What a LIKE pattern means to MLflow 3's file store, as observed."""
    body = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return re.compile(body if pattern.endswith("%") else body + "$", flags)


@unhurried
@given(st.text("ab_%\n", max_size=7), st.text("ab\n", max_size=9))
def test_like_matches_what_mlflows_regular_expression_matches(pattern: str, text: str) -> None:
    assert matcher(pattern)(text) == (mlflows_pattern(pattern).match(text) is not None)


LETTERS = st.characters(codec="utf-8") | st.sampled_from(
    "".join(map(chr, [*TWINS, *TWINS.values()])) + "iIİıſßẞΣςσKÅ%_"
)


@unhurried
@given(st.text(LETTERS, max_size=4), st.text(LETTERS, max_size=4))
def test_ilike_folds_letters_as_mlflows_regular_expression_does(pattern: str, text: str) -> None:
    expected = mlflows_pattern(pattern, re.IGNORECASE)
    assert matcher(pattern, ignore_case=True)(text) == (expected.match(text) is not None)
    assert (
        matcher(pattern.replace("%", ""), ignore_case=True)(pattern.swapcase().replace("%", ""))
        or not pattern.isascii()
    )


@unhurried
@given(st.text(LETTERS))
def test_folding_keeps_the_number_of_characters(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_a_pattern_of_many_wildcards_takes_no_time_on_a_long_text() -> None:
    started = time.perf_counter()
    assert not matcher("%a" * 100 + "%b")("a" * 20_000)
    assert not matcher("%_a_" * 50 + "%b")("a" * 5_000)
    assert time.perf_counter() - started < 1


@unhurried
@given(st.floats())
def test_every_number_that_python_writes_is_read_back(value: float) -> None:
    read = values.number(str(value))
    assert read == value or (math.isnan(value) and read is not None and math.isnan(read))


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1_000", "0x10", "١", "1e", "e5", ".", "--1", "1,5", "infinit", "1\n", "ınf"]
)
def test_a_text_that_only_resembles_a_number_is_none(text: str) -> None:
    assert values.number(text) is None


@unhurried
@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-1439, 1439))
def test_a_date_is_the_moment_that_pythons_calendar_says(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    since = zoned - datetime(1970, 1, 1, tzinfo=UTC)
    read = values.date(zoned.isoformat())
    assert read is not None
    assert read[0] == pytest.approx(since / timedelta(milliseconds=1), abs=1e-3)
    assert values.date(moment.date().isoformat()) == (
        (datetime(moment.year, moment.month, moment.day) - datetime(1970, 1, 1)) / timedelta(milliseconds=1),
        True,
    )


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-1-1", "2026-01-01T24:00", "2026-01-01\n"]
)
def test_a_day_that_no_calendar_has_is_no_date(text: str) -> None:
    assert values.date(text) is None


CELLS = st.lists(st.none() | st.floats() | st.sampled_from([0.0, -0.0, math.nan]), min_size=1, max_size=12)


@unhurried
@given(CELLS, st.booleans())
def test_rows_are_values_then_nan_then_missing_and_equals_are_newest_first(
    cells: list[float | None], down: bool
) -> None:
    starts = [i % 3 for i in range(len(cells))]
    frame = Frame(
        {
            "run_id": Text.of(f"{i:02}" for i in range(len(cells))),
            "start_time": Numbers.of(starts),
            "metrics.x": Numbers.of(cells),
        },
        len(cells),
    )
    rows = sorted(range(len(cells)), key=lambda row: (-starts[row], row))

    def place(row: int) -> tuple[int, float]:
        cell = cells[row]
        if cell is None:
            return 2, 0.0
        return (1, 0.0) if math.isnan(cell) else (0, -cell if down else cell)

    assert order(frame, ["metrics.x DESC" if down else "metrics.x"]).tolist() == sorted(rows, key=place)


DAYS = st.dates(datetime(2020, 1, 1).date(), datetime(2030, 1, 1).date())
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@unhurried
@given(DAYS, DAYS, st.lists(INSTANTS, min_size=1, max_size=8), st.booleans())
def test_a_date_is_the_whole_day_in_every_comparison(day: date, other: date, times: list[datetime], near: bool) -> None:
    """Near: runs start at the edges of the day, where comparisons go wrong."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    edges = [midnight + timedelta(milliseconds=ms) for ms in (-1, 0, 1, 86_399_999, 86_400_000)]
    starts = edges if near else times
    stamps = np.array([round(at.timestamp() * 1000) for at in starts], np.float64)
    frame = Frame({"start_time": Numbers(stamps, np.zeros(len(stamps), np.bool_))}, len(stamps))
    days = [at.date() for at in starts]
    low, high = sorted((day, other))
    wanted = {
        f"= '{day}'": [each == day for each in days],
        f"!= '{day}'": [each != day for each in days],
        f"< '{day}'": [each < day for each in days],
        f"<= '{day}'": [each <= day for each in days],
        f"> '{day}'": [each > day for each in days],
        f">= '{day}'": [each >= day for each in days],
        f"IN ('{day}', '{other}')": [each in (day, other) for each in days],
        f"NOT IN ('{day}', '{other}')": [each not in (day, other) for each in days],
        f"BETWEEN '{low}' AND '{high}'": [low <= each <= high for each in days],
        f"NOT BETWEEN '{low}' AND '{high}'": [not low <= each <= high for each in days],
    }
    assert {text: mask(frame, f"start_time {text}").tolist() for text in wanted} == wanted


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(x*)*z", "(.*),(.*),(.*),(.*),z", "(a?){30}a{30}b", "(a{0,99}){9}b"]
)
def test_no_pattern_takes_more_time_than_in_proportion_to_the_text(pattern: str) -> None:
    """A matcher that tries and takes back would need longer than the universe is old."""
    search = searcher(pattern)
    assert search is not None
    assert not search("a" * 3000 + "x" * 3000 + " y")
    assert search("a" * 100 + "b") == (pattern[-1] == "b")


@unhurried
@given(st.text("ab|()*+?.\\wdsb ", max_size=12), st.text("ab1 -\n", max_size=10))
def test_a_pattern_finds_what_re_finds(pattern: str, text: str) -> None:
    search = searcher(pattern)
    if search is not None:
        assert search(text) == (re.search(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [(r"(a)\1", "backreferences"), ("a(?=b)", "lookahead"), ("(?<!a)b", "lookbehind"), ("(?P<n>a)", "named groups")],
)
def test_what_a_pattern_may_not_hold_is_refused_by_name(pattern: str, name: str) -> None:
    with pytest.raises(QueryError, match=f"RLIKE takes no {name}"):
        parse(f"run_name RLIKE '{pattern}'")

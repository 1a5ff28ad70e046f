"""The quick way to read a metric file gives what MLflow's rule gives, whatever the lines are."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from nbtrack.stores.files import points, summaries
from nbtrack.stores.files.points import read_points, series_of, summary_of
from nbtrack.stores.files.summaries import FEW, summarised, summarised_all

FLOATS = some.one_of(some.floats(), some.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf, -math.inf]))
POINT = some.tuples(some.integers(0, 3), FLOATS, some.integers(-2, 3))
WORD = some.sampled_from(
    ["1", "2.5", "-3", "nan", "inf", "x", "", "1e5", "1_0", "99999999999999999999", "é", "\t", "\r"]
)


def shown_by_mlflow(lines: list[tuple[int, float, int]]) -> float:
    """Its rule, in its words: the maximum by (step, timestamp, value), the first of equals."""
    return max(lines, key=lambda point: (point[2], point[0], point[1]))[1]


@given(some.lists(POINT, min_size=1, max_size=12))
def test_the_displayed_value_is_mlflows_with_ties_and_nan(points: list[tuple[int, float, int]]) -> None:
    data = "".join(f"{time} {value} {step}\n" for time, value, step in points).encode()
    read = read_points(data)
    summary = summary_of(read)
    assert summary is not None
    assert repr(summary.last) == repr(shown_by_mlflow(points))
    assert summary.count == len(points)
    assert [repr(value) for value in series_of(read).value.tolist()] == [repr(value) for _, value, _ in points]
    numbers = [value for _, value, _ in points if not math.isnan(value)]
    if numbers:
        assert (summary.min, summary.max) == (min(numbers), max(numbers))


PLAIN = some.one_of(some.floats(0, 1e3), some.sampled_from([0.0, 0.1, 0.10000000000000002, 9.5, 10.25, 1e300]))
TEXT = some.one_of(PLAIN.map(repr), some.sampled_from("00.5 1. .5 1.2.3 . 7 0.50 -0.5 1e-5".split()))
STEPS = some.one_of(
    some.integers(0, 4).map(lambda first: range(first, 99)), some.lists(some.integers(0, 3), min_size=9)
)


@given(some.lists(some.tuples(some.integers(0, 3), TEXT), min_size=1, max_size=9), STEPS)
def test_a_file_summed_up_by_its_letters_comes_to_what_its_numbers_come_to(
    points: list[tuple[int, str]], steps: list[int]
) -> None:
    data = "".join(f"{time} {text} {step}\n" for (time, text), step in zip(points, steps, strict=False)).encode()
    read = read_points(data)
    assert repr(summarised(data)) == repr((summary_of(read), read.bad, read.cut))


ODD = [
    "00.5",
    "1.",
    ".5",
    "1-.5",
    "1e-",
    "e-5",
    "-",
    "1e+05",
    "-1e-05",
    "nan",
    "-inf",
    "inf",
    "nan1",
    ".",
    "",
    "7",
    "1.2.3",
]
NUMBER = some.one_of(some.floats().map(repr), some.sampled_from(ODD))
WHOLE = some.one_of(some.integers(0, 3).map(str), some.sampled_from(["-1", "1e5", "", "9" * 19, "1.0", "٣"]))
LINES = some.lists(some.tuples(WHOLE, NUMBER, WHOLE), min_size=1, max_size=5)


@given(some.lists(LINES, min_size=1, max_size=4))
def test_files_read_together_come_to_what_each_comes_to(files: list[list[tuple[str, str, str]]]) -> None:
    pytest.importorskip("pandas")
    datas = ["".join(" ".join(words) + "\n" for words in lines).encode() for lines in files]
    found = summarised_all([b"5 0.5 5\n"] * FEW + datas)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(summaries, "LONG", 0)  # a single one so long that it is read as they are
        alone = list(map(summarised, datas))
    assert repr(alone) == repr(found[FEW:])
    for data, (summary, bad, cut) in zip(datas, found[FEW:], strict=True):
        read = read_points(data)
        expected = summary_of(read)
        assert (bad, cut) == (read.bad, read.cut)
        assert repr(astuple(summary) if summary else None) == repr(astuple(expected) if expected else None)


def one_by_one(lines: list[str]) -> list[tuple[int, float, int] | None]:
    """MLflow's reading of single lines, None where it raises; steps of five-field lines are kept.

    Steps and times with a fraction, which MLflow 2 writes and does not read, are cut.
    """
    found: list[tuple[int, float, int] | None] = []
    for line in lines:
        words = line.strip().split(" ")
        try:
            if len(words) not in (2, 3, 5):
                raise ValueError
            value = float(words[1])
            time, step = cut(words[0]), cut(words[2]) if len(words) > 2 else 0
            fits = max(abs(time), abs(step)) < 2**63
            found.append((time, value, step) if fits else None)
        except (ValueError, OverflowError):
            found.append(None)
    return found


def cut(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        return int(float(word))


@pytest.mark.parametrize(
    ("line", "point"),
    [
        (b"1650532000123 0.5 50.0", (50, 1650532000123)),
        (b"1650532000123 0.5 -50.9", (-50, 1650532000123)),
        (b"1650532000.999 0.5 0", (0, 1650532000)),  # perhaps seconds: the unit is never guessed
        (b"1650532000.0 0.5 1e3", (1000, 1650532000)),
        (b"1650532000 0.5 7", (7, 1650532000000)),  # a whole number of this size is seconds, of MLflow before 1.0
    ],
)
def test_a_step_or_time_written_as_a_float_is_cut_toward_zero(line: bytes, point: tuple[int, int]) -> None:
    read = read_points(b"1 0.25 1\n" + line + b"\n")
    assert (read.steps[1], read.times[1]) == point
    assert (read.bad, read.cut) == ([], int(b"." in line.replace(b" 0.5", b"")))


@pytest.mark.parametrize("word", [b"1e300", b"inf", b"nan", b"9223372036854775808.0", b"-1e19", b"9" * 5000])
def test_a_step_beyond_64_bits_is_no_point(word: bytes) -> None:
    assert read_points(b"1 0.5 " + word + b"\n").bad == [1]
    assert read_points(word + b" 0.5 1\n").bad == [1]


@given(some.lists(some.lists(WORD, max_size=6).map(" ".join), min_size=1, max_size=8))
def test_any_lines_are_read_as_each_line_alone(lines: list[str]) -> None:
    read = read_points("".join(line + "\n" for line in lines).encode())
    expected = one_by_one(lines)
    assert read.bad == [number for number, point in enumerate(expected, 1) if point is None]
    points = list(zip(read.times, map(repr, read.values), read.steps, strict=True))
    assert points == [(each[0], repr(each[1]), each[2]) for each in expected if each is not None]
    series_of(read)
    assert repr(summarised("".join(line + "\n" for line in lines).encode())) == repr(
        (summary_of(read), read.bad, read.cut)
    )


NUMBERS = [
    *"1 -1 0.5 -0 1e5 1E5 1. .5 +2 nan -nan inf -inf +inf 5e-324 1e400 e 1e --1 na".split(),
    *("0.1000000000000000055511151231257827", "123456789012345678901234567890", "9" * 400),
]


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize("line", ["{} {} {}", "{1} {0} {0}", "{0} {0} {1}", "{0} {0}\n{0} {1} {0}", "{0} {0} {1} "])
def test_pandas_reads_a_long_file_as_python_does(value: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    monkeypatch.setattr(points, "LONG", 0)
    data = f"3 0.25 1\n{line.format(7, value, 2)}\n4 0.5 3\n".encode()
    wanted, found = points.series_of(points.read_points(data)), points.read_series(data)
    for name in ("step", "timestamp", "value"):
        one, other = getattr(wanted, name), getattr(found, name)
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes() or np.array_equal(one, other, equal_nan=True)

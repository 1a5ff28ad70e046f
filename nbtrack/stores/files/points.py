"""What do the lines of a metric file come down to?

A line is `timestamp value step`, and also `timestamp value` (old MLflow) or with a data set's name and digest after the
step. The displayed value is MLflow's: the maximum by (step, timestamp, value), not the last line.

MLflow before 1.0, and the client of 1.0, wrote the time in seconds. Later ones take that for milliseconds and show the
year 1970; here it becomes what was meant.
"""

from __future__ import annotations

import io
import sys
from typing import Any, NamedTuple

import numpy as np

from nbtrack.frame import Series, Summary

LONGEST_LINE = 4000
LONG = 50_000  # bytes
DIGITS = b"0123456789"
PLAIN = b" . \n"  # what is left of "1700000000000 0.25 7" without its digits
SECONDS = range(1_000_000_000, 4_000_000_000)  # the years 2001 to 2096; as milliseconds, a month of early 1970
_NUMBER = DIGITS + b".-+enaif"
_FORMS = frozenset(
    b" %s%s " % (sign, form)
    for sign in (b"", b"-")
    for form in (b"", b".", b".e-", b".e+", b"e-", b"e+", b"nan", b"inf")
)


class Points(NamedTuple):
    """Columns in file order, the numbers (from 1) of lines that are no points, and how many points lost a fraction."""

    steps: list[int]
    times: list[int]
    values: list[float]
    bad: list[int]
    cut: int = 0


def read_points(data: bytes) -> Points:
    if not data:
        return Points([], [], [], [])
    whole = data[-1:] == b"\n"
    if not whole:
        data += b"\n"
    count = data.count(b"\n")
    if _is_even(data, count):
        words = data.split()
        if len(words) == 3 * count:
            try:
                steps, times = list(map(int, words[2::3])), list(map(int, words[0::3]))
                if _fit(steps) and _fit(times):
                    return Points(steps, _in_milliseconds(times), list(map(float, words[1::3])), [])
            except ValueError:
                pass
    return _read_slowly(data, whole)


def read_series(data: bytes) -> Series:
    """The points of a file as columns. A long file is read by pandas, where that is loaded, three times as fast."""
    lines = plain_lines(data) if len(data) > LONG else 0
    quick = read_plain(data, lines) if lines else None
    return series_of(read_points(data)) if quick is None else quick


def _is_even(data: bytes, count: int) -> bool:
    """Is every line exactly "number number number"? What is left without the numbers shows it."""
    return data.translate(None, _NUMBER) == b"  \n" * count


def plain_lines(data: bytes) -> int:
    """How many lines, if each is "whole number, number, whole number" without needless signs, as pandas takes it; or 0.

    What is left without the digits shows it. (To count line breaks would take as long again.)
    """
    left = data.translate(None, DIGITS)
    count, rest = divmod(len(left), len(PLAIN))
    if not rest and left == PLAIN * count:
        return count
    *lines, end = left.split(b"\n")
    return len(lines) if not end and _FORMS.issuperset(lines) else 0


def read_plain(data: bytes, lines: int) -> Series | None:
    """The points of plain files, one file after the other, in order; None where pandas is not loaded or cannot."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return None
    options: dict[str, Any] = {"sep": " ", "header": None, "low_memory": False, "keep_default_na": False}
    options |= {"na_values": {1: ["nan"]}, "dtype": {0: np.int64, 1: np.float64, 2: np.int64}}
    if tuple(map(int, pandas.__version__.split(".")[:2])) < (3, 1):
        options["float_precision"] = "round_trip"  # from 3.1 on the default reads exactly, and this is deprecated
        options["dtype"] = {1: np.float64}  # told of int64, pandas 2 makes 9999999999999999999 negative
    try:
        table = pandas.read_csv(io.BytesIO(data), **options)
        time, value, step = (table[column].to_numpy() for column in range(3))
    except (ValueError, OverflowError, KeyError):
        return None  # whatever it stumbles over, the other way decides about
    # It drops lines with nothing but blanks.
    if len(table) != lines or time.dtype != np.int64 or step.dtype != np.int64:
        return None
    in_seconds = (time >= SECONDS.start) & (time < SECONDS.stop)
    return Series(step, np.where(in_seconds, time * 1000, time) if in_seconds.any() else time, value)


def _read_slowly(data: bytes, whole: bool) -> Points:
    """Line by line, as MLflow reads them; it raises where this notes a bad line."""
    points = Points([], [], [], [])
    cut = 0
    widths: set[int] = set()
    lines = data.split(b"\n")[:-1]
    for number, line in enumerate(lines, 1):
        words = line.strip().split(b" ") if len(line) <= LONGEST_LINE else []
        try:
            torn = number == len(lines) and not whole and len(words) == 2 and widths - {2}
            if len(words) not in (2, 3, 5) or torn:
                raise ValueError
            value = float(words[1])
            (time, time_cut), (step, step_cut) = _whole(words[0]), _whole(words[2] if len(words) > 2 else b"0")
            if not _fit([step, time]):
                raise ValueError
        except (ValueError, OverflowError):
            points.bad.append(number)
            continue
        cut += time_cut or step_cut
        if not time_cut and time in SECONDS:
            time *= 1000
        widths.add(len(words))
        points.steps.append(step)
        points.times.append(time)
        points.values.append(value)
    return points._replace(cut=cut)


def _whole(word: bytes) -> tuple[int, bool]:
    """A step or a time, and whether it is written as a float, which MLflow 2 and Lightning let pass.

    The fraction is cut, toward zero; the unit of such a time is never guessed.
    """
    try:
        return int(word), False
    except ValueError:
        return int(float(word)), True


def _in_milliseconds(times: list[int]) -> list[int]:
    if min(times) >= SECONDS.stop:
        return times
    return [time * 1000 if time in SECONDS else time for time in times]


def _fit(numbers: list[int]) -> bool:
    """Do all fit into an int64 column?"""
    return min(numbers) >= -(2**63) and max(numbers) < 2**63


def summary_of(points: Points) -> Summary | None:
    """None where there is no point at all."""
    steps, times, values = points[:3]
    count = len(steps)
    if not count:
        return None
    first, last = first_row(points), last_row(points)
    low, high = _range(values)
    return Summary(values[last], steps[last], times[last], low, high, values[first], count)


def last_row(points: Points) -> int:
    """Where the displayed point stands."""
    steps, times, values = points[:3]
    top = max(steps)
    if steps[-1] == top and steps.count(top) == 1:
        return len(steps) - 1
    # max() keeps the first of equals and never prefers a NaN to what it met before: MLflow's order, ties included.
    rows = [row for row, step in enumerate(steps) if step == top]
    return max(rows, key=lambda row: (times[row], values[row]))


def first_row(points: Points) -> int:
    steps, times = points[:2]
    low = min(steps)
    if steps[0] == low and steps.count(low) == 1:
        return 0
    rows = [row for row, step in enumerate(steps) if step == low]
    return min(rows, key=times.__getitem__)


def _range(values: list[float]) -> tuple[float, float]:
    total = sum(values)
    if total != total:  # a NaN inside, or both infinities
        values = [value for value in values if value == value] or [float("nan")]
    return min(values), max(values)


def series_of(points: Points) -> Series:
    return Series(
        np.array(points.steps, np.int64), np.array(points.times, np.int64), np.array(points.values, np.float64)
    )

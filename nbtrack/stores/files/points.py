"""What do the lines of a metric file come down to?

A line is `timestamp value step`, and also `timestamp value` (old MLflow) or with a data set's name and digest after the
step. The displayed value is MLflow's: the maximum by (step, timestamp, value), not the last line.
"""

from __future__ import annotations

import io
import sys
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from nbtrack.frame import Series, Summary

LONGEST_LINE = 4000
LONG = 50_000  # bytes
_DIGITS = b"0123456789"
_NUMBER = _DIGITS + b".-+enaif"
_PLAIN = b" . \n"  # what is left of "1700000000000 0.25 7" without its digits
_SIGNED_64 = 18  # so many digits always fit
_STEPS = [b"%d" % step for step in range(10_000)]


class Points(NamedTuple):
    """Columns in file order, and the numbers (from 1) of lines that are no points."""

    steps: list[int]
    times: list[int]
    values: list[float]
    bad: list[int]


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
                    return Points(steps, times, list(map(float, words[1::3])), [])
            except ValueError:
                pass
    return _read_slowly(data, whole)


def summarised(data: bytes) -> tuple[Summary | None, list[int]]:
    """What a file comes down to (None where there is no point in it), and the numbers of lines that are no points."""
    quick = _summarised_by_letters(data)
    if quick is not None:
        return quick, []
    read = read_points(data)
    return summary_of(read), read.bad


def _summarised_by_letters(data: bytes) -> Summary | None:
    """The same as reading every number, where the text alone tells which are the least and the greatest.

    To make a float of 17 digits takes Python longer than everything else that is done with a file. Decimals without sign
    and exponent are ordered as their letters are, if as many digits stand before the point.
    """
    count = data.count(b"\n")
    if not count or data.translate(None, _DIGITS) != _PLAIN * count:
        return None
    words = data.split()
    times, values, steps = words[0::3], words[1::3], words[2::3]
    if len(words) != 3 * count or max(map(len, times)) > _SIGNED_64 or max(map(len, steps)) > _SIGNED_64:
        return None
    ends = _least_and_greatest(values)
    if ends is None:
        return None
    at, last = _ends_in_time(times, steps, values)
    low, high = map(float, ends)
    return Summary(float(values[last]), int(steps[last]), int(times[last]), low, high, float(values[at]), count)


def _least_and_greatest(values: list[bytes]) -> tuple[bytes, bytes] | None:
    """Of words that have one point and digits else."""
    before = values[0].find(b".")
    try:
        if before > 0 and set(map(itemgetter(before), values)) == {ord(".")}:
            return min(values), max(values)
    except IndexError:
        pass
    widths = [word.find(b".") for word in values]
    narrow, wide = min(widths), max(widths)
    if not narrow or any(word[0] == ord("0") for word, width in zip(values, widths, strict=True) if width > 1):
        return None
    pairs = list(zip(values, widths, strict=True))
    return min(word for word, width in pairs if width == narrow), max(word for word, width in pairs if width == wide)


def _ends_in_time(times: list[bytes], steps: list[bytes], values: list[bytes]) -> tuple[int, int]:
    """Where the first and the last point stand: mostly at the two ends."""
    first = int(steps[0])
    if steps == _STEPS[first : first + len(steps)]:
        return 0, len(steps) - 1
    numbers, clocks = list(map(int, steps)), list(map(int, times))
    top = max(numbers)
    newest = max(clock for clock, step in zip(clocks, numbers, strict=True) if step == top)
    rows = [row for row, pair in enumerate(zip(numbers, clocks, strict=True)) if pair == (top, newest)]
    return _first(numbers, clocks), max(rows, key=lambda row: float(values[row]))


def read_series(data: bytes) -> Series:
    """The points of a file as columns. A long file is read by pandas, where that is loaded, three times as fast."""
    quick = _read_by_pandas(data) if len(data) > LONG else None
    return series_of(read_points(data)) if quick is None else quick


def _is_even(data: bytes, count: int) -> bool:
    """Is every line exactly "number number number"? What is left without the numbers shows it."""
    return data.translate(None, _NUMBER) == b"  \n" * count


def _read_by_pandas(data: bytes) -> Series | None:
    pandas = sys.modules.get("pandas")
    if pandas is None or data[-1:] != b"\n" or not _is_even(data, data.count(b"\n")):
        return None
    # Only the values' kind is asked for: asked for whole numbers, it would take 1e5 for one.
    options = {"sep": " ", "header": None, "dtype": {1: np.float64}}
    if tuple(map(int, pandas.__version__.split(".")[:2])) < (3, 1):
        options["float_precision"] = "round_trip"  # from 3.1 on the default reads exactly, and this is deprecated
    try:
        table = pandas.read_csv(io.BytesIO(data), keep_default_na=False, na_filter=False, **options)
        time, value, step = (table[column].to_numpy() for column in range(3))
    except (ValueError, OverflowError, KeyError):
        return None  # whatever it stumbles over, the other way decides about
    # It drops lines with nothing but blanks.
    exact = time.dtype == step.dtype == np.int64 and len(table) == data.count(b"\n")
    return Series(step, time, value) if exact else None


def _read_slowly(data: bytes, whole: bool) -> Points:
    """Line by line, as MLflow reads them; it raises where this notes a bad line."""
    points = Points([], [], [], [])
    widths: set[int] = set()
    lines = data.split(b"\n")[:-1]
    for number, line in enumerate(lines, 1):
        words = line.strip().split(b" ") if len(line) <= LONGEST_LINE else []
        try:
            torn = number == len(lines) and not whole and len(words) == 2 and widths - {2}
            if len(words) not in (2, 3, 5) or torn:
                raise ValueError
            time, value = int(words[0]), float(words[1])
            step = int(words[2]) if len(words) > 2 else 0
            if not _fit([step, time]):
                raise ValueError
        except ValueError:
            points.bad.append(number)
            continue
        widths.add(len(words))
        points.steps.append(step)
        points.times.append(time)
        points.values.append(value)
    return points


def _fit(numbers: list[int]) -> bool:
    """Do all fit into an int64 column?"""
    return min(numbers) >= -(2**63) and max(numbers) < 2**63


def summary_of(points: Points) -> Summary | None:
    """None where there is no point at all."""
    steps, times, values, _ = points
    count = len(steps)
    if not count:
        return None
    last = _last(steps, times, values)
    first = _first(steps, times)
    low, high = _range(values)
    return Summary(values[last], steps[last], times[last], low, high, values[first], count)


def _last(steps: list[int], times: list[int], values: list[float]) -> int:
    top = max(steps)
    if steps[-1] == top and steps.count(top) == 1:
        return len(steps) - 1
    # max() keeps the first of equals and never prefers a NaN to what it met before: MLflow's order, ties included.
    rows = [row for row, step in enumerate(steps) if step == top]
    return max(rows, key=lambda row: (times[row], values[row]))


def _first(steps: list[int], times: list[int]) -> int:
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

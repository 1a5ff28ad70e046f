"""What does a metric file come down to, at less than the cost of reading all its numbers?

To make a float of 17 digits takes Python longer than all else that is done with a file. So the files of many runs are
read at once by pandas, where that is loaded; otherwise the letters tell which numbers are the least and the greatest.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Sequence
from operator import itemgetter

import numpy as np

from nbtrack.frame import I64, Series, Summary
from nbtrack.stores.files.points import (
    DIGITS,
    PLAIN,
    Points,
    first_row,
    last_row,
    plain_lines,
    read_plain,
    read_points,
    summary_of,
)

Found = tuple[Summary | None, list[int], int]

FEW = 20  # files; for fewer, pandas takes longer to begin than the other way takes for all
MANY = 20_000  # runs
LONG = 1_000_000  # bytes of one file, whose words would be 200 bytes a point for a moment
_SIGNED_64 = 18  # so many digits always fit
_IN_SECONDS = 10  # digits of a time in seconds
_STEPS = [b"%d" % step for step in range(10_000)]


def prepare(runs: int) -> None:
    """Load pandas where so many new runs are to be read that it saves more time than its import takes."""
    if runs > MANY:
        with contextlib.suppress(ImportError):
            importlib.import_module("pandas")


def summarised_all(files: Sequence[bytes]) -> list[Found]:
    """Of each file its summary (None where there is no point in it), the numbers of lines that are no points, and how
    many points have a step or a time with a fraction.
    """
    quick = _together(files) if len(files) >= FEW and "pandas" in sys.modules else None
    return [summarised(data) for data in files] if quick is None else quick


def summarised(data: bytes) -> Found:
    quick = (_at_once(data) if len(data) > LONG and "pandas" in sys.modules else None) or _by_letters(data)
    if quick is not None:
        return quick, [], 0
    read = read_points(data)
    return summary_of(read), read.bad, read.cut


# many files


def _together(files: Sequence[bytes]) -> list[Found] | None:
    lines = list(map(plain_lines, files))
    plain = [number for number, count in enumerate(lines) if count]
    counts = np.array([lines[number] for number in plain], np.int64)
    read = read_plain(b"".join([files[number] for number in plain]), int(counts.sum())) if len(plain) >= FEW else None
    if read is None:
        return None
    found: list[Found | None] = [None] * len(files)
    for number, summary in zip(plain, _reduced(read, counts), strict=True):
        found[number] = summary, [], 0
    return [summarised(files[number]) if each is None else each for number, each in enumerate(found)]


def _reduced(read: Series, counts: I64) -> list[Summary]:
    """The points of several files, one after the other, as a summary for each."""
    steps, times, values = read.step, read.timestamp, read.value
    ends = np.cumsum(counts)
    starts = ends - counts
    first, last = starts.copy(), ends - 1
    top, bottom = np.maximum.reduceat(steps, starts), np.minimum.reduceat(steps, starts)
    at_top = np.add.reduceat(steps == np.repeat(top, counts), starts, dtype=np.int64)
    at_bottom = np.add.reduceat(steps == np.repeat(bottom, counts), starts, dtype=np.int64)
    settled = (at_top == 1) & (steps[last] == top) & (at_bottom == 1) & (steps[first] == bottom)
    for number in np.flatnonzero(~settled).tolist():
        start = int(starts[number])
        one = slice(start, int(ends[number]))
        few = Points(steps[one].tolist(), times[one].tolist(), values[one].tolist(), [])
        first[number], last[number] = start + first_row(few), start + last_row(few)
    low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)  # they pass over NaN
    columns = values[last], steps[last], times[last], low, high, values[first], counts
    return [Summary(*cells) for cells in zip(*(column.tolist() for column in columns), strict=True)]


# one file


def _at_once(data: bytes) -> Summary | None:
    lines = plain_lines(data)
    read = read_plain(data, lines) if lines else None
    return None if read is None else _reduced(read, np.array([lines]))[0]


def _by_letters(data: bytes) -> Summary | None:
    """Of decimals without sign and exponent, as many digits before the point, the letters have the numbers' order."""
    count = data.count(b"\n")
    if not count or data.translate(None, DIGITS) != PLAIN * count:
        return None
    words = data.split()
    times, values, steps = words[0::3], words[1::3], words[2::3]
    widths = set(map(len, times))
    if len(words) != 3 * count or max(widths) > _SIGNED_64 or max(map(len, steps)) > _SIGNED_64:
        return None
    if _IN_SECONDS in widths:
        return None  # as MLflow before 1.0 wrote them
    ends = _least_and_greatest(values)
    if ends is None:
        return None
    first, last = _ends_in_time(times, steps, values)
    low, high = map(float, ends)
    return Summary(float(values[last]), int(steps[last]), int(times[last]), low, high, float(values[first]), count)


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
    read = Points(list(map(int, steps)), list(map(int, times)), list(map(float, values)), [])
    return first_row(read), last_row(read)

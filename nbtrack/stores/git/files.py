"""What do a `metrics.csv` and a `params.yml` of DagsHub's logger say?

The format has no specification; the logger (0.7.3) writes `Name,Value,Timestamp,Step` with a row for each point, names
quoted, numbers bare, line ends mixed, `nan` and `inf` as Python writes them; and a YAML mapping, nested or flat.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from nbtrack.frame import Summary
from nbtrack.stores.files.codec import read_meta
from nbtrack.stores.files.disk import Unreadable
from nbtrack.stores.files.points import Points, summary_of

HEADER = ["Name", "Value", "Timestamp", "Step"]
MOST_MS = 8_640_000_000_000_000  # what a calendar holds


@dataclass(frozen=True, slots=True)
class Measures:
    """What the points of a file come down to: `times` are the first and the last one in ms, None without a point."""

    summaries: Mapping[str, Summary] = field(default_factory=dict)
    times: tuple[int, int] | None = None
    bad: int = 0


@dataclass(slots=True)
class Measured:
    """Points by metric, in file order, and how many rows are no points."""

    metrics: dict[str, Points] = field(default_factory=dict)
    bad: int = 0


def read_measures(data: bytes) -> Measures:
    """The file without its points, of which a long history has millions. Raises Unreadable as `read_metrics` does."""
    found = read_metrics(data)
    summaries = {key: summary for key, points in found.metrics.items() if (summary := summary_of(points)) is not None}
    first = min((min(points.times) for points in found.metrics.values()), default=None)
    if first is None:
        return Measures(summaries, None, found.bad)
    return Measures(summaries, (first, max(max(points.times) for points in found.metrics.values())), found.bad)


def read_metrics(data: bytes) -> Measured:
    """Raises Unreadable where the heading is another's."""
    found = Measured()
    # newline="" keeps the line breaks inside quoted names. A long file is not held as text as a whole.
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline=""))
    try:
        heads = next(rows, None)
        if heads is None:
            return found
        if [head.strip().capitalize() for head in heads] != HEADER:
            raise Unreadable(f"does not begin with {','.join(HEADER)}", "Commit it as DagsHub's logger writes it.")
        for row in rows:
            _add(found, row)
    except csv.Error:
        found.bad += 1  # a field of over 128 kB, or a NUL: what was read stays
    return found


def _add(found: Measured, row: list[str]) -> None:
    """A long history is a million rows, so the usual one comes first and is not looked at twice."""
    if not row:
        return
    try:
        name, value, timestamp, step = row
        try:
            number, time, at = float(value), int(timestamp), int(step)
        except ValueError:
            number = float({"True": "1", "False": "0"}.get(value, value))
            time, at = int(float(timestamp)), int(float(step or 0))
    except (ValueError, OverflowError):
        found.bad += 1
        return
    if not name or not -MOST_MS <= time <= MOST_MS or not -(1 << 63) < at < 1 << 63:
        found.bad += 1
        return
    points = found.metrics.get(name)
    if points is None:
        points = found.metrics[name] = _no_points()
    points.values.append(number)
    points.times.append(time)
    points.steps.append(at)


def _no_points() -> Points:
    """Arrays take a fifth of the memory of lists, and are used as these are."""
    return Points(cast(list[int], array("q")), cast(list[int], array("q")), cast(list[float], array("d")), [])


def read_params(data: bytes) -> dict[str, str]:
    """Nested keys joined by dots, values as text. Raises Unreadable where it is no mapping."""
    return dict(_flat(read_meta(data), ""))


def _flat(mapping: dict[Any, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in mapping.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{name}.")
        else:
            yield name, str(value)

"""What do a `metrics.csv` and a `params.yml` of DagsHub's logger say?

The format has no specification; the logger (0.7.3) writes `Name,Value,Timestamp,Step` with a row for each point, names
quoted, numbers bare, line ends mixed, `nan` and `inf` as Python writes them; and a YAML mapping, nested or flat.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbtrack.stores.files.codec import read_meta
from nbtrack.stores.files.disk import Unreadable
from nbtrack.stores.files.points import Points

HEADER = ["Name", "Value", "Timestamp", "Step"]
MOST_MS = 8_640_000_000_000_000  # what a calendar holds


@dataclass(slots=True)
class Measured:
    """Points by metric, in file order, and how many rows are no points."""

    metrics: dict[str, Points] = field(default_factory=dict)
    bad: int = 0


def read_metrics(data: bytes) -> Measured:
    """Raises Unreadable where the heading is another's."""
    found = Measured()
    # newline="" keeps the line breaks inside quoted names.
    rows = csv.reader(io.StringIO(data.decode("utf-8", errors="replace"), newline=""))
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
    if not row:
        return
    try:
        name, value, timestamp, step = row
        point = float({"True": "1", "False": "0"}.get(value, value)), int(float(timestamp)), int(float(step or 0))
    except (ValueError, OverflowError):
        found.bad += 1
        return
    if not name or abs(point[1]) > MOST_MS or abs(point[2]) >= 1 << 63:
        found.bad += 1
        return
    points = found.metrics.setdefault(name, Points([], [], [], []))
    points.values.append(point[0])
    points.times.append(point[1])
    points.steps.append(point[2])


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

"""In which order do runs stand that are grouped by columns? As js/src/data/groups.ts has it, with all groups open."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from nbtrack.dashboard.tree import grown
from nbtrack.errors import QueryError
from nbtrack.frame import Column, Frame, Metrics, Numbers, Text
from nbtrack.query import parse_key
from nbtrack.query.tree import ATTRIBUTE

PARTS = ("min", "max", "first")


def in_groups(
    frame: Frame, rows: Sequence[int], view: Mapping[str, Any], parent: Sequence[int], pinned: Collection[int]
) -> list[int]:
    """The rows, which are in order, by their groups, the pinned ones before; nested within each group."""
    groups = _by_mean(_grouped(frame, view["group"], rows), frame, view["order"])
    home = {row: at for at, group in enumerate(groups) for row in group if row not in pinned}
    above = [-1] * len(frame)
    if view["tree"]:
        for row, at in home.items():
            if parent[row] >= 0 and home.get(parent[row]) == at:
                above[row] = parent[row]
    return [row for row in rows if row in pinned] + grown(home, above)


def _grouped(frame: Frame, names: Iterable[str], rows: Sequence[int]) -> list[list[int]]:
    """The rows by their values in these columns, in the order of their first rows."""
    columns = [_cells(frame, name) for name in names]
    found: dict[tuple[object, ...], list[int]] = {}
    for row in rows:
        values = (None if column is None else column.at(row) for column in columns)
        found.setdefault(tuple("nan" if value != value else value for value in values), []).append(row)
    return list(found.values())


def _by_mean(groups: list[list[int]], frame: Frame, order: Sequence[str]) -> list[list[int]]:
    """By the mean of the numbers that the runs are ordered by first; those without one come last."""
    found = next((key for key in map(_key, order) if key is not None), None)
    column = None if found is None else _cells(frame, found[0])
    if found is None or column is None or isinstance(column, Text):
        return groups
    sign = -1 if found[1] else 1
    means = [_mean(column, group) for group in groups]
    places = sorted(range(len(groups)), key=lambda at: (means[at] != means[at], sign * means[at]))
    return [groups[at] for at in places]


def _key(clause: str) -> tuple[str, bool] | None:
    """The column of an order's clause, and whether its greatest come first; None where it cannot be read."""
    try:
        key = parse_key(clause)
    except QueryError:
        return None
    part = f".{key.column.part}" if key.column.part not in (None, "last") else ""
    name = key.column.key if key.column.family == ATTRIBUTE else f"{key.column.family}.{key.column.key}"
    return name + part, key.descending


def _mean(column: Numbers | Metrics, rows: Iterable[int]) -> float:
    """Of the finite values; in the same steps as in the browser, so that nearly equal means fall the same way."""
    n, mean = 0, 0.0
    for row in rows:
        value = float(column.values[row])
        if column.missing[row] or not math.isfinite(value):
            continue
        n += 1
        mean += (value - mean) / n
    return mean if n else math.nan


def _cells(frame: Frame, name: str) -> Column | None:
    """A column, or a part of a metric's history under the metric's name, such as metrics.loss.min."""
    if name == "duration":
        return _durations(frame)
    whole, _, part = name.rpartition(".")
    metric = frame.columns.get(whole)
    if name in frame.columns or not isinstance(metric, Metrics) or part not in PARTS:
        return frame.columns.get(name)
    return Numbers(getattr(metric, part), metric.missing)


def _durations(frame: Frame) -> Numbers:
    """How long each run took; of those that run, until now."""
    start, end, status = (frame.columns[name] for name in ("start_time", "end_time", "status"))
    assert isinstance(start, Numbers)
    assert isinstance(end, Numbers)
    assert isinstance(status, Text)
    runs = np.array([word == "RUNNING" for word in status.words] + [False], np.bool_)[status.codes] & end.missing
    until = np.where(runs, time.time() * 1000, end.values)
    return Numbers(until - start.values, start.missing | (end.missing & ~runs))

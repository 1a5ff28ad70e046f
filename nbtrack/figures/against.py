"""By how much do runs differ from a baseline?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.figures.canvas import figure, plain
from nbtrack.figures.chosen import sense_of
from nbtrack.figures.given import Runs, column_of, metric_of, runs_of
from nbtrack.figures.ink import inks
from nbtrack.frame import F64, Metrics, Series
from nbtrack.query.direction import Direction
from nbtrack.query.named import run_ids
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GOOD, BAD, NEUTRAL = "#2e7d32", "#c62828", "#8a8f98"
PICKS = ("last", "best", "min", "max", "step")


def difference(
    runs: Any,
    baseline: Any = None,
    metrics: Sequence[str] | None = None,
    *,
    pick: str = "last",
    step: int = 0,
    directions: Mapping[str, str] | None = None,
    store: Store | str | Path | None = None,
) -> Figure:
    """By how many per cent values differ from the baseline's (by default the first run's); green is better.

    `pick` says which value of a metric: "last", "best", "min", "max", or "step", the last one at or before `step`.
    `directions`: "min" or "max" by metric, where the runs, the dashboard and its name say otherwise or nothing.
    """
    from plotly.graph_objects import Bar

    given = runs_of(runs, store)
    base = _baseline(given, baseline)
    keys = [metric_of(given, name) for name in metrics] if metrics else _told(given)
    senses = [sense_of(given, key, (directions or {}).get(key)) for key in keys]
    columns = [_picked(given, key, pick, step, sense) for key, sense in zip(keys, senses, strict=True)]
    traces, left = [], set()
    colors = inks(given.ids, given.colors)
    for row, (run, name) in enumerate(zip(given.ids, given.names, strict=True)):
        if row == base:
            continue
        shares, edges = [], []
        for key, sense, column in zip(keys, senses, columns, strict=True):
            share = _share(column[row], column[base])
            if share is None:
                left.add(key)
            shares.append(share)
            edges.append(_turn(share, sense))
        marker = {"color": colors[run].color, "line": {"color": edges, "width": 2}}
        traces.append(Bar(x=shares, y=[plain(key) for key in keys], orientation="h", name=plain(name), marker=marker))
    notes = ["green edge: better, red edge: worse"]
    if left:
        notes.append(f"not everywhere as a share: {', '.join(sorted(left))} (missing, or the baseline is 0)")
    title = f"Against {given.names[base]}, {f'at step {step}' if pick == 'step' else pick} values"
    xaxis = {"title": {"text": "difference in %"}, "ticksuffix": " %"}
    return figure(traces, title, notes=notes, xaxis=xaxis, yaxis={"autorange": "reversed", "type": "category"})


def _baseline(given: Runs, baseline: Any) -> int:
    if baseline is None:
        return 0
    meant = run_ids(given.frame, [baseline])
    if len(meant) != 1 or meant[0] not in given.ids:
        raise InvalidValueError("The baseline is one of the runs: give its id or its name.")
    return given.ids.index(meant[0])


def _picked(given: Runs, key: str, pick: str, step: int, sense: Direction | None) -> F64:
    """One value of each run; NaN where it has none."""
    if pick not in PICKS:
        raise InvalidValueError(f"pick is one of {', '.join(PICKS)}, not {pick!r}.")
    column = given.frame.columns[f"metrics.{key}"]
    assert isinstance(column, Metrics)
    if pick == "step":
        return np.array([_at(given.history(run, key), step) for run in given.ids], np.float64)
    if pick == "best" and sense is None:
        return np.full(len(given.ids), np.nan)
    part = {"last": "values", "best": sense or ""}.get(pick, pick)
    return np.where(column.missing, np.nan, getattr(column, part))


def _at(points: Series, step: int) -> float:
    """The last point at or before the step; of several at one step the one with the latest clock, as data/at.ts."""
    here = np.flatnonzero(points.step <= step)
    if len(here) == 0:
        return float("nan")
    last = here[np.lexsort((here, points.timestamp[here], points.step[here]))[-1]]
    return float(points.value[last])


def _told(given: Runs) -> list[str]:
    """What at least one of the runs has; the machine's own measures left out."""
    known = [key for key in given.metrics() if not key.startswith("system/")]
    return [key for key in known if any(text is not None for text in column_of(given, f"metrics.{key}").texts)]


def _share(value: float, base: float) -> float | None:
    if not np.isfinite(value) or not np.isfinite(base) or base == 0:
        return None
    return float(100 * (value - base) / abs(base))


def _turn(share: float | None, sense: Direction | None) -> str:
    if not share or sense is None:
        return NEUTRAL
    return GOOD if (share < 0) == (sense == "min") else BAD

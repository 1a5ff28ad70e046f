"""What did each run come to, against the others, against a baseline, and because of which param?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.figures.canvas import figure, plain
from nbtrack.figures.chosen import sense_of
from nbtrack.figures.given import Runs, column_of, metric_of, runs_of
from nbtrack.figures.importances import importances_of
from nbtrack.figures.ink import HUES, inks
from nbtrack.query.direction import direction_of
from nbtrack.query.named import run_ids
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GOOD, BAD, NEUTRAL = "#2e7d32", "#c62828", "#8a8f98"


def bars(runs: Any, metric: str, *, direction: str | None = None, store: Store | str | Path | None = None) -> Figure:
    """The last value of each run, the best one on top. `direction`: "min" or "max", else as its name says."""
    from plotly.graph_objects import Bar

    given = runs_of(runs, store)
    key = metric_of(given, metric)
    values = column_of(given, f"metrics.{key}").numbers
    assert values is not None
    sign = 1 if sense_of(given, key, direction) == "min" else -1
    rows = sorted(np.flatnonzero(np.isfinite(values)).tolist(), key=lambda row: sign * values[row])
    colors = inks(given.ids)
    names = given.names
    bar = Bar(
        x=values[rows],
        y=[plain(names[row]) for row in rows],
        orientation="h",
        marker={"color": [colors[given.ids[row]].color for row in rows]},
    )
    missing = len(given.ids) - len(rows)
    notes = [f"{missing} without a finite value"] if missing else []
    return figure([bar], key, notes=notes, yaxis={"autorange": "reversed", "type": "category"})


def importance(
    runs: Any, metric: str, params: Sequence[str] | None = None, *, store: Store | str | Path | None = None
) -> Figure:
    """Which params the last value of a metric hangs on: rank correlation, and how much worse the nearest runs foretell
    it when a param is shuffled. Too few runs, or a metric that cannot be foretold, is said in the figure."""
    from plotly.graph_objects import Bar

    given = runs_of(runs, store)
    key = metric_of(given, metric)
    values = column_of(given, f"metrics.{key}").numbers
    assert values is not None
    names = params or [name for name in given.frame.columns if name.startswith("params.")]
    columns = [column_of(given, name) for name in names]
    found = importances_of([(each.label, each.texts) for each in columns], _cells(values))
    labels = [plain(each.param) for each in found.importances]
    traces = []
    if any(each.permutation is not None for each in found.importances):
        share = [each.permutation for each in found.importances]
        spread = {"type": "data", "array": [each.spread for each in found.importances]}
        bar = {"name": "permutation importance", "marker": {"color": HUES[0]}}
        traces.append(Bar(x=share, y=labels, orientation="h", error_x=spread, **bar))
    rho = [each.correlation for each in found.importances]
    bar = {"name": "rank correlation", "marker": {"color": HUES[1]}}
    traces.append(Bar(x=rho, y=labels, orientation="h", **bar))
    notes = list(found.notes)
    if found.explained is not None:
        notes.insert(
            0, f"The nearest runs foretell {max(0.0, found.explained):.0%} of the ranks' variance ({found.runs} runs)."
        )
    yaxis = {"autorange": "reversed", "type": "category"}
    return figure(traces, f"What {key} hangs on", notes=notes, yaxis=yaxis, barmode="group", showlegend=True)


def difference(
    runs: Any,
    baseline: Any = None,
    metrics: Sequence[str] | None = None,
    *,
    directions: Mapping[str, str] | None = None,
    store: Store | str | Path | None = None,
) -> Figure:
    """By how many per cent the last values differ from the baseline's (by default the first run's); green is better.

    `directions`: "min" or "max" by metric, where the dashboard, the runs and its name say otherwise or nothing.
    """
    from plotly.graph_objects import Bar

    given = runs_of(runs, store)
    base = _baseline(given, baseline)
    keys = [metric_of(given, name) for name in metrics] if metrics else _told(given)
    columns = [column_of(given, f"metrics.{key}").numbers for key in keys]
    senses = {**given.directions, **(directions or {})}
    traces, left = [], set()
    colors = inks(given.ids)
    for row, (run, name) in enumerate(zip(given.ids, given.names, strict=True)):
        if row == base:
            continue
        shares, edges = [], []
        for key, column in zip(keys, columns, strict=True):
            assert column is not None
            share = _share(column[row], column[base])
            if share is None:
                left.add(key)
            shares.append(share)
            edges.append(_turn(share, direction_of(given.frame, key, senses)))
        marker = {"color": colors[run].color, "line": {"color": edges, "width": 2}}
        traces.append(Bar(x=shares, y=[plain(key) for key in keys], orientation="h", name=plain(name), marker=marker))
    notes = ["green edge: better, red edge: worse"]
    if left:
        notes.append(f"not everywhere as a share: {', '.join(sorted(left))} (missing, or the baseline is 0)")
    title = f"Against {given.names[base]}"
    xaxis = {"title": {"text": "difference in %"}, "ticksuffix": " %"}
    return figure(traces, title, notes=notes, xaxis=xaxis, yaxis={"autorange": "reversed", "type": "category"})


def _baseline(given: Runs, baseline: Any) -> int:
    if baseline is None:
        return 0
    meant = run_ids(given.frame, [baseline])
    if len(meant) != 1 or meant[0] not in given.ids:
        raise InvalidValueError("The baseline is one of the runs: give its id or its name.")
    return given.ids.index(meant[0])


def _told(given: Runs) -> list[str]:
    """What at least one of the runs has; the machine's own measures left out."""
    known = [key for key in given.metrics() if not key.startswith("system/")]
    return [key for key in known if any(text is not None for text in column_of(given, f"metrics.{key}").texts)]


def _share(value: float, base: float) -> float | None:
    if not np.isfinite(value) or not np.isfinite(base) or base == 0:
        return None
    return float(100 * (value - base) / abs(base))


def _turn(share: float | None, sense: str) -> str:
    if not share:
        return NEUTRAL
    return GOOD if (share < 0) == (sense == "min") else BAD


def _cells(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]

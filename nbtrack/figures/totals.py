"""What did each run come to, against the others, and because of which param?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.figures.canvas import figure, plain
from nbtrack.figures.chosen import sense_of
from nbtrack.figures.forest import forest_importances
from nbtrack.figures.given import Runs, column_of, metric_of, runs_of
from nbtrack.figures.history import BAND_NAMES, BEYOND, ROOM
from nbtrack.figures.importances import foretold, importances_of
from nbtrack.figures.ink import HUES, group_inks, inks
from nbtrack.figures.means import group_names, means_of
from nbtrack.frame import F64
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def bars(
    runs: Any,
    metric: str,
    *,
    group: str | Sequence[str] | None = None,
    band: str = "sd",
    direction: str | None = None,
    store: Store | str | Path | None = None,
) -> Figure:
    """The last value of each run, the best one on top, the largest where nobody says which way is better.

    `direction`: "min" or "max", else as the runs or the name say. `group`, columns such as "params.model", makes one
    bar of all runs that share its value: their mean with a `band` "sd", "ci" or "minmax".
    """
    given = runs_of(runs, store)
    key = metric_of(given, metric)
    values = column_of(given, f"metrics.{key}").numbers
    assert values is not None
    sign = 1 if sense_of(given, key, direction) == "min" else -1
    if group:
        return _mean_bars(given, key, values, [group] if isinstance(group, str) else group, band, sign)
    rows = sorted(np.flatnonzero(np.isfinite(values)).tolist(), key=lambda row: sign * values[row])
    colors, names = inks(given.ids, given.colors), given.names
    missing = len(given.ids) - len(rows)
    notes = [f"{missing} without a finite value"] if missing else []
    shown = [(names[row], colors[given.ids[row]].color) for row in rows]
    return _bars(key, shown, values[rows], notes=notes)


def _mean_bars(given: Runs, key: str, values: F64, columns: Sequence[str], band: str, sign: int) -> Figure:
    named = [column_of(given, name) for name in columns]
    names = group_names(given, named)
    colors = group_inks(names)
    found = sorted((each for each in means_of(names, values, band) if each.n), key=lambda each: sign * each.value)
    means = np.array([each.value for each in found])
    high, low = (np.array([getattr(each, end) for each in found]) for end in ("high", "low"))
    notes = [f"by {', '.join(each.label for each in named)}: mean, {BAND_NAMES[band]}"]
    error = {"type": "data", "array": high - means, "arrayminus": means - low}
    ends = [0.0, *means, *(end for each in found for end in each.reach)]
    beyond = any(each.low < min(ends) or each.high > max(ends) for each in found)
    room = ROOM * (max(ends) - min(ends))
    axis = {"range": [min(ends) - room * (min(ends) < 0), max(ends) + room * (max(ends) > 0)]} if beyond else {}
    shown = [
        (f"{each.name} ({each.n if each.n == each.of else f'{each.n} of {each.of}'})", colors[each.name].color)
        for each in found
    ]
    missing = len(values) - sum(each.n for each in found)
    if missing:
        notes.append(f"{missing} without a finite value, left out of the means")
    return _bars(key, shown, means, notes=[*notes, *([BEYOND] if beyond else [])], error=error, xaxis=axis)


def _bars(
    key: str,
    shown: Sequence[tuple[str, str]],
    values: F64,
    *,
    notes: Sequence[str],
    error: Any = None,
    xaxis: Any = None,
) -> Figure:
    """`shown`: the name and the colour of each."""
    from plotly.graph_objects import Bar

    bar = Bar(
        x=values,
        y=[plain(name) for name, _ in shown],
        orientation="h",
        marker={"color": [color for _, color in shown]},
        error_x=error,
    )
    yaxis = {"autorange": "reversed", "type": "category"}
    return figure([bar], key, notes=notes, xaxis={"title": {"text": plain(key)}, **(xaxis or {})}, yaxis=yaxis)


def importance(
    runs: Any,
    metric: str,
    params: Sequence[str] | None = None,
    *,
    forest: bool = False,
    store: Store | str | Path | None = None,
) -> Figure:
    """Which params the last value of a metric hangs on: rank correlation, and how much worse the nearest runs foretell
    it when a param is shuffled. Too few runs, or a metric that cannot be foretold, is said in the figure.

    `forest` adds scikit-learn's permutation importance of a random forest, from 20 runs on: an independent measure.
    """
    from plotly.graph_objects import Bar

    given = runs_of(runs, store)
    key = metric_of(given, metric)
    values = column_of(given, f"metrics.{key}").numbers
    assert values is not None
    names = params or [name for name in given.frame.columns if name.startswith("params.")]
    columns = [column_of(given, name) for name in names]
    texts = [(each.label, each.texts) for each in columns]
    found = importances_of(texts, _cells(values), given.ids)
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
    learned = forest_importances(texts, _cells(values), given.ids) if forest else None
    if learned is not None:
        pairs = [learned.get(each.param, (np.nan, np.nan)) for each in found.importances]
        spread = {"type": "data", "array": [spread for _, spread in pairs]}
        bar = {"name": "permutation importance of a random forest", "marker": {"color": HUES[2]}}
        traces.append(Bar(x=[share for share, _ in pairs], y=labels, orientation="h", error_x=spread, **bar))
    told = foretold(found, key)
    unlearned = ["No random forest: scikit-learn or 20 runs are missing, or it predicts nothing."]
    notes = [*(unlearned if forest and learned is None else []), *([told] if told else []), *found.notes]
    yaxis = {"autorange": "reversed", "type": "category"}
    return figure(traces, f"What {key} hangs on", notes=notes, yaxis=yaxis, barmode="group", showlegend=True)


def _cells(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]

"""How did a metric go over the steps of its runs?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.figures.bands import band_of
from nbtrack.figures.canvas import figure, plain
from nbtrack.figures.expression import evaluate, names_in, parse_expression
from nbtrack.figures.given import Runs, Values, best_values, column_of, metric_of, runs_of
from nbtrack.figures.ink import Ink, faint, inks
from nbtrack.figures.line import Line, by_metric, line_of, thin
from nbtrack.figures.smooth import smoothed
from nbtrack.frame import F64, Series
from nbtrack.query.direction import direction
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

AXES = {"step": "step", "time": "time", "relative": "seconds since the start"}
BAND_NAMES = {"sd": "± 1 SD", "ci": "95 % interval of the mean", "minmax": "min–max"}


@dataclass(frozen=True, slots=True)
class Style:
    x: str
    smoothing: float
    smoother: str
    log_x: bool
    log_y: bool
    width: int


def metric_history(
    runs: Any,
    metric: str,
    *,
    x: str = "step",
    smoothing: float = 0.0,
    smoother: str = "ema",
    group: str | Sequence[str] | None = None,
    band: str = "sd",
    log_x: bool = False,
    log_y: bool = False,
    width: int = 1000,
    store: Store | str | Path | None = None,
) -> Figure:
    """One line a run, as the dashboard's panel draws it; `metric` may be an expression such as "val_loss - loss".

    `x`: "step", "time", "relative" (seconds since the run's start) or another metric. `smoothing` 0 … 0.99 by
    `smoother` "ema", "gaussian" or "mean", the raw line faint behind. `group`, columns such as "params.model", makes
    one line of all runs that share its value, the mean with a `band` "sd", "ci" or "minmax". Of long histories every
    extreme in each of `width` columns is kept; 0 keeps all points.
    """
    given = runs_of(runs, store)
    style = Style(x, smoothing, smoother, log_x, log_y, width)
    lines = _lines(given, metric, x)
    if not lines:
        raise NotFoundError(f"None of these runs has a history of '{metric}'.")
    traces: list[Any] = []
    columns = [column_of(given, name) for name in ([group] if isinstance(group, str) else group or ())]
    if not columns:
        colors = inks(given.ids)
        for run, name in zip(given.ids, given.names, strict=True):
            if run in lines:
                traces += _traces(lines[run], name, colors[run], style)
    else:
        traces = _grouped(given, lines, columns, band, style)
    told = ", ".join(each.label for each in columns)
    notes = [f"by {told}: mean, {BAND_NAMES.get(band, band)}"] if columns else []
    return figure(
        traces,
        metric,
        notes=notes,
        xaxis={
            "title": {"text": AXES.get(x, plain(x))},
            "type": "date" if x == "time" else "log" if log_x else "linear",
        },
        yaxis={"type": "log" if log_y else "linear"},
        hovermode="x unified",
    )


def optimisation_history(
    runs: Any, metric: str, *, direction: str | None = None, store: Store | str | Path | None = None
) -> Figure:
    """Each run's best value in the order in which they were started, and the best so far."""
    from plotly.graph_objects import Scatter

    given = runs_of(runs, store)
    key = metric_of(given, metric)
    sense = _sense(key, direction)
    values = best_values(given, key, sense)
    starts = [np.inf if at is None else at for at in given.starts()]
    order = [row for row in np.argsort(starts, kind="stable") if np.isfinite(values[row])]
    held = values[order]
    best = np.minimum.accumulate(held) if sense == "min" else np.maximum.accumulate(held)
    names = [plain(given.names[row]) for row in order]
    number = list(range(1, len(order) + 1))
    dots = Scatter(
        x=number, y=held, mode="markers", name="run", text=names, hovertemplate="%{text}: %{y}<extra></extra>"
    )
    line = Scatter(x=number, y=best, mode="lines", line={"shape": "hv"}, name="best so far")
    return figure(
        [dots, line], f"{key}, run after run", xaxis={"title": {"text": "run"}}, yaxis={"title": {"text": key}}
    )


def _sense(metric: str, given: str | None) -> str:
    if given not in (None, "min", "max"):
        raise InvalidValueError(f"direction is 'min' or 'max', not {given!r}.")
    return given or direction(metric)


def _lines(given: Runs, metric: str, x: str) -> dict[str, Line]:
    """By run; those without points are left out."""
    known = given.metrics()
    plainly = metric.removeprefix("metrics.")
    tree = plainly if plainly in known else parse_expression(metric, known)
    names = names_in(tree)
    if not names:
        raise InvalidValueError(f"'{metric}' names no metric.")
    for name in names:
        metric_of(given, name)
    other = None if x in AXES else metric_of(given, x)
    found = {}
    for run, start in zip(given.ids, given.starts(), strict=True):
        histories = {name: given.history(run, name) for name in names}
        if any(len(each) == 0 for each in histories.values()):
            continue
        points: Series = histories[tree] if isinstance(tree, str) else evaluate(tree, histories)
        line = line_of(points, x, start) if other is None else by_metric(points, given.history(run, other))
        if len(line):
            found[run] = line
    return found


def _traces(line: Line, name: str, ink: Ink, style: Style) -> list[Any]:
    from plotly.graph_objects import Scatter

    common = {"name": plain(name), "legendgroup": name, "mode": "lines"}
    if style.smoothing == 0:
        return [Scatter(**_points(line, style), **common, line={"color": ink.color, "dash": ink.dash})]
    smooth = Line(line.x, smoothed(line.y, style.smoothing, style.smoother))
    raw = {"line": {"color": faint(ink.color, 0.25), "width": 1}, "showlegend": False, "hoverinfo": "skip"}
    return [
        Scatter(**_points(line, style), **common, **raw),
        Scatter(**_points(smooth, style), **common, line={"color": ink.color, "dash": ink.dash}),
    ]


def _points(line: Line, style: Style) -> dict[str, Any]:
    kept = line.take(_kept(line, style))
    return {"x": kept.x.astype("datetime64[ms]") if style.x == "time" else kept.x, "y": kept.y}


def _kept(line: Line, style: Style) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if style.width <= 0:
        return np.arange(len(line))
    first = int(np.searchsorted(line.x, 0, "right")) if style.log_x else 0
    if first >= len(line):
        return np.zeros(0, np.int64)
    part = Line(line.x[first:], line.y[first:])
    floor = 0.0 if style.log_y else -np.inf
    return thin(part, part.x[0], part.x[-1], style.width, log_x=style.log_x, floor=floor) + first


def _grouped(given: Runs, lines: dict[str, Line], columns: Sequence[Values], band: str, style: Style) -> list[Any]:
    from plotly.graph_objects import Scatter

    members: dict[str, list[Line]] = {}
    for row, run in enumerate(given.ids):
        if run in lines:
            key = ", ".join(f"{each.label} = {'–' if each.texts[row] is None else each.texts[row]}" for each in columns)
            members.setdefault(key, []).append(lines[run])
    colors = inks(members)
    traces: list[Any] = []
    for name, held in members.items():
        found = band_of(held, band)
        color = colors[name].color
        x = found.x.astype("datetime64[ms]") if style.x == "time" else found.x
        edge = {"line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, "legendgroup": name, "mode": "lines"}
        low, high = _soft(found.low, style), _soft(found.high, style)
        traces += [
            Scatter(x=x, y=high, **edge),
            Scatter(x=x, y=low, fill="tonexty", fillcolor=faint(color, 0.18), **edge),
            Scatter(
                x=x,
                y=_soft(found.mean, style),
                name=plain(f"{name} ({len(held)})"),
                legendgroup=name,
                mode="lines",
                line={"color": color, "dash": colors[name].dash},
            ),
        ]
    return traces


def _soft(y: F64, style: Style) -> F64:
    return smoothed(y, style.smoothing, style.smoother)

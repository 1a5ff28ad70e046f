"""How did a metric go over the steps of its runs?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.figures.bands import band_of
from nbtrack.figures.canvas import figure, plain
from nbtrack.figures.chosen import sense_of
from nbtrack.figures.expression import evaluate, names_in, parse_expression
from nbtrack.figures.given import Runs, Values, column_of, metric_of, runs_of
from nbtrack.figures.ink import Ink, faint, group_inks, inks
from nbtrack.figures.line import Line, by_metric, line_of, thin
from nbtrack.figures.means import group_names
from nbtrack.figures.smooth import smoothed
from nbtrack.frame import F64, Series
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

AXES = {"step": "step", "time": "time (UTC)", "relative": "seconds since the start"}
BAND_NAMES = {"sd": "± 1 SD", "ci": "95 % interval of the mean", "minmax": "min–max"}
BEYOND = "the 95 % interval of two runs goes beyond the axis"
ROOM = 0.06  # of the axis, around what it must hold
FEWER = 0.45  # how strong a mean is where not all runs of its group count


@dataclass(frozen=True, slots=True)
class Style:
    x: str
    smoothing: float
    smoother: str
    log_x: bool
    log_y: bool
    width: int


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A run's line, or a group's mean within its band; `key` is the run's id or the group's name."""

    key: str
    name: str
    ink: Ink
    line: Line
    band: tuple[F64, F64] | None = None
    reach: tuple[F64, F64] | None = None  # what of the band an axis must hold
    n: F64 | None = None  # runs that count at each x of a mean, and how many the group has
    of: int = 0


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
    direction: str | None = None,
    store: Store | str | Path | None = None,
) -> Figure:
    """One line a run, as the dashboard's panel draws it; `metric` may be an expression such as "val_loss - loss".

    `x`: "step", "time", "relative" (seconds since the run's start) or another metric. `smoothing` 0 … 0.99 by
    `smoother` "ema", "gaussian" or "mean", the raw line faint behind. `group`, columns such as "params.model", makes
    one line of all runs that share its value, the mean with a `band` "sd", "ci" or "minmax". Of long histories every
    extreme in each of `width` columns is kept; 0 keeps all points. The best point of all is marked, by `direction`.
    """
    given = runs_of(runs, store)
    style = Style(x, smoothing, smoother, log_x, log_y, width)
    lines = _lines(given, metric, x)
    if not lines:
        raise NotFoundError(f"None of these runs has a history of '{metric}'.")
    columns = [column_of(given, name) for name in ([group] if isinstance(group, str) else group or ())]
    drawn = _grouped(given, lines, columns, band, style) if columns else _single(given, lines)
    traces = [trace for each in drawn for trace in _traces(each, style)]
    key = metric.removeprefix("metrics.")
    sense = sense_of(given, key, direction) if key in given.metrics() else None
    if sense is not None:
        traces += _best(drawn, sense, style)
    told = ", ".join(each.label for each in columns)
    notes = [f"by {told}: mean, {BAND_NAMES.get(band, band)}"] if columns else []
    notes += _fewer(given, lines, columns)
    extent = _extent(drawn, log_y)
    if extent:
        notes.append(BEYOND)
    return figure(
        traces,
        metric,
        notes=notes,
        xaxis={
            "title": {"text": AXES.get(x, plain(x))},
            "type": "date" if x == "time" else "log" if log_x else "linear",
        },
        yaxis={"type": "log" if log_y else "linear", **({"range": extent} if extent else {})},
        hovermode="x unified",
    )


def _lines(given: Runs, metric: str, x: str) -> dict[str, Line]:
    """By run; those without points are left out."""
    known = given.metrics()
    plainly = metric.removeprefix("metrics.")
    tree = plainly if plainly in known else parse_expression(metric, known)
    names = names_in(tree)
    if not names:
        raise InvalidValueError(f"'{metric}' names no metric.")
    for name in names if any(name in known for name in names) else [metric]:  # `val/loss` may be meant as one name
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


def _single(given: Runs, lines: dict[str, Line]) -> list[Drawn]:
    colors = inks(given.ids, given.colors)
    named = zip(given.ids, given.names, strict=True)
    return [Drawn(run, name, colors[run], lines[run]) for run, name in named if run in lines]


def _traces(drawn: Drawn, style: Style) -> list[Any]:
    from plotly.graph_objects import Scatter

    name, line, ink = drawn.name, drawn.line, drawn.ink
    common = {"name": plain(name), "legendgroup": drawn.key, "mode": "lines"}
    full = {**common, "line": {"color": ink.color, "dash": ink.dash}}
    if drawn.band is not None:
        edge = {**common, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        fill = {"fill": "tonexty", "fillcolor": faint(ink.color, 0.18)}
        low, high = (Line(line.x, each) for each in drawn.band)
        band = [Scatter(**_all(high, style), **edge), Scatter(**_all(low, style), **fill, **edge)]
        return [*band, *_mean(drawn, style, full)]
    if style.smoothing == 0:
        return [Scatter(**_points(line, style), **full)]
    smooth = Line(line.x, _soft(line.y, style))
    raw = {"line": {"color": faint(ink.color, 0.25), "width": 1}, "showlegend": False, "hoverinfo": "skip"}
    return [Scatter(**_points(line, style), **{**common, **raw}), Scatter(**_points(smooth, style), **full)]


def _mean(drawn: Drawn, style: Style, full: dict[str, Any]) -> list[Any]:
    """The mean with the number of its runs on hover; fainter where some of the group do not count."""
    from plotly.graph_objects import Scatter

    line, n = drawn.line, drawn.n
    assert n is not None
    hover = {"customdata": n, "hovertemplate": f"%{{y}} (%{{customdata}} of {drawn.of} runs)"}
    if (n >= drawn.of).all():
        return [Scatter(**_all(line, style), **full, **hover)]
    pale = {**full, "line": {**full["line"], "color": faint(drawn.ink.color, FEWER)}, "showlegend": False}
    whole = Line(line.x, np.where(n < drawn.of, np.nan, line.y))
    strong = Scatter(**_all(whole, style), **full, hoverinfo="skip", meta="all runs count")
    return [Scatter(**_all(line, style), **pale, **hover), strong]


def _fewer(given: Runs, lines: dict[str, Line], columns: Sequence[Values]) -> list[str]:
    """Which runs of a group end before it does, so that the mean beyond is that of the others."""
    groups: dict[str, list[Line]] = {}
    for run, name in zip(given.ids, group_names(given, columns), strict=True) if columns else ():
        if run in lines:
            groups.setdefault(name, []).append(lines[run])
    early, diverged = 0, 0
    for held in groups.values():
        last = max(line.x[-1] for line in held)
        endless = [line for line in held if not np.isfinite(line.y[-1])]
        diverged += len(endless)
        early += sum(1 for line in held if np.isfinite(line.y[-1]) and line.x[-1] < last)
    told = [f"{early} end before their group"] * bool(early) + [f"{diverged} end in NaN or ±∞"] * bool(diverged)
    return [f"runs: {', '.join(told)} (there the mean is of fewer runs, fainter)"] if told else []


def _best(drawn: Sequence[Drawn], sense: str, style: Style) -> list[Any]:
    """A ring around the best point of all lines; of equal ones around the first."""
    from plotly.graph_objects import Scatter

    found: tuple[Drawn, int] | None = None
    for each in drawn:
        y = np.where(np.isfinite(each.line.y), each.line.y, np.inf if sense == "min" else -np.inf)
        at = int(y.argmin() if sense == "min" else y.argmax())
        record = found[0].line.y[found[1]] if found else None
        if np.isfinite(y[at]) and (record is None or (y[at] < record if sense == "min" else y[at] > record)):
            found = (each, at)
    if found is None:
        return []
    line, ink = found[0].line, found[0].ink
    marker = {"symbol": "circle-open", "size": 10, "line": {"width": 2}, "color": ink.color}
    more = {"name": "best", "mode": "markers", "showlegend": False, "hoverinfo": "skip"}
    return [Scatter(**_all(line.take(np.array([found[1]])), style), marker=marker, **more)]


def _all(line: Line, style: Style) -> dict[str, Any]:
    return {"x": line.x.astype("datetime64[ms]") if style.x == "time" else line.x, "y": line.y}


def _points(line: Line, style: Style) -> dict[str, Any]:
    return _all(line.take(_kept(line, style)), style)


def _kept(line: Line, style: Style) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if style.width <= 0:
        return np.arange(len(line))
    first = int(np.searchsorted(line.x, 0, "right")) if style.log_x else 0
    if first >= len(line):
        return np.zeros(0, np.int64)
    part = Line(line.x[first:], line.y[first:])
    floor = 0.0 if style.log_y else -np.inf
    return thin(part, part.x[0], part.x[-1], style.width, log_x=style.log_x, floor=floor) + first


def _grouped(given: Runs, lines: dict[str, Line], columns: Sequence[Values], band: str, style: Style) -> list[Drawn]:
    members: dict[str, list[Line]] = {}
    for run, name in zip(given.ids, group_names(given, columns), strict=True):
        if run in lines:
            members.setdefault(name, []).append(lines[run])
    colors = group_inks(members)
    drawn = []
    for name, held in members.items():
        found = band_of(held, band)
        mean, low, high, least, most = (_soft(y, style) for y in (found.mean, found.low, found.high, *found.reach))
        whole = f"{name} ({len(held)})"
        line = Line(found.x, mean)
        drawn.append(Drawn(name, whole, colors[name], line, (low, high), (least, most), found.n, len(held)))
    return drawn


def _extent(drawn: Sequence[Drawn], log: bool) -> list[float] | None:
    """The axis where a band would leave nothing else to be seen on it; None where plotly's own holds all."""
    held, whole = ([*_ends(drawn, each, log)] for each in ("reach", "band"))
    if not held or (min(whole) >= min(held) and max(whole) <= max(held)):
        return None
    low, high = min(held), max(held)
    room = ROOM * (high - low) or abs(low) / 10 or 1.0
    return [low - room, high + room]


def _ends(drawn: Sequence[Drawn], part: str, log: bool) -> Iterator[float]:
    """The least and the greatest value of each mean and what is around it, as the axis counts."""
    for each in drawn:
        around = getattr(each, part)
        for y in (each.line.y, *around) if around else ():
            finite = y[np.isfinite(y) & ((y > 0) | (not log))]
            if len(finite):
                ends = (float(finite.min()), float(finite.max()))
                yield from np.log10(ends).tolist() if log else ends


def _soft(y: F64, style: Style) -> F64:
    return smoothed(y, style.smoothing, style.smoother)

"""How do params and results go together? Parallel coordinates, scatter, a grid of two params, boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.figures.canvas import MOST_TICKS, axis, figure, plain, shown
from nbtrack.figures.categories import in_natural_order
from nbtrack.figures.cells import cells_of, labels_of, side_of
from nbtrack.figures.chosen import chosen_of
from nbtrack.figures.given import Runs, Values, column_of, metric_of, runs_of
from nbtrack.figures.ink import HUES, SCALE, group_inks
from nbtrack.formats import number
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

FEW_PER_BOX = 5
FEW_VALUES = 8


def parallel_coordinates(
    runs: Any,
    columns: Sequence[str] | None = None,
    *,
    color: str | None = None,
    store: Store | str | Path | None = None,
) -> Figure:
    """A line a run across `columns` (by default params and metrics that vary), coloured by the last one."""
    from plotly.graph_objects import Parcoords

    given = runs_of(runs, store)
    chosen = [column_of(given, name) for name in (columns or _chosen(given))]
    by = column_of(given, color) if color else chosen[-1]
    dimensions = [_dimension(values) for values in chosen]
    shade = by.numbers if by.numbers is not None else _codes(by)
    line = {"color": _filled(np.log10(shade) if by.log else shade), "colorscale": list(SCALE), "showscale": False}
    names = ", ".join(plain(values.label) for values in chosen if values.log)
    notes = [f"log₁₀: {names}"] if names else []
    title = f"{len(given.ids)} runs, coloured by {by.label}"
    margin = {"l": 60, "r": 60, "t": 110, "b": 30}  # the names of the axes stand above them
    return figure([Parcoords(dimensions=dimensions, line=line)], title, notes=notes, margin=margin)


def scatter(runs: Any, x: str, y: str, color: str | None = None, *, store: Store | str | Path | None = None) -> Figure:
    """A dot a run. `color` may be a column of numbers (a scale) or of texts (a legend)."""
    from plotly.graph_objects import Scatter

    given = runs_of(runs, store)
    across, up = column_of(given, x), column_of(given, y)
    by = column_of(given, color) if color else None
    names = [plain(name) for name in given.names]
    hover = "%{text}<br>" + f"{plain(across.label)}: %{{x}}<br>{plain(up.label)}: %{{y}}<extra></extra>"
    common = {"mode": "markers", "hovertemplate": hover}
    xs, ys = shown(across), shown(up)
    if by is None or by.numbers is not None:
        marker: dict[str, Any] = {"size": 8, "color": HUES[0]}
        if by is not None and by.numbers is not None:
            shade = np.log10(by.numbers) if by.log else by.numbers
            title = ("log₁₀ " if by.log else "") + plain(by.label)
            marker |= {"color": shade, "colorscale": list(SCALE), "colorbar": {"title": {"text": title}}}
        traces = [Scatter(x=xs, y=ys, text=names, marker=marker, **common)]
    else:
        traces = []
        words = in_order(by)
        colors = group_inks(str(word) for word in words)
        for word in words:
            rows = [row for row, text in enumerate(by.texts) if text == word]
            part = {
                "x": [xs[row] for row in rows],
                "y": [ys[row] for row in rows],
                "text": [names[row] for row in rows],
            }
            traces.append(
                Scatter(**part, name=plain(word or "–"), marker={"size": 8, "color": colors[str(word)].color}, **common)
            )
    return figure(traces, f"{up.label} by {across.label}", xaxis=axis(across), yaxis=axis(up))


def contour(runs: Any, x: str, y: str, metric: str, *, store: Store | str | Path | None = None) -> Figure:
    """The mean of a metric where two columns meet, with a dot for each run. Cells without a run stay empty: nothing is
    made up between the runs. Contour lines where the runs fill a whole grid."""
    from plotly.graph_objects import Contour, Heatmap, Scatter

    given = runs_of(runs, store)
    across, up, values = (
        column_of(given, x),
        column_of(given, y),
        column_of(given, f"metrics.{metric_of(given, metric)}"),
    )
    assert values.numbers is not None
    grid = cells_of(across, up, values.numbers)
    bar = {"colorscale": list(SCALE), "colorbar": {"title": {"text": plain(values.label)}}}
    numeric = across.numbers is not None and up.numbers is not None
    whole = numeric and min(grid.means.shape) > 2 and np.isfinite(grid.means).all()
    kind = Contour if whole else Heatmap
    field = kind(x=grid.x.middles, y=grid.y.middles, z=grid.means, hoverinfo="skip", **bar)
    hover = "%{text}<extra></extra>"
    text = [f"{plain(name)}: {number(value)}" for name, value in zip(given.names, values.numbers, strict=True)]
    marker = {"color": "rgba(0,0,0,0)", "size": 7, "line": {"color": "#1d2129", "width": 1}}
    dots = Scatter(x=grid.x.at, y=grid.y.at, mode="markers", text=text, marker=marker, hovertemplate=hover)
    dots.showlegend = False
    xaxis = {
        "title": {"text": plain(across.label)},
        "tickvals": grid.x.middles,
        "ticktext": list(map(plain, grid.x.labels)),
    }
    yaxis = {
        "title": {"text": plain(up.label)},
        "tickvals": grid.y.middles,
        "ticktext": list(map(plain, grid.y.labels)),
    }
    return figure([field, dots], f"{values.label} by {across.label} and {up.label}", xaxis=xaxis, yaxis=yaxis)


def box(runs: Any, metric: str, by: str, *, store: Store | str | Path | None = None) -> Figure:
    """How a metric spreads for each value of a column; every run is a dot, and few runs make no box."""
    from plotly.graph_objects import Box

    given = runs_of(runs, store)
    values, column = column_of(given, f"metrics.{metric_of(given, metric)}"), column_of(given, by)
    assert values.numbers is not None
    traces = []
    side = side_of(column)
    notes = ["quartiles by linear interpolation (as numpy), whiskers to the least and the greatest run"]
    labels = [*side.labels, *(["–"] if (side.cell < 0).any() else [])]
    for cell, label in enumerate(labels):
        there = side.cell == (cell if cell < len(side.labels) else -1)
        rows = np.flatnonzero(there & np.isfinite(values.numbers)).tolist()
        name, held = plain(f"{label} ({len(rows)})"), values.numbers[rows]
        hidden = {"fillcolor": "rgba(0,0,0,0)", "line": {"color": "rgba(0,0,0,0)"}} if len(rows) < FEW_PER_BOX else {}
        traces.append(
            Box(
                x=[name],
                y=[held],
                name=name,
                **_quartiles(held),
                text=[[plain(given.names[row]) for row in rows]],
                boxpoints="all",
                jitter=0.3,
                pointpos=0,
                marker={"color": HUES[0], "size": 5},
                **hidden,
            )
        )
    xaxis = {"title": {"text": plain(column.label)}, "type": "category"}
    yaxis = {"title": {"text": plain(values.label)}}
    return figure(traces, f"{values.label} by {column.label}", notes=notes, xaxis=xaxis, yaxis=yaxis, showlegend=False)


def _quartiles(values: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    """As the dashboard draws them: plotly itself takes other quartiles, and whiskers of 1.5 times their distance."""
    if len(values) == 0:
        return {}
    least, low, half, high, most = ([float(each)] for each in np.percentile(values, (0, 25, 50, 75, 100)))
    return {"lowerfence": least, "q1": low, "median": half, "q3": high, "upperfence": most}


def _chosen(given: Runs) -> list[str]:
    told = [name for name in given.frame.columns if name.startswith(("params.", "metrics."))]
    return chosen_of(given).columns or told[:4]


def in_order(column: Values) -> list[str | None]:
    """The distinct values: numbers by size, then texts, "None" and missing ones last."""
    held = in_natural_order(word for word in column.texts if word is not None)
    return [*held, *([None] if None in column.texts else [])]


def _dimension(values: Values) -> dict[str, Any]:
    if values.numbers is None:
        words = [plain(word or "–") for word in in_order(values)]
        codes = _codes(values)
        step = max(1, len(words) // MOST_TICKS)
        ticks = list(range(0, len(words), step))
        return {
            "label": plain(values.label),
            "values": codes,
            "tickvals": ticks,
            "ticktext": [words[at] for at in ticks],
        }
    held = np.log10(values.numbers) if values.log else values.numbers
    own = _own_ticks(values) if values.name.startswith(("params.", "tags.")) else {}
    return {"label": plain(values.label), "values": _filled(held), **own}


def _own_ticks(values: Values) -> dict[str, Any]:
    """Few values of a param are told as the store has them."""
    assert values.numbers is not None
    distinct = np.unique(values.numbers[np.isfinite(values.numbers)])
    if not 1 < len(distinct) <= FEW_VALUES:
        return {}
    scaled = (np.log10(distinct) if values.log else distinct).tolist()
    kept: list[int] = []
    for at, place in enumerate(scaled):
        if not kept or place - scaled[kept[-1]] >= (scaled[-1] - scaled[0]) / 10:
            kept.append(at)
    names = [plain(text) for text in labels_of(values, distinct[kept])]
    return {"tickvals": [scaled[at] for at in kept], "ticktext": names}


def _codes(values: Values) -> np.ndarray[Any, np.dtype[np.float64]]:
    place = {word: at for at, word in enumerate(in_order(values))}
    return np.array([place[text] for text in values.texts], np.float64)


def _filled(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Parallel coordinates have no place for what is missing: it lies a little below the rest."""
    finite = numbers[np.isfinite(numbers)]
    if len(finite) == 0:
        return np.zeros(len(numbers))
    low, high = float(finite.min()), float(finite.max())
    return np.where(np.isfinite(numbers), numbers, low - 0.08 * ((high - low) or 1))

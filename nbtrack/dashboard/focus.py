"""Which figure is the one in focus, and how does `nbtrack.figures` draw it with the settings of the view?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from nbtrack import figures
from nbtrack.errors import NotFoundError
from nbtrack.query.direction import direction
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

UNASKED = 10  # runs that the charts draw without a selection, as in the browser
MOST = 100


class Looked(Protocol):
    """What of a dashboard a figure is made from."""

    view: Mapping[str, Any]
    selected: Sequence[str]

    @property
    def store(self) -> Store: ...
    @property
    def runs(self) -> pd.DataFrame: ...


def figure_of(dash: Looked) -> Figure:
    """Raises NotFoundError where there is nothing to draw yet."""
    view = dash.view
    tab = view["tab"]
    if tab == "analyse":
        return _analysis(dash, view["analyse"])
    if tab == "compare":
        return figures.difference(_drawn(dash), view["compare"]["baseline"], store=dash.store)
    chart = view["chart"]
    runs = [view["focus"]] if tab == "run" and view["focus"] else _drawn(dash)
    metric = chart["big"] or _first_metric(dash, chart)
    group = view["group"] if chart["band"] != "none" and tab == "charts" else None
    return figures.metric_history(
        runs,
        metric,
        x=chart["x"],
        smoothing=chart["smoothing"],
        smoother=chart["smoother"],
        group=group,
        band="sd" if chart["band"] == "none" else chart["band"],
        log_x=chart["log_x"] and chart["x"] != "time",
        log_y=chart["log_y"],
        store=dash.store,
    )


def _drawn(dash: Looked) -> list[str]:
    """The selection, or the first runs of the table; without those that are hidden."""
    chosen = list(dash.selected)[:MOST] or [str(run) for run in dash.runs["run_id"][:UNASKED]]
    hidden = set(dash.view["hidden"])
    shown = [run for run in chosen if run not in hidden]
    if not shown:
        raise NotFoundError("There is no run to draw: the table shows none, or all are hidden.")
    return shown


def _first_metric(dash: Looked, chart: Mapping[str, Any]) -> str:
    wanted = [*(chart["metrics"] or ()), *chart["order"]]
    known = [name.removeprefix("metrics.") for name in dash.runs.columns if name.startswith("metrics.")]
    ordered = [name for name in wanted if name in known] or sorted(
        known, key=lambda name: (name.startswith("system/"), name)
    )
    if not ordered:
        raise NotFoundError("These runs have no metrics yet.")
    return str(ordered[0])


def _analysis(dash: Looked, settings: Mapping[str, Any]) -> Figure:
    runs = list(dash.selected) if len(dash.selected) > 1 else [str(run) for run in dash.runs["run_id"]]
    if not runs:
        raise NotFoundError("There is no run to analyse: the table shows none.")
    table = dash.runs
    params = [name for name in table.columns if name.startswith("params.") and table[name].nunique(dropna=False) > 1]
    metric = settings["metric"] or chosen_metric([str(name) for name in table.columns])
    x = settings["x"] or (params[0] if params else "start_time")
    y = settings["y"] or f"metrics.{metric}"
    store = dash.store
    match settings["kind"]:
        case "scatter":
            return figures.scatter(runs, x, y, settings["color"], store=store)
        case "box":
            return figures.box(runs, metric, x, store=store)
        case "grid":
            second = settings["y"] or (params[1] if len(params) > 1 else x)
            return figures.contour(runs, x, second, metric, store=store)
        case "importance":
            return figures.importance(runs, metric, store=store)
        case "history":
            return figures.optimisation_history(runs, metric, store=store)
        case _:
            color = settings["color"] or f"metrics.{metric}"
            return figures.parallel_coordinates(runs, settings["columns"], color=color, store=store)


def chosen_metric(columns: Sequence[str]) -> str:
    """The one that most likely says how good a run is: of held-out data first, then any that is to grow."""
    metrics = [name.removeprefix("metrics.") for name in columns if name.startswith("metrics.")]
    own = [name for name in metrics if not name.startswith("system/")] or metrics
    if not own:
        raise NotFoundError("These runs have no metrics yet.")
    held_out = [name for name in own if name.lower().startswith(("val", "test", "eval"))]
    return min(held_out or own, key=lambda name: (direction(name) == "min", name))

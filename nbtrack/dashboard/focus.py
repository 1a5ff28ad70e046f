"""Which figure is the one in focus, and how does `nbtrack.figures` draw it with the settings of the view?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nbtrack import figures
from nbtrack.errors import NotFoundError
from nbtrack.figures.chosen import chosen_of
from nbtrack.figures.given import Runs, runs_of
from nbtrack.frame import Metrics
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

UNASKED = 10  # runs, or groups of them, that the charts draw without a selection, as in the browser
MOST = 100
MOST_COMPARED = 50


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
        return _analysis(dash, view)
    if tab == "compare":
        return _comparison(dash, view)
    chart = view["chart"]
    runs = [view["focus"]] if tab == "run" and view["focus"] else _drawn(dash)
    given = replace(runs_of(runs, dash.store), directions=view["directions"])
    metric = chart["big"] or _first_metric(given, chart)
    group = _groups(given, view) if tab == "charts" else []
    if _is_single(given, metric):
        return figures.bars(given, metric, group=group, band=chart["band"])
    return figures.metric_history(
        given,
        metric,
        x=chart["x"],
        smoothing=chart["smoothing"],
        smoother=chart["smoother"],
        group=group,
        band="sd" if chart["band"] == "none" else chart["band"],
        log_x=chart["log_x"] and chart["x"] != "time",
        log_y=chart["log_y"],
    )


def _comparison(dash: Looked, view: Mapping[str, Any]) -> Figure:
    """Of the selection, hidden in charts or not, against the baseline where it is among them."""
    told = view["compare"]
    runs = list(dash.selected)[:MOST_COMPARED] or _drawn(dash)[:UNASKED]
    baseline = told["baseline"] if told["baseline"] in runs else None
    return figures.difference(
        runs, baseline, pick=told["pick"], step=int(told["step"]), directions=view["directions"], store=dash.store
    )


def _groups(runs: Runs, view: Mapping[str, Any]) -> list[str]:
    """The columns by which runs are put together; none where single ones are drawn all the same."""
    return [name for name in view["group"] if name in runs.frame.columns and view["chart"]["band"] != "none"]


def _is_single(runs: Runs, metric: str) -> bool:
    """Has no run more than one point of it, or several at one step? Then it is drawn as bars."""
    column = runs.frame.columns.get(f"metrics.{metric}")
    if not isinstance(column, Metrics) or column.missing.all():
        return False
    counts = zip(runs.ids, column.missing.tolist(), column.count.tolist(), strict=True)
    several = [run for run, missing, count in counts if not missing and count > 1]
    return all(len(np.unique(runs.history(run, metric).step)) == 1 for run in several)


def _drawn(dash: Looked) -> list[str]:
    """The selection, or the first runs of the table; without those that are hidden."""
    chosen = list(dash.selected)[:MOST] or _first_ones(dash)
    hidden = set(dash.view["hidden"])
    shown = [run for run in chosen if run not in hidden]
    if not shown:
        raise NotFoundError("There is no run to draw: the table shows none, or all are hidden.")
    return shown


def _first_ones(dash: Looked) -> list[str]:
    """Those of the table; where it has groups, of as many groups as are drawn without one being cut."""
    runs = dash.runs
    by = [name for name in dash.view["group"] if name in runs and dash.view["chart"]["band"] != "none"]
    if not by:
        return [str(run) for run in runs["run_id"][:UNASKED]]
    found: list[str] = []
    for _, group in islice(runs.groupby(by, sort=False, dropna=False), UNASKED):
        if found and len(found) + len(group) > MOST:
            break
        found += map(str, group["run_id"][:MOST])
    return found


def _first_metric(given: Runs, chart: Mapping[str, Any]) -> str:
    """Of the runs drawn, as the first panel is."""
    wanted = [*(chart["metrics"] or ()), *chart["order"]]
    columns = {name: given.frame.columns[f"metrics.{name}"] for name in given.metrics()}
    known = [name for name, column in columns.items() if isinstance(column, Metrics) and not column.missing.all()]
    ordered = [name for name in wanted if name in known] or sorted(
        known, key=lambda name: (name.startswith("system/"), name)
    )
    if not ordered:
        raise NotFoundError("These runs have no metrics yet.")
    return str(ordered[0])


def _analysis(dash: Looked, view: Mapping[str, Any]) -> Figure:
    settings = view["analyse"]
    ids = list(dash.selected) if len(dash.selected) > 1 else [str(run) for run in dash.runs["run_id"]]
    if not ids:
        raise NotFoundError("There is no run to analyse: the table shows none.")
    runs = replace(runs_of(ids, dash.store), directions=view["directions"])
    chosen = chosen_of(runs)
    metric = settings["metric"] or chosen.metric
    if metric is None:
        raise NotFoundError("These runs have no metric that varies.")
    x = settings["x"] or (chosen.params[0] if chosen.params else "start_time")
    match settings["kind"]:
        case "scatter":
            return figures.scatter(runs, x, settings["y"] or f"metrics.{metric}", settings["color"])
        case "bars":
            return figures.bars(runs, metric, group=_groups(runs, view), band=view["chart"]["band"])
        case "box":
            return figures.box(runs, metric, x)
        case "grid":
            return figures.contour(runs, x, settings["y"] or (chosen.params[1:2] or [x])[0], metric)
        case "importance":
            return figures.importance(runs, metric)
        case "history":
            return figures.optimisation_history(runs, metric)
        case "media":
            raise NotFoundError("Files are no figure: read them with nbtrack.download_artifacts(run_id=…).")
        case _:
            columns = settings["columns"] or chosen.columns
            return figures.parallel_coordinates(runs, columns, color=settings["color"] or f"metrics.{metric}")

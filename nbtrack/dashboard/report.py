"""What is a report: which runs and charts does a page for somebody else hold?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbtrack.dashboard import named
from nbtrack.dashboard.api import known_metrics
from nbtrack.dashboard.view import CHOICES, known_view, merged_view
from nbtrack.dashboard.widget import Dashboard
from nbtrack.stores.base import Store

FEW, WIDE = 4, 2  # so few charts are this many columns wide
HEAD, ROW = 76, 27  # px of the table's toolbar and head, and of a run
PICTURES = tuple(kind for kind in CHOICES["analyse.kind"] if kind != "media")  # files stay at home


def report(
    store: Store,
    runs: Sequence[str],
    experiments: Sequence[str],
    *,
    charts: Sequence[str] = (),
    view: str | None = None,
    order_by: Sequence[str] = (),
    ticked: bool = False,
) -> Dashboard:
    """A dashboard of these runs of these experiments alone, drawn by `charts`: metrics, formulas, kinds of analysis.

    `view` is the name of a saved one. With `ticked` the charts draw every run, not the first ones of the table.
    Raises InvalidValueError for a chart of a metric that no run has, NotFoundError for an unknown view.
    """
    ids = list(dict.fromkeys(runs))
    wanted = known_view(named.load(store.uri, view)) if view else _room_for(len(ids))
    if order_by:
        wanted["order"] = list(order_by)
    wanted = merged_view(wanted, _drawn(store, ids, charts))
    return Dashboard(store, list(dict.fromkeys(experiments)), view=wanted, selected=ids if ticked else (), only=ids)


def _drawn(store: Store, ids: Sequence[str], charts: Sequence[str]) -> dict[str, Any]:
    """The part of a view that shows these charts. A metric may bear the name of a kind; then it is meant."""
    metrics = {key for run in ids for key in store.run(run).data.metrics} if charts else set()
    kinds = [name for name in charts if name in PICTURES and name not in metrics]
    lines = known_metrics(store, ids, [name for name in charts if name not in kinds])
    drawn: dict[str, Any] = {}
    if kinds:
        drawn |= {"analyse": {"kind": kinds[0]}, "tab": "analyse"}
    if lines:
        formulas = [name for name in lines if name not in metrics]
        plain = [name for name in lines if name in metrics]
        drawn |= {"chart": {"metrics": plain, "formulas": formulas, "big": None}, "tab": "charts"}
        if len(lines) <= FEW:
            drawn["chart"]["spans"] = dict.fromkeys(lines, WIDE)
    return drawn


def _room_for(runs: int) -> dict[str, Any]:
    """A page is taller than an output in a notebook, and few runs leave the room to the charts."""
    height = 1000
    return {"height": height, "split": max(0.15, min(0.42, (HEAD + ROW * (runs + 1)) / height))}

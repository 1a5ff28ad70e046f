"""How did the runs of a study get better, one after the other?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.figures.canvas import figure, plain
from nbtrack.figures.chosen import sense_of
from nbtrack.figures.given import best_values, metric_of, runs_of
from nbtrack.stores.base import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def optimisation_history(
    runs: Any, metric: str, *, direction: str | None = None, store: Store | str | Path | None = None
) -> Figure:
    """Each run's best value in the order in which they were started, and the best so far.

    Its last value, and no best so far, where neither `direction`, the runs nor the name says which way is better.
    """
    from plotly.graph_objects import Scatter

    given = runs_of(runs, store)
    key = metric_of(given, metric)
    sense = sense_of(given, key, direction)
    values = best_values(given, key, sense)
    starts = [np.inf if at is None else at for at in given.starts()]
    order = [row for row in np.argsort(starts, kind="stable") if np.isfinite(values[row])]
    held = values[order]
    names = [plain(given.names[row]) for row in order]
    number = list(range(1, len(order) + 1))
    dots = Scatter(
        x=number, y=held, mode="markers", name="run", text=names, hovertemplate="%{text}: %{y}<extra></extra>"
    )
    traces = [dots]
    if sense is not None:
        best = (np.minimum if sense == "min" else np.maximum).accumulate(held)
        traces.append(Scatter(x=number, y=best, mode="lines", line={"shape": "hv"}, name="best so far"))
    return figure(traces, f"{key}, run after run", xaxis={"title": {"text": "run"}}, yaxis={"title": {"text": key}})

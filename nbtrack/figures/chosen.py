"""What is looked at where nothing was chosen? As js/src/data/pictures.ts and analysis.ts say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.figures.given import Runs, column_of
from nbtrack.query.direction import Direction, direction_of

MOST_PARAMS = 8
MOST_METRICS = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """Columns by their whole names, `metric` without its prefix."""

    params: list[str]
    metrics: list[str]
    metric: str | None
    columns: list[str]


def chosen_of(given: Runs) -> Chosen:
    """Params and metrics that vary, the machine's own left out, and the metric that most likely says how good a run is.

    Columns that most runs have come first. The metric is one that has a best, of held-out data first, then one that is
    to grow.
    """
    names = sorted(given.frame.columns, key=lambda name: (-_held(given, name), name))
    params = [name for name in names if name.startswith("params.") and _varies(given, name)]
    own = [name for name in names if name.startswith("metrics.") and not name.startswith("metrics.system/")]
    metrics = [name for name in own if _varies(given, name)]
    metric = _chosen_metric(given, [name for name in metrics if _is_of_several(given, name)] or metrics)
    told = [] if metric is None else [f"metrics.{metric}"]
    some = [name for name in metrics[:MOST_METRICS] if name not in told]
    return Chosen(params, metrics, metric, [*params[:MOST_PARAMS], *some, *told])


def _chosen_metric(given: Runs, columns: Sequence[str]) -> str | None:
    metrics = [name.removeprefix("metrics.") for name in columns]

    def rank(name: str) -> tuple[bool, bool, bool, str]:
        way = direction_of(given.frame, name, given.directions)
        return way is None, not name.lower().startswith(("val", "test", "eval")), way == "min", name

    return min(metrics, key=rank, default=None)


def _held(given: Runs, name: str) -> int:
    """How many runs have a value."""
    values = column_of(given, name) if name.startswith(("params.", "metrics.")) else None
    if values is None:
        return 0
    if values.numbers is not None:
        return int(np.isfinite(values.numbers).sum())
    return sum(1 for text in values.texts if text is not None)


def _is_of_several(given: Runs, name: str) -> bool:
    """Has it two values or more? What a single run has, such as the best score of a search, tells no runs apart."""
    numbers = column_of(given, name).numbers
    return numbers is not None and len(np.unique(numbers[np.isfinite(numbers)])) > 1


def sense_of(given: Runs, metric: str, asked: str | None) -> Direction | None:
    """Which way is better: as asked, as the runs say, as set in the dashboard, or as the name says; else None."""
    if asked not in (None, "min", "max"):
        raise InvalidValueError(f"direction is 'min' or 'max', not {asked!r}.")
    if asked is not None:
        return "min" if asked == "min" else "max"
    return direction_of(given.frame, metric, given.directions)


def _varies(given: Runs, name: str) -> bool:
    values = column_of(given, name)
    if values.numbers is None:
        return len(set(values.texts)) > 1
    return len(set(np.nan_to_num(np.where(np.isinf(values.numbers), np.nan, values.numbers), nan=np.inf).tolist())) > 1

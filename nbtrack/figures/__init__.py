"""Charts as plotly figures: runs in, `Figure` out, equal in data to those of the dashboard.

`runs` are ids, names, Run objects, a DataFrame of `search_runs`, a Dashboard (its selection), or None for all.
plotly is imported when the first figure is made.
"""

from __future__ import annotations

from nbtrack.figures.against import difference
from nbtrack.figures.columns import box, contour, parallel_coordinates, scatter
from nbtrack.figures.course import optimisation_history
from nbtrack.figures.history import metric_history
from nbtrack.figures.totals import bars, importance

__all__ = [
    "bars",
    "box",
    "contour",
    "difference",
    "importance",
    "metric_history",
    "optimisation_history",
    "parallel_coordinates",
    "scatter",
]

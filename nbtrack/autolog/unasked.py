"""What may logging fits cost where nobody has asked for it?

Under `%%track` fits log themselves without a word. There it ends after so many fits of one cell, and training metrics
are left out where to predict all that a model was fitted on would take long. Both are said in the run. Whoever writes
`--autolog`, or has called `nbtrack.autolog()`, gets all of it, as with MLflow.
"""

from __future__ import annotations

MOST_FITS = 200  # of one cell; each but the first has a run of its own
LEAST = 0.2  # seconds that training metrics may always take
SHARE = 0.25  # of the fit's own time

_cells: dict[object, bool] = {}  # tracked cells that run, the newest last: did nobody ask in it?


def begin(cell: object, unasked: bool) -> None:
    _cells[cell] = unasked


def end(cell: object) -> None:
    _cells.pop(cell, None)


def is_unasked() -> bool:
    return bool(_cells) and next(reversed(_cells.values()))


def most_seconds(fitted: float) -> float | None:
    """How long may metrics take of a fit that took `fitted` seconds? None for as long as they need."""
    return max(LEAST, SHARE * fitted) if is_unasked() else None

"""How does a frame of runs become MLflow's DataFrame?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.frame import TIMES, Frame, Metrics, Numbers, Text

if TYPE_CHECKING:
    import pandas as pd

FIRST = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")
STORE = "tags.nbtrack.store"  # of runs of several stores
FAMILIES = ("metrics.", "params.", "tags.")


def table(frame: Frame) -> pd.DataFrame:
    """One row per run, in the frame's order, with the columns and types of MLflow's `search_runs`.

    Runs of several stores have the column `store` before them. Within a family, columns come in the order of the first
    row that has a value, then by name.
    """
    import pandas as pd

    names = [*FIRST, *(name for family in FAMILIES for name in _present(frame, family))]
    cells = {name: _cells(name, frame.columns[name]) for name in names}
    if STORE in cells:
        cells = {"store": cells.pop(STORE), **cells}
    return pd.DataFrame(cells)


def _present(frame: Frame, family: str) -> list[str]:
    """The columns of one family that any row has."""
    found = []
    for name, column in frame.columns.items():
        if name.startswith(family):
            has = column.codes >= 0 if isinstance(column, Text) else ~column.missing
            if has.any():
                found.append((int(has.argmax()), name))
    return [name for _, name in sorted(found)]


def _cells(name: str, column: Text | Numbers | Metrics) -> Any:
    if isinstance(column, Text):
        # Lists rather than arrays, so that pandas chooses the type as it does for MLflow.
        words = column.words
        return [words[code] if code >= 0 else None for code in column.codes.tolist()]
    if name in TIMES:
        return _times(column)
    return np.where(column.missing, np.nan, column.values)


def _times(column: Numbers | Metrics) -> Any:
    import pandas as pd

    if not len(column) or column.missing.all():
        return [pd.NaT] * len(column)  # as in MLflow, pandas chooses the type where no run has ended
    milliseconds = np.where(column.missing, 0, column.values).astype("datetime64[ms]")
    times = pd.Series(milliseconds).dt.tz_localize("UTC").dt.as_unit(_unit())
    return times.mask(column.missing)


def _unit() -> Any:
    """The resolution that this pandas gives to a single time: us in 3, ns in 2."""
    import pandas as pd

    return pd.Series([pd.to_datetime(0, unit="ms", utc=True)]).dt.unit

"""How is a frame of a golden case written in JSON, and read back?

    {"length": 3,
     "columns": {"params.lr": {"text": ["0.1", null, …]},
                 "start_time": {"number": [1, null, "NaN"]},
                 "metrics.loss": {"metric": [{"last": 1, "step": 0, "min": 1, "max": 1, "first": 1, "count": 1}]}},
     "histories": {"run-0": {"loss": [[step, timestamp, value], …]}}}

NaN and the infinities are texts, as JSON has no word for them. js/test/query/golden.ts reads the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nbtrack.frame import Column, Frame, Metrics, Numbers, Series, Summary, Text

STRANGE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def number(cell: float | str | None) -> float | None:
    return STRANGE[cell] if isinstance(cell, str) else cell


def told(value: float) -> float | str:
    """A number as JSON can hold it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def frame_from(written: dict[str, Any]) -> Frame:
    return Frame({name: _column(column) for name, column in written["columns"].items()}, written["length"])


def _column(column: dict[str, list[Any]]) -> Column:
    ((kind, cells),) = column.items()
    if kind == "text":
        return Text.of(cells)
    if kind == "number":
        return Numbers.of([number(cell) for cell in cells])
    return Metrics.of(None if cell is None else _summary(cell) for cell in cells)


def _summary(cell: dict[str, Any]) -> Summary:
    numbers = {key: number(cell[key]) for key in ("last", "min", "max", "first")}
    return Summary(step=cell["step"], timestamp=0, count=cell["count"], **numbers)


def history_from(written: dict[str, Any]) -> Callable[[str, str], Series]:
    def history(run_id: str, key: str) -> Series:
        points = written.get("histories", {}).get(run_id, {}).get(key, [])
        return Series(
            np.array([point[0] for point in points], np.int64),
            np.array([point[1] for point in points], np.int64),
            np.array([number(point[2]) for point in points], np.float64),
        )

    return history

"""The packs that both languages read: what is in them is written out in tests/golden/pack.json.

Run as a script it writes the .bin files anew, after a change of the format.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from nbtrack.dashboard.wire import Chunk, pack_frame, pack_series
from nbtrack.frame import Frame, Metrics, Numbers, Series, Summary, Text

GOLDEN = Path(__file__).parents[1] / "golden"
CASES: dict[str, Any] = json.loads((GOLDEN / "pack.json").read_text("utf-8"))
SPECIAL = {"NaN": np.nan, "inf": np.inf, "-inf": -np.inf}


def number(cell: float | str | None) -> float | None:
    """JSON has no NaN, so the cases spell it."""
    return SPECIAL[cell] if isinstance(cell, str) else cell


def frame() -> Frame:
    columns: dict[str, Text | Numbers | Metrics] = {}
    for name, column in CASES["frame"].items():
        cells = column["cells"]
        if column["kind"] == "text":
            columns[name] = Text.of(cells)
        elif column["kind"] == "number":
            columns[name] = Numbers.of(number(cell) for cell in cells)
        else:
            columns[name] = Metrics.of(None if cell is None else _summary(cell) for cell in cells)
    return Frame(columns, len(CASES["frame"]["run_id"]["cells"]))


def _summary(cell: dict[str, Any]) -> Summary:
    value, low, high, first = (float(number(cell[name]) or 0) for name in ("values", "min", "max", "first"))
    return Summary(value, cell["step"], 0, low, high, first, cell["count"])


def chunks() -> list[Chunk]:
    made = []
    for case in CASES["series"]:
        values = np.array([number(cell) for cell in case["value"]], np.float64)
        points = Series(np.array(case["step"], np.int64), np.array(case["time"], np.int64), values)
        made.append(Chunk(case["run"], case["key"], points, case["from"], case["total"], case["whole"]))
    return made


def packs() -> dict[str, bytes]:
    return {
        "pack_frame.bin": pack_frame(frame(), deflated=False),
        "pack_frame_deflated.bin": pack_frame(frame()),
        "pack_series.bin": pack_series(chunks(), deflated=False),
    }


if __name__ == "__main__":
    for name, data in packs().items():
        (GOLDEN / name).write_bytes(data)

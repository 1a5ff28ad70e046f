"""Which cases hold figures in Python and charts in the browser together?

`python -m tests.golden.figures_cases` writes figures.json anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.figures.bands import band_of
from nbtrack.figures.expression import evaluate, names_in, parse_expression
from nbtrack.figures.importances import importances_of
from nbtrack.figures.ink import inks
from nbtrack.figures.line import Line, by_metric, line_of, thin
from nbtrack.figures.smooth import SMOOTHERS, smoothed
from nbtrack.frame import Series
from tests.golden.pictures_cases import pictures

TARGET = Path(__file__).with_name("figures.json")
START = 1_772_000_000_000
IDS = [f"{i * 7919:08x}{'9f3c' * 6}" for i in range(40)]
KNOWN = ["loss", "val_loss", "val/loss", "a b", "2x", "é"]
EXPRESSIONS = [
    "val_loss - loss", "val/loss", "val/loss-loss", "val_loss/loss", "-loss * 2", "(loss + val_loss) / 2e0",
    "1 - .5 * loss",
    '"a b" + `2x`', "loss - (val_loss - 1)", "loss - val_loss - 1", "8 / 4 / 2", "é + 1", "loss / 0",
    "", "loss +", "(loss", "loss val_loss", "loss ; 1", "loss)", "__import__('os')", "(" * 60 + "1" + ")" * 60,
]  # fmt: skip


def read(cells: list[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([float(cell) for cell in cells], np.float64)


def write(values: Any) -> list[Any]:
    return [
        float(v) if np.isfinite(v) else "NaN" if np.isnan(v) else "Infinity" if v > 0 else "-Infinity" for v in values
    ]


def series(points: list[list[Any]]) -> Series:
    step, time, value = zip(*points, strict=True) if points else ((), (), ())
    return Series(np.array(step, np.int64), np.array(time, np.int64), read(list(value)))


def random_points(rng: np.random.Generator, n: int, *, odd: bool = True) -> list[list[Any]]:
    """Steps out of order and doubled, exact repeats, NaN and infinities."""
    steps = rng.integers(0, max(1, n), n)
    values = rng.normal(0, 1, n).round(6)
    points = [
        [int(s), START + int(s) * 1000 + int(rng.integers(0, 3)), float(v)] for s, v in zip(steps, values, strict=True)
    ]
    if odd and n > 5:
        points[2][2], points[3][2], points[4] = "NaN", "Infinity", list(points[5])
    return points


def cases() -> dict[str, list[dict[str, Any]]]:
    rng = np.random.default_rng(6)
    return {
        "smooth": [
            smooth_case(rng, n, weight, how)
            for how in SMOOTHERS
            for n, weight in ((1, 0.5), (7, 0.3), (60, 0.9), (40, 0.99))
        ],
        "line": [line_case(rng, n, axis) for n in (0, 1, 30) for axis in ("step", "time", "relative")],
        "by_metric": [by_metric_case(rng, n) for n in (0, 1, 25)],
        "thin": [
            thin_case(rng, n, columns, log) for n, columns, log in ((300, 20, False), (300, 13, True), (5, 50, False))
        ],
        "band": [
            band_case(rng, kind, sizes)
            for kind in ("sd", "ci", "minmax")
            for sizes in ((1,), (5, 9, 1), (12, 12, 12, 0))
        ],
        "expression": [expression_case(rng, text) for text in EXPRESSIONS],
        "importance": [importance_case(rng, n) for n in (2, 6, 30, 420)],
        "pictures": [pictures()],
        "inks": [{"ids": IDS, "want": [[ink.color, ink.dash, ink.marker] for ink in inks(IDS).values()]}],
    }


def smooth_case(rng: np.random.Generator, n: int, weight: float, how: str) -> dict[str, Any]:
    cells = write(rng.normal(3, 1, n).round(6))
    if n > 10:
        cells[4], cells[9], cells[0] = "NaN", "Infinity", "-Infinity"
    return {"y": cells, "weight": weight, "how": how, "want": write(smoothed(read(cells), weight, how))}


def line_case(rng: np.random.Generator, n: int, axis: str) -> dict[str, Any]:
    points = random_points(rng, n)
    start = START - 500 if n == 30 else None
    line = line_of(series(points), axis, start)
    return {"points": points, "axis": axis, "start": start, "x": write(line.x), "y": write(line.y)}


def by_metric_case(rng: np.random.Generator, n: int) -> dict[str, Any]:
    points, other = random_points(rng, n), random_points(rng, n)
    line = by_metric(series(points), series(other))
    return {"points": points, "other": other, "x": write(line.x), "y": write(line.y)}


def thin_case(rng: np.random.Generator, n: int, columns: int, log: bool) -> dict[str, Any]:
    x = np.sort(rng.integers(1, 4 * n, n)).astype(np.float64)
    cells = write(rng.normal(0, 1, n).round(3))
    if n > 100:
        cells[50:70] = ["NaN"] * 20
        cells[80], cells[90] = 1000.0, "Infinity"
    want = thin(Line(x, read(cells)), x[0], x[-1], columns, log_x=log)
    return {"x": write(x), "y": cells, "columns": columns, "log": log, "want": want.tolist()}


def band_case(rng: np.random.Generator, kind: str, sizes: tuple[int, ...]) -> dict[str, Any]:
    lines = []
    for i, n in enumerate(sizes):
        cells = write(rng.normal(i, 1, n).round(6))
        if n > 8:
            cells[3] = "NaN"
        lines.append([write(np.sort(rng.integers(0, 40, n)).astype(np.float64)), cells])
    found = band_of([Line(read(x), read(y)) for x, y in lines], kind)
    return {
        "kind": kind,
        "lines": lines,
        **{name: write(getattr(found, name)) for name in ("x", "mean", "low", "high", "n")},
    }


def expression_case(rng: np.random.Generator, text: str) -> dict[str, Any]:
    try:
        tree = parse_expression(text, KNOWN)
    except InvalidValueError as error:
        return {"text": text, "known": KNOWN, "error": str(error)}
    histories = {name: random_points(rng, 12) for name in names_in(tree)}
    found = evaluate(tree, {name: series(points) for name, points in histories.items()})
    points = [write(values) for values in (found.step, found.timestamp, found.value)]
    return {"text": text, "known": KNOWN, "names": names_in(tree), "histories": histories, "want": points}


def importance_case(rng: np.random.Generator, n: int) -> dict[str, Any]:
    rate = 10 ** rng.uniform(-4, -1, n)
    model = rng.choice(["mlp", "svm", "forest"], n)
    layers = rng.integers(1, 6, n)
    value = np.abs(np.log10(rate) + 2.5) + (model == "svm") * 0.8 + rng.normal(0, 0.1, n)
    params = {
        "lr": [f"{each:.6g}" for each in rate],
        "model": model.tolist(),
        "layers": [None if i % 9 == 4 else str(each) for i, each in enumerate(layers)],
        "noise": [f"{each:.4f}" for each in rng.normal(0, 1, n)],
        "same": ["1"] * n,
    }
    cells: list[Any] = [None if i % 13 == 7 else round(float(each), 6) for i, each in enumerate(value)]
    if n > 20:
        cells[3] = "NaN"
    found = importances_of(list(params.items()), [None if c is None else float(c) for c in cells])
    want = [[each.param, each.correlation, each.signed, each.permutation, each.spread] for each in found.importances]
    told = {"runs": found.runs, "explained": found.explained, "notes": found.notes}
    return {"params": params, "values": cells, "want": want, **told}


if __name__ == "__main__":
    sections = [
        f'"{name}": [\n{",".join(chr(10) + json.dumps(case, ensure_ascii=False) for case in held)[1:]}\n]'
        for name, held in cases().items()
    ]
    TARGET.write_text("{\n" + ",\n".join(sections) + "\n}\n", "utf-8")

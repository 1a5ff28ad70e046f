"""Which answers must the browser's statistics give?

`python -m tests.reference.golden` writes tests/golden/reference.json anew. Every answer is of definitions.py beside
this file, none of the code under test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from tests.reference import definitions

TARGET = Path(__file__).parents[1] / "golden" / "reference.json"
ODD = (np.nan, np.inf, -np.inf)
BINS = 24


def cells(values: Any) -> list[Any]:
    """Numbers as JSON has them, others by JavaScript's names."""
    names = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return [names.get(str(float(value)), float(value)) for value in values]


def cases() -> dict[str, list[Any]]:
    rng = np.random.default_rng(21)
    return {
        "smooth": [_smooth(rng, how, weight) for how in definitions.SMOOTHERS for weight in (0.3, 0.6, 0.9, 0.97)],
        "band": [_band(rng, kind, runs) for kind in ("sd", "ci", "minmax") for runs in (1, 2, 3, 5, 12, 40)],
        "student": [[freedom, float(stats.t.ppf(0.975, freedom))] for freedom in (*range(1, 60), 99, 399, 9999)],
        "box": [_box(rng, n) for n in (1, 2, 5, 6, 7, 8, 31)],
        "importance": [_importance(rng, n) for n in (6, 15, 21, 26, 41)],
        "histogram": [_histogram(rng, wide, n) for wide in (False, True) for n in (2, 30, 300)],
        "number": [[value, definitions.written(value)] for value in _numbers(rng)],
    }


def _smooth(rng: np.random.Generator, how: str, weight: float) -> dict[str, Any]:
    y = rng.normal(0, 10, 40).round(6)
    y[rng.choice(40, 3, replace=False)] = ODD
    return {"y": cells(y), "how": how, "weight": weight, "want": cells(definitions.SMOOTHERS[how](y, weight))}


def _band(rng: np.random.Generator, kind: str, runs: int) -> dict[str, Any]:
    """Runs that begin and end where they want, on steps of their own, some with a gap."""
    lines = []
    for run in range(runs):
        x = np.unique(rng.integers(rng.integers(0, 20), rng.integers(25, 60), rng.integers(1, 25))).astype(np.float64)
        y = rng.normal(run, 3, len(x)).round(6)
        if run % 3 == 2:
            y[rng.integers(0, len(x))] = ODD[run % 2]
        lines.append((x, y))
    names = ("x", "mean", "low", "high", "n")
    found = dict(zip(names, map(cells, definitions.band(lines, kind)), strict=True))
    return {"kind": kind, "lines": [[cells(x), cells(y)] for x, y in lines], **found}


def _box(rng: np.random.Generator, n: int) -> dict[str, Any]:
    values = rng.normal(0, 100, n).round(4).tolist()
    return {"values": values, "want": definitions.five_numbers(values) if n > 1 else values * 5}


def _importance(rng: np.random.Generator, n: int) -> dict[str, Any]:
    """Where n - 1 divides 10^6 ranks scaled to it are whole, so that ties are those of the ranks."""
    lr, depth = rng.permutation(n) / 8, rng.integers(1, 5, n)
    model = rng.choice(["svm", "tree", "net"], n)
    values = (lr + depth * (model == "net") + rng.normal(0, 0.5, n)).round(6)
    wanted = {
        "lr": definitions.spearman(lr, values),
        "depth": definitions.spearman(depth, values),
        "model": definitions.epsilon(model.tolist(), values),
    }
    params = {"lr": [str(each) for each in lr], "depth": [str(each) for each in depth], "model": model.tolist()}
    near = definitions.explained([lr, depth], values) if n > 20 else None
    return {"params": params, "values": values.tolist(), "correlations": wanted, "explained": near}


def _histogram(rng: np.random.Generator, wide: bool, n: int) -> dict[str, Any]:
    values = (10 ** rng.uniform(-6, 0, n) if wide else rng.normal(5, 2, n)).tolist()
    edges, counts = definitions.histogram(values, BINS)
    return {"values": values, "edges": edges, "counts": counts}


def _numbers(rng: np.random.Generator) -> list[float]:
    sizes = 10.0 ** rng.uniform(-12, 20, 80)
    whole = [0.0, 1.0, 10.0, 123456.0, 1e6, 123456789.0, 2.5e12, -3.0]
    chosen = [123456.7, 0.999999, 99999.95, 1e-4, 0.00012345678, 1 / 3, -2 / 3, 9.99995, 12345.649999]
    return [*whole, *chosen, *(sizes * rng.choice([-1, 1], 80)).tolist()]


def text() -> str:
    """A case a line."""
    sections = []
    for name, found in cases().items():
        lines = ",\n".join(json.dumps(case) for case in found)
        sections.append(f'"{name}": [\n{lines}\n]')
    return "{" + ",\n".join(sections) + "}\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")

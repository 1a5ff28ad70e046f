"""Which whole charts hold nbtrack.figures and the browser together? What the traces hold, over the same runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nbtrack import figures
from nbtrack.figures.against import BAD, GOOD, NEUTRAL
from nbtrack.figures.cells import side_of
from nbtrack.figures.chosen import chosen_of
from nbtrack.figures.given import Runs, column_of
from tests.golden.query_frames import frame_from, history_from, told

RUNS = 18
LAYERS = ("1", "2.0", "3", "4", "1.0", "2.0", "3", "4")  # as texts: 2.0 is told so, and 1 and 1.0 are one number
PICKED = (("best", 0), ("min", 0), ("max", 0), ("step", 3), ("step", 0))
TURNED = {"loss": "max", "acc": "min", "odd": "max"}
START = 1_772_000_000_000
HISTORIES = (
    {"metric": "loss"},
    {"metric": "acc", "x": "relative"},
    {"metric": "acc", "x": "time"},
    {"metric": "loss", "x": "acc"},
    {"metric": "loss - acc"},
    {"metric": "loss", "smoothing": 0.7},
    {"metric": "acc", "smoothing": 0.6, "smoother": "gaussian"},
    {"metric": "loss", "group": ["params.model"], "band": "ci"},
    {"metric": "acc", "group": ["params.model", "params.layers"], "band": "sd", "smoothing": 0.5},
    {"metric": "odd", "group": ["params.model"], "band": "minmax", "x": "relative"},
)


def pictures() -> dict[str, Any]:
    written = _written()
    runs = Runs(frame_from(written), history_from(written))
    chosen = chosen_of(runs)
    return {
        "frame": written,
        "chosen": {name: getattr(chosen, name) for name in ("params", "metrics", "metric", "columns")},
        "axes": [[name, _column(runs, name)] for name in (*chosen.columns, "start_time")],
        "bars": [[name, _bars(runs, name)] for name in ("loss", "acc", "odd")],
        "means": [
            [name, columns, band, _mean_bars(runs, name, columns, band)]
            for name, columns, band in (
                ("loss", ["params.model"], "sd"),
                ("acc", ["params.model"], "ci"),
                ("odd", ["params.model", "params.layers"], "ci"),
                ("acc", ["params.layers"], "minmax"),
            )
        ],
        "labels": [[name, side_of(column_of(runs, name)).labels] for name in ("params.layers", "params.model")],
        "box": [[by, _boxes(runs, by)] for by in ("params.model", "params.lr", "params.layers")],
        "grid": [
            [x, y, _grid(runs, x, y)]
            for x, y in (
                ("params.lr", "params.model"),
                ("params.layers", "params.model"),
                ("params.model", "params.lr"),
            )
        ],
        "course": [[name, _course(runs, name)] for name in ("loss", "acc", "odd")],
        "scatter": [
            [x, y, _scatter(runs, x, y)] for x, y in (("params.lr", "metrics.acc"), ("params.layers", "metrics.odd"))
        ],
        "difference": _difference(runs),
        "picked": [[pick, step, _difference(runs, pick=pick, step=step)] for pick, step in PICKED],
        "turned": _turned(replace(runs, directions=TURNED)),
        "history": [{**settings, "want": _history(runs, settings)} for settings in HISTORIES],
    }


def _turned(runs: Runs) -> dict[str, Any]:
    """What hangs on which way is better, with the directions set the other way round."""
    drawn = {name: figures.metric_history(runs, name, width=0).data[-1] for name in TURNED}
    return {
        "directions": TURNED,
        "chosen": chosen_of(runs).columns,
        "bars": [[name, _bars(runs, name)] for name in TURNED],
        "course": [[name, _course(runs, name)] for name in TURNED],
        "best": [[name, [float(ring.x[0]), float(ring.y[0])]] for name, ring in drawn.items()],
        "difference": _difference(runs),
    }


def _difference(runs: Runs, **which: Any) -> list[list[Any]]:
    """By metric: of each run but the first, in %, and whether that is better."""
    drawn = figures.difference(runs, **which).data
    words = {GOOD: "better", BAD: "worse", NEUTRAL: "same"}
    cells = [
        [[name, None if share is None else float(share), words[edge]] for name, share, edge in zip(
            bar.y, bar.x, bar.marker.line.color, strict=True
        )]
        for bar in drawn
    ]  # fmt: skip
    return [[names[0][0], [cell[1:] for cell in names]] for names in zip(*cells, strict=True)]


def _written() -> dict[str, Any]:
    """Runs with gaps, an infinity, a tag that turns a metric around, unequal steps, exact repeats and NaN."""
    rng = np.random.default_rng(11)
    ids = [f"{i * 7919 + 5:08x}{'5c1e' * 6}" for i in range(RUNS)]
    models = [None if i % 7 == 5 else ("mlp", "svm", "forest")[i % 3] for i in range(RUNS)]
    histories = {run: _points(rng, i) for i, run in enumerate(ids)}
    metrics = {key: [_summary(histories[run].get(key)) for run in ids] for key in ("acc", "loss", "odd", "system/cpu")}
    columns = {
        "run_id": {"text": ids},
        "run_name": {"text": [f"run-{i}" for i in range(RUNS)]},
        "start_time": {"number": [None if i == 3 else START + (i * 7 % RUNS) * 1000 for i in range(RUNS)]},
        "params.lr": {"text": [f"{10 ** rng.uniform(-4, -1):.6g}" for _ in range(RUNS)]},
        "params.model": {"text": models},
        "params.layers": {"text": [None if i == 8 else LAYERS[i % 8] for i in range(RUNS)]},
        "params.same": {"text": ["1"] * RUNS},
        "tags.nbtrack.metric.odd": {"text": ["min" if i == 4 else None for i in range(RUNS)]},
        **{f"metrics.{key}": {"metric": cells} for key, cells in metrics.items()},
    }
    return {"length": RUNS, "columns": columns, "histories": histories}


def _points(rng: np.random.Generator, i: int) -> dict[str, list[list[Any]]]:
    every, n = 1 + i % 3, 4 + i % 5
    times = [START + (i * 7 % RUNS) * 1000 + 10 * k for k in range(n)]
    held: dict[str, list[list[Any]]] = {}
    for key, at in (("acc", 0.5), ("loss", 2.0), ("odd", 5.0), ("system/cpu", 50.0)):
        if key == "acc" and i == 9:
            continue
        held[key] = [[every * k, times[k], round(at + float(rng.normal()) / 4, 5)] for k in range(n)]
    held["loss"].insert(2, held["loss"][1])  # an exact repeat
    if i == 2:
        held["loss"][-1][2] = "NaN"
    if i == 6:
        held["odd"][-1][2] = "Infinity"
    return held


def _summary(points: list[list[Any]] | None) -> dict[str, Any] | None:
    if points is None:
        return None
    values = [float(point[2]) for point in points]
    known = [value for value in values if not np.isnan(value)]
    last, first = points[-1], points[0]
    return {
        "last": last[2], "step": last[0], "min": told(min(known)), "max": told(max(known)), "first": first[2],
        "count": len(points),
    }  # fmt: skip


def _column(runs: Runs, name: str) -> dict[str, Any]:
    values = column_of(runs, name)
    if values.numbers is None:
        return {"words": values.texts}
    return {"numbers": [float(v) if np.isfinite(v) else None for v in values.numbers], "log": values.log}


def _bars(runs: Runs, metric: str) -> list[list[Any]]:
    bar = figures.bars(runs, metric).data[0]
    return [list(pair) for pair in zip(bar.y, (float(x) for x in bar.x), strict=True)]


def _mean_bars(runs: Runs, metric: str, columns: list[str], band: str) -> list[list[Any]]:
    bar = figures.bars(runs, metric, group=columns, band=band).data[0]
    ends = zip(bar.y, bar.x, bar.error_x.arrayminus, bar.error_x.array, strict=True)
    return [[name, float(mean), float(mean - low), float(mean + high)] for name, mean, low, high in ends]


def _boxes(runs: Runs, by: str) -> list[list[float]]:
    return [[float(y) for y in trace.y[0]] for trace in figures.box(runs, "acc", by).data]


def _grid(runs: Runs, x: str, y: str) -> list[list[Any]]:
    field = figures.contour(runs, x, y, "acc").data[0]
    return [[None if np.isnan(mean) else float(mean) for mean in line] for line in field.z]


def _course(runs: Runs, metric: str) -> dict[str, Any]:
    dots, line = figures.optimisation_history(runs, metric).data
    return {"names": list(dots.text), "values": [float(y) for y in dots.y], "best": [float(y) for y in line.y]}


def _scatter(runs: Runs, x: str, y: str) -> list[list[Any]]:
    dots = figures.scatter(runs, x, y).data[0]
    pairs = zip(dots.x, dots.y, strict=True)
    return [[float(a), float(b)] for a, b in pairs if np.isfinite(a) and np.isfinite(b)]


def _history(runs: Runs, settings: dict[str, Any]) -> list[dict[str, Any]]:
    drawn = figures.metric_history(
        runs, settings["metric"], width=0, **{k: v for k, v in settings.items() if k != "metric"}
    )
    return [
        {"x": _numbers(trace.x), "y": [told(float(y)) for y in trace.y]} for trace in drawn.data if trace.meta is None
    ]


def _numbers(values: Any) -> list[float]:
    array = np.asarray(values)
    return [float(v) for v in (array.astype("datetime64[ms]").astype(np.int64) if array.dtype.kind == "M" else array)]

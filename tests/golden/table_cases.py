"""Which runs do `dash.runs` and the table in the browser give alike, in which order, and by which code?

`python -m tests.golden.table_cases` writes table_cases.json anew. Runs are nested at random, some in rings; views sort,
filter, group, pin, fold and choose at random.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from nbtrack.dashboard.rows import code_for, is_arranged, shown_rows
from nbtrack.dashboard.view import default_view
from nbtrack.frame import Series
from tests.golden.query_frames import frame_from, told

FILE = Path(__file__).with_suffix(".json")
NOW = 1_795_000_000_000
ROWS = 40
VIEWS = 200
FILTERS = (
    "", "", "", "metrics.loss < 0.6", "params.model = 'cnn' and metrics.loss.min > 0", "run_name ILIKE '%deft%'",
    "run_name RLIKE '(?i)^(calm|deft).*7'", "params.lr >= 0.01", "status IN ('FINISHED') or metrics.loss = 1",
    "not params.model = 'mlp'", "params.depth is null", "metrics.loss >= 0.2 and metrics.loss <= 0.9",
    "start_time > '2020-01-01'", "run_id = 'nobody'",
)  # fmt: skip
ORDERS = (
    "metrics.loss ASC", "metrics.loss DESC", "metrics.loss.min", "metrics.loss.max DESC", "number(params.lr) DESC",
    "params.lr", "params.model DESC", "start_time", "status", "duration DESC", "run_name", "metrics.`val/acc`.first",
)  # fmt: skip
GROUPS = ("params.model", "params.lr", "params.depth", "status", "tags.team", "params.none", "experiment_id")
NUMBERS = (0.0, -0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1e300, float("nan"), float("inf"), float("-inf"))


def frame(random: Random) -> dict[str, Any]:
    def cells(words: tuple[str, ...], chance: float) -> dict[str, Any]:
        return {"text": [random.choice(words) if random.random() < chance else None for _ in range(ROWS)]}

    def metric() -> dict[str, Any]:
        def summary() -> dict[str, Any]:
            last, first, low, high = (told(random.choice(NUMBERS)) for _ in range(4))
            return {"last": last, "step": 3, "min": low, "max": high, "first": first, "count": 4}

        return {"metric": [summary() if random.random() < 0.8 else None for _ in range(ROWS)]}

    ids = [f"{random.getrandbits(32):08x}{row}" for row in range(ROWS)]
    starts = [NOW - random.choice((0, 1, 1, 3_600_000, 86_400_000)) for _ in range(ROWS)]
    words = ("amber", "brisk", "calm", "deft")
    return {
        "length": ROWS,
        "columns": {
            "run_id": {"text": ids},
            "run_name": {"text": [f"{random.choice(words)}-{row % 9}" for row in range(ROWS)]},
            "experiment_id": cells(("1", "2"), 1),
            "lifecycle_stage": cells(("active", "active", "active", "deleted"), 1),
            "status": cells(("FINISHED", "FAILED", "SCHEDULED"), 1),
            "start_time": {"number": starts},
            "end_time": {"number": [start + 90_000 if random.random() < 0.8 else None for start in starts]},
            "params.lr": cells(("0.1", "0.01", "1e-3", "1e2", "auto", "nan"), 0.9),
            "params.model": cells(("cnn", "mlp", "😀"), 0.95),
            "params.depth": cells(("2", "10"), 0.5),
            "tags.team": cells(("vision", "speech"), 0.7),
            "tags.mlflow.parentRunId": cells((*ids[:12], "gone"), 0.6),
            "metrics.loss": metric(),
            "metrics.val/acc": metric(),
        },
    }


def view(random: Random, ids: list[str]) -> dict[str, Any]:
    def some(of: Any, most: int) -> list[Any]:
        return random.sample(of, random.randint(0, most))

    return {
        "experiments": random.choice(([], [], ["1"], ["2", "1"])),
        "lifecycle": random.choice(("active", "active", "all", "deleted")),
        "filter": random.choice(FILTERS),
        "order": some(ORDERS, 2),
        "tree": random.random() < 0.7,
        "group": some(GROUPS, 3) if random.random() < 0.5 else [],
        "pinned": some([*ids, "nobody"], 3) if random.random() < 0.4 else [],
        "collapsed": some(ids, 5),
        "hidden": some(ids, 5),
    }


def history(run: str, key: str) -> Series:
    return Series(*(np.array([]) for _ in range(3)))


def made(seed: int = 5) -> dict[str, Any]:
    random = Random(seed)
    written = frame(random)
    held = frame_from(written)
    cases = []
    for _ in range(VIEWS):
        change = view(random, held.run_ids)
        whole = default_view() | change
        shown = shown_rows(held, whole, history).run_ids
        code = code_for("~/mlruns", whole, ["1", "2"], arranged=is_arranged(held, whole))
        cases.append({"view": change, "rows": [held.run_ids.index(run) for run in shown], "code": code})
    return {"frame": written, "cases": cases}


def written() -> str:
    return (
        json.dumps(made(), ensure_ascii=False, indent=None, separators=(",", ":")).replace('{"view"', '\n{"view"')
        + "\n"
    )


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")

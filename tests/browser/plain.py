"""How is a part of the front end looked at without Jupyter? Mounted in a plain page of headless Chromium."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from nbtrack.frame import Frame, Metrics, Numbers, Text

JS = Path(__file__).parents[2] / "js"
NOW = 1_772_000_000_000  # ms; runs of the tests are older than this
CODES = {"float64": "f64", "int32": "i32", "uint8": "u8"}
SUMMARY = ("values", "step", "min", "max", "first", "count")

# What JupyterLab's dark theme sets.
DARK = """
--jp-layout-color0:#111111;--jp-layout-color1:#212121;--jp-layout-color2:#424242;--jp-border-color1:#616161;
--jp-border-color2:#424242;--jp-ui-font-color1:rgba(255,255,255,0.87);--jp-ui-font-color2:rgba(255,255,255,0.54);
--jp-brand-color1:#2196f3;--jp-success-color1:#388e3c;--jp-warn-color1:#f57c00;--jp-error-color1:#d32f2f;
"""


@dataclass
class Shown:
    """What a page is to show. `series` maps (run id, key) to values."""

    frame: Frame
    series: dict[tuple[str, str], Sequence[float]] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    view: dict[str, Any] = field(default_factory=dict)
    life: str = "snapshot"
    width: int = 1000
    dark: bool = False
    shadow: bool = False


@cache
def bundle() -> str:
    """The test page's script, built once for all tests of a process."""
    out = Path(mkdtemp(prefix="nbtrack-page-"))
    try:
        subprocess.run(
            [sys.executable, str(JS.parent / "scripts/node.py"), "node", "scripts/testpage.mjs", str(out)],
            cwd=JS,
            check=True,
            timeout=120,
        )
        return (out / "app.js").read_text()
    finally:
        shutil.rmtree(out)


def show(browser: Browser, shown: Shown, *, height: int = 680) -> Page:
    """A page with the dashboard in it. Errors of the page fail at `errors_of`."""
    context = browser.new_context(viewport={"width": shown.width, "height": height})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
    page.problems = problems  # type: ignore[attr-defined]
    page.route("https://plain.test/*", lambda route: route.fulfill(body=_html(shown), content_type="text/html"))
    page.goto("https://plain.test/")
    page.add_script_tag(content=bundle(), type="module")
    given = {
        "runs": base64.b64encode(pack_frame(shown.frame)).decode(),
        "series": base64.b64encode(pack_series(shown.series)).decode() if shown.series else "",
        "status": {"made_at": NOW, **shown.status},
        "view": shown.view,
        "life": shown.life,
        "shadow": shown.shadow,
    }
    page.wait_for_function("() => Boolean(window.mount)")
    page.evaluate("given => window.mount(document.getElementById('here'), given)", given)
    page.wait_for_selector(".nbt-grid")
    return page


def _html(shown: Shown) -> str:
    variables = DARK if shown.dark else ""
    background = "#111" if shown.dark else "#fff"
    return (
        "<!doctype html><meta charset=utf-8><title>runs</title><link rel=icon href='data:,'>"
        f"<style>:root{{{variables}}}body{{margin:8px;background:{background}}}</style><div id=here></div>"
    )


def pack(header: dict[str, Any], arrays: Sequence[np.ndarray[Any, Any]]) -> bytes:
    listed, parts, offset = [], [], 0
    for array in arrays:
        data = array.tobytes()
        listed.append([CODES[str(array.dtype)], offset, len(array)])
        parts.append(data + bytes(-len(data) % 8))
        offset += len(parts[-1])
    head = json.dumps({**header, "arrays": listed}).encode()
    start = b"nbt1" + len(head).to_bytes(4, "little") + head
    return start + bytes(-len(start) % 8) + b"".join(parts)


def pack_frame(frame: Frame) -> bytes:
    arrays: list[np.ndarray[Any, Any]] = []
    columns = []

    def put(array: np.ndarray[Any, Any]) -> int:
        arrays.append(array)
        return len(arrays) - 1

    for name, column in frame.columns.items():
        if isinstance(column, Text):
            entry = {"name": name, "kind": "text", "words": list(column.words), "arrays": {"codes": put(column.codes)}}
        else:
            kind = "metric" if isinstance(column, Metrics) else "number"
            names = SUMMARY if isinstance(column, Metrics) else ("values",)
            places = {part: put(getattr(column, part).astype(np.float64)) for part in names}
            entry = {"name": name, "kind": kind, "arrays": {**places, "missing": put(column.missing.astype(np.uint8))}}
        columns.append(entry)
    return pack({"length": len(frame), "columns": columns}, arrays)


def pack_series(series: dict[tuple[str, str], Sequence[float]]) -> bytes:
    chunks = [
        {"run": run, "key": key, "from": 0, "n": len(values), "total": len(values), "whole": True}
        for (run, key), values in series.items()
    ]
    values = np.concatenate([np.asarray(v, np.float64) for v in series.values()])
    steps = np.concatenate([np.arange(len(v), dtype=np.float64) for v in series.values()])
    return pack({"chunks": chunks}, [steps, NOW - 1e6 + steps * 1000, values])


def sweep(n: int, seed: int = 0) -> Shown:
    """A sweep of `n` runs: half of them nested in threes, some failed, one running, a few values missing."""
    rng = np.random.default_rng(seed)
    ids = [f"{i:06x}" + "a" * 26 for i in range(n)]
    start = NOW - 60_000.0 - np.arange(n)[::-1] * 420_000.0
    took = rng.gamma(3.0, 60_000.0, n)
    status = rng.choice(["FINISHED", "FINISHED", "FINISHED", "FINISHED", "FAILED", "KILLED"], n).tolist()
    status[-1] = "RUNNING"
    ended = np.array([s != "RUNNING" for s in status])
    lr = 10 ** rng.uniform(-4, -1, n)
    accuracy = np.clip(0.98 - 0.08 * np.abs(np.log10(lr) + 2.5) + rng.normal(0, 0.01, n), 0, 1)
    loss = np.clip(2.5 * (1 - accuracy) + rng.normal(0, 0.02, n), 0.001, None)
    words = ["amber", "brisk", "calm", "deft", "eager", "fond", "glad", "hale"]
    names = [f"{words[i % 8]}-{words[(i // 8 + 3) % 8]}-{i}" for i in range(n)]
    parent = [ids[i - i % 4] if n > 3 and i % 8 < 4 and i % 4 else None for i in range(n)]
    missing = rng.random(n) < 0.03

    def metric(values: np.ndarray[Any, Any]) -> Metrics:
        held = np.where(missing, np.nan, values)
        count = np.full(n, 30, np.int64)
        return Metrics(held, missing, np.full(n, 29.0), held * 0.95, held * 1.05, held * 2, count)

    columns = {
        "run_id": Text.of(ids),
        "experiment_id": Text.of(["1" if i % 5 else "2" for i in range(n)]),
        "run_name": Text.of(names),
        "status": Text.of(status),
        "start_time": Numbers(start, np.zeros(n, np.bool_)),
        "end_time": Numbers(np.where(ended, start + took, np.nan), ~ended),
        "lifecycle_stage": Text.of(["active"] * n),
        "metrics.val/accuracy": metric(accuracy),
        "metrics.loss": metric(loss),
        "params.lr": Text.of([f"{x:.5g}" for x in lr]),
        "params.model": Text.of(rng.choice(["cnn", "resnet-50 with a long name", "mlp"], n).tolist()),
        "params.batch_size": Text.of([str(x) for x in rng.choice([16, 32, 64, 128], n)]),
        "params.optimizer": Text.of(["adam"] * n),
        "tags.team": Text.of(rng.choice(["vision", "speech"], n).tolist()),
        "tags.mlflow.parentRunId": Text.of(parent),
        "tags.mlflow.source.name": Text.of(["train.py"] * n),
    }
    series = {}
    for i in range(max(0, n - 60), n):
        for key, last in (("loss", loss[i]), ("val/accuracy", accuracy[i])):
            if not missing[i]:
                curve = last + (1.5 - last) * np.exp(-np.arange(30) / 6) * (1 if key == "loss" else -0.6)
                series[(ids[i], key)] = (curve + rng.normal(0, 0.02, 30)).tolist()
    first = sum(1 for i in range(n) if i % 5)
    experiments = [
        {"id": "1", "name": "digits", "stage": "active", "runs": first, "created": None},
        {"id": "2", "name": "baselines", "stage": "active", "runs": n - first, "created": None},
    ]
    status_now = {"experiments": experiments, "loaded": True}
    return Shown(Frame(columns, n), series, status_now)

"""Does the page keep up with 50 runs of 20 metrics that get points ten times a second? In Chromium, over real packs."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page

from nbtrack.dashboard.view import default_view
from nbtrack.dashboard.wire import Chunk, pack_frame, pack_series
from nbtrack.frame import Frame, Metrics, Numbers, Series, Text
from tests.browser.jupyter import chromium_running
from tests.browser.panel_page import built, served

RUNS, METRICS, POINTS = 50, 20, 1000
BEATS, EVERY = 60, 100  # messages, ms between them
QUARTER = BEATS // 4
START = 1_772_000_000_000
NAMES = [
    f"{group}/{name}"
    for group in ("train", "val")
    for name in ("loss", "acc", "f1", "auc", "kl", "r2", "mse", "a", "b", "c")
]


def measure() -> dict[str, Any]:
    """ms between a message's beat and its picture, what was drawn meanwhile, and the work that it took."""
    values = np.random.default_rng(0).normal(size=(METRICS, RUNS, POINTS + BEATS)).cumsum(axis=2) / 30
    packing: list[float] = []
    with tempfile.TemporaryDirectory() as folder, chromium_running() as browser:
        script = (built(Path(folder)) / "beats.js").read_text()
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        packs = {"runs": pack_frame(_frame(values, POINTS)), "series": pack_series(_chunks(values, 0, POINTS))}
        for beat in range(BEATS):
            begun = time.perf_counter()
            packs[f"rows{beat}"] = pack_frame(_frame(values, POINTS + beat + 1))
            packs[f"points{beat}"] = pack_series(_chunks(values, POINTS + beat, POINTS + beat + 1))
            packing.append(1000 * (time.perf_counter() - begun))
        found = _watched(page, script, packs)
    lag = found["lag"]
    return {
        "busy": found["busy"], "lag": statistics.median(lag),
        "worst": max(lag), "last": lag[-1], "pack": statistics.median(packing),
        "frames": 1000 * found["frames"] / (BEATS * EVERY), "drawn": 1000 * found["drawn"] / (BEATS * EVERY),
        "blocked": found["blocked"] / (BEATS * EVERY), "longest": found["longest"], "lags": lag,
        "behind": statistics.median(lag[-QUARTER:]) - statistics.median(lag[:QUARTER]),
    }  # fmt: skip


def told(found: dict[str, Any]) -> str:
    return (
        f"{RUNS} runs × {METRICS} metrics × {POINTS:,} points, {1000 // EVERY} updates a second:\n"
        f"  seen after {found['lag']:.0f} ms (worst {found['worst']:.0f}, last {found['last']:.0f}), "
        f"{found['drawn']:.0f} panels and {found['frames']:.0f} frames a second, "
        f"{_keeps_up(found)}, longest task {found['longest']:.0f} ms, main thread busy {found['busy']:.0%}; "
        f"packed in {found['pack']:.0f} ms"
    )


def _keeps_up(found: dict[str, Any]) -> str:
    """What comes too fast is seen later and later: by the end by about as much as each message took too long."""
    behind = found["behind"]
    held = behind < 3 * EVERY and found["last"] < 10 * EVERY
    told = f"{abs(behind):.0f} ms {'later' if behind > 0 else 'sooner'} at the end than at the beginning"
    return f"keeps up ({told})" if held else f"FALLS BEHIND ({told})"


def _watched(page: Page, script: str, packs: dict[str, bytes]) -> dict[str, Any]:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    served(page, "beats", script)
    page.route("**/pack/*", lambda route: route.fulfill(body=packs[route.request.url.rsplit("/", 1)[1]]))
    page.goto("https://plain.test/page?")
    page.wait_for_function("() => window.measure")
    status = {"loaded": True, "running": _ids(), "rev": 1, "made_at": START}
    view = default_view() | {"height": 950, "split": 0.25}
    given = {"view": view, "selected": _ids(), "status": status, "beats": BEATS, "every": EVERY}
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # what others do on the machine does not count
    page.evaluate("given => window.begin(given)", given)
    before = _spent(session)
    found: dict[str, Any] = page.evaluate("() => window.measure()")
    found["busy"] = (_spent(session) - before) / (BEATS * EVERY / 1000)
    assert not problems, problems
    return found


def _spent(session: CDPSession) -> float:
    """Seconds that the page's main thread has worked."""
    told = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in told if each["name"] == "TaskDuration"))


def _ids() -> list[str]:
    return [f"{i * 7919 + 4096:08x}{'e1f0' * 6}" for i in range(RUNS)]


def _frame(values: np.ndarray[Any, np.dtype[np.float64]], n: int) -> Frame:
    """As the kernel knows the runs when each metric has `n` points."""
    whole, none = np.full(RUNS, float(n)), np.zeros(RUNS, np.bool_)
    metrics = {
        f"metrics.{name}": Metrics(
            values[i, :, n - 1], none, whole - 1, values[i, :, :n].min(axis=1), values[i, :, :n].max(axis=1),
            values[i, :, 0], whole.astype(np.int64),
        )
        for i, name in enumerate(NAMES)
    }  # fmt: skip
    texts = {
        "run_id": _ids(), "experiment_id": ["1"] * RUNS, "run_name": [f"run-{i}" for i in range(RUNS)],
        "status": ["RUNNING"] * RUNS, "lifecycle_stage": ["active"] * RUNS,
        "params.lr": [f"{10 ** -(1 + i % 4):g}" for i in range(RUNS)],
    }  # fmt: skip
    times = {"start_time": Numbers.of([START + 1000.0 * i for i in range(RUNS)]), "end_time": Numbers.of([None] * RUNS)}
    return Frame({**{name: Text.of(cells) for name, cells in texts.items()}, **times, **metrics}, RUNS)


def _chunks(values: np.ndarray[Any, np.dtype[np.float64]], first: int, end: int) -> list[Chunk]:
    steps = np.arange(first, end, dtype=np.int64)
    return [
        Chunk(run, name, Series(steps, START + 100 * steps, values[i, at, first:end]), first, end, whole=first == 0)
        for i, name in enumerate(NAMES)
        for at, run in enumerate(_ids())
    ]


if __name__ == "__main__":
    print(told(measure()))

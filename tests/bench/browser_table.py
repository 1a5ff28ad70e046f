"""How fast is the runs table in Chromium: sorted, filtered, scrolled, and how much memory does it hold?"""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.jupyter import chromium_running

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

import plain

ROUNDS = 7
FRAMES = 90
WHEEL, DRAG = 120, 400  # px of a frame: a notch of the wheel; fifteen lines, faster than one can read

# Until what was asked for is drawn: the frame after the one in which the page was changed has begun.
CHANGE = """async (change) => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  const from = performance.now();
  window.setView(change);
  await frame();
  const { lines } = window.state.table;
  void lines.value;
  const { port1, port2 } = new MessageChannel();
  await new Promise((done) => { port1.onmessage = done; port2.postMessage(0); });
  return performance.now() - from;
}"""

SCROLL = """async ([frames, step]) => {
  const grid = document.querySelector('.nbt-grid');
  const frame = () => new Promise(requestAnimationFrame);
  grid.scrollTop = 0;
  await frame();
  await frame();
  const from = performance.now();
  for (let i = 1; i <= frames; i++) { grid.scrollTop = i * step; await frame(); }
  return (performance.now() - from) / frames;
}"""

CHANGES: dict[str, list[dict[str, Any]]] = {
    "sort by a metric": [{"order": ["metrics.loss ASC"]}, {"order": ["metrics.loss DESC"]}],
    "sort by two columns": [{"order": [first, "metrics.loss ASC"]} for first in ("params.model ASC", "status ASC")],
    "filter": [{"filter": "metrics.loss < 0.3 and params.model = 'cnn'"}, {"filter": "metrics.loss < 0.2"}],
    "search names": [{"filter": "run_name ILIKE '%amber%'"}, {"filter": "run_name RLIKE '(?i)^calm.*7$'"}],
    "group": [{"group": ["params.model"]}, {"group": ["params.model", "params.batch_size"]}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians in ms: as a person waits, and of the page's own thread."""

    wall: float
    cpu: float


class Watch:
    """What the page's thread has done so far, as Chromium counts it."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def cpu(self) -> float:
        """ms."""
        found = self.session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(float(each["value"]) for each in found if each["name"] == "TaskDuration")

    def memory(self) -> int:
        """Bytes held, those of typed arrays with them."""
        self.session.send("HeapProfiler.enable")
        self.session.send("HeapProfiler.collectGarbage")
        usage = self.session.send("Runtime.getHeapUsage")
        return int(usage["usedSize"] + usage["backingStorageSize"])


def measure(runs: int) -> dict[str, Any]:
    with chromium_running() as browser:
        return _measured(browser, runs)


def _measured(browser: Browser, runs: int) -> dict[str, Any]:
    empty = _opened(browser, 1)
    least = Watch(empty).memory()
    empty.context.close()
    page = _opened(browser, runs)
    watch = Watch(page)
    columns = page.evaluate("() => window.state.frame.value.columns.size")
    bytes_each = (watch.memory() - least) / runs / columns
    changes = {name: _change(page, watch, asked) for name, asked in CHANGES.items()}
    scrolls = {"wheel": _scroll(page, watch, WHEEL), "fast scroll": _scroll(page, watch, DRAG)}
    page.evaluate("() => { window.state.selected.value = [...window.state.frame.value.ids]; }")
    page.wait_for_timeout(500)
    scrolls["wheel, all selected"] = _scroll(page, watch, WHEEL)
    page.context.close()
    return {"runs": runs, "columns": columns, "bytes": bytes_each, "changes": changes, "frames": scrolls}


def _opened(browser: Browser, runs: int) -> Page:
    shown = plain.sweep(runs)
    shown.width = 1400
    shown.view = {"split": 0.6}
    return plain.show(browser, shown, height=900)


def _change(page: Page, watch: Watch, asked: list[dict[str, Any]]) -> Cost:
    walls, cpus = [], []
    for number in range(ROUNDS):
        before = watch.cpu()
        walls.append(page.evaluate(CHANGE, asked[number % len(asked)]))
        cpus.append(watch.cpu() - before)
    page.evaluate(CHANGE, {"order": [], "filter": "", "group": []})
    return Cost(statistics.median(walls), statistics.median(cpus))


def _scroll(page: Page, watch: Watch, step: int) -> Cost:
    before = watch.cpu()
    wall = page.evaluate(SCROLL, [FRAMES, step])
    return Cost(wall, (watch.cpu() - before) / FRAMES)


def told(found: dict[str, Any]) -> str:
    """The figures beside what was asked: at most 200 bytes and 120 ms, at least 30 frames a second."""
    lines = [
        f"The table of {found['runs']:,} runs in Chromium: {found['bytes']:.0f} bytes a run and column (asked: 200)"
    ]
    for name, cost in found["changes"].items():
        asked = "" if name == "group" else " (asked: 120)"
        lines.append(f"  {name:24}{cost.wall:7.0f} ms until drawn{asked}, {cost.cpu:.0f} ms CPU")
    for name, cost in found["frames"].items():
        lines.append(f"  {name:24}{1000 / cost.wall:7.0f} frames a second (asked: 30), {cost.cpu:.1f} ms CPU each")
    return "\n".join(lines)


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "100000"]):
        print(told(measure(size)))

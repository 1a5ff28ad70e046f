"""How does every chart and every analysis look? With 2, 10 and 50 runs: sheets in build/screenshots/charts/."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from scripts.screenshots.sheet import HEIGHT, photograph, sheet
from tests.browser.jupyter import chromium_running
from tests.browser.panel_page import built, served

OUT = Path(__file__).resolve().parents[2] / "build/screenshots/charts"
RUNS = (2, 10, 50)
Act = Callable[[Page], None]


def main(word: str = "") -> None:
    """Only scenes whose names hold the word."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium_running() as browser:
        script = (built(Path(folder)) / "panel.js").read_text()
        page = browser.new_page()
        page.set_default_timeout(120_000)  # a busy machine takes its time
        served(page, "panel", script)
        for name in SCENES:
            for runs in RUNS:
                if word in f"{name}-{runs}":
                    made = sheet(lambda width, dark, name=name, runs=runs: _shot(page, name, runs, width, dark))
                    made.save(OUT / f"{name}-{runs}.png")
    print(f"{len(list(OUT.glob('*.png')))} sheets in {OUT.relative_to(OUT.parents[2])}")


def _shot(page: Page, name: str, runs: int, width: int, dark: bool) -> Image.Image:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    page.mouse.move(0, 0)
    tab, prepare = SCENES[name]
    page.goto(f"https://plain.test/page?runs={runs}&selected={runs}&tab={tab}")
    page.wait_for_selector(".nbt-root > *")
    page.wait_for_timeout(300)
    prepare(page)
    return photograph(page)


def _view(change: str) -> Act:
    return lambda page: page.evaluate(f"() => window.nbt.setView(window.nbt.state, {change})")


def _analysis(change: str) -> tuple[str, Act]:
    return "analyse", _view(f"{{ analyse: {change} }}")


def _hovered(page: Page) -> None:
    page.locator("figure[data-panel=accuracy] .u-over").hover(position={"x": 120, "y": 80})


def _grouped(page: Page) -> None:
    _view("{ group: ['params.model'], chart: { band: 'ci' } }")(page)
    page.wait_for_timeout(200)
    _hovered(page)


def _marked(page: Page) -> None:
    rail = page.get_by_label("Filter by accuracy").bounding_box() or {}
    middle = rail["x"] + rail["width"] / 2
    page.mouse.move(middle, rail["y"] + 20)
    page.mouse.down()
    page.mouse.move(middle, rail["y"] + 120, steps=4)
    page.mouse.up()


def _system(page: Page) -> None:
    page.get_by_role("button", name="system 2").click()
    page.locator("figure[data-panel^='system/']").last.scroll_into_view_if_needed()


SCENES: dict[str, tuple[str, Act]] = {
    "panels": ("charts", _hovered),
    "smoothed": ("charts", _view("{ chart: { smoothing: 0.9, clip: true } }")),
    "grouped": ("charts", _grouped),
    "grouped-bars": ("charts", _view("{ group: ['params.model'], chart: { band: 'ci', big: 'test_accuracy' } }")),
    "relative": ("charts", _view("{ chart: { x: 'relative' } }")),
    "log": ("charts", _view("{ chart: { log_x: true, log_y: true } }")),
    "time": ("charts", _view("{ chart: { x: 'time' } }")),
    "by-metric": ("charts", _view("{ chart: { x: 'accuracy', formulas: ['val_loss - loss'] } }")),
    "big": ("charts", _view("{ chart: { big: 'loss' } }")),
    "big-bars": ("charts", _view("{ chart: { big: 'test_accuracy' } }")),
    "system": ("charts", _system),
    "resized": ("charts", _view("{ chart: { spans: { loss: 2 }, heights: { accuracy: 460, loss: 300 } } }")),
    "nothing-found": ("charts", _view("{ chart: { search: 'zzz' } }")),
    "parallel": _analysis("{ kind: 'parallel' }"),
    "parallel-marked": ("analyse", _marked),
    "scatter": _analysis("{ kind: 'scatter', color: 'params.model' }"),
    "scatter-scale": _analysis("{ kind: 'scatter', x: 'start_time', color: 'metrics.loss' }"),
    "bars": _analysis("{ kind: 'bars', metric: 'test_accuracy' }"),
    "bars-grouped": (
        "analyse",
        _view("{ group: ['params.model'], analyse: { kind: 'bars', metric: 'test_accuracy' } }"),
    ),
    "box": _analysis("{ kind: 'box', x: 'params.model' }"),
    "grid": _analysis("{ kind: 'grid', x: 'params.model', y: 'params.learning_rate' }"),
    "importance": _analysis("{ kind: 'importance' }"),
    "history": _analysis("{ kind: 'history', metric: 'val_loss' }"),
    "media": _analysis("{ kind: 'media', media: 'samples/field-#.svg' }"),
    "media-tables": _analysis("{ kind: 'media', media: 'confusion_#.json' }"),
}

"""How does every chart and every analysis look? With 2, 10 and 50 runs, narrow and wide, light and dark, into .shots/.

`python scripts/screenshots_charts.py [SCENE …] [--runs N …]` makes one sheet for each scene and number of runs.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.jupyter import chromium  # noqa: E402
from tests.browser.panel_page import built, served  # noqa: E402

OUT = ROOT / ".shots" / "charts"
RUNS = (2, 10, 50)
WIDTHS = (600, 1400)
HEIGHT = 900
Scene = Callable[[Page], None]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    options = argparse.ArgumentParser()
    options.add_argument("scenes", nargs="*", default=list(SCENES))
    options.add_argument("--runs", nargs="+", type=int, default=RUNS)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = (built(Path(folder)) / "panel.js").read_text()
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name in given.scenes:
            for runs in given.runs:
                shots = [_shot(browser, script, name, runs, width, dark) for dark in (False, True) for width in WIDTHS]
                _sheet(shots).save(OUT / f"{name}-{runs}.png", optimize=True)
                print(OUT.relative_to(ROOT) / f"{name}-{runs}.png")
        browser.close()


def _shot(browser: Browser, script: str, name: str, runs: int, width: int, dark: bool) -> Image.Image:
    scheme = "dark" if dark else "light"
    page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)  # type: ignore[arg-type]
    served(page, "panel", script)
    tab, prepare = SCENES[name]
    page.set_default_timeout(120_000)  # a busy machine takes its time
    page.goto(f"https://plain.test/page?runs={runs}&selected={runs}&tab={tab}")
    page.wait_for_selector(".nbt-root > *")
    page.wait_for_timeout(300)
    prepare(page)
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def _sheet(shots: list[Image.Image]) -> Image.Image:
    """Light above dark, narrow beside wide."""
    sheet = Image.new("RGB", (sum(WIDTHS) + 10, 2 * HEIGHT + 10), "#f0f")
    for at, shot in enumerate(shots):
        sheet.paste(shot, (at % 2 * (WIDTHS[0] + 10), at // 2 * (HEIGHT + 10)))
    return sheet


def _view(change: str) -> Scene:
    return lambda page: page.evaluate(f"() => window.nbt.setView(window.nbt.state, {change})")


def _analysis(change: str) -> tuple[str, Scene]:
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


SCENES: dict[str, tuple[str, Scene]] = {
    "panels": ("charts", _hovered),
    "smoothed": ("charts", _view("{ chart: { smoothing: 0.9, clip: true } }")),
    "grouped": ("charts", _grouped),
    "log": ("charts", _view("{ chart: { log_x: true, log_y: true } }")),
    "time": ("charts", _view("{ chart: { x: 'time' } }")),
    "by-metric": ("charts", _view("{ chart: { x: 'accuracy', formulas: ['val_loss - loss'] } }")),
    "big": ("charts", _view("{ chart: { big: 'loss' } }")),
    "big-bars": ("charts", _view("{ chart: { big: 'test_accuracy' } }")),
    "system": ("charts", _system),
    "nothing-found": ("charts", _view("{ chart: { search: 'zzz' } }")),
    "parallel": _analysis("{ kind: 'parallel' }"),
    "parallel-marked": ("analyse", _marked),
    "scatter": _analysis("{ kind: 'scatter', color: 'params.model' }"),
    "scatter-scale": _analysis("{ kind: 'scatter', x: 'start_time', color: 'metrics.loss' }"),
    "bars": _analysis("{ kind: 'bars', metric: 'test_accuracy' }"),
    "box": _analysis("{ kind: 'box', x: 'params.model' }"),
    "grid": _analysis("{ kind: 'grid', x: 'params.model', y: 'params.learning_rate' }"),
    "importance": _analysis("{ kind: 'importance' }"),
    "history": _analysis("{ kind: 'history', metric: 'val_loss' }"),
    "media": _analysis("{ kind: 'media', media: 'samples/field-#.svg' }"),
    "media-tables": _analysis("{ kind: 'media', media: 'confusion_#.json' }"),
}

if __name__ == "__main__":
    main()

"""How do the comparison and the run page look? With 2, 10 and 50 runs: sheets in build/screenshots/compare/."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

import nbtrack
from nbtrack.dashboard.widget import Dashboard
from scripts.screenshots.sheet import photograph, sheet
from tests.browser import compared_store, kernel_page
from tests.browser.jupyter import chromium_running

OUT = Path(__file__).resolve().parents[2] / "build/screenshots/compare"
MOST = 50
PLOTLY = 180_000  # ms; its five megabytes of code are read anew for every frame, on a busy machine
Act = Callable[[Page], None]
Show = Callable[[], Dashboard]


def look(page: Page) -> None:
    """Nothing is done."""


def fold(*names: str) -> Act:
    def act(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=re.compile(rf"^{name}( \d+)?$")).first.click()

    return act


def last_rows(name: str, seen: str) -> Act:
    """A section at the table's end is opened, and looked at once it says what is awaited."""

    def act(page: Page) -> None:
        fold(name)(page)
        table = page.locator(".nbt-compare-scroll")
        table.get_by_text(re.compile(seen)).first.wait_for()
        table.evaluate("box => (box.scrollTop = box.scrollHeight)")

    return act


def file(*path: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_role("button", name="Files", exact=True).click()
        for name in path:
            page.get_by_role("treeitem", name=name).click()

    return act


def run_scripts(page: Page) -> None:
    page.get_by_role("button", name="Run scripts").first.click()
    page.frame_locator(".nbt-sandbox").first.frame_locator("iframe").locator(".main-svg").first.wait_for(timeout=PLOTLY)


def check(label: str) -> Act:
    return lambda page: page.get_by_label(label).check()


def scenes(runs: list[str]) -> dict[str, tuple[Show, Act]]:
    """By name: what is shown, and what a person does then."""
    parent, failed, left = runs[0], runs[3], runs[1]
    found: dict[str, tuple[Show, Act]] = {}

    def comparison(n: int, **view: object) -> Show:
        return lambda: nbtrack.compare(*runs[:n], compare=view)

    for n in (2, 10, MOST):
        found[f"compare-{n}"] = comparison(n, baseline=parent), look
        found[f"compare-{n}-differences"] = comparison(n, differences=True, pick="step", step=21), look
        for path in ("plots/weights.png", "table.json", "plots/roc.plotly.json", "report.html", "output.txt"):
            found[f"files-{n}-{path.split('/')[-1].replace('.', '-')}"] = comparison(n, file=path), look
    found["packages"] = comparison(10), last_rows("Packages", "equal ones$")
    found["system-tags"] = comparison(10), last_rows("System tags", "mlflow")
    found["code"] = comparison(2), fold("Code")
    found["files-scripts"] = comparison(3, file="figure.html"), run_scripts
    found["files-lines"] = comparison(3, file="summary.json"), check("Only what differs")
    found["run"] = lambda: nbtrack.show(parent), fold("System metrics", "Changes since the commit")
    found["run-models"] = lambda: nbtrack.show(parent), fold("Models", "Datasets", "Log")
    found["run-failed"] = lambda: nbtrack.show(failed), fold("Log", "Code")
    found["run-left"] = lambda: nbtrack.show(left), look
    found["run-file-figure"] = lambda: nbtrack.show(parent), file("plots/", "roc.plotly.json")
    found["run-file-parquet"] = lambda: nbtrack.show(parent), file("scores.parquet")
    found["run-file-table"] = lambda: nbtrack.show(parent), file("predictions.csv")
    return found


def main(word: str = "") -> None:
    """Only scenes whose names hold the word."""
    OUT.mkdir(parents=True, exist_ok=True)
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as place, chromium_running() as browser:
        os.chdir(place)
        runs = compared_store.make(Path(place), MOST)
        compared_store.family(runs[0], runs[10:18])
        for name, (show, act) in scenes(runs).items():
            if word not in name:
                continue
            dash = show()
            made = sheet(lambda width, dark, dash=dash, act=act: _shot(browser, dash, act, width, dark))
            made.save(OUT / f"{name}.png")
            dash.close()
        os.chdir(before)
    print(f"{len(list(OUT.glob('*.png')))} sheets in {OUT.relative_to(OUT.parents[2])}")


def _shot(browser: Browser, dash: Dashboard, act: Act, width: int, dark: bool) -> Image.Image:
    page = kernel_page.show(browser, dash, width=width, dark=dark)
    act(page)
    # Charts and figures are drawn when they come into sight, so all of the page must be in it.
    for wait in (800, 1000, 1200):
        page.wait_for_timeout(wait)
        tall = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(400, tall)})
    if page.locator(".nbt-plotly-frame").count():
        page.frame_locator(".nbt-plotly-frame").locator(".main-svg").first.wait_for()
    page.wait_for_timeout(300)
    made = photograph(page)
    problems = page.problems  # type: ignore[attr-defined]
    assert not problems, problems
    page.context.close()
    return made

"""Pictures of the comparison and the run page: 2, 10 and 50 runs, light and dark, 600 and 1,400 px wide.

python scripts/scenes_compare.py FOLDER [WORD …]      only scenes whose names hold one of the words
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import nbtrack  # noqa: E402
from tests.browser import compared_store, kernel_page  # noqa: E402
from tests.browser.jupyter import chromium  # noqa: E402

MOST = 50
Act = Callable[[Page], None]


def fold(*names: str) -> Act:
    def act(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=name, exact=True).first.click()

    return act


def chosen(path: str, *, scripts: bool = False) -> Act:
    def act(page: Page) -> None:
        page.get_by_role("option", name=path).first.click()
        page.wait_for_timeout(1500)
        if scripts:
            page.get_by_role("button", name="run them").first.click()

    return act


def file(*path: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_role("button", name="Files", exact=True).click()
        for name in path:
            page.get_by_role("treeitem", name=name).click()

    return act


def both(*acts: Act) -> Act:
    return lambda page: [act(page) for act in acts] and None


def scenes(runs: list[str]) -> dict[str, tuple[Callable[[], nbtrack.Dashboard], Act]]:
    """By name: what is shown, and what a person does then."""
    parent, failed, left = runs[0], runs[3], runs[1]
    found: dict[str, tuple[Callable[[], nbtrack.Dashboard], Act]] = {}
    for n in (2, 10, MOST):
        some = runs[:n]
        found[f"compare-{n}"] = (
            lambda some=some: nbtrack.compare(*some, compare={"baseline": some[0]}),
            lambda page: None,
        )
        found[f"compare-{n}-differences"] = (
            lambda some=some: nbtrack.compare(*some, compare={"differences": True, "pick": "step", "step": 21}),
            lambda page: None,
        )
        for path in ("plots/weights.png", "table.json", "plots/roc.plotly.json", "report.html", "output.txt"):
            word = path.split("/")[-1].replace(".", "-")
            found[f"files-{n}-{word}"] = (
                lambda some=some, path=path: nbtrack.compare(*some, compare={"file": path}),
                lambda page: None,
            )
    found["packages"] = (lambda: nbtrack.compare(*runs[:10]), fold("Packages", "System tags"))
    found["code"] = (lambda: nbtrack.compare(*runs[:2]), fold("Code"))
    found["files-scripts"] = (
        lambda: nbtrack.compare(*runs[:4:2], compare={"file": "figure.html"}),
        lambda page: page.get_by_role("button", name="run them").first.click(),
    )
    found["files-lines"] = (
        lambda: nbtrack.compare(*runs[:3], compare={"file": "summary.json"}),
        lambda page: page.get_by_label("Only what differs").check(),
    )
    found["run"] = (lambda: nbtrack.show(parent), fold("System metrics", "Changes since the commit"))
    found["run-failed"] = (lambda: nbtrack.show(failed), fold("Log", "Code"))
    found["run-left"] = (lambda: nbtrack.show(left), lambda page: None)
    found["run-file-figure"] = (lambda: nbtrack.show(parent), file("plots/", "roc.plotly.json"))
    found["run-file-table"] = (lambda: nbtrack.show(parent), file("predictions.csv"))
    return found


def main(folder: Path, words: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        os.chdir(place)
        runs = compared_store.make(Path(place), MOST)
        compared_store.family(runs[0], runs[10:18])
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, (shown, act) in scenes(runs).items():
            if words and not any(word in name for word in words):
                continue
            dash = shown()
            for width, dark in ((1400, False), (600, True), (600, False), (1400, True)):
                target = folder / f"{name}-{width}-{'dark' if dark else 'light'}.png"
                photograph(browser, dash, act, target, width, dark)
            dash.close()
        browser.close()


def photograph(browser: Browser, dash: nbtrack.Dashboard, act: Act, target: Path, width: int, dark: bool) -> None:
    page = kernel_page.show(browser, dash, width=width, dark=dark)
    act(page)
    page.wait_for_timeout(2500)  # charts and figures are drawn when they come into sight
    page.screenshot(path=target, full_page=True)
    problems = page.problems  # type: ignore[attr-defined]
    print(target.name, *problems)
    page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])

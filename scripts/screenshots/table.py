"""How does the runs table look? Each scene at both widths, light and dark, into build/screenshots/table/."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.jupyter import chromium_running

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/browser"))

import plain  # noqa: E402

OUT = ROOT / "build/screenshots/table"
WIDTHS = (600, 1400)
HEIGHT = 780
Act = Callable[[Page], None]


def main(word: str = "") -> None:
    """Only scenes whose names hold the word."""
    OUT.mkdir(parents=True, exist_ok=True)
    with chromium_running() as browser:
        for name, (shown, act) in scenes().items():
            if word not in name:
                continue
            for shown.width in WIDTHS:
                for shown.dark in (False, True):
                    page = plain.show(browser, shown, height=HEIGHT)
                    act(page)
                    page.wait_for_timeout(300)  # charts are drawn when they come into view
                    page.screenshot(path=OUT / f"{name}-{shown.width}-{'dark' if shown.dark else 'light'}.png")
                    assert not page.problems, page.problems  # type: ignore[attr-defined]
                    page.context.close()
        for name, media in ALIKE.items():
            if word not in name:
                continue
            page = plain.show(browser, plain.sweep(30), height=HEIGHT)
            media(page)
            page.screenshot(path=OUT / f"{name}.png")
            page.context.close()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.relative_to(ROOT)}")


def scenes() -> dict[str, tuple[plain.Shown, Act]]:
    sizes = {f"{n}-runs": (plain.sweep(n), _nothing) for n in (3, 300, 30_000)}
    return sizes | {
        "groups": (_changed(plain.sweep(300), group=["params.model", "params.batch_size"], spread="ci"), _open_group),
        "pinned": (
            _changed(plain.sweep(300), pinned_columns=["metrics.loss"], heat=["metrics.loss"]),
            _scroll_sideways,
        ),
        "column": (plain.sweep(300), _column_sheet),
        "menu": (plain.sweep(300), _row_menu),
        "search": (plain.sweep(300), _search),
        "columns": (plain.sweep(300), lambda page: page.get_by_role("button", name="Choose columns").click()),
        "group-menu": (plain.sweep(300), lambda page: page.get_by_role("button", name="Group runs").click()),
        "keys": (plain.sweep(300), lambda page: page.get_by_role("button", name="Keys").click()),
    }


def _changed(shown: plain.Shown, **view: object) -> plain.Shown:
    shown.view |= {"experiments": ["1"], **view}
    return shown


def _nothing(page: Page) -> None:
    """The table as it comes."""


def _open_group(page: Page) -> None:
    page.locator(".nbt-group-row .nbt-twisty").nth(1).click()


def _scroll_sideways(page: Page) -> None:
    page.locator(".nbt-grid").evaluate("grid => grid.scrollTo(160, 90)")
    page.wait_for_timeout(300)


def _column_sheet(page: Page) -> None:
    page.locator('.nbt-head[data-name="params.lr"]').focus()
    page.keyboard.press("Alt+ArrowDown")


def _row_menu(page: Page) -> None:
    page.locator("[data-line='1'] [data-column='1']").click(button="right")


def _search(page: Page) -> None:
    page.get_by_label("Filter runs").press_sequentially("amber")


def _zoomed(page: Page) -> None:
    """A window of 1,280 px at 200 % has 640 px of its own, each drawn as two."""
    page.set_viewport_size({"width": 640, "height": 450})
    page.wait_for_timeout(300)


def _forced(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.locator("[data-line='1'] [data-does='select']").click()
    page.locator("[data-line='2'] [data-column='3']").focus()
    page.locator('.nbt-head[data-name="metrics.loss"]').click()


def _forced_dark(page: Page) -> None:
    page.emulate_media(forced_colors="active", color_scheme="dark")
    _forced(page)


ALIKE: dict[str, Act] = {"zoom-200": _zoomed, "forced-colours": _forced, "forced-colours-dark": _forced_dark}

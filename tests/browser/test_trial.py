"""Is the best run of a sweep found, and why it is the best, in a few steps: by mouse alone, by keyboard alone?"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

sys.path.insert(0, str(Path(__file__).parent))
import plain

pytestmark = pytest.mark.browser


def sweep(browser: Browser) -> Page:
    shown = plain.sweep(48)
    shown.width, shown.view = 1400, {"experiments": ["1"], "tree": False}
    return plain.show(browser, shown)


def best(page: Page) -> str:
    """The name of the run with the greatest accuracy, by arithmetic."""
    return page.evaluate(
        "() => { const frame = window.state.frame.value; const of = (name) => frame.columns.get(name);"
        " const { values, missing } = of('metrics.val/accuracy'); const { codes, words } = of('experiment_id');"
        " const rows = [...values.keys()].filter((row) => !missing[row] && words[codes[row]] === '1');"
        " const row = rows.sort((a, b) => values[b] - values[a])[0];"
        " return of('run_name').words[of('run_name').codes[row]]; }"
    )


def reason(page: Page) -> Locator:
    """The first line of the params' importance, which says what made the difference."""
    return page.locator(".nbt-lower table tbody tr, .nbt-lower [role=row]").filter(has_text="lr").first


def test_the_mouse_finds_the_best_run_and_what_made_it_the_best_in_three_clicks(browser: Browser) -> None:
    page = sweep(browser)
    page.locator(".nbt-head").filter(has_text="val/accuracy").click()
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text(best(page))
    expect(first.locator(".nbt-cell-best").first).to_be_visible()
    page.get_by_role("tab", name="Analyse").click()
    page.get_by_role("button", name="Importance").click()
    expect(reason(page)).to_be_visible()
    page.context.close()


def test_the_keyboard_finds_the_best_run_and_what_made_it_the_best(browser: Browser) -> None:
    page = sweep(browser)
    page.get_by_label("Filter runs").focus()
    pressed = []

    def press(*keys: str) -> None:
        pressed.extend(keys)
        for key in keys:
            page.keyboard.press(key)

    press("Escape", "b")  # from the filter to the table, and to the best run of its main metric
    standing = page.locator(".nbt-row:focus-within")
    expect(standing).to_contain_text(best(page))
    press("Tab", "Tab", "ArrowRight")  # past the handle to the tabs: Charts, Analyse
    expect(page.get_by_role("tab", name="Analyse")).to_be_focused()
    while not page.get_by_role("button", name="Importance").evaluate("each => each === document.activeElement"):
        press("Tab")
        assert len(pressed) < 15
    press("Enter")
    expect(reason(page)).to_be_visible()
    page.context.close()

"""Does a dashboard use the room that it has: beside the notebook, in a panel of its own, and in a narrow cell?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .test_host_focus import SHOW, STORE, Open, row

pytestmark = pytest.mark.browser

BOX = "(query) => { const box = document.querySelector(query).getBoundingClientRect(); return [box.left, box.width]; }"
# Elements that scroll up and down and lie under each other.
NESTED = """() => {
  const scrolls = (e) => e.scrollHeight > e.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(e).overflowY);
  return [...document.querySelectorAll('.nbt-app *')].filter(scrolls)
    .filter((e) => { for (let up = e.parentElement; up && !up.matches('.nbt-app'); up = up.parentElement)
      if (scrolls(up)) return true; return false; }).map((e) => e.className);
}"""


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_a_dashboard_stands_beside_the_notebook_and_goes_back(notebook: Open, app: str) -> None:
    book = notebook(STORE, SHOW, "dash.dock()", "dash.dock(False)", app=app)
    page = book.page
    for index in (0, 1, 2):
        book.run(index)
    expect(page.locator(".nbt-dock .nbt-app")).to_be_visible()
    left, width = page.evaluate(BOX, ".nbt-dock")
    assert left == pytest.approx(700, abs=2)
    assert width == pytest.approx(700, abs=2)
    left, width = page.evaluate(BOX, "#main")
    assert left + width <= 701
    expect(page.locator(".jp-Cell .nbt-dock-note")).to_be_visible()
    row(page, 1).click()
    expect(page.get_by_role("tab", name="Run", exact=True)).to_have_attribute("aria-selected", "true")
    book.run(3)
    expect(page.locator(".jp-Cell .nbt-app")).to_be_visible()
    expect(page.locator(".nbt-dock")).to_have_count(0)
    assert page.evaluate(BOX, "#main")[1] == pytest.approx(1400, abs=2)
    page.get_by_role("button", name="Open beside the notebook").click()
    expect(page.locator(".nbt-dock .nbt-app")).to_be_visible()
    page.get_by_role("button", name="Move it back here").click()
    expect(page.locator(".jp-Cell .nbt-app")).to_be_visible()


def test_a_dashboard_fills_the_panel_of_a_new_view_for_its_output(notebook: Open) -> None:
    book = notebook(STORE, SHOW)
    page = book.page
    book.run(0)
    book.run(1)
    expect(row(page, 1)).to_be_visible()
    page.evaluate("jupyterapp.commands.execute('notebook:create-output-view')")
    filled = page.locator(".jp-LinkedOutputView .nbt-app")
    expect(filled).to_be_visible()
    page.wait_for_function(
        """() => { const panel = document.querySelector('.jp-LinkedOutputView');
          return Math.abs(panel.clientHeight - panel.querySelector('.nbt-app').offsetHeight) < 16; }"""
    )


def one_line(page: Page) -> bool:
    tops = page.evaluate(
        "[...document.querySelectorAll('.nbt-top > *')].filter((e) => e.offsetHeight).map((e) => "
        "e.getBoundingClientRect()).map((box) => Math.round(box.top + box.height / 2))"
    )
    return bool(max(tops) - min(tops) < 6)


def test_the_toolbar_keeps_one_row_at_700_px_and_nothing_scrolls_within_what_scrolls(notebook: Open) -> None:
    book = notebook(STORE, SHOW)
    page = book.page
    book.run(0)
    book.run(1)
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    for line in (0, 1, 2):
        page.locator(f".nbt-lines [data-line='{line}'] .nbt-box").click()
    page.set_viewport_size({"width": 850, "height": 900})
    page.wait_for_function("document.querySelector('.nbt-app').offsetWidth < 720")
    assert one_line(page)
    for name in ("charts", "analyse", "compare", "run"):
        page.locator(f".nbt-tabs [data-tab={name}]").click()
        page.wait_for_timeout(500)
        assert page.evaluate(NESTED) == [], name

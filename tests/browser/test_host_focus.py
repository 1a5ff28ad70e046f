"""Does JupyterLab, as it comes, leave alone what a person does in a dashboard, and the dashboard the notebook?

Wherever a person presses and whatever they type in the dashboard, the cells of the notebook stay as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .jupyter import Notebook

pytestmark = pytest.mark.browser
Open = Callable[..., Notebook]

STORE = """
import nbtrack
for i in range(12):
    with nbtrack.start_run(run_name=f"resnet50-wd{i}-cosine-warmup"):
        nbtrack.log_params({"lr": 10.0 ** -(i % 4), "hidden": 32 * (1 + i % 3), "optimizer": ["adam", "sgd"][i % 2]})
        nbtrack.set_tag("stage", ["dev", "prod"][i % 2])
        for step in range(10):
            nbtrack.log_metrics({"loss": 1 / (step + 1) + i, "val/acc": 1 - 1 / (step + 2 + i)}, step=step)
"""
SHOW = "dash = nbtrack.dashboard()\ndash"
CELLS = (STORE, SHOW, "x = 1", "# words")

OPENERS: dict[str, Callable[[Page], None]] = {
    "nothing": lambda page: None,
    "columns": lambda page: button(page, "Choose columns").click(),
    "group": lambda page: button(page, "Group runs").click(),
    "views": lambda page: button(page, "Saved views").click(),
    "experiments": lambda page: button(page, "Choose experiments").click(),
    "text column": lambda page: column(page, "params.optimizer"),
    "metric column": lambda page: column(page, "metrics.loss"),
    "time column": lambda page: column(page, "start_time"),
    "row menu": lambda page: row(page, 2).click(button="right"),
    "rename": lambda page: press_on_row(page, "F2"),
    "tags": lambda page: press_on_row(page, "t"),
    "note": lambda page: press_on_row(page, "n"),
    "keys": lambda page: button(page, "Keys").click(),
    "analyse": lambda page: tab(page, "Analyse"),
    "compare": lambda page: tab(page, "Compare"),
    "run": lambda page: tab(page, "Run"),
}

# Where a person may press: the words that stand in no control, and places between them. As [what, x, y].
PLACES = """() => {
  const root = document.querySelector('.nbt-root');
  const sheet = root.querySelector('.nbt-sheet, .nbt-keys');
  const within = sheet ?? root;
  const box = within.getBoundingClientRect();
  const controls = 'button, a, input, select, textarea, summary, label, iframe, [data-does], [role=columnheader],' +
    ' svg, canvas, [role=gridcell], [role=option], [role=separator], .nbt-plot, .nbt-view';
  const found = [];
  const at = (what, x, y) => {
    const hit = document.elementFromPoint(x, y);
    if (hit && within.contains(hit) && !hit.closest(controls)) found.push([what, x, y]);
  };
  const walk = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    const { left, top, width, height } = range.getBoundingClientRect();
    if (width > 0) at(walk.currentNode.textContent.trim(), left + Math.min(width, 20) / 2, top + height / 2);
  }
  for (let y = box.top + 4; y < box.bottom; y += 37) {
    for (let x = box.left + 4; x < box.right; x += 83) at('gap', x, y);
  }
  return found;
}"""


def button(page: Page, name: str) -> Locator:
    return page.locator(".nbt-root").get_by_role("button", name=name, exact=True)


def row(page: Page, line: int) -> Locator:
    return page.locator(f".nbt-lines [data-line='{line}'] [data-column='1']")


def press_on_row(page: Page, key: str) -> None:
    row(page, 1).focus()
    page.keyboard.press(key)


def tab(page: Page, name: str) -> None:
    page.locator(".nbt-tabs").get_by_role("tab", name=name).click()


def column(page: Page, name: str) -> None:
    head = page.locator(f".nbt-head[data-name='{name}']")
    head.scroll_into_view_if_needed()
    head.hover()
    head.locator(".nbt-funnel").click()


def cells_of(book: Notebook) -> list[dict[str, Any]]:
    """What a person sees of the notebook's cells: how many, of which kind, with which source."""
    cells = book.page.evaluate("panel.content.model.sharedModel.cells.map((c) => c.toJSON())")
    return [{"type": cell["cell_type"], "source": cell["source"]} for cell in cells]


def shown(notebook: Open, *, app: str = "lab") -> Notebook:
    book = notebook(*CELLS, app=app)
    book.run(0)
    book.run(1)
    expect(row(book.page, 2)).to_be_visible()
    for line in (0, 1, 2):
        book.page.locator(f".nbt-lines [data-line='{line}'] .nbt-box").click()
    book.page.evaluate("document.querySelector('.nbt-root').scrollIntoView({block: 'start'})")
    return book


def holds_focus(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('.nbt-root').contains(document.activeElement)"))


def close_all(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Escape")
    if page.locator(".nbt-root .nbt-sheet, .nbt-root .nbt-keys").count():
        page.locator(".nbt-total").click()
    if page.locator(".nbt-dialog").count():
        page.locator(".nbt-dialog").focus()
        page.keyboard.press("Escape")


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_a_press_on_words_and_gaps_keeps_the_focus_and_the_cells(notebook: Open, app: str) -> None:
    book = shown(notebook, app=app)
    page = book.page
    before = cells_of(book)
    problems: list[Sequence[object]] = []
    for name, opens in OPENERS.items():
        opens(page)
        page.wait_for_timeout(150)
        is_open = page.locator(".nbt-root .nbt-sheet, .nbt-root .nbt-keys").count() > 0
        places = page.evaluate(PLACES)
        assert places, name
        for what, x, y in places[:: max(1, len(places) // 12)]:
            page.mouse.click(x, y)
            if not holds_focus(page):
                problems.append((name, what, "the focus left the dashboard"))
            if is_open and page.locator(".nbt-root .nbt-sheet, .nbt-root .nbt-keys").count() == 0:
                problems.append((name, what, "the sheet closed"))
                opens(page)
            if not page.evaluate("document.activeElement.matches('input, select, textarea')"):
                page.keyboard.press("x")
                page.keyboard.press("b")
            if cells_of(book) != before:
                problems.append((name, what, "the cells are others"))
                break
        close_all(page)
        tab(page, "Charts")
    assert problems == []


def test_the_words_of_a_checkbox_do_what_its_box_does(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    head = page.locator(".nbt-head[data-name='params.hidden']")
    expect(head).to_have_count(1)
    button(page, "Choose columns").click()
    page.locator(".nbt-sheet").get_by_text("hidden", exact=True).click()
    expect(page.locator(".nbt-sheet")).to_be_visible()
    expect(head).to_have_count(0)
    page.locator(".nbt-sheet").get_by_text("hidden", exact=True).click()
    expect(head).to_have_count(1)
    page.keyboard.press("Escape")
    column(page, "params.optimizer")
    page.locator(".nbt-sheet .nbt-choice").get_by_text("sgd", exact=True).click()
    expect(page.locator(".nbt-total")).to_have_text("6 of 12 runs")
    expect(page.locator(".nbt-sheet")).to_be_visible()


def test_keys_pressed_after_a_press_on_a_gap_reach_the_table(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    before = cells_of(book)
    page.locator(".nbt-total").click()
    for key in ("m", "b", "x", "d", "d", "a", "Shift+M", "y", "z"):
        page.keyboard.press(key)
    assert cells_of(book) == before
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('.nbt-grid [data-column]')")
    page.keyboard.press("/")
    expect(page.get_by_label("Filter runs")).to_be_focused()


def test_the_focus_stays_when_what_had_it_goes_away(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    before = cells_of(book)
    page.locator(".nbt-token").click()  # which takes itself away
    expect(page.locator(".nbt-token")).to_have_count(0)
    assert holds_focus(page)
    press_on_row(page, "t")
    remove = page.locator(".nbt-dialog").get_by_role("button", name="Remove stage")
    remove.click()
    expect(remove).to_have_count(0)
    assert holds_focus(page)
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.locator(".nbt-dialog")).to_have_count(0)
    assert holds_focus(page)
    assert cells_of(book) == before


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_text_fields_take_every_key_that_they_promise(notebook: Open, app: str) -> None:
    book = shown(notebook, app=app)
    page = book.page
    keys = page.keyboard
    before = cells_of(book)
    press_on_row(page, "n")
    note = page.locator(".nbt-dialog textarea")
    keys.type("# words\n\n- one\n- two")
    keys.press("Shift+Enter")
    keys.type("end xyz")
    expect(note).to_have_value("# words\n\n- one\n- two\nend xyz")
    keys.press("Control+z")
    expect(note).not_to_have_value("# words\n\n- one\n- two\nend xyz")
    keys.press("Control+Shift+z")
    expect(note).to_have_value("# words\n\n- one\n- two\nend xyz")
    keys.press("Control+Backspace")
    expect(note).to_have_value("# words\n\n- one\n- two\nend ")
    keys.press("Control+a")
    keys.press("Control+x")
    expect(note).to_have_value("")
    keys.press("Control+v")
    expect(note).to_have_value("# words\n\n- one\n- two\nend ")
    keys.press("Tab")
    expect(page.get_by_role("button", name="Save description")).to_be_focused()
    keys.press("Escape")
    expect(page.locator(".nbt-dialog")).to_have_count(0)
    for field in ("Filter runs", "Find metrics"):
        box = page.get_by_label(field, exact=True)
        box.click()
        keys.type("dd mxb")
        expect(box).to_have_value("dd mxb")
        keys.press("Control+z")
        expect(box).not_to_have_value("dd mxb")
        keys.press("Shift+Enter")
        keys.press("Control+Enter")
        box.fill("")
        keys.press("Escape")
    assert cells_of(book) == before
    assert book.page.evaluate("panel.content.activeCell.model.executionCount") != 3


def test_a_tap_on_words_does_what_a_click_does(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    before = cells_of(book)
    client = page.context.new_cdp_session(page)

    def tap(locator: Locator) -> None:
        box = locator.bounding_box()
        assert box
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    button(page, "Choose columns").click()
    tap(page.locator(".nbt-sheet").get_by_text("hidden", exact=True))
    expect(page.locator(".nbt-head[data-name='params.hidden']")).to_have_count(0)
    expect(page.locator(".nbt-sheet")).to_be_visible()
    tap(page.locator(".nbt-sheet legend").first)
    expect(page.locator(".nbt-sheet")).to_be_visible()
    assert holds_focus(page)
    assert cells_of(book) == before

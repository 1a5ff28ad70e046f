"""Does the runs table do what a person asks of it, with the mouse and with the keyboard?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parent))
import plain

from tests.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    shown = plain.sweep(40)
    shown.width = 1600  # all columns in sight
    yield from opened(browser, shown)


def opened(browser: Browser, shown: plain.Shown) -> Iterator[Page]:
    page = plain.show(browser, shown)
    try:
        yield page
        assert page.problems == []  # type: ignore[attr-defined]
    finally:
        page.context.close()


def column(page: Page, name: str) -> list[str]:
    """The cells in sight under a heading, from top to bottom."""
    heading = page.locator(f'.nbt-head[data-name="{name}"]')
    place = heading.get_attribute("data-column")
    cells = page.locator(f'.nbt-lines [data-column="{place}"]').all()
    return [text for _, text in sorted((cell.bounding_box()["y"], cell.inner_text().strip()) for cell in cells)]


def numbers(page: Page, name: str) -> list[float]:
    return [float(text.split()[0].replace("−", "-")) for text in column(page, name) if text]


def names(page: Page) -> list[str]:
    return column(page, "run_name")


def selected(page: Page) -> list[str]:
    return page.evaluate("() => window.state.selected.value.map(id => window.state.frame.value.rowOf.get(id))")


def flat(page: Page) -> None:
    page.evaluate("() => window.setView({ tree: false })")


def test_a_click_on_a_heading_sorts_up_then_down_then_not_at_all(page: Page) -> None:
    flat(page)
    before = names(page)
    heading = page.locator('[data-name="metrics.loss"]')
    heading.click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    losses = numbers(page, "metrics.loss")
    assert len(losses) > 5
    assert losses == sorted(losses)
    heading.click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    losses = numbers(page, "metrics.loss")
    assert losses == sorted(losses, reverse=True)
    heading.click()
    expect(heading).to_have_attribute("aria-sort", "none")
    assert names(page) == before


def test_shift_and_a_click_sort_by_a_second_column(page: Page) -> None:
    flat(page)
    page.click('[data-name="params.model"]')
    page.click('[data-name="metrics.val/accuracy"]', modifiers=["Shift"])
    assert page.evaluate("() => window.state.view.value.order") == ["params.model ASC", "metrics.`val/accuracy` DESC"]
    until(lambda: column(page, "params.model")[:3] == ["cnn"] * 3)
    models = column(page, "params.model")
    accuracies = numbers(page, "metrics.val/accuracy")[: models.count("cnn")]
    assert accuracies == sorted(accuracies, reverse=True)  # the best first
    page.click('[data-name="params.batch_size"]')

    def sizes() -> list[int]:
        return [int(size) for size in column(page, "params.batch_size")]

    until(lambda: sizes() == sorted(sizes()))  # as numbers: 16 before 128
    assert len(set(sizes())) > 1
    # What needs histories that are not here sorts nothing, and breaks nothing.
    page.evaluate("() => window.setView({ order: ['metrics.loss.at(3) ASC'] })")
    page.wait_for_timeout(50)
    assert len(names(page)) > 5


def test_the_keyboard_alone_sorts_selects_opens_and_comes_back(page: Page) -> None:
    flat(page)
    page.locator(".nbt-grid [tabindex='0']").first.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-name="status"]')).to_be_focused()
    page.keyboard.press("ArrowRight")  # batch_size
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator('[data-name="params.lr"]')).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("button", name="3 selected: clear")).to_be_visible()
    for line in range(4):
        chosen = page.locator(f'.nbt-lines [data-line="{line}"]')
        expect(chosen).to_have_attribute("aria-selected", "true" if line < 3 else "false")
    page.keyboard.press("Enter")
    assert page.evaluate("() => [window.state.view.value.tab, window.state.view.value.focus.slice(0, 6)]") == [
        "run",
        "000004",  # the third by lr
    ]
    page.keyboard.press("/")
    expect(page.get_by_label("Filter runs")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".nbt-grid [data-line='2'] [data-column='0']")).to_be_focused()


def test_the_focus_stays_with_the_table_through_a_long_way_down_and_sideways(browser: Browser) -> None:
    shown = plain.sweep(3000)
    shown.width = 600
    for page in opened(browser, shown):
        page.locator(".nbt-grid [tabindex='0']").first.focus()
        page.keyboard.press("Control+End")
        expect(page.locator("[data-line='2999']:focus-within")).to_be_visible()
        page.keyboard.press("End")
        focused = page.locator(".nbt-grid .nbt-cell:focus")
        expect(focused).to_be_visible()
        expect(focused).to_have_attribute(
            "aria-colindex", page.locator(".nbt-grid").get_attribute("aria-colcount") or ""
        )
        page.locator(".nbt-grid").evaluate("grid => grid.scrollTo(0, 0)")
        page.wait_for_timeout(100)
        page.keyboard.press("PageUp")
        expect(page.locator(".nbt-grid .nbt-cell:focus")).to_be_visible()


def test_a_filter_is_applied_while_it_is_typed_and_counts_its_runs(page: Page) -> None:
    page.get_by_label("Filter runs").fill("params.model = 'cnn'")
    total = page.locator(".nbt-total")
    expect(total).to_contain_text("of 40 runs")
    assert {model for model in column(page, "params.model") if model} <= {"cnn", "mlp", "resnet-50 with a long name"}
    flat(page)
    until(lambda: set(column(page, "params.model")) == {"cnn"})
    page.get_by_role("button", name="Clear filter").click()
    expect(total).to_have_text("40 runs")


def test_an_error_in_the_filter_is_underlined_where_it_is_and_the_table_stays(page: Page) -> None:
    box = page.get_by_label("Filter runs")
    box.fill("metrics.loss < 0.2 and lss > 1")
    page.keyboard.press("Escape")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Unknown column lss")
    expect(page.locator(".nbt-underline u")).to_have_text("lss")
    expect(box).to_have_attribute("aria-invalid", "true")
    assert len(names(page)) > 3


def test_a_filter_that_no_run_matches_says_so_and_offers_the_way_back(page: Page) -> None:
    page.get_by_label("Filter runs").fill("metrics.los > 0")
    page.keyboard.press("Escape")
    expect(page.get_by_text("No run matches the filter")).to_be_visible()
    expect(page.locator(".nbt-grid-empty")).to_contain_text("Did you mean metrics.loss?")
    page.locator(".nbt-grid-empty").get_by_role("button", name="Clear filter").click()
    expect(page.locator(".nbt-total")).to_have_text("40 runs")
    expect(page.get_by_label("Filter runs")).to_have_value("")


def test_completions_are_taken_with_the_keyboard(page: Page) -> None:
    box = page.get_by_label("Filter runs")
    box.press_sequentially("params.mo")
    expect(page.get_by_role("option").first).to_contain_text("params.model")
    page.keyboard.press("Tab")
    page.keyboard.type("= ")
    page.get_by_role("option").filter(has_text="'cnn'").wait_for()
    while "cnn" not in (page.locator("[role=option][aria-selected=true]").all_inner_texts() or [""])[0]:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("params.model = 'cnn' ")
    expect(page.locator(".nbt-total")).to_contain_text("of 40 runs")


def test_shift_and_a_click_select_a_range_and_ctrl_a_all_that_match(page: Page) -> None:
    flat(page)
    page.click('[data-line="1"] [data-does="select"]')
    page.click('[data-line="4"] [data-does="select"]', modifiers=["Shift"])
    expect(page.locator(".nbt-row[aria-selected=true]")).to_have_count(4)
    page.get_by_label("Filter runs").fill("params.model = 'mlp'")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="4 selected: clear").click()
    page.locator(".nbt-grid [tabindex='0']").first.focus()
    page.keyboard.press("Control+a")
    matches = int(page.locator(".nbt-total").inner_text().split()[0])
    assert len(selected(page)) == matches


def test_children_stay_under_their_parent_in_every_order_and_fold_away(page: Page) -> None:
    page.click('[data-name="metrics.loss"]')
    page.evaluate("() => window.setView({ split: 0.85 })")
    page.wait_for_timeout(100)
    parent = page.locator(".nbt-row[aria-expanded=true]").first
    line = int(parent.get_attribute("data-line") or "")
    for child in range(line + 1, line + 4):
        expect(page.locator(f"[data-line='{child}']")).to_have_attribute("aria-level", "2")
    before = page.locator(".nbt-grid").get_attribute("aria-rowcount")
    parent.get_by_role("button", name="Collapse").click()
    expect(page.locator(f"[data-line='{line}']")).to_have_attribute("aria-expanded", "false")
    assert page.locator(".nbt-grid").get_attribute("aria-rowcount") == str(int(before or "") - 3)
    page.locator(f"[data-line='{line}'] [data-column='1']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"[data-line='{line}']")).to_have_attribute("aria-expanded", "true")


def test_the_parent_of_a_match_is_shown_for_context(page: Page) -> None:
    page.get_by_label("Filter runs").fill("run_name = 'brisk-deft-1'")
    page.keyboard.press("Escape")
    assert names(page) == ["amber-deft-0", "brisk-deft-1"]
    expect(page.locator(".nbt-context")).to_have_count(1)
    expect(page.locator(".nbt-total")).to_have_text("1 of 40 runs")


def test_columns_are_chosen_and_found_and_arranged(page: Page) -> None:
    page.get_by_role("button", name="Choose columns").click()
    page.get_by_label("Find a column").fill("optim")
    page.get_by_role("dialog").get_by_label("optimizer").check()
    expect(page.locator('[data-name="params.optimizer"]')).to_be_attached()
    page.get_by_label("Find a column").fill("")
    page.get_by_label("Only columns that differ").check()
    expect(page.get_by_role("dialog").get_by_label("optimizer")).to_have_count(0)
    page.get_by_label("Show no Params").click()
    expect(page.locator('[data-name="params.lr"]')).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Choose columns")).to_be_focused()


def test_a_column_is_moved_with_alt_and_an_arrow_and_by_dragging(page: Page) -> None:
    page.locator('[data-name="duration"]').focus()
    page.keyboard.press("Alt+ArrowLeft")
    order = "() => window.state.table.columns.value.slice(-3)"
    assert page.evaluate(order) == ["duration", "start_time", "experiment_id"]
    place = page.locator('[data-name="start_time"]').bounding_box()
    assert place
    page.locator('[data-name="duration"]').hover()
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.9, place["y"] + 10, steps=4)
    page.mouse.up()
    assert page.evaluate(order) == ["start_time", "duration", "experiment_id"]
    expect(page.locator('[data-name="duration"]')).to_have_attribute("aria-sort", "none")


def test_selected_runs_are_copied_as_a_table_in_full_precision(page: Page) -> None:
    flat(page)
    page.click('[data-line="1"] [data-does="select"]')
    page.click('[data-line="2"] [data-does="select"]')
    page.keyboard.press("Control+c")
    rows = [line.split("\t") for line in page.evaluate("() => navigator.clipboard.readText()").splitlines()]
    assert len(rows) == 3
    assert rows[0][:4] == ["Name", "Status", "batch_size", "lr"]
    assert rows[0].count("loss") == 1
    assert [row[0] for row in rows[1:]] == names(page)[1:3]
    assert len(rows[1][rows[0].index("loss")]) > 10


def test_markup_in_a_name_is_shown_as_text(browser: Browser) -> None:
    shown = plain.sweep(3)
    evil = "<img src=x onerror=window.hurt=1>"
    shown.frame.columns["run_name"].words[0] = evil  # type: ignore[index, union-attr]
    for page in opened(browser, shown):
        assert evil in names(page)
        assert page.evaluate("() => window.hurt") is None


def test_it_works_within_a_shadow_tree(browser: Browser) -> None:
    shown = plain.sweep(8)
    shown.shadow = True
    for page in opened(browser, shown):
        page.locator(".nbt-grid [tabindex='0']").first.focus()
        page.keyboard.press("/")
        page.keyboard.type("metrics.loss > 0")
        expect(page.locator(".nbt-filter-input")).to_have_value("metrics.loss > 0")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(page.locator(".nbt-grid .nbt-cell:focus")).to_be_visible()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)


def test_thirty_thousand_runs_are_sorted_and_filtered_while_one_looks(browser: Browser) -> None:
    for page in opened(browser, plain.sweep(30_000)):
        page.click('[data-name="metrics.loss"]')
        expect(page.locator('[data-name="metrics.loss"]')).to_have_attribute("aria-sort", "ascending")
        assert page.locator(".nbt-row").count() < 60
        page.get_by_label("Filter runs").fill("metrics.loss < 0.2 and params.model = 'cnn'")
        expect(page.locator(".nbt-total")).to_contain_text("of 30,000 runs")


def test_a_run_is_ticked_by_its_checkbox_and_lines_are_read_in_the_order_of_the_page(browser: Browser) -> None:
    for page in opened(browser, plain.sweep(300)):
        first = page.get_by_role("row").nth(1)
        box = first.get_by_role("checkbox", name="Select ")
        box.check()
        assert len(selected(page)) == 1
        box.uncheck()
        assert selected(page) == []
        page.get_by_role("checkbox", name="Select all shown").check()
        assert len(selected(page)) == 300
        page.get_by_role("checkbox", name="Select all shown").uncheck()
        page.keyboard.press("Escape")
        page.locator(".nbt-filter-input").focus()  # nobody stands on a line
        page.evaluate("() => { document.querySelector('.nbt-grid').scrollTop = 1234; }")
        page.wait_for_function(
            "() => { const lines = [...document.querySelectorAll('.nbt-lines .nbt-row')];"
            " const at = lines.map((row) => Number(row.ariaRowIndex));"
            " return at[0] > 30 && at.every((index, i) => i === 0 || index > at[i - 1]); }"
        )

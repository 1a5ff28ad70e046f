"""Does the table keep columns in sight, search names, nest runs in groups, and say what it does to who hears it?"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import nbtrack
from nbtrack.dashboard import book
from nbtrack.entities import Metric
from nbtrack.frame import Text

from . import kernel_page

sys.path.insert(0, str(Path(__file__).parent))
import plain
from test_grid import column, names, opened
from test_grid_columns import seeds, sheet

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    shown = plain.sweep(40)
    shown.width = 1100
    shown.view = {"experiments": ["1"], "split": 0.8}
    yield from opened(browser, shown)


def setting(page: Page, name: str) -> object:
    return page.evaluate(f"() => window.state.view.value.{name}")


def test_a_column_is_kept_in_sight_with_the_mouse_and_let_go_with_the_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 600, "height": 680})
    sheet(page, "params.lr").get_by_role("button", name="Pin column").click()
    assert setting(page, "pinned_columns") == ["params.lr"]
    heading = page.locator('.nbt-head[data-name="params.lr"]')
    cell = page.locator('.nbt-lines [data-line="3"] [data-column="2"]')
    before = cell.bounding_box()
    page.locator(".nbt-grid").evaluate("grid => grid.scrollTo(400, 0)")
    page.wait_for_timeout(400)
    assert cell.bounding_box() == before
    assert before
    assert heading.bounding_box()["x"] == before["x"]  # type: ignore[index]
    heading.focus()
    page.keyboard.press("p")
    assert setting(page, "pinned_columns") == []


def test_only_columns_that_differ_among_the_matching_runs_are_shown(page: Page) -> None:
    page.set_viewport_size({"width": 1700, "height": 680})
    page.get_by_role("button", name="Choose columns").click()
    page.get_by_role("dialog").get_by_label("optimizer").check()
    expect(page.locator('[data-name="params.optimizer"]')).to_be_attached()
    page.get_by_label("Only columns that differ").check()
    expect(page.locator('[data-name="params.optimizer"]')).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator('[data-name="params.model"]')).to_be_attached()
    page.get_by_label("Filter runs").fill("params.model = 'cnn'")
    expect(page.locator('[data-name="params.model"]')).to_have_count(0)
    page.get_by_label("Filter runs").fill("")
    expect(page.locator('[data-name="params.model"]')).to_be_attached()
    assert "params.optimizer" in str(setting(page, "columns"))


def test_a_word_or_a_pattern_and_enter_search_the_names(page: Page) -> None:
    page.evaluate("() => window.setView({ tree: false })")
    box = page.get_by_label("Filter runs")
    box.press_sequentially("amber")
    expect(page.get_by_role("option", name=re.compile("Name has “amber”"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(box).to_have_value("run_name ILIKE '%amber%'")
    assert names(page)
    assert all("amber" in each for each in names(page))
    box.fill("/^(calm|deft).*7$/")
    page.keyboard.press("Enter")
    expect(box).to_have_value("run_name RLIKE '(?i)^(calm|deft).*7$'")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert names(page)
    assert all(re.search("^(calm|deft).*7$", each) for each in names(page))


def test_the_menu_of_a_run_is_there_for_the_mouse_and_for_the_keyboard(page: Page) -> None:
    name = names(page)[0]
    page.locator("[data-line='0'] .nbt-name").click(button="right")
    menu = page.get_by_role("dialog", name=f"Actions on {name}")
    menu.get_by_role("button", name="Pin to top").click()
    expect(page.locator(".nbt-pins .nbt-run-link")).to_have_text(name)
    expect(menu).to_have_count(0)
    expect(page.locator(".nbt-root :focus")).to_have_count(1)  # the menu has given the focus back
    third = page.locator("[data-line='2'] [data-column='3']")
    third.click()
    expect(third).to_be_focused()
    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name="Actions on").locator("button:focus")).to_have_text(re.compile("Open"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("[data-line='2'] [data-column='3']")).to_be_focused()
    page.locator("[data-line='1'] .nbt-name").hover()
    page.locator("[data-line='1']").get_by_role("button", name="Actions on").click()
    page.get_by_role("button", name="Hide in charts").click()
    assert len(setting(page, "hidden")) == 1  # type: ignore[arg-type]


def test_one_click_puts_seeds_together_and_the_interval_is_a_students(browser: Browser) -> None:
    shown = seeds()
    ids = shown.frame.run_ids
    # Two runs of one group stand under a third one of it.
    shown.frame.columns["tags.mlflow.parentRunId"] = Text.of([ids[0] if i in (4, 8) else None for i in range(24)])  # type: ignore[index]
    for page in opened(browser, shown):
        page.get_by_role("button", name="Group repeats").click()
        expect(page.locator(".nbt-group-row")).to_have_count(4)
        deviation = float(column(page, "metrics.loss")[0].split("±")[1])
        page.evaluate("() => window.setView({ spread: 'ci' })")
        page.wait_for_timeout(100)
        title = page.locator(".nbt-group-row [title*='mean']").first.get_attribute("title") or ""
        n = int(title.split("n = ")[1].split()[0])
        assert "95 % interval ±" in title
        interval = float(column(page, "metrics.loss")[0].split("±")[1])
        student = {4: 3.182, 5: 2.776, 6: 2.571}[n]
        assert interval == pytest.approx(deviation * student / n**0.5, rel=0.1)
        groups = page.evaluate("() => window.state.table.groups.value.map(({ key, rows }) => [key, [...rows]])")
        of_first = next(key for key, rows in groups if 0 in rows)
        page.evaluate("key => window.setView({ opened: [key] })", of_first)
        parent = page.locator(".nbt-row[aria-level='2'][aria-expanded='true']")
        expect(parent).to_have_count(1)
        expect(page.locator(".nbt-row[aria-level='3']")).to_have_count(2)
        parent.get_by_role("button", name="Collapse").click()
        expect(page.locator(".nbt-row[aria-level='3']")).to_have_count(0)


def test_what_changes_away_from_the_cursor_is_said(page: Page) -> None:
    said = page.locator("[aria-live=polite].nbt-sr")
    page.locator('[data-name="metrics.loss"]').focus()
    page.keyboard.press("Enter")
    expect(said).to_have_text("Sorted by loss, ascending.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(said).to_have_text("1 run selected.")
    page.get_by_role("button", name="Group runs", exact=True).click()
    page.get_by_role("dialog", name="Group runs").get_by_label("model").check()
    expect(said).to_have_text("3 groups by model.")
    grid = page.locator(".nbt-grid")
    expect(grid).to_have_attribute("role", "treegrid")
    rows = page.locator(".nbt-lines .nbt-row")
    assert sorted(int(row.get_attribute("aria-rowindex") or 0) for row in rows.all()) == [2, 3, 4]
    expect(grid).to_have_attribute("aria-rowcount", "4")


def test_a_new_name_is_everywhere_at_once_while_the_kernel_is_busy(page: Page) -> None:
    page.evaluate(
        """() => { const { state } = window; state.life.value = 'live';
          state.outlet.edit = () => new Promise(() => {});
          state.edits.make({ what: 'rename', runs: [state.shown.value[0]], value: 'the new name' }); }"""
    )
    expect(page.locator(".nbt-lines").get_by_text("the new name")).to_be_visible()
    expect(page.locator(".nbt-lower").get_by_text("the new name").first).to_be_visible()


def test_the_focus_stays_with_what_keys_delete_pin_move_and_hide(page: Page) -> None:
    page.evaluate(
        """() => { window.setView({ tree: false }); window.state.life.value = 'live';
          window.state.outlet.edit = () => new Promise(() => {}); }"""
    )
    expect(page.locator(".nbt-row[aria-level='2']")).to_have_count(0)
    line = page.locator(".nbt-row:has(.nbt-cell:focus) .nbt-run-link")
    third, fourth = names(page)[3:5]
    page.locator("[data-line='3'] [data-column='1']").focus()
    page.keyboard.press("Delete")
    expect(line).to_have_text(fourth)
    page.keyboard.press("p")
    expect(line).to_have_text(fourth)
    expect(page.locator(".nbt-pins .nbt-cell:focus")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator(".nbt-lines").get_by_text(third, exact=True)).to_be_visible()
    expect(line).to_have_text(fourth)
    heading = page.locator('.nbt-head[data-name="params.model"]')
    heading.focus()
    before = int(heading.get_attribute("data-column") or 0)
    for _ in range(2):
        page.keyboard.press("Alt+ArrowRight")
        expect(heading).to_be_focused()
    expect(heading).to_have_attribute("data-column", str(before + 2))
    page.keyboard.press("p")
    expect(heading).to_be_focused()
    expect(heading).to_have_attribute("data-column", "2")
    page.keyboard.press("Alt+ArrowDown")
    page.get_by_role("button", name="Hide column").press("Enter")
    expect(heading).to_have_count(0)
    expect(page.locator('.nbt-head[data-column="2"]')).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    opened_sheet = page.locator(".nbt-column-sheet")
    expect(opened_sheet).to_be_visible()
    page.keyboard.press("Shift+Tab")  # whoever leaves a sheet closes it
    expect(opened_sheet).to_have_count(0)


def test_histories_are_fetched_for_the_lines_in_sight_and_for_a_filter_by_step(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "PRELOADED_FILES", 3)
    client = nbtrack.MlflowClient(tmp_path / "mlruns")
    for i in range(40):
        run = client.create_run("0", run_name=f"run{i}").info.run_id
        client.log_batch(run, [Metric("loss", i + 1 / (step + 1), step, step) for step in range(9)])
    dash = nbtrack.dashboard(tmp_path / "mlruns", order=["metrics.loss ASC"], split=0.8)
    page = kernel_page.show(browser, dash, height=780)
    expect(page.locator(".nbt-lines [data-line='0']")).to_contain_text("run0")
    for line in range(12):  # the newest three stand at the other end
        expect(page.locator(f".nbt-lines [data-line='{line}'] .nbt-trace")).to_be_visible()
    page.get_by_role("combobox", name="Filter runs").fill("metrics.loss.at(1) < 2")
    expect(page.locator(".nbt-total")).to_have_text("2 of 40 runs")
    assert names(page) == ["run0", "run1"]
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()
    dash.close()


def test_the_best_run_comes_first_at_the_first_click_and_is_found_with_one_key(page: Page) -> None:
    page.evaluate("() => window.setView({ tree: false })")
    page.click('[data-name="metrics.val/accuracy"]')
    expect(page.locator('[data-name="metrics.val/accuracy"]')).to_have_attribute("aria-sort", "descending")
    page.wait_for_timeout(100)
    best = names(page)[0]
    page.evaluate("() => window.setView({ tree: true, order: [], collapsed: [...window.state.frame.value.ids] })")
    page.locator('[data-name="metrics.val/accuracy"]').focus()
    page.keyboard.press("b")
    line = page.locator(".nbt-row:focus-within")
    expect(line.locator(".nbt-run-link")).to_have_text(best)
    expect(line.locator(".nbt-cell:focus .nbt-cell-best")).to_be_visible()


def test_the_table_stays_where_it_is_when_a_run_is_opened_or_kept_on_top(browser: Browser) -> None:
    shown = plain.sweep(200)
    for page in opened(browser, shown):
        page.locator(".nbt-grid").evaluate("grid => grid.scrollTo(0, 2000)")
        page.wait_for_timeout(200)
        page.locator(".nbt-lines .nbt-run-link:visible").nth(8).click()
        expect(page.get_by_role("tab", name="Run")).to_have_attribute("aria-selected", "true")
        page.wait_for_timeout(100)
        assert page.locator(".nbt-grid").evaluate("grid => grid.scrollTop") > 1500
        page.evaluate("() => window.setView({ order: ['metrics.loss ASC'] })")
        page.wait_for_timeout(100)
        assert page.locator(".nbt-grid").evaluate("grid => grid.scrollTop") == 0


def test_keys_of_the_table_are_kept_from_the_notebook_and_its_own_are_left_to_it(page: Page) -> None:
    page.evaluate("() => { window.state.life.value = 'live'; }")
    page.evaluate(
        "() => window.addEventListener('keydown', ({ target }) => { window.kept = target.hasAttribute("
        "'data-lm-suppress-shortcuts') }, true)"
    )
    ours = "() => window.kept"
    page.locator("[data-line='1'] [data-column='1']").focus()
    for key, expected in (("Control+s", False), ("d", True), ("Control+Enter", False), ("ArrowDown", True)):
        page.keyboard.press(key)
        assert page.evaluate(ours) is expected, key
    page.keyboard.press("n")
    page.get_by_label("Description", exact=True).fill("kept")
    page.keyboard.press("Control+Enter")  # saves the note: the notebook must not run the cell as well
    assert page.evaluate(ours) is True
    expect(page.get_by_label("Description", exact=True)).to_have_count(0)


def test_it_is_whole_at_twice_the_size_and_in_the_readers_own_colours(page: Page) -> None:
    page.set_viewport_size({"width": 550, "height": 340})  # what a window of 1,100 px has at 200 %
    for button in page.locator(".nbt-top button").all():
        place = button.bounding_box()
        assert place
        assert 0 <= place["x"] <= place["x"] + place["width"] <= 550
    page.set_viewport_size({"width": 1100, "height": 680})
    page.emulate_media(forced_colors="active")
    page.locator("[data-line='1'] [data-does='select']").click()
    chosen, other = (
        page.locator(f"[data-line='{line}'] .nbt-name").evaluate("e => getComputedStyle(e).backgroundColor")
        for line in (1, 2)
    )
    assert chosen != other

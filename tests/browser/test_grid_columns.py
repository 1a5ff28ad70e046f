"""Can one column be filtered, coloured, grouped by, and shown in another way, with the mouse and with the keyboard?"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

sys.path.insert(0, str(Path(__file__).parent))
import plain
from test_grid import column, numbers, opened

from nbtrack.frame import Text

pytestmark = pytest.mark.browser

FILTER = "() => window.state.view.value.filter"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    shown = plain.sweep(40)
    shown.width = 1600
    shown.view = {"tree": False, "split": 0.8}
    yield from opened(browser, shown)


def sheet(page: Page, name: str) -> Locator:
    """The sheet of a column, opened with the mouse."""
    page.locator(f'.nbt-head[data-name="{name}"]').hover()
    page.click(f'.nbt-head[data-name="{name}"] .nbt-funnel')
    found = page.locator(".nbt-column-sheet")
    expect(found).to_be_visible()
    return found


def value(page: Page, path: str) -> object:
    return page.evaluate(f"() => window.state.{path}")


def test_values_ticked_in_a_header_become_filter_text_and_are_read_back_from_it(page: Page) -> None:
    box = page.get_by_label("Filter runs")
    box.fill("metrics.loss > 0")
    page.keyboard.press("Escape")
    found = sheet(page, "params.model")
    found.get_by_label("cnn").check()
    expect(box).to_have_value("metrics.loss > 0 and params.model = 'cnn'")
    found.get_by_label("mlp").check()
    expect(box).to_have_value("metrics.loss > 0 and params.model IN ('cnn', 'mlp')")
    assert set(column(page, "params.model")) == {"cnn", "mlp"}
    page.keyboard.press("Escape")
    box.fill("params.model = 'mlp' and metrics.loss between 0 and 9")
    page.keyboard.press("Escape")
    found = sheet(page, "params.model")
    expect(found.get_by_label("mlp")).to_be_checked()
    expect(found.get_by_label("cnn")).not_to_be_checked()
    found.get_by_label("mlp").uncheck()
    expect(box).to_have_value("metrics.loss between 0 and 9")


def test_a_range_is_typed_or_dragged_over_the_histogram(page: Page) -> None:
    found = sheet(page, "metrics.loss")
    found.get_by_label("At most").fill("0.2")
    page.keyboard.press("Tab")
    assert value(page, "view.value.filter") == "metrics.loss <= 0.2"
    assert max(numbers(page, "metrics.loss")) <= 0.2
    bars = found.locator(".nbt-histogram").bounding_box()
    assert bars
    page.mouse.move(bars["x"] + 1, bars["y"] + 20)
    page.mouse.down()
    page.mouse.move(bars["x"] + bars["width"] - 1, bars["y"] + 20)
    page.mouse.up()
    expect(page.locator(".nbt-total")).to_have_text("40 runs")  # neither end is lost by rounding
    page.mouse.move(bars["x"] + 30, bars["y"] + 20)
    page.mouse.down()
    page.mouse.move(bars["x"] + 120, bars["y"] + 20)
    page.mouse.up()
    written = str(value(page, "view.value.filter"))
    low, high = map(float, re.findall(r"= ([\d.]+)", written))
    assert low < high
    shown = numbers(page, "metrics.loss")
    assert shown
    assert low - 1e-4 <= min(shown) <= max(shown) <= high + 1e-4
    found.get_by_role("button", name="All", exact=True).click()
    assert value(page, "view.value.filter") == ""


def test_what_cannot_be_taken_apart_is_kept_whole_beside_the_new_condition(page: Page) -> None:
    page.get_by_label("Filter runs").fill("metrics.loss < 9 or params.model = 'cnn'")
    page.keyboard.press("Escape")
    sheet(page, "tags.team").get_by_label("vision").check()
    expect(page.get_by_label("Filter runs")).to_have_value(
        "(metrics.loss < 9 or params.model = 'cnn') and tags.team = 'vision'"
    )
    expect(page.get_by_role("alert")).to_have_count(0)
    before = str(value(page, "view.value.filter"))
    page.evaluate("() => window.setView({ filter: \"params.model = 'cnn' or metrics.loss < 9\" })")
    found = sheet(page, "start_time")
    for span, says in (("24h", "24 hours"), ("7d", "7 days")):
        found.get_by_role("button", name=says).click()
        written = f"(params.model = 'cnn' or metrics.loss < 9) and start_time > now() - '{span}'"
        assert value(page, "view.value.filter") == written
        expect(found.get_by_role("button", name=says)).to_have_attribute("aria-pressed", "true")
    page.evaluate("filter => window.setView({ filter })", before)


def test_the_sheet_opens_and_closes_with_the_keyboard_and_gives_the_focus_back(page: Page) -> None:
    page.locator('[data-name="params.model"]').focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".nbt-column-sheet input").first).to_be_focused()
    page.keyboard.press("Space")
    assert "params.model" in str(value(page, "view.value.filter"))
    page.keyboard.press("Escape")
    expect(page.locator('[data-name="params.model"]')).to_be_focused()


def test_a_metric_shows_its_least_value_and_is_sorted_and_filtered_by_it(page: Page) -> None:
    before = numbers(page, "metrics.val/accuracy")
    sheet(page, "metrics.val/accuracy").get_by_role("button", name="Min", exact=True).click()
    page.keyboard.press("Escape")
    after = numbers(page, "metrics.val/accuracy.min")
    assert after == pytest.approx([each * 0.95 for each in before], abs=1e-3)
    page.locator('[data-name="metrics.val/accuracy.min"] .nbt-head-text').click()
    assert value(page, "view.value.order") == ["metrics.`val/accuracy`.min DESC"]
    expect(page.locator('[data-name="metrics.val/accuracy.min"]')).to_have_attribute("aria-sort", "descending")
    page.wait_for_timeout(50)
    after = numbers(page, "metrics.val/accuracy.min")
    assert after == sorted(after, reverse=True)
    found = sheet(page, "metrics.val/accuracy.min")
    found.get_by_label("At least").fill("0.8")
    page.keyboard.press("Tab")
    assert value(page, "view.value.filter") == "metrics.`val/accuracy`.min >= 0.8"
    assert min(numbers(page, "metrics.val/accuracy.min")) >= 0.8


def test_the_best_value_follows_the_direction_that_is_set(page: Page) -> None:
    page.evaluate("() => window.setView({ experiments: ['1'] })")  # best is said of the runs of one experiment
    best = page.locator(".nbt-lines .nbt-cell-best")
    place = page.locator('[data-name="metrics.loss"]').get_attribute("data-column")
    page.click('[data-name="metrics.loss"]')
    lowest = page.locator(f'[data-line="0"] [data-column="{place}"]')
    expect(lowest.locator(".nbt-cell-best")).to_be_visible()
    sheet(page, "metrics.loss").get_by_role("button", name="maximize").click()
    assert value(page, "view.value.directions") == {"loss": "max"}
    expect(lowest.locator(".nbt-cell-best")).to_have_count(0)
    page.keyboard.press("Escape")
    assert best.count() <= 2


def test_a_direction_tracked_with_the_runs_is_respected(browser: Browser) -> None:
    shown = plain.sweep(12)
    shown.frame.columns["tags.nbtrack.metric.loss"] = Text.of(["max"] * 12)  # type: ignore[index]
    for page in opened(browser, shown):
        page.click('[data-name="metrics.loss"]')  # the greatest come first then
        page.evaluate("() => window.setView({ tree: false, experiments: ['1'] })")
        place = page.locator('[data-name="metrics.loss"]').get_attribute("data-column")
        expect(page.locator(f'[data-line="0"] [data-column="{place}"] .nbt-cell-best')).to_be_visible()


def test_a_column_is_coloured_strongest_where_it_is_best(page: Page) -> None:
    sheet(page, "metrics.loss").get_by_role("button", name="Color by value").click()
    page.keyboard.press("Escape")
    page.click('[data-name="metrics.loss"]')
    place = page.locator('[data-name="metrics.loss"]').get_attribute("data-column")
    page.wait_for_timeout(50)
    shares = page.evaluate(
        f"""() => [0, 5, 10].map((line) => Number(/ ([\\d.]+)\\)$/.exec(getComputedStyle(
          document.querySelector(`[data-line="${{line}}"] [data-column="{place}"]`)).backgroundColor)[1]))"""
    )
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


def seeds() -> plain.Shown:
    shown = plain.sweep(24)
    columns = dict(shown.frame.columns)
    for name in [each for each in columns if each.startswith("params.")]:
        del columns[name]
    columns["params.model"] = Text.of(["cnn" if i % 2 else "mlp" for i in range(24)])
    columns["params.depth"] = Text.of([str(2 + i // 2 % 2) for i in range(24)])
    columns["params.seed"] = Text.of([str(i // 4) for i in range(24)])
    shown.frame = type(shown.frame)(columns, 24)
    shown.width = 1400
    shown.view = {"split": 0.8}
    return shown


def test_runs_equal_but_for_the_seed_become_groups_with_mean_and_deviation(browser: Browser) -> None:
    for page in opened(browser, seeds()):
        page.get_by_role("button", name="Group runs", exact=True).click()
        page.get_by_role("button", name="Group repeats (same params except seed)").click()
        groups = page.locator(".nbt-group-row")
        expect(groups).to_have_count(4)
        expect(page.get_by_role("group", name="Groups drawn").get_by_role("button")).to_have_count(4)
        expect(groups.first.locator(".nbt-group-size")).to_have_text("6")
        assert {*column(page, "params.model")} == {"cnn", "mlp"}
        place = page.locator('[data-name="metrics.loss"]').get_attribute("data-column")
        cell = groups.first.locator(f'[data-column="{place}"]')
        held = page.evaluate(
            """() => { const group = window.state.table.groups.value[0];
              const { values, missing } = window.state.frame.value.columns.get('metrics.loss');
              return [...group.rows].filter((row) => !missing[row]).map((row) => values[row]); }"""
        )
        mean, spread = cell.inner_text().split("±")
        assert float(mean) == pytest.approx(np.mean(held), abs=1e-3)
        assert float(spread) == pytest.approx(np.std(held, ddof=1), rel=0.06)
        expect(cell.locator("[title]")).to_have_attribute("title", re.compile(rf"n = {len(held)}\n.*min .*max ", re.S))


def test_a_group_is_opened_selected_and_closed_with_the_keyboard(browser: Browser) -> None:
    shown = seeds()
    shown.view["group"] = ["params.model"]
    for page in opened(browser, shown):
        expect(page.locator(".nbt-row")).to_have_count(2)
        page.locator("[data-line='0'] [data-column='1']").focus()
        page.keyboard.press("Shift+ArrowDown")
        page.get_by_role("button", name="24 selected: clear").click()  # a range takes in closed groups
        page.locator("[data-line='0'] [data-column='1']").focus()
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="12 selected: clear")).to_be_visible()
        page.keyboard.press("Control+c")  # the runs of a closed group are copied as well
        assert len(page.evaluate("() => navigator.clipboard.readText()").splitlines()) == 13
        page.keyboard.press("m")
        page.get_by_role("dialog", name="Actions on 12 runs").get_by_role("button", name="Hide in charts").click()
        assert len(value(page, "view.value.hidden")) == 12  # type: ignore[arg-type]
        page.locator("[data-line='0'] [data-column='1']").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".nbt-row[aria-selected=true]").first).to_be_visible()
        expect(page.locator(".nbt-grid")).to_have_attribute("aria-rowcount", "15")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".nbt-row")).to_have_count(2)
        page.click('[data-name="metrics.loss"]')
        means = [float(text.split("±")[0]) for text in column(page, "metrics.loss")]
        assert means == sorted(means)
        page.get_by_role("button", name="Copy and export").click()
        page.get_by_role("button", name="Groups as Markdown").click()
        expect(page.locator(".nbt-notice")).to_contain_text("Copied 2 groups")
        copied = str(page.evaluate("() => navigator.clipboard.readText()")).splitlines()
        assert copied[0].startswith("| model | Runs | ")
        assert [line.split(" | ")[1] for line in copied[2:]] == ["12", "12"]
        assert copied[2].count("±") >= 2


def test_pinned_runs_stay_on_top_while_the_others_scroll(browser: Browser) -> None:
    shown = plain.sweep(400)
    for page in opened(browser, shown):
        ids = page.evaluate("() => [3, 200].map((row) => window.state.frame.value.ids[row])")
        page.evaluate("(ids) => window.setView({ tree: false, pinned: ids })", ids)
        pins = page.locator(".nbt-pins .nbt-name")
        expect(pins).to_have_count(2)
        page.locator(".nbt-grid").evaluate("grid => grid.scrollTo(0, 4000)")
        page.wait_for_timeout(100)
        tops = [pin.bounding_box()["y"] for pin in pins.all()]  # type: ignore[index]
        header = page.locator(".nbt-header").bounding_box()
        assert header
        assert min(tops) == pytest.approx(header["y"] + header["height"], abs=1)
        page.locator(".nbt-lines .nbt-name:visible").nth(12).click(position={"x": 100, "y": 10})
        for _ in range(12):
            page.keyboard.press("ArrowUp")
        focused = page.locator(".nbt-grid .nbt-cell:focus").bounding_box()
        assert focused
        assert focused["y"] >= max(tops) + 25


@pytest.mark.slow  # half a minute; thirty thousand are sorted and filtered in test_grid.py
def test_a_hundred_thousand_rows_scroll_over_the_same_elements_and_without_layers(browser: Browser) -> None:
    shown = plain.sweep(100_000)
    shown.series = {}
    shown.view = {"tree": False}
    for page in opened(browser, shown):
        page.evaluate("() => { window.state.selected.value = [...window.state.frame.value.ids]; }")
        made = page.evaluate(
            """async () => {
              const grid = document.querySelector('.nbt-grid');
              const frame = () => new Promise(requestAnimationFrame);
              const lines = new Set(document.querySelectorAll('.nbt-row'));
              for (let i = 1; i <= 20; i++) { grid.scrollTop = i * 4000; await frame(); await frame(); }
              return [...document.querySelectorAll('.nbt-row')].filter((row) => !lines.has(row)).length;
            }"""
        )
        assert made < 12  # elements are used again: only the first step away from the top needs some more
        assert page.locator(".nbt-row").count() < 60
        sticky = """() => [...document.querySelectorAll('.nbt-lines *')]
          .filter((element) => getComputedStyle(element).position === 'sticky').length"""
        assert page.evaluate(sticky) == 0


def test_names_stay_in_sight_when_the_table_is_moved_sideways(browser: Browser) -> None:
    shown = plain.sweep(50)
    shown.width = 600
    for page in opened(browser, shown):
        name = page.locator(".nbt-lines .nbt-name").first
        before = name.bounding_box()
        page.locator(".nbt-grid").evaluate("grid => grid.scrollTo(300, 0)")
        for pause in (60, 400):
            page.wait_for_timeout(pause)
            after = name.bounding_box()
            assert before
            assert after
            assert after["x"] == pytest.approx(before["x"], abs=1)


def test_what_is_shown_is_copied_as_code_markdown_and_csv(page: Page) -> None:
    page.evaluate("""() => { window.setView({ filter: "params.model = 'cnn'", order: ['metrics.loss ASC'] });
      const { status } = window.state;
      status.value = { ...status.value, store: { label: '~/mlruns', kind: 'file', read_only: false } }; }""")

    def copied(how: str) -> str:
        page.get_by_role("button", name="Copy and export", exact=True).click()
        page.get_by_role("button", name=how, exact=True).click()
        expect(page.locator(".nbt-notice")).to_contain_text("Copied")
        return str(page.evaluate("() => navigator.clipboard.readText()"))

    code = copied("Python code for this table")
    assert "    experiment_ids=['1', '2'],\n    filter_string=\"params.model = 'cnn'\",\n" in code
    assert "    order_by=['metrics.loss ASC'],\n)" in code
    compile(code, "copied", "exec")
    rows = int(page.locator(".nbt-total").inner_text().split()[0])
    table = copied("Table as Markdown").splitlines()
    assert len(table) == rows + 2
    assert table[0].startswith("| Name | Status | batch\\_size | lr |")
    lines = copied("Table as CSV").splitlines()
    assert len(lines) == rows + 1
    assert lines[0].startswith("Name,Status,batch_size,lr")


def test_a_saved_view_changes_nothing_and_says_why(page: Page) -> None:
    page.click('[data-line="1"] [data-does="select"]')
    page.get_by_role("button", name="Change the selected runs").click()
    expect(page.get_by_role("dialog", name="Change the selected runs")).to_contain_text("This is a saved view")
    expect(page.get_by_role("button", name="Delete")).to_be_disabled()
    page.keyboard.press("Escape")
    page.locator("[data-line='1'] [data-column='1']").focus()
    page.keyboard.press("F2")
    expect(page.get_by_role("alert").filter(has_text="run its cell")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_count(0)

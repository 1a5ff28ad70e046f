"""Do the comparison and the run page show what differs, and keep strangers' files in their place?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .panel_page import Opener, panel, script

__all__ = ["panel", "script"]
pytestmark = pytest.mark.browser


def row(page: Page, name: str) -> Locator:
    return page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True))


def fold(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_selected_runs_stand_side_by_side_with_the_best_value_marked(panel: Opener) -> None:
    page = panel(runs=4, selected=3, tab="compare")
    names = page.locator("thead th .nbt-run-chip-name").all_inner_texts()
    assert names == ["forest-0", "boosting-1", "logistic-2"]
    expect(row(page, "model").locator("td")).to_have_text(["forest", "boosting", "logistic"])
    cells = row(page, "accuracy").locator("td")
    values = [float(text) for text in cells.all_inner_texts()]
    best = values.index(max(values))
    expect(cells.nth(best)).to_have_class(re.compile("nbt-winner"))
    expect(row(page, "accuracy").locator(".nbt-winner")).to_have_count(1)
    expect(row(page, "stage").locator("td")).to_have_text(["final", "trial", "final"])
    expect(row(page, "description").locator("td").first).to_contain_text("Tried with forest")
    page = panel(runs=52, selected=52, tab="compare")
    expect(page.get_by_text("Showing the first 50 of 52 selected runs.")).to_be_visible()
    expect(page.locator("thead th .nbt-run-chip-name")).to_have_count(50)


def test_only_differences_hides_rows_in_which_all_runs_are_equal(panel: Opener) -> None:
    page = panel(runs=4, selected=3, tab="compare")
    expect(row(page, "seed")).to_be_visible()
    page.get_by_label("Only differences").check()
    expect(row(page, "seed")).to_have_count(0)
    expect(row(page, "model")).to_be_visible()
    assert page.evaluate("() => window.nbt.state.view.value.compare.differences") is True


def test_a_baseline_stands_first_and_the_others_show_how_they_differ_from_it(panel: Opener) -> None:
    page = panel(runs=4, selected=3, tab="compare")
    page.get_by_label("Baseline").select_option(label="boosting-1")
    expect(page.locator("thead th .nbt-run-chip-name").first).to_have_text("boosting-1")
    base, other = (float(cell.inner_text().split("\n")[0]) for cell in row(page, "loss").locator("td").all()[:2])
    change = row(page, "loss").locator(".nbt-change").first
    expect(change).to_have_class(re.compile("nbt-better" if other < base else "nbt-worse"))
    expect(change).to_contain_text("%")


def test_fewer_than_two_runs_are_answered_by_a_hint(panel: Opener) -> None:
    page = panel(runs=4, tab="compare")
    expect(page.get_by_text("Select two or more runs in the table to see them side by side.")).to_be_visible()
    page.evaluate("() => { const { state } = window.nbt; state.selected.value = [state.frame.value.ids[0]]; }")
    expect(page.get_by_text("Select another run to compare with.")).to_be_visible()


def test_a_long_value_is_folded_until_asked_for(panel: Opener) -> None:
    page = panel(runs=4, selected=2, tab="compare")
    cell = row(page, "note").locator("td").first
    short = len(cell.inner_text())
    cell.get_by_role("button", name="more").click()
    assert len(cell.inner_text()) > 2 * short


def test_the_code_of_two_runs_is_compared_line_by_line(panel: Opener) -> None:
    page = panel(runs=4, selected=3, tab="compare")
    fold(page, "Code").click()
    expect(page.locator(".nbt-diff-out")).to_contain_text("learning_rate = 0.3")
    expect(page.locator(".nbt-diff-in").first).to_contain_text("learning_rate = 0.1")
    page.get_by_label("Compare with").select_option(label="logistic-2")
    expect(page.locator(".nbt-diff-in").first).to_contain_text("learning_rate = 0.03")


def test_a_saved_view_says_that_files_were_not_saved(panel: Opener) -> None:
    page = panel(runs=4, selected=3, tab="compare", life="snapshot")
    fold(page, "Code").click()
    expect(page.get_by_text("Files are not saved with the notebook: run it to see them.").first).to_be_visible()


def test_a_click_on_a_run_opens_its_page(panel: Opener) -> None:
    page = panel(runs=4, selected=3, tab="compare")
    page.get_by_role("columnheader").get_by_role("button", name="boosting-1").click()
    expect(page.get_by_role("tab", name="Run")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("article", name="Run boosting-1")).to_be_visible()


def test_the_run_page_shows_params_metrics_tags_and_the_description_as_text(panel: Opener) -> None:
    page = panel(runs=3, selected=1, tab="run")
    expect(page.get_by_role("heading", level=2)).to_contain_text("forest-0")
    params = page.get_by_role("region", name="Params")
    expect(params.locator("tr", has_text="learning_rate").locator("td")).to_have_text("0.3")
    for fact in ("digits", "grace", "2026-03-01"):
        expect(page.locator(".nbt-facts")).to_contain_text(fact)
    fold(page, "System metrics").click()
    expect(row(page, "system/cpu_utilization_percentage").locator("td").first).to_have_text(re.compile(r"^\d"))
    code = page.get_by_role("region", name="Code").last  # the rank has one as well, of a difference
    code.get_by_role("button", name="Code").click()
    expect(code.locator(".nbt-text")).to_contain_text("learning_rate = 0.3")
    expect(page.locator(".nbt-metrics .nbt-miniline").first).to_be_visible()
    expect(page.get_by_text("<b>not markup</b>")).to_be_visible()
    expect(page.locator("figure[aria-label^='loss: 1 run']")).to_be_visible()


def test_a_parent_and_its_children_are_a_click_apart(panel: Opener) -> None:
    page = panel(runs=3, selected=1, tab="run")
    page.evaluate(
        """() => { const { state } = window.nbt; const { columns, ids, length } = state.frame.value;
        const parent = { kind: "text", words: [ids[0]], codes: Int32Array.of(-1, 0, 0) };
        const next = new Map(columns).set("tags.mlflow.parentRunId", parent);
        state.received.value = { ...state.frame.value, columns: next }; }"""
    )
    expect(page.get_by_text("2 children")).to_be_visible()
    page.locator(".nbt-family").get_by_role("button", name="logistic-2").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("logistic-2")
    page.locator(".nbt-family").get_by_role("button", name="forest-0").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("forest-0")


def test_files_are_a_tree_with_previews_of_text_json_and_pictures(panel: Opener) -> None:
    page = panel(runs=3, selected=1, tab="run")
    fold(page, "Files").click()
    page.get_by_role("treeitem", name="summary.json").click()
    expect(page.locator(".nbt-text")).to_contain_text('"epoch": 12')
    page.get_by_role("treeitem", name="plots/").click()
    page.get_by_role("treeitem", name="confusion.png").click()
    expect(page.get_by_alt_text("plots/confusion.png")).to_be_visible()
    assert page.evaluate("() => document.querySelector('#host').shadowRoot.querySelector('img').naturalWidth") == 10
    page.get_by_role("treeitem", name="model.bin").click()
    expect(page.get_by_text("This kind of file has no preview.")).to_be_visible()


def test_html_of_a_run_has_no_scripts_until_asked_and_never_reaches_the_page(panel: Opener) -> None:
    page = panel(runs=3, selected=1, tab="run")
    fold(page, "Files").click()
    page.get_by_role("treeitem", name="report.html").click()
    frame = page.frame_locator("iframe").frame_locator("iframe")
    expect(frame.get_by_role("heading", name="A report")).to_be_visible()
    expect(frame.get_by_text("scripts ran")).to_have_count(0)
    page.get_by_role("button", name="Run scripts").click()
    expect(frame.get_by_text("scripts ran")).to_be_visible()
    assert page.evaluate("() => window.stolen") is None


def test_the_tabs_are_walked_with_the_arrow_keys(panel: Opener) -> None:
    page = panel(runs=3, selected=2)
    page.get_by_role("tab", name="Charts").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Analyse")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Compare")).to_be_focused()
    expect(page.get_by_label("Only differences")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Analyse")).to_be_focused()

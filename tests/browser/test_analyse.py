"""Does the analysis show how params and results go together, and does a marked stretch filter the table?"""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from .panel_page import Opener, panel, script

__all__ = ["panel", "script"]
pytestmark = pytest.mark.browser


def analysis(panel: Opener, kind: str, runs: int = 50, **more: object) -> Page:
    page = panel(tab="analyse", runs=runs, points=30, **more)
    page.get_by_role("group", name="Picture").get_by_role("button", name=kind).click()
    return page


def view(page: Page) -> dict[str, object]:
    return dict(page.evaluate("() => window.nbt.state.view.value"))


def test_a_stretch_dragged_on_an_axis_filters_the_table_and_a_click_lets_go(panel: Opener) -> None:
    page = analysis(panel, "Parallel")
    expect(page.locator("polyline")).to_have_count(50)
    rail = page.get_by_label("Filter by model")
    place = rail.bounding_box() or {}
    middle = place["x"] + place["width"] / 2
    page.mouse.move(middle, place["y"] + place["height"] - 4)
    page.mouse.down()
    page.mouse.move(middle, place["y"] + place["height"] - 30, steps=3)
    page.mouse.up()
    assert view(page)["filter"] == "params.model IN ('boosting')"
    expect(page.locator("polyline:not(.nbt-out)")).to_have_count(10)
    expect(page.locator("polyline")).to_have_count(50)
    page.mouse.click(middle, place["y"] + 100)
    assert view(page)["filter"] == ""


def test_stretches_join_the_filter_that_is_there_and_come_from_the_keyboard(panel: Opener) -> None:
    page = analysis(panel, "Parallel")
    page.evaluate("() => window.nbt.setView(window.nbt.state, { filter: \"status = 'FINISHED'\" })")
    page.get_by_label("Filter by accuracy").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    assert re.fullmatch(r"status = 'FINISHED' AND metrics\.accuracy BETWEEN \S+ AND \S+", str(view(page)["filter"]))
    page.keyboard.press("Escape")
    assert view(page)["filter"] == "status = 'FINISHED'"


def test_each_run_is_a_dot_that_opens_its_page(panel: Opener) -> None:
    page = analysis(panel, "Scatter")
    expect(page.locator(".nbt-run-dot")).to_have_count(50)
    page.get_by_label("Color").select_option("params.model")
    expect(page.locator(".nbt-scale")).to_contain_text("boosting")
    page.locator(".nbt-run-dot").first.click()
    expect(page.get_by_role("tab", name="Run")).to_have_attribute("aria-selected", "true")


def test_boxes_stand_for_five_runs_or_more(panel: Opener) -> None:
    page = analysis(panel, "Box", runs=12)
    page.get_by_label("By", exact=True).select_option("params.batch_size")
    expect(page.locator(".nbt-quartiles")).to_have_count(0)
    page = analysis(panel, "Box", runs=50)
    page.get_by_label("By", exact=True).select_option("params.model")
    expect(page.locator(".nbt-quartiles")).to_have_count(5)


def test_cells_without_a_run_stay_empty(panel: Opener) -> None:
    page = analysis(panel, "Grid", runs=8)
    expect(page.locator(".nbt-cell-mean").first).to_be_visible()
    cells = page.locator(".nbt-cell-mean").count()
    assert 0 < cells <= 8
    page.evaluate(
        """() => { const { state } = window.nbt, rates = state.frame.value.columns.get("params.learning_rate");
        rates.words = rates.words.map((word) => (word === "0.1" ? "0.10" : word));
        state.received.value = { ...state.frame.value }; }"""
    )
    expect(page.locator(".nbt-axes text", has_text=re.compile(r"^0\.10"))).to_have_count(1)


def test_a_cell_shows_the_mean_of_its_runs(panel: Opener) -> None:
    page = analysis(panel, "Grid")
    page.get_by_label("x", exact=True).select_option("params.model")
    page.get_by_label("y", exact=True).select_option("params.batch_size")
    cells = page.locator(".nbt-cell-mean title").all_text_contents()
    assert len(cells) == 15
    assert sum(int(re.findall(r"(\d+) runs?$", cell)[0]) for cell in cells) == 50
    mean = page.evaluate(
        """() => { const { columns } = window.nbt.state.frame.value;
        const is = (name, row, word) => { const c = columns.get(name); return c.words[c.codes[row]] === word; };
        const values = [...columns.get("metrics.test_accuracy").values].filter(
          (_, row) => is("params.model", row, "svm") && is("params.batch_size", row, "64"));
        return values.reduce((a, b) => a + b) / values.length; }"""
    )
    (told,) = (cell for cell in cells if cell.startswith("model: svm\nbatch_size: 64"))
    assert float(re.findall(r"mean test_accuracy: (\S+)", told)[0]) == pytest.approx(mean, rel=1e-4)


def test_bars_are_the_last_values_the_best_first_and_open_a_run(panel: Opener) -> None:
    page = analysis(panel, "Bars", runs=12)
    page.get_by_label("Metric", exact=True).select_option("loss")
    values = [float(text) for text in page.locator(".nbt-bars .nbt-number").all_inner_texts()]
    assert len(values) == 12
    assert values == sorted(values)
    page.evaluate("() => window.nbt.setView(window.nbt.state, { directions: { loss: 'max' } })")
    expect(page.locator(".nbt-bars .nbt-number").first).to_have_text(f"{values[-1]:g}")
    page.evaluate("() => window.nbt.setView(window.nbt.state, { group: ['params.model'] })")
    expect(page.locator(".nbt-bars li")).to_have_count(5)
    expect(page.locator(".nbt-bars li").first).to_contain_text("±")
    page.evaluate("() => window.nbt.setView(window.nbt.state, { group: [] })")
    page.locator(".nbt-bars button").first.click()
    expect(page.get_by_role("tab", name="Run")).to_have_attribute("aria-selected", "true")


def test_importance_says_when_there_are_too_few_runs(panel: Opener) -> None:
    page = analysis(panel, "Importance", runs=10)
    warnings = page.locator(".nbt-warning")
    expect(warnings).to_contain_text(["correlations only, and with care", "so this ranking is not reliable"])
    expect(page.get_by_text("too few runs").first).to_be_visible()
    expect(page.get_by_label("Files of this picture")).to_be_visible()
    page = analysis(panel, "Importance", runs=3)
    expect(page.locator(".nbt-warning")).to_have_text("3 runs with a value: too few to say anything.")
    expect(page.get_by_label("Files of this picture")).to_have_count(0)
    page = analysis(panel, "Importance", runs=60)
    expect(page.locator(".nbt-warning")).to_contain_text("so this ranking is not reliable")
    page.get_by_label("Metric", exact=True).select_option("lr")
    expect(page.locator(".nbt-warning")).to_have_count(0)
    expect(
        page.get_by_text(re.compile(r"Params explain \d+ % of the ranking by lr \(60 runs, nearest neighbors\)"))
    ).to_be_visible()
    expect(page.locator(".nbt-importance tbody tr").first).to_contain_text("±")


def test_the_best_so_far_is_drawn_over_the_runs(panel: Opener) -> None:
    page = analysis(panel, "History")
    expect(page.locator(".nbt-best-line")).to_have_count(1)
    assert page.locator(".nbt-run-dot").count() > 20


def test_each_picture_leaves_the_page_as_svg_png_and_values(panel: Opener) -> None:
    page = analysis(panel, "Scatter", runs=12)
    page.get_by_label("Color").select_option("params.model")
    for kind in ("Scatter", "Parallel", "Bars", "Box", "Grid", "Importance", "History"):
        page.get_by_role("group", name="Picture").get_by_role("button", name=kind).click()
        files = {name: saved(page, name) for name in ("Picture (SVG)", "Picture (PNG)", "Values (CSV)")}
        root = ElementTree.fromstring(files["Picture (SVG)"])
        assert len(list(root.iter())) > 15, kind
        assert not [each for each in root.iter() if "class" in each.attrib], kind
        assert files["Picture (PNG)"].startswith(b"\x89PNG"), kind
        rows = list(csv.DictReader(io.StringIO(files["Values (CSV)"].decode())))
        assert len(rows) == 12, kind
        assert len({row["run_id"] for row in rows}) == 12, kind


def saved(page: Page, name: str) -> bytes:
    page.get_by_label("Files of this picture").click()
    with page.expect_download() as found:
        page.get_by_role("button", name=name).click()
    return found.value.path().read_bytes()

"""Do metric charts show what was logged, and answer the mouse and the keyboard?"""

from __future__ import annotations

import csv
import io
import re
from functools import partial
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.waiting import until

from .panel_page import Opener, panel, script

__all__ = ["panel", "script"]
pytestmark = pytest.mark.browser

# The rows of pixels of a figure's canvas that hold a colour, as shares of its height.
ROWS_OF = """([figure, hex]) => {
  const drawn = figure.querySelector("canvas"), canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [drawn.width, drawn.height];
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.drawImage(drawn, 0, 0);
  const want = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const { data, width, height } = ctx.getImageData(0, 0, canvas.width, canvas.height);
  const rows = new Set();
  for (let i = 0; i < data.length; i += 4)
    if (want.every((part, k) => Math.abs(data[i + k] - part) < 24)) rows.add(Math.floor(i / 4 / width) / height);
  return [...rows];
}"""


def figure(page: Page, metric: str) -> Locator:
    return page.locator(f"figure[aria-label^='{metric}:']")


def plot(page: Page, metric: str) -> Locator:
    found = figure(page, metric).locator(".u-over")
    found.wait_for()
    return found


def box(found: Locator) -> dict[str, float]:
    return dict(found.bounding_box() or {})


def test_each_metric_of_the_selected_runs_has_a_panel_that_says_what_it_shows(panel: Opener) -> None:
    page = panel(runs=12, selected=3)
    expect(figure(page, "loss")).to_have_attribute("aria-label", "loss: 3 runs, best 0.056719 by logistic-2")
    expect(page.get_by_role("group", name="Runs drawn").locator(".nbt-run-chip")).to_have_count(3)
    expect(page.locator("section[aria-label=train] figure")).to_have_count(2)


def test_without_a_selection_the_first_runs_of_the_table_are_drawn_and_it_says_so(panel: Opener) -> None:
    page = panel(runs=30)
    expect(page.get_by_text("Showing the first 10 runs. Select runs to choose which are drawn.")).to_be_visible()
    expect(figure(page, "loss")).to_have_attribute("aria-label", re.compile("^loss: 10 runs"))


def test_system_metrics_stand_apart_and_a_search_keeps_the_panels_it_names(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    expect(figure(page, "system/cpu_utilization_percentage")).to_have_count(0)
    page.get_by_role("button", name="system 2").click()
    expect(figure(page, "system/cpu_utilization_percentage")).to_be_visible()
    page.get_by_label("Find metrics").fill("loss")
    expect(page.locator("figure")).to_have_count(2)
    page.get_by_label("Find metrics").fill("zzz")
    expect(page.get_by_text("No metric is named like “zzz”.")).to_be_visible()


def is_crossed(shown: Locator, color: str | None) -> bool:
    """Does a line of this colour go from near the plot's top through all of it?"""
    rows = shown.page.evaluate(ROWS_OF, [shown.element_handle(), color])
    return len(rows) > 60 and min(rows) < 0.15


def test_one_spike_among_ten_thousand_points_is_drawn_at_every_width(panel: Opener) -> None:
    page = panel(runs=1, selected=1, points=50)
    page.evaluate(
        """() => { const { state, addPoints } = window.nbt;
        const height = (i) => (i === 7321 ? 1000 : 0.5 + (i % 7) / 100);
        const points = Array.from({ length: 10000 }, (_, i) => [i, 1.7e12 + i, height(i)]);
        addPoints(state, state.frame.value.ids[0], "a_spike", points); state.seriesRev.value++; }"""
    )
    color = page.locator(".nbt-run-chip line").first.get_attribute("stroke")
    for width, columns in ((360, 1), (600, 1), (1000, 2), (1400, 99), (1999, 99)):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(
            "columns => window.nbt.setView(window.nbt.state, { chart: { spans: { a_spike: columns } } })",
            columns,
        )
        plot(page, "a_spike")
        until(partial(is_crossed, figure(page, "a_spike"), color))
    page.get_by_role("button", name="clip outliers").click()
    assert all(float(text) <= 1 for text in drawn_ticks(page, "a_spike"))


def test_zoomed_in_every_point_is_there(panel: Opener) -> None:
    page = panel(runs=1, selected=1, points=50)
    page.evaluate(
        """() => { const { state, addPoints } = window.nbt;
        const points = Array.from({ length: 10000 }, (_, i) => [i, 1.7e12 + i, i % 2]);
        addPoints(state, state.frame.value.ids[0], "a_comb", points); state.seriesRev.value++; }"""
    )
    over = plot(page, "a_comb")
    for _ in range(9):
        figure(page, "a_comb").locator("[role=img]").press("+")
    page.wait_for_timeout(150)
    seen = set()
    for left in range(40, 140, 8):
        over.hover(position={"x": left, "y": 60})
        step = re.findall(r"[\d,]+", page.locator(".nbt-hover-head").inner_text())[0].replace(",", "")
        value = page.locator(".nbt-hover td.nbt-number").first.inner_text()
        assert float(value) == int(step) % 2
        seen.add(int(step))
    assert len(seen) > 5


def test_the_list_of_values_stands_beside_the_panel_it_speaks_of(panel: Opener) -> None:
    for width in (1400, 600):
        page = panel(runs=12, selected=12, width=width)
        for metric in ("accuracy", "loss"):
            plot(page, metric).hover(position={"x": 100, "y": 50})
            page.locator(".nbt-hover").wait_for()
            listed, drawn = box(page.locator(".nbt-hover")), box(figure(page, metric))
            apart = (
                listed["x"] >= drawn["x"] + drawn["width"]
                or listed["x"] + listed["width"] <= drawn["x"]
                or listed["y"] >= drawn["y"] + drawn["height"]
                or listed["y"] + listed["height"] <= drawn["y"]
            )
            assert apart, (width, metric)
            assert listed["x"] >= 0
            assert listed["x"] + listed["width"] <= width


def test_the_list_stays_with_the_panel_under_the_mouse_while_points_come(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    plot(page, "loss")
    plot(page, "accuracy").hover(position={"x": 150, "y": 60})
    before = page.locator(".nbt-hover td.nbt-number").all_inner_texts()
    page.evaluate(
        """() => { const { state, addPoints } = window.nbt; const id = state.frame.value.ids[2];
        for (const key of ["loss", "lr", "val_loss"]) {
          const from = state.book.get(id, key).total; addPoints(state, id, key, [[297, 1.8e12, 0.5]], from); }
        state.seriesRev.value++; }"""
    )
    page.wait_for_timeout(300)
    assert page.locator(".nbt-hover td.nbt-number").all_inner_texts() == before


def test_the_direction_set_in_the_table_decides_which_point_and_bar_is_best(panel: Opener) -> None:
    page = panel(runs=5, selected=5)
    page.evaluate("() => window.nbt.setView(window.nbt.state, { directions: { loss: 'max', test_accuracy: 'min' } })")
    extremes = page.evaluate(
        """() => { const { columns } = window.nbt.state.frame.value;
        const [loss, accuracy] = ["loss", "test_accuracy"].map((name) => columns.get(`metrics.${name}`));
        return [Math.max(...loss.max), Math.min(...accuracy.values)]; }"""
    )
    told = figure(page, "loss").get_attribute("aria-label") or ""
    assert float(re.findall(r"best (\S+)", told)[0]) == pytest.approx(extremes[0], rel=1e-4)
    values = [float(text) for text in figure(page, "test_accuracy").locator("li .nbt-number").all_inner_texts()]
    assert values == sorted(values)
    assert values[0] == pytest.approx(extremes[1], rel=1e-4)


def test_hovering_lists_the_runs_by_value_and_moves_the_cursor_of_the_other_panels(panel: Opener) -> None:
    page = panel(runs=4, selected=4)
    plot(page, "loss")
    plot(page, "accuracy").hover(position={"x": 150, "y": 60})
    expect(page.locator(".nbt-hover-head")).to_contain_text("step")
    values = [float(text) for text in page.locator(".nbt-hover td.nbt-number").all_inner_texts()]
    assert len(values) == 4
    assert values == sorted(values, reverse=True)
    cursor = plot(page, "loss").locator(".u-cursor-x")
    expect(cursor).to_be_visible()
    assert box(cursor)["x"] > box(plot(page, "loss"))["x"] + 60


def test_dragging_zooms_all_panels_and_a_double_click_shows_all_again(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    place = box(plot(page, "accuracy"))
    page.mouse.move(place["x"] + 50, place["y"] + 60)
    page.mouse.down()
    page.mouse.move(place["x"] + 120, place["y"] + 70, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Reset zoom")).to_be_enabled()
    plot(page, "loss").hover(position={"x": 5, "y": 50})
    # It follows the new part of the axis without another move, when that is drawn.
    expect(page.locator(".nbt-hover-head")).to_have_text(re.compile(r"^\D*([2-9]\d|\d{3})"))
    plot(page, "loss").dblclick(position={"x": 90, "y": 50})
    expect(page.get_by_role("button", name="Reset zoom")).to_be_disabled()


def test_the_keyboard_moves_the_cursor_and_zooms(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    plot(page, "loss")
    figure(page, "loss").locator("[role=img]").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    first = page.locator(".nbt-hover-head").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator(".nbt-hover-head").inner_text() != first
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="Reset zoom")).to_be_enabled()
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Reset zoom")).to_be_disabled()


def smoothed_at(page: Page) -> str:
    page.mouse.move(2, 2)
    plot(page, "loss").hover(position={"x": 60, "y": 60})
    return page.locator(".nbt-hover td.nbt-number").first.inner_text()


def test_each_way_of_smoothing_shows_another_value_with_the_raw_one_beside(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    page.get_by_label("Smoothing").fill("0.9")
    plot(page, "loss").hover(position={"x": 150, "y": 60})
    row = page.locator(".nbt-hover tr").first.locator(".nbt-number")
    expect(row).to_have_count(2)
    until(lambda: len(set(row.all_inner_texts())) == 2)
    seen: set[str] = set()
    for kind in ("ema", "gaussian", "mean"):
        page.get_by_label("Kind of smoothing").select_option(kind)
        until(lambda: smoothed_at(page) not in seen)  # a line is drawn when its turn comes
        seen.add(smoothed_at(page))


def test_a_metric_with_one_point_a_run_is_bars_sorted_best_first(panel: Opener) -> None:
    page = panel(runs=5, selected=5)
    texts = figure(page, "test_accuracy").locator("li .nbt-number").all_inner_texts()
    values = [float(text) for text in texts]
    assert len(values) == 5
    assert values == sorted(values, reverse=True)
    assert page.evaluate("() => window.nbt.needs.length") == 0


def test_single_points_of_a_server_which_tells_no_counts_are_bars_without_a_word(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    page.evaluate(
        """() => { const { state, addPoints } = window.nbt, frame = state.frame.value;
        const column = frame.columns.get("metrics.test_accuracy");
        frame.ids.forEach((id, row) => addPoints(state, id, "test_accuracy", [[1, 1.7e12, column.values[row]]]));
        column.count.fill(0); state.received.value = { ...frame }; state.seriesRev.value++; }"""
    )
    expect(figure(page, "test_accuracy").locator("li")).to_have_count(3)
    expect(figure(page, "test_accuracy").locator(".nbt-figure-note")).to_have_count(0)


def test_what_is_not_finite_or_off_a_log_axis_is_counted_under_the_panel(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    expect(figure(page, "loss")).to_contain_text("10 NaN (×)")
    page.get_by_role("button", name="log x").click()
    expect(figure(page, "loss")).to_contain_text("3 points at x ≤ 0 not shown on the log axis")
    page.evaluate(
        """() => { const { state, addPoints } = window.nbt; const id = state.frame.value.ids[0];
        const endless = [[400, 1.8e12, Infinity], [401, 1.8e12, -Infinity]];
        addPoints(state, id, "loss", endless, state.book.get(id, "loss").total);
        state.seriesRev.value++; }"""
    )
    expect(figure(page, "loss")).to_contain_text("2 infinite (▲▼)")


def test_points_that_arrive_while_a_run_runs_are_drawn(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    expect(page.locator(".nbt-run-chip .nbt-pulse")).to_have_count(1)
    plot(page, "accuracy")
    page.evaluate(
        """() => { const { state, addPoints } = window.nbt; const id = state.frame.value.ids[2];
        const from = state.book.get(id, "accuracy").total;
        addPoints(state, id, "accuracy", [[5000, 1.8e12, 0.5]], from); state.seriesRev.value++; }"""
    )
    told = page.locator(".nbt-hover-head")

    def at_the_end() -> str:
        page.mouse.move(2, 2)
        plot(page, "accuracy").hover(position={"x": box(plot(page, "accuracy"))["width"] - 2, "y": 50})
        return told.inner_text()

    until(lambda: at_the_end() == "step 5000")


def test_a_history_that_is_not_here_is_asked_for_once_and_else_its_last_values_are_shown(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    page.evaluate(
        "() => { const { state } = window.nbt; state.book.forget(state.frame.value.ids); state.seriesRev.value++; }"
    )
    expect(figure(page, "loss").locator("li")).to_have_count(3)
    expect(figure(page, "loss")).to_contain_text("histories are not saved here: last values")
    asked = page.evaluate("() => window.nbt.needs.filter(({ what }) => what === 'series').flatMap(({ keys }) => keys)")
    assert sorted(asked) == sorted(set(asked))
    assert "loss" in asked


def test_a_run_is_hidden_and_shown_by_its_chip(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    chip = page.get_by_role("group", name="Runs drawn").get_by_role("button", name="forest-0", exact=True)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    expect(figure(page, "loss")).to_have_attribute("aria-label", re.compile("^loss: 2 runs"))
    chip.click()
    expect(figure(page, "loss")).to_have_attribute("aria-label", re.compile("^loss: 3 runs"))
    page.get_by_role("button", name="Open forest-0").click()
    expect(page.get_by_role("article", name="Run forest-0")).to_be_visible()


def test_a_panel_is_made_big_with_a_legend_by_value_and_small_again_by_escape(panel: Opener) -> None:
    page = panel(runs=3, selected=3)
    page.get_by_label("Expand loss").click()
    values = figure(page, "loss").locator(".nbt-legend td.nbt-number")
    expect(values).to_have_count(3)
    told = [float(text) for text in values.all_inner_texts()]
    assert told == sorted(told, reverse=True)
    page.keyboard.press("Escape")
    expect(page.locator(".nbt-legend")).to_have_count(0)
    page.get_by_label("Expand loss").click()
    figure(page, "loss").locator(".nbt-legend").get_by_role("button", name="boosting-1").click()
    expect(page.get_by_role("article", name="Run boosting-1")).to_be_visible()


def test_only_panels_in_sight_hold_a_canvas(panel: Opener) -> None:
    page = panel(runs=3, selected=3, extra=60, height=600)
    plot(page, "accuracy")
    assert page.locator("figure").count() > 60
    assert page.locator("canvas").count() < 20
    page.mouse.move(400, 400)
    page.mouse.wheel(0, 20_000)
    expect(figure(page, "accuracy").locator("canvas")).to_have_count(0)


def test_a_panel_is_saved_as_points_as_a_picture_and_as_svg_with_its_lines_and_names(panel: Opener) -> None:
    page = panel(runs=2, selected=2, points=30)
    plot(page, "loss")
    menu = figure(page, "loss").locator("summary")
    menu.click()
    with page.expect_download() as points:
        figure(page, "loss").get_by_role("button", name="Points (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(points.value.path().read_text())))
    assert len(rows) == 30 + 15
    assert rows[0]["run_name"] == "forest-0"
    assert rows[0]["time"].startswith("2026-03-01T09:00:01")
    menu.click()
    with page.expect_download() as picture:
        figure(page, "loss").get_by_role("button", name="Picture (PNG)").click()
    assert picture.value.suggested_filename == "loss.png"
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    menu.click()
    with page.expect_download() as drawing:
        figure(page, "loss").get_by_role("button", name="Picture (SVG)").click()
    root = ElementTree.fromstring(drawing.value.path().read_text())
    texts = {each.text for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"loss", "forest-0", "boosting-1", "0", "step"} <= texts
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) == 2


def shown_metrics(page: Page) -> list[str]:
    return [each.get_attribute("data-panel") or "" for each in page.locator("section[aria-label=metrics] figure").all()]


def test_another_metric_can_be_the_axis(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    page.get_by_label("Another metric as horizontal axis").select_option("accuracy")
    plot(page, "loss").hover(position={"x": 150, "y": 60})
    expect(page.locator(".nbt-hover-head")).to_contain_text("accuracy 0.")
    for axis, told in (("Time", r"^2026-03-01 \d\d:\d\d:\d\d$"), ("Duration", r"^after [\d.]+ (s|min)$")):
        page.get_by_role("button", name=axis, exact=True).click()
        plot(page, "loss").hover(position={"x": 140, "y": 60})
        expect(page.locator(".nbt-hover-head")).to_have_text(re.compile(told))


def test_an_expression_becomes_a_panel_and_a_wrong_one_is_explained(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    page.get_by_role("button", name="+ Formula").click()
    box_ = page.get_by_label("Expression over metrics")
    box_.fill("loss - los")
    box_.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("There is no metric 'los'.")
    box_.fill("accuracy - loss * 0")
    box_.press("Enter")
    plot(page, "accuracy - loss * 0").hover(position={"x": 150, "y": 60})
    joined = page.locator(".nbt-hover td.nbt-number").first.inner_text()
    plot(page, "accuracy").hover(position={"x": 150, "y": 60})
    assert page.locator(".nbt-hover td.nbt-number").first.inner_text() == joined


def test_grouped_runs_are_one_line_with_a_band(panel: Opener) -> None:
    page = panel(kind="chart", view="charts", runs=10, selected=10)
    page.get_by_role("button", name="Group runs", exact=True).click()
    page.get_by_role("dialog", name="Group runs").get_by_label("model").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Groups drawn").get_by_role("button")).to_have_count(5)
    page.get_by_label("Lines of groups").select_option("minmax")
    plot(page, "accuracy").hover(position={"x": 150, "y": 60})
    rows = page.locator(".nbt-hover tr")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("model =")
    expect(rows.first).to_contain_text("…")
    bars = figure(page, "test_accuracy").locator("li")
    expect(bars).to_have_count(5)
    expect(bars.first).to_contain_text("(2)")
    expect(bars.first.locator(".nbt-bars-band")).to_be_visible()
    page.get_by_label("Lines of groups").select_option("ci")
    expect(figure(page, "accuracy")).to_contain_text("the 95 % interval of two runs goes beyond the axis")
    assert max(float(text) for text in drawn_ticks(page, "accuracy")) <= 1.2  # of values below 1
    figure(page, "test_accuracy").locator("summary").click()
    with page.expect_download() as picture:
        figure(page, "test_accuracy").get_by_role("button", name="Picture (SVG)").click()
    assert picture.value.path().read_text().count("<line ") == 5  # each with its interval
    page.get_by_label("Lines of groups").select_option("none")
    expect(page.get_by_role("group", name="Runs drawn").locator(".nbt-run-chip")).to_have_count(10)
    expect(bars).to_have_count(10)


def drawn_ticks(page: Page, metric: str) -> list[str]:
    """What stands at the height's axis: taken from the panel's picture, for a canvas tells no words."""
    figure(page, metric).locator("summary").click()
    with page.expect_download() as picture:
        figure(page, metric).get_by_role("button", name="Picture (SVG)").click()
    root = ElementTree.fromstring(picture.value.path().read_text())
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return [each.text or "" for each in found if each.get("text-anchor") == "end"]


def test_shift_and_drag_move_the_view(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    plot(page, "loss")
    figure(page, "loss").locator("[role=img]").focus()
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="Reset zoom")).to_be_enabled()
    place = box(plot(page, "loss"))
    middle = place["y"] + 60

    def step_at(x: float) -> int:
        page.mouse.move(place["x"] + x, middle)
        return int(re.findall(r"\d+", page.locator(".nbt-hover-head").inner_text())[0])

    before = step_at(150)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(place["x"] + 100, middle, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    until(lambda: abs(step_at(100) - before) <= 4)
    assert step_at(150) > before + 10
    other = box(plot(page, "accuracy"))
    page.mouse.move(other["x"] + 150, other["y"] + 60)
    told = page.locator(".nbt-hover-head")
    expect(told).to_have_text(re.compile(r"\d"))
    assert int(re.findall(r"\d+", told.inner_text())[0]) > before + 10  # the others have moved along


def test_panels_are_moved_by_keys_and_by_dragging_and_stay_so(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    plot(page, "loss")
    first = shown_metrics(page)
    page.get_by_label(f"Move {first[0]}:").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label(f"Move {first[0]}: 2 of {len(first)}")).to_be_focused()
    assert shown_metrics(page)[:2] == [first[1], first[0]]
    figure(page, first[2]).hover()
    grip = box(page.get_by_label(f"Move {first[2]}:"))
    goal = box(figure(page, first[1]))
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(goal["x"] + 40, goal["y"] + 100, steps=5)
    page.mouse.up()
    assert shown_metrics(page)[:3] == [first[2], first[1], first[0]]
    order = page.evaluate("() => window.nbt.state.view.value.chart.order")
    assert order[:3] == [first[2], first[1], first[0]]


def test_a_panel_is_resized_by_dragging_its_corner_and_by_keys_and_stays_so(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    plot(page, "loss")
    before = box(figure(page, "loss"))
    figure(page, "loss").hover()
    corner = box(page.get_by_label("Resize loss:"))
    page.mouse.move(corner["x"] + 9, corner["y"] + 9)
    page.mouse.down()
    page.mouse.move(corner["x"] + 9 + 0.7 * before["width"], corner["y"] + 109, steps=5)
    wide = box(figure(page, "loss"))  # while the mouse still holds it
    page.mouse.up()
    assert wide["width"] > 1.9 * before["width"]
    assert wide["height"] == before["height"] + 100
    assert box(plot(page, "loss"))["width"] > 1.8 * before["width"]
    handle = page.get_by_label("Resize loss: 2 of 3 columns wide, 326 pixels high")
    handle.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.get_by_label("Resize loss: 3 of 3 columns wide, 306 pixels high")).to_be_focused()
    kept = page.evaluate(
        "() => { const { spans, heights } = window.nbt.state.view.value.chart; return [spans, heights]; }"
    )
    assert kept == [{"loss": 3}, {"loss": 306}]
    page.set_viewport_size({"width": 500, "height": 900})
    expect(page.get_by_label("Resize loss: 1 of 1 columns wide, 306 pixels high")).to_be_attached()
    figure(page, "loss").hover()
    figure(page, "loss").locator("summary").click()
    figure(page, "loss").get_by_role("button", name="S", exact=True).click()
    assert page.evaluate("() => window.nbt.state.view.value.chart.heights") == {}


def test_low_panels_stand_above_each_other_beside_a_high_one(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    first, second, third, fourth = shown_metrics(page)[:4]
    page.evaluate("name => window.nbt.setView(window.nbt.state, { chart: { heights: { [name]: 460 } } })", first)
    expect(page.get_by_label(f"Resize {first}: 1 of 3 columns wide, 460 pixels high")).to_be_attached()
    tall, beside, under = box(figure(page, first)), box(figure(page, second)), box(figure(page, fourth))
    assert under["y"] + under["height"] <= tall["y"] + tall["height"] + 4
    assert under["x"] == beside["x"] > tall["x"]
    assert box(figure(page, third))["y"] == beside["y"]


def test_the_canvas_follows_a_switch_of_the_theme(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    plot(page, "loss")
    words = "#9aa3b0"  # the axes' words in the dark; edges of other things come near it in the light
    rows = partial(page.evaluate, ROWS_OF, [figure(page, "loss").element_handle(), words])
    light = rows()
    page.emulate_media(color_scheme="dark")
    until(lambda: len(rows()) > 2 * len(light))


def test_names_and_values_of_strangers_stay_text(panel: Opener) -> None:
    page = panel(runs=2, selected=2)
    page.evaluate(
        """() => { const { state, addPoints } = window.nbt;
        const names = state.frame.value.columns.get("run_name");
        names.words = names.words.map(() => "<img src=x onerror='window.hit=1'>");
        addPoints(state, state.frame.value.ids[0], "<b>evil", [[0, 1, 1], [1, 2, 2]]);
        state.received.value = { ...state.frame.value }; state.seriesRev.value++; }"""
    )
    expect(page.get_by_text("<b>evil").first).to_be_visible()
    plot(page, "loss").hover(position={"x": 100, "y": 60})
    expect(page.locator(".nbt-hover")).to_contain_text("<img src=x")
    assert page.evaluate("() => window.hit") is None
    assert page.locator("img").count() == 0

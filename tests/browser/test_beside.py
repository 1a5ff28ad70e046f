"""Files, code and packages of runs side by side, with the kernel's own answers: what a person sees, and what no
stranger's file can reach."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import nbtrack
from nbtrack.dashboard.widget import Dashboard

from . import compared_store, kernel_page

pytestmark = pytest.mark.browser
Shown = Callable[..., Page]
PLOTLY = 60_000  # ms; its five megabytes of code are read anew for every frame


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    before, here = nbtrack.get_tracking_uri(), Path.cwd()
    folder = tmp_path_factory.mktemp("compared")
    os.chdir(folder)
    made = compared_store.make(folder, 4)
    compared_store.family(made[0], made[2:])
    yield made
    os.chdir(here)
    nbtrack.set_tracking_uri(before)


@pytest.fixture
def shown(browser: Browser) -> Iterator[Shown]:
    opened: list[tuple[Dashboard, Page]] = []

    def show(dash: Dashboard, width: int = 1200) -> Page:
        opened.append((dash, kernel_page.show(browser, dash, width=width)))
        return opened[-1][1]

    yield show
    for dash, page in opened:
        page.context.close()
        dash.close()
        assert not page.problems  # type: ignore[attr-defined]
        assert not page.tried, "something was asked of the network"  # type: ignore[attr-defined]


def row(page: Page, name: str) -> Locator:
    return page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True))


def fold(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_the_repository_is_compared_by_the_commits_of_the_runs(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(runs[1], runs[0]))
    fold(page, "Code")
    expect(page.get_by_text("3 files differ from")).to_be_visible()
    expect(page.locator(".nbt-changed", has_text="augment.py").get_by_text("added", exact=True).first).to_be_visible()
    changed = page.locator(".nbt-changed", has_text="model.py")
    expect(changed.locator(".nbt-diff-in").first).to_contain_text("depth = 3")
    expect(changed.locator(".nbt-diff-out").first).to_contain_text("depth = 2")


def test_packages_that_differ_stand_first_and_a_value_at_a_step_is_of_the_last_step_before(
    shown: Shown, runs: list[str]
) -> None:
    page = shown(nbtrack.compare(*runs[:2]))
    fold(page, "Packages")
    expect(row(page, "numpy").locator("td")).to_have_text(["2.0.0", "2.1.0"])
    expect(row(page, "torch")).to_have_count(0)
    page.get_by_role("button", name="2 equal ones").click()
    expect(row(page, "torch").locator("td")).to_have_text(["2.9", "2.9"])
    page.get_by_role("button", name="at step").click()
    page.get_by_label("Step").fill("21")
    cells = row(page, "lr").locator("td")
    expect(cells.nth(0)).to_have_text("0.174")
    expect(cells.nth(1)).to_have_text("0.06of step 20")


def test_a_direction_set_by_hand_turns_better_into_worse(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:2], compare={"baseline": runs[0]}))
    expect(row(page, "val/accuracy").locator(".nbt-better")).to_be_visible()
    page.evaluate("() => nbt.setView(nbt.state, { directions: { 'val/accuracy': 'min' } })")
    expect(row(page, "val/accuracy").locator(".nbt-worse")).to_be_visible()


def test_pictures_of_the_runs_are_drawn_at_one_scale(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:2], compare={"file": "plots/weights.png"}))
    pictures = page.locator(".nbt-column img")
    expect(pictures).to_have_count(2)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.nbt-column img')].every((each) => each.clientWidth > 0)"
    )
    large, small = (each.bounding_box() for each in pictures.all())
    assert large
    assert small
    assert small["width"] / large["width"] == pytest.approx(144 / 240, abs=0.02)


def test_of_a_parquet_file_the_kernel_reads_the_first_rows(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:2], compare={"file": "scores.parquet"}))
    second = page.locator(".nbt-column").nth(1)
    expect(second.get_by_text("The first 500 of 700 rows, 3 columns")).to_be_visible()
    expect(second.locator("tbody tr").first.locator("td")).to_have_text(["0", "<b>seven</b>", "1.5"])
    expect(second.locator("td.nbt-apart")).to_have_text(["1.5"])


def test_tables_mark_the_cells_that_are_not_as_in_the_first(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:2], compare={"file": "predictions.csv"}))
    second = page.locator(".nbt-column").nth(1)
    expect(second.get_by_text("30 rows, 3 columns")).to_be_visible()
    assert set(second.locator("td.nbt-apart").all_inner_texts()) >= {"0.80", "1.60"}
    expect(page.locator(".nbt-column").nth(0).locator("td.nbt-apart")).to_have_count(0)


def test_texts_can_be_cut_down_to_what_differs(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:2], compare={"file": "summary.json"}))
    page.get_by_label("Only what differs from the first").check()
    expect(page.locator(".nbt-column").nth(1).locator(".nbt-diff-in").first).to_contain_text('"epoch": 21')


def test_figures_are_drawn_by_plotly_without_a_network_on_the_same_axes(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:3], compare={"file": "plots/roc.plotly.json"}))
    frame = page.frame_locator(".nbt-plotly-frame")
    page.locator(".nbt-plotly-frame").scroll_into_view_if_needed()
    expect(frame.locator(".main-svg").first).to_be_visible(timeout=PLOTLY)
    expect(frame.locator(".plot.js-plotly-plot")).to_have_count(3)
    inside = page.frames[-1]
    ranges = (
        "() => [...document.querySelectorAll('.js-plotly-plot')].map((each) => String(each._fullLayout.yaxis.range))"
    )
    inside.wait_for_function(f"() => new Set(({ranges})()).size === 1")
    page.get_by_label("The same axes").uncheck()
    inside.wait_for_function(f"() => new Set(({ranges})()).size > 1")
    # A name in the figure is a text, and the frame has nothing of ours.
    assert inside.evaluate("() => { try { return parent.document.title } catch { return 'nothing' } }") == "nothing"


def test_a_strangers_page_with_scripts_reaches_neither_us_nor_a_network(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:2], compare={"file": "report.html"}))
    inner = page.frame_locator(".nbt-sandbox").first.frame_locator("iframe")
    expect(inner.get_by_role("heading", name="Run 0")).to_be_visible()
    expect(inner.get_by_text("scripts ran")).to_have_count(0)
    page.get_by_role("button", name="Run scripts").first.click()
    expect(inner.get_by_text("scripts ran")).to_be_visible()
    inner.get_by_role("button", name="leave").click()
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.stolen") is None
    assert all(not frame.url.startswith("https://evil") for frame in page.frames)


def test_a_page_of_plotly_is_drawn_from_its_data_by_the_kernels_plotly(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.compare(*runs[:2], compare={"file": "figure.html"}))
    # Drawn from its data, without a script of its own.
    expect(page.get_by_role("button", name="Run scripts")).to_have_count(0)
    frame = page.frame_locator(".nbt-plotly-frame")
    page.locator(".nbt-plotly-frame").scroll_into_view_if_needed()
    expect(frame.locator(".main-svg").first).to_be_visible(timeout=PLOTLY)
    expect(frame.get_by_text("This run has no such file.")).to_be_visible()


def test_a_failed_run_shows_its_error_and_traceback_before_all_else(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.show(runs[3]))
    expect(page.locator(".nbt-failure-line")).to_contain_text("loss is nan after 312 steps <img src=x")
    expect(page.get_by_label("Traceback")).to_contain_text("line 31, in fit")
    error, params = (page.get_by_role("region", name=name).bounding_box() for name in ("Error", "Params"))
    assert error
    assert params
    assert error["y"] < params["y"]


def test_a_run_left_open_is_called_abandoned_wherever_it_is_seen(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.show(runs[1]))
    page.get_by_text("System tags (").click()
    expect(row(page, "nbtrack.heartbeat").locator("td")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"))
    expect(page.locator(".nbt-run-state")).to_have_text("Abandoned")
    expect(page.get_by_text("The kernel that wrote this run stopped")).to_be_visible()
    expect(page.locator(".nbt-facts")).to_contain_text("12 min 34 s")
    page = shown(nbtrack.dashboard())
    expect(page.get_by_role("row", name="brisk-lark-1").get_by_text("Abandoned")).to_be_visible()


def test_a_shown_run_leads_to_its_parent_and_to_what_it_had_not_committed(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.show(runs[3]))
    fold(page, "Changes since the commit")
    expect(page.get_by_text("the work tree before the run")).to_be_visible()
    page.locator(".nbt-family").get_by_role("button", name="amber-lark-0").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("amber-lark-0")
    expect(page.locator(".nbt-family")).to_contain_text("2 children")


def test_a_run_page_tells_its_data_sets_what_was_printed_and_its_models(shown: Shown, runs: list[str]) -> None:
    page = shown(nbtrack.show(runs[0]))
    fold(page, "Datasets")
    digits = row(page, "digits").locator("td")
    expect(digits.first).to_have_text("training")
    expect(digits.nth(1)).to_have_text(re.compile(r"^[0-9a-f]{8}$"))
    expect(digits.nth(2)).to_contain_text('"num_rows": 64')
    fold(page, "Log")
    expect(page.get_by_role("region", name="Log").locator(".nbt-text")).to_contain_text("epoch   0 loss 1.0000")
    fold(page, "Models")
    first, second = (page.get_by_role("region", name=f"Model checkpoint-{step}") for step in (10, 20))
    expect(first).to_contain_text("ready · step 10")
    expect(first.get_by_role("row", name="accuracy").locator("td")).to_have_text(["0.81", "10", "digits"])
    expect(second.get_by_role("row", name="accuracy").locator("td").first).to_have_text("NaN")
    expect(first.get_by_role("row", name="note")).to_contain_text("<img src=x")
    second.get_by_role("treeitem", name="data/").click()
    expect(second.get_by_role("treeitem", name="model.pth")).to_be_visible()
    second.get_by_role("treeitem", name="MLmodel").click()
    expect(second.locator(".nbt-text")).to_contain_text("model_data: data")


def test_a_file_of_a_run_is_saved_whole_and_a_click_on_a_name_opens_a_run_from_the_comparison(
    shown: Shown, runs: list[str]
) -> None:
    page = shown(nbtrack.compare(*runs[:2]))
    page.get_by_role("columnheader").get_by_role("button", name="amber-lark-0").click()
    expect(page.get_by_role("article", name="Run amber-lark-0")).to_be_visible()
    fold(page, "Files")
    page.get_by_role("treeitem", name="predictions.csv").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="save", exact=True).click()
    assert Path(saved.value.path()).read_text().startswith("id,label,score\n0,a,0.00\n")
    assert saved.value.suggested_filename == "predictions.csv"
    page.get_by_role("button", name="Back to the comparison").click()
    expect(page.get_by_label("Only differences")).to_be_visible()

"""A dashboard in the real JupyterLab follows its store, while the kernel is free and while it is busy."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .jupyter import ROOT, Notebook

pytestmark = pytest.mark.browser
Open = Callable[..., Notebook]

STORE = """
import nbtrack, os, time
for i in range(3):
    with nbtrack.start_run(run_name=f"run{i}"):
        nbtrack.log_param("lr", 0.1 * i)
        for step in range(20):
            nbtrack.log_metric("loss", 1 / (step + 1) + i, step=step)
"""
SHOW = "dash = nbtrack.dashboard()\ndash"
TRAIN = """
with nbtrack.start_run(run_name="training"):
    until = time.time() + {seconds}
    step = 0
    while time.time() < until:
        nbtrack.log_metric("loss", 1 / (step + 1), step=step)
        step += 1
        time.sleep(0.05)
"""


def row(notebook: Notebook, name: str):  # type: ignore[no-untyped-def]
    page = notebook.page
    return page.locator(".nbt-lines [role=row]").filter(has=page.get_by_text(name, exact=True))


def until(notebook: Notebook, expression: str, answer: str, seconds: float = 10) -> None:
    """Wait until a Python expression has this repr."""
    end = time.monotonic() + seconds
    while (now := notebook.ask(expression)) != answer:
        assert time.monotonic() < end, f"{expression} is {now}, not {answer}"
        time.sleep(0.05)


def points_drawn(notebook: Notebook, name: str, key: str = "loss") -> int:
    """How many points of a run's metric the page holds."""
    return int(
        notebook.page.evaluate(
            """([name, key]) => {
              const { state } = [...globalThis[Symbol.for('nbtrack.page')].views.values()].flatMap((s) => [...s])[0];
              const names = state.frame.peek().columns.get('run_name');
              const row = [...names.codes].findIndex((code) => names.words[code] === name);
              return row < 0 ? 0 : (state.book.get(state.frame.peek().ids[row], key)?.length ?? 0);
            }""",
            [name, key],
        )
    )


def test_what_is_selected_in_the_page_is_read_in_python(notebook: Open) -> None:
    book = notebook(STORE, SHOW)
    book.run(0)
    book.run(1)
    expect(row(book, "run1")).to_be_visible()
    row(book, "run1").locator(".nbt-box").click()
    until(book, "list(dash.selected_runs.get('tags.mlflow.runName', []))", "['run1']")
    until(book, "len(dash.selected)", "1")


def test_a_filter_typed_in_the_page_and_one_set_in_python_are_the_same(notebook: Open) -> None:
    book = notebook(STORE, SHOW, "dash.view = {'filter': 'params.lr = \"0.0\"'}")
    book.run(0)
    book.run(1)
    box = book.page.locator(".nbt-root").get_by_role("combobox", name="Filter runs").first
    box.fill("metrics.loss > 1")
    expect(row(book, "run0")).to_have_count(0)
    until(book, "dash.runs['tags.mlflow.runName'].tolist()", "['run2', 'run1']")
    book.run(2)
    expect(row(book, "run0")).to_be_visible()
    expect(row(book, "run2")).to_have_count(0)


def test_the_page_sorts_filters_selects_and_sees_points_grow_while_a_cell_trains(notebook: Open) -> None:
    book = notebook(STORE, SHOW, TRAIN.format(seconds=10))
    book.run(0)
    book.run(1)
    expect(row(book, "run1")).to_be_visible()
    book.start(2)
    expect(row(book, "training")).to_be_visible(timeout=3000)
    before = points_drawn(book, "training")
    row(book, "training").locator(".nbt-box").click()
    expect(row(book, "training")).to_have_attribute("aria-selected", "true")
    book.page.get_by_role("columnheader", name="loss").first.click()
    book.page.get_by_role("columnheader", name="loss").first.click()
    expect(book.page.locator('.nbt-lines [data-line="0"]')).to_contain_text("run2")  # the greatest loss
    box = book.page.locator(".nbt-root").get_by_role("combobox", name="Filter runs").first
    box.fill("metrics.loss < 1.5")
    expect(row(book, "run2")).to_have_count(0)
    box.fill("")
    expect(row(book, "run2")).to_be_visible()
    time.sleep(2)
    middle = points_drawn(book, "training")
    assert middle >= before + 20
    time.sleep(1)
    assert points_drawn(book, "training") > middle
    book.finish()
    end = time.monotonic() + 3  # the last points may follow the cell's end by a moment
    while points_drawn(book, "training") != int(book.ask("step")) and time.monotonic() < end:
        time.sleep(0.1)
    assert points_drawn(book, "training") == int(book.ask("step"))
    until(book, "len(dash.selected)", "1")


def test_a_run_of_another_process_appears_within_two_seconds(notebook: Open) -> None:
    book = notebook(STORE, SHOW, TRAIN.format(seconds=8))
    book.run(0)
    book.run(1)
    expect(row(book, "run1")).to_be_visible()
    book.start(2)
    code = "import nbtrack\nwith nbtrack.start_run(run_name='elsewhere'): nbtrack.log_metric('loss', 7)"
    subprocess.run([sys.executable, "-c", code], cwd=book.path.parent, env={"PYTHONPATH": str(ROOT)}, check=True)
    began = time.monotonic()
    expect(row(book, "elsewhere")).to_be_visible(timeout=4000)
    assert time.monotonic() - began < 4
    book.finish()


BOXES = """
import ipywidgets as w
dash, curves = nbtrack.dashboard(), nbtrack.chart()
tabs = w.Tab([w.HTML("first"), w.VBox([dash]), w.HBox([w.HTML("beside"), curves])], titles=["a", "b", "c"])
tabs
"""


def test_a_dashboard_lives_in_boxes_and_in_tabs_that_were_hidden_when_it_was_made(notebook: Open) -> None:
    book = notebook(STORE, BOXES)
    book.run(0)
    book.run(1)
    page = book.page
    page.get_by_role("tab", name="b", exact=True).click()
    expect(row(book, "run2")).to_be_visible()
    row(book, "run2").locator(".nbt-box").click()
    until(book, "list(dash.selected_runs.get('tags.mlflow.runName', []))", "['run2']")
    whole = page.locator(".nbt-root").filter(has=page.locator(".nbt-grid"))
    expect(whole.locator(".nbt-lower canvas").first).to_be_visible()
    fills(whole.locator(".nbt-lower figure").first)
    there = page.locator(".widget-tab-contents, .jupyter-widget-TabPanel-tabContents").first.bounding_box()
    assert there is not None
    assert whole.bounding_box()["width"] > 0.9 * there["width"]  # type: ignore[index]
    page.get_by_role("tab", name="c", exact=True).click()
    alone = page.locator(".nbt-alone-chart")
    expect(alone.locator("canvas").first).to_be_visible()
    fills(alone.locator("figure").first)
    page.get_by_role("tab", name="b", exact=True).click()
    expect(row(book, "run1")).to_be_visible()
    fills(whole.locator(".nbt-lower figure").first)
    assert book.problems == []


def fills(figure: Locator) -> None:
    """The chart was drawn for the place that it has now."""
    drawn = figure.locator("canvas").first
    expect(drawn).to_be_visible()
    place, canvas = figure.bounding_box(), drawn.bounding_box()
    assert place is not None
    assert canvas is not None
    assert place["width"] > 250
    assert 0.85 * place["width"] < canvas["width"] <= place["width"]


def test_a_dashboard_is_live_in_notebook_7(notebook: Open) -> None:
    book = notebook(STORE, SHOW, TRAIN.format(seconds=2), app="notebooks")
    book.run(0)
    book.run(1)
    expect(row(book, "run1")).to_be_visible()
    book.run(2)
    expect(row(book, "training")).to_be_visible()


TRAIN_ON = TRAIN.replace("time.time() < until", "not os.path.exists('stop')").replace("{seconds}", "0")
EDIT = """async () => {
  const { state } = [...globalThis[Symbol.for('nbtrack.page')].views.values()].flatMap((s) => [...s])[0];
  const began = performance.now();
  const edit = { what: 'set_tag', runs: [state.frame.peek().ids[0]], key: 'seen', value: 'yes' };
  window.edited = state.outlet.edit(edit).then(() => performance.now() - began);
}"""


def test_a_change_is_made_while_a_cell_trains(notebook: Open) -> None:
    book = notebook(STORE, SHOW, TRAIN.format(seconds=4))
    book.run(0)
    book.run(1)
    expect(row(book, "run1")).to_be_visible()
    book.start(2)
    expect(row(book, "training")).to_be_visible(timeout=3000)
    book.page.evaluate(EDIT)
    assert book.page.evaluate("window.edited") < 1000  # the page too has its work; the kernel's part is measured apart
    book.finish()
    until(book, "'tags.seen' in dash.runs", "True")


def test_on_an_ipykernel_without_subshells_a_change_waits_and_is_shown_as_pending_while_all_else_goes_on(
    notebook: Open,
) -> None:
    book = notebook(STORE, SHOW, TRAIN_ON, ipykernel="6.31.0")
    book.run(0)
    book.run(1)
    page = book.page
    expect(row(book, "run1")).to_be_visible()
    book.start(2)
    expect(row(book, "training")).to_be_visible(timeout=5000)
    page.evaluate(EDIT)
    expect(page.locator(".nbt-life")).to_have_text(re.compile(r"live · \d waiting"))
    before = points_drawn(book, "training")
    page.get_by_role("combobox", name="Filter runs").fill("metrics.loss < 2")
    expect(row(book, "run2")).to_have_count(0)
    page.get_by_role("columnheader", name=re.compile("loss")).click()
    for name in ("run1", "training"):
        row(book, name).locator(".nbt-box").click()
    page.get_by_role("tab", name=re.compile("Compare")).click()
    expect(page.locator(".nbt-lower")).to_contain_text("lr")
    assert points_drawn(book, "training") > before
    expect(page.locator(".nbt-life")).to_have_text(re.compile(r"live · \d waiting"))
    book.path.with_name("stop").touch()
    book.finish()
    page.evaluate("window.edited")
    expect(page.locator(".nbt-life")).to_have_text("live")
    page.get_by_role("combobox", name="Filter runs").fill("")
    until(book, "'tags.seen' in dash.runs", "True")


def test_a_cell_run_again_closes_the_dashboard_that_it_had_shown_and_an_old_one_lives_again_when_shown(
    notebook: Open,
) -> None:
    listening = "sum(len(hub.listeners) for hub in __import__('nbtrack.dashboard.live', fromlist=['hubs']).hubs())"
    book = notebook(STORE, SHOW, "kept = dash", "kept")
    book.run(0)
    book.run(1)
    book.run(2)
    for _ in range(3):
        book.run(1)
    assert book.ask(listening) == "1"
    expect(row(book, "run1")).to_be_visible()
    book.run(3)
    again = book.page.locator(".nbt-root").nth(1)
    expect(again.locator(".nbt-life")).to_have_text("live")
    again.get_by_role("combobox", name="Filter runs").fill("metrics.loss > 1")
    until(book, "kept.runs['tags.mlflow.runName'].tolist()", "['run2', 'run1']")
    assert book.ask(listening) == "2"

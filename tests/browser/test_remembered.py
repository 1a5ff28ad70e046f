"""A dashboard comes back as it was: when its cell runs again, and in the notebook that was saved."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.waiting import until

from .jupyter import Notebook

pytestmark = pytest.mark.browser
Open = Callable[..., Notebook]

STORE = """
import nbtrack, time
for i in range(3):
    with nbtrack.start_run(run_name=f"run{i}"):
        nbtrack.log_param("lr", 0.1 * i)
        for step in range(5):
            nbtrack.log_metric("loss", 1 / (step + 1) + i, step=step)
"""
SHOW = "import nbtrack\ndash = nbtrack.dashboard()\ndash"
BADGE = ".nbt-life"
FILTER = "metrics.loss > 1"
IN_NOTEBOOK = '\\"filter\\":\\"metrics.loss \\\\u003e 1\\"'  # in the JSON of a notebook


def filter_box(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("combobox", name="Filter runs")


def row(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.locator(".nbt-lines [role=row]").filter(has=page.get_by_text(name, exact=True))


def opened(notebook: Open, *cells: str, show: str = SHOW) -> Notebook:
    book = notebook(STORE, show, *cells)
    book.run(0)
    book.run(1)
    expect(book.page.locator(BADGE)).to_have_text("live")
    return book


def change_the_view(book: Notebook) -> None:
    """Filter, select a run and open another tab."""
    filter_box(book.page).fill(FILTER)
    expect(row(book.page, "run0")).to_have_count(0)
    row(book.page, "run1").locator(".nbt-box").click()
    book.page.get_by_role("tab", name=re.compile("Compare")).click()
    until(lambda: book.ask("dash.view['filter'], dash.view['tab']") == f"({FILTER!r}, 'compare')")


def shows_the_changed_view(page: Page) -> None:
    expect(filter_box(page)).to_have_value(FILTER)
    expect(row(page, "run1")).to_be_visible()
    expect(row(page, "run0")).to_have_count(0)
    expect(page.get_by_role("tab", name=re.compile("Compare"))).to_have_attribute("aria-selected", "true")


def test_a_cell_that_runs_again_shows_what_was_on_the_screen(notebook: Open) -> None:
    book = opened(notebook)
    change_the_view(book)
    time.sleep(2.5)  # a change is written at most every two seconds
    book.run(1)
    expect(book.page.locator(BADGE)).to_have_text("live")
    shows_the_changed_view(book.page)
    assert book.ask("len(dash.selected)") == "1"


def test_after_a_restart_too_and_not_with_other_arguments(notebook: Open) -> None:
    book = opened(notebook, "dash = nbtrack.dashboard(height=500)\ndash")
    change_the_view(book)
    time.sleep(2.5)
    book.restart()
    book.run(1)
    expect(book.page.locator(BADGE)).to_have_text("live")
    shows_the_changed_view(book.page)
    book.page.evaluate(
        "panel.content.widgets[1].model.sharedModel.setSource('dash = nbtrack.dashboard(height=444)\\ndash')"
    )
    book.run(1)
    expect(filter_box(book.page)).to_have_value("")
    assert book.ask("dash.view['height'], dash.selected") == "(444, [])"


def test_what_the_arguments_say_wins(notebook: Open) -> None:
    show = "import nbtrack\ndash = nbtrack.dashboard(filter='metrics.loss > 0')\ndash"
    book = opened(notebook, show=show)
    change_the_view(book)
    time.sleep(2.5)
    book.run(1)
    expect(filter_box(book.page)).to_have_value("metrics.loss > 0")
    expect(book.page.get_by_role("tab", name=re.compile("Compare"))).to_have_attribute("aria-selected", "true")


def test_reset_view_shows_what_the_arguments_say_and_forgets(notebook: Open) -> None:
    book = opened(notebook)
    change_the_view(book)
    until(lambda: book.ask("dash._view_writer._place.recall() is not None") == "True")
    book.ask("dash.reset_view()")
    expect(filter_box(book.page)).to_have_value("")
    expect(row(book.page, "run0")).to_be_visible()
    assert book.ask("dash._view_writer._place.recall()") == "None"


def test_a_saved_notebook_shows_what_was_on_the_screen_without_a_cell_having_run(
    notebook: Open, offline_page: tuple[Page, list[str]]
) -> None:
    book = opened(notebook)
    change_the_view(book)
    until(lambda: IN_NOTEBOOK in book.page.evaluate("JSON.stringify(panel.model.toJSON())"))
    book.save()
    document = json.loads(book.path.read_text())
    outputs = document["cells"][1]["outputs"]
    sizes = [len("".join(output["data"]["text/html"])) for output in outputs]
    assert min(sizes) < 6_000, sizes  # the view alone, not the data
    page, _ = offline_page
    target = book.path.with_suffix(".html")
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", str(book.path), "--output", str(target)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    page.goto(target.as_uri())
    expect(page.locator(BADGE)).to_contain_text("saved")
    expect(filter_box(page)).to_have_value(FILTER)
    book.shut_kernel_down()
    book.load()
    expect(book.page.locator(BADGE)).to_have_text("saved")
    expect(filter_box(book.page)).to_have_value(FILTER)
    filter_box(book.page).fill("metrics.loss > 2")
    expect(book.page.locator(BADGE)).to_contain_text("changes not saved")
    assert book.problems == []


def test_a_rename_in_the_page_is_in_the_saved_notebook(notebook: Open) -> None:
    book = opened(notebook)
    row(book.page, "run1").locator(".nbt-box").click()
    row(book.page, "run1").focus()
    book.page.keyboard.press("F2")
    book.page.keyboard.type("renamed")
    book.page.keyboard.press("Enter")
    expect(row(book.page, "renamed")).to_be_visible()
    book.page.wait_for_function("JSON.stringify(panel.model.toJSON()).includes('renamed</td>')", timeout=15_000)


def test_while_a_cell_runs_the_view_is_kept_and_a_reloaded_page_shows_it(notebook: Open) -> None:
    book = opened(notebook, "import os\nwhile not os.path.exists('enough'):\n    time.sleep(0.05)")
    book.start(2)
    filter_box(book.page).fill("metrics.loss > 0")
    time.sleep(0.5)
    filter_box(book.page).fill(FILTER)
    book.page.get_by_role("tab", name=re.compile("Compare")).click()
    time.sleep(4)
    document = book.page.evaluate("JSON.stringify(panel.model.toJSON())")
    assert IN_NOTEBOOK in document
    (book.path.parent / "enough").touch()
    book.finish()


def test_a_kernel_that_was_shut_down_is_said_within_two_seconds_and_a_busy_one_is_live(notebook: Open) -> None:
    busy = "import ctypes\nctypes.PyDLL(None).usleep(6_000_000)"  # holds the interpreter's lock, as C code does
    book = opened(notebook, busy)
    book.start(2)
    for _ in range(12):
        time.sleep(0.4)
        expect(book.page.locator(BADGE)).to_contain_text("live", timeout=100)
    book.finish()
    book.page.evaluate("jupyterapp.commands.execute('notebook:shutdown-kernel')")
    expect(book.page.locator(BADGE)).to_have_text("disconnected", timeout=2_500)


def test_a_notebook_run_by_a_program_remembers_nothing(notebook: Open, browser: Browser, tmp_path: Path) -> None:
    book = opened(notebook)
    change_the_view(book)
    time.sleep(2.5)
    book.save()
    made = tmp_path / "run.ipynb"
    run = (
        "import nbclient, nbformat, sys\n"
        "book = nbformat.read(sys.argv[1], 4)\n"
        "nbclient.NotebookClient(book).execute()\n"
        "nbformat.write(book, sys.argv[2])"
    )
    done = subprocess.run(
        [sys.executable, "-c", run, str(book.path), str(made)],
        env={**book.server.environment, "JPY_SESSION_NAME": book.path.relative_to(book.server.folder).as_posix()},
        cwd=book.path.parent, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert IN_NOTEBOOK in book.path.read_text()
    assert '\\"filter\\":\\"\\"' in made.read_text()
    assert IN_NOTEBOOK not in made.read_text()

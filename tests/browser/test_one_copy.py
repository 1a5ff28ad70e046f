"""A notebook keeps the front end's code once, whatever happens to the output that holds it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .jupyter import Notebook
from .test_live import SHOW, STORE, until

pytestmark = pytest.mark.browser
Open = Callable[..., Notebook]
CHART = "curves = nbtrack.chart()\ncurves"
HOLDER = re.compile(r'<script type=\\?"text/plain\\?" class=\\?"nbt-front')


def pages(book: Notebook) -> list[str]:
    """The HTML of the saved outputs that hold a dashboard; beside each stands a small one with its view."""
    found = ["".join(output["data"].get("text/html", "")) for output in book.outputs() if "data" in output]
    return [page for page in found if "data-nbtrack" in page]


def copies(book: Notebook) -> list[bool]:
    """Which saved outputs hold the code."""
    return [HOLDER.search(page) is not None for page in pages(book)]


def dashboards(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".nbt-root")


def reopened(book: Notebook, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """The saved notebook with other cells, trusted, and shown again without a kernel."""
    document = json.loads(book.path.read_text())
    document["cells"] = change(document["cells"])
    book.path.write_text(json.dumps(document))
    subprocess.run([sys.executable, "-m", "jupyter", "trust", str(book.path)], check=True, env=book.server.environment)
    book.shut_kernel_down()
    book.load()


def test_two_dashboards_share_one_copy_across_restarts_that_moves_when_its_cell_runs_again_or_is_deleted(
    notebook: Open,
) -> None:
    book = notebook(STORE, SHOW, CHART)
    for index in range(3):
        book.run(index)
    expect(dashboards(book.page)).to_have_count(2)
    expect(book.page.locator("canvas").first).to_be_visible()
    book.save()
    assert copies(book) == [True, False]
    assert len(pages(book)[1]) < 20_000
    assert book.path.stat().st_size < 400_000
    size = book.path.stat().st_size
    for index in (1, 2, 1):
        book.run(index)
    book.save()
    assert copies(book) == [True, False]
    assert abs(book.path.stat().st_size - size) < 400
    # A kernel that was restarted finds the copy of the one before, whichever cell runs first.
    book.restart()
    for index in (0, 2):
        book.run(index)
    expect(dashboards(book.page)).to_have_count(2)
    book.save()
    assert copies(book) == [True, False]
    book.run(1)
    expect(book.page.locator(".nbt-life")).to_have_text("live")
    book.save()
    assert copies(book) == [True, False]
    # The cell that held it shows something else now: at its end the other one takes the code.
    book.page.evaluate("panel.content.widgets[1].model.sharedModel.setSource('kept = dash\\n1')")
    book.run(1)
    until(book, "len(dash._displays)", "0")
    book.page.wait_for_function("/class=..?nbt-front/.test(JSON.stringify(panel.model.toJSON()))")
    book.page.evaluate("panel.content.widgets[1].model.sharedModel.setSource('dash = nbtrack.dashboard()\\ndash')")
    book.run(1)
    book.save()
    assert copies(book) == [False, True]
    # The cell that holds it is deleted, which no kernel hears of.
    book.page.evaluate("panel.content.activeCellIndex = 2; jupyterapp.commands.execute('notebook:delete-cell')")
    expect(dashboards(book.page)).to_have_count(1)
    # Asked for too soon after it moved last, it is asked for again some seconds later.
    book.page.wait_for_function("/class=..?nbt-front/.test(JSON.stringify(panel.model.toJSON()))", timeout=60_000)
    expect(book.page.locator(".nbt-life")).to_have_text("live")
    book.save()
    assert copies(book) == [True]
    assert book.problems == []


def test_a_reopened_notebook_finds_the_copy_before_or_after_and_without_it_shows_the_plain_table_and_says_why(
    notebook: Open, offline_page: tuple[Page, list[str]], tmp_path: Path
) -> None:
    book = notebook(STORE, SHOW, CHART)
    for index in range(3):
        book.run(index)
    expect(dashboards(book.page)).to_have_count(2)
    book.save()
    reopened(book, lambda cells: [cells[2], cells[0], cells[1]])
    expect(dashboards(book.page)).to_have_count(2)
    for life in book.page.locator(".nbt-life").all():
        expect(life).to_have_text("saved")
    expect(book.page.locator(".nbt-fallback:visible")).to_have_count(0)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(book.path), "--output-dir", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    page, _ = offline_page
    page.goto((tmp_path / "book.html").as_uri(), wait_until="domcontentloaded")
    expect(dashboards(page)).to_have_count(2)
    expect(page.locator(".nbt-fallback:visible")).to_have_count(0)
    reopened(book, lambda cells: cells[:2])  # the holder has gone
    expect(book.page.get_by_text("or run this cell again to have it here")).to_be_visible()
    expect(book.page.locator(".jp-OutputArea-output table")).to_contain_text("run2")
    assert book.problems == []

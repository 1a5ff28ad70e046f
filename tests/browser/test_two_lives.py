"""One output, two lives: live with its model, and a working snapshot in a reopened, reloaded or exported notebook."""

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

import nbtrack
from tests.waiting import until

from . import kernel_page
from .jupyter import ROOT, Notebook
from .traffic import NBCONVERTS_OWN

pytestmark = pytest.mark.browser
Open = Callable[..., Notebook]

STORE = """
import nbtrack, time
for i in range(3):
    with nbtrack.start_run(run_name=f"run{i}"):
        nbtrack.log_param("lr", 0.1 * i)
        for step in range(20):
            nbtrack.log_metric("loss", 1 / (step + 1) + i, step=step)
"""
SHOW = "dash = nbtrack.dashboard()\ndash"
BADGE = ".nbt-life"


def row(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.locator(".nbt-lines [role=row]").filter(has=page.get_by_text(name, exact=True))


def works_without_a_kernel(page: Page) -> None:
    """The table filters, sorts and selects, the charts draw, and the comparison compares."""
    expect(page.locator(BADGE)).to_have_text("saved")
    expect(page.locator(".nbt-fallback")).to_be_hidden()
    expect(page.locator(".nbt-lines [role=row]")).to_have_count(3)
    page.get_by_role("columnheader", name=re.compile("loss")).click()
    expect(page.locator('.nbt-lines [data-line="0"]')).to_contain_text("run0")
    page.get_by_role("combobox", name="Filter runs").fill("metrics.loss > 1")
    expect(row(page, "run0")).to_have_count(0)
    for name in ("run1", "run2"):
        row(page, name).locator(".nbt-box").click()
    expect(page.locator(".nbt-lower canvas").first).to_be_visible()
    page.get_by_role("tab", name=re.compile("Compare")).click()
    expect(page.locator(".nbt-lower")).to_contain_text("lr")


def test_a_notebook_reopened_without_its_kernel_works_on_what_was_saved(notebook: Open) -> None:
    book = notebook(STORE, SHOW)
    book.run(0)
    book.run(1)
    expect(row(book.page, "run1")).to_be_visible()
    book.save()
    document = json.loads(book.path.read_text())
    assert "widgets" not in document["metadata"]
    assert book.path.stat().st_size < 2_000_000
    book.shut_kernel_down()
    book.load()
    works_without_a_kernel(book.page)
    assert book.problems == []


def test_what_is_saved_is_what_the_last_cell_left(notebook: Open) -> None:
    book = notebook(STORE, SHOW, "with nbtrack.start_run(run_name='later'): nbtrack.log_metric('loss', 9)")
    for index in range(3):
        book.run(index)
    expect(row(book.page, "later")).to_be_visible()
    book.page.wait_for_function("JSON.stringify(panel.model.toJSON()).includes('later</td>')")


def test_what_a_person_sees_stays_when_the_output_is_refreshed(notebook: Open) -> None:
    book = notebook(STORE, SHOW, "with nbtrack.start_run(run_name='later'): nbtrack.log_metric('loss', 9)")
    book.run(0)
    book.run(1)
    box = book.page.get_by_role("combobox", name="Filter runs")
    box.fill("metrics.loss > 1")
    book.page.evaluate("document.querySelector('.nbt-mount').dataset.mark = 'same'")
    book.run(2)
    book.page.wait_for_function("JSON.stringify(panel.model.toJSON()).includes('later</td>')")
    expect(row(book.page, "later")).to_be_visible()
    expect(book.page.locator(".nbt-mount")).to_have_attribute("data-mark", "same")
    expect(box).to_have_value("metrics.loss > 1")
    expect(book.page.locator(".nbt-fallback")).to_be_hidden()


def test_after_a_reload_in_mid_cell_the_snapshot_is_there_and_goes_live_when_the_cell_ends(notebook: Open) -> None:
    book = notebook(STORE, SHOW, "import os\nwhile not os.path.exists('enough'):\n    time.sleep(0.05)")
    book.run(0)
    book.run(1)
    expect(row(book.page, "run1")).to_be_visible()
    book.save()
    book.start(2)
    book.load()
    began = time.monotonic()
    expect(row(book.page, "run1")).to_be_visible()
    assert time.monotonic() - began < 4
    expect(book.page.locator(BADGE)).to_have_text("saved")
    row(book.page, "run1").locator(".nbt-box").click()
    (book.path.parent / "enough").touch()
    expect(book.page.locator(BADGE)).to_have_text("live", timeout=30_000)
    until(lambda: book.ask("list(dash.selected_runs.get('tags.mlflow.runName', []))") == "['run1']")


def test_when_the_kernel_goes_the_dashboard_says_so_and_goes_on_working(notebook: Open) -> None:
    book = notebook(STORE, SHOW)
    book.run(0)
    book.run(1)
    expect(book.page.locator(BADGE)).to_have_text("live")
    book.page.evaluate("panel.sessionContext.session.kernel.restart()")
    expect(book.page.locator(BADGE)).to_have_text("disconnected", timeout=20_000)
    book.page.get_by_role("combobox", name="Filter runs").fill("metrics.loss > 1")
    expect(row(book.page, "run0")).to_have_count(0)
    expect(row(book.page, "run1")).to_be_visible()


def test_an_untrusted_notebook_shows_a_plain_table(notebook: Open) -> None:
    book = notebook(STORE, SHOW)
    book.run(0)
    book.run(1)
    expect(row(book.page, "run1")).to_be_visible()
    book.save()
    other = book.path.with_name("stranger.ipynb")
    document = json.loads(book.path.read_text())
    document["cells"][1]["source"] = "# changed, so its signature does not hold"
    document["cells"][1]["outputs"][-1]["data"]["text/html"] += "<i>changed</i>"
    other.write_text(json.dumps(document))
    strange = notebook(name=other.relative_to(book.server.folder).as_posix())
    table = strange.page.locator(".jp-OutputArea-output table")
    expect(table).to_contain_text("run1")
    expect(strange.page.locator(".nbt-root")).to_have_count(0)
    assert not any("base64" in text for text in strange.page.locator(".jp-OutputArea-output").all_inner_texts())


def test_an_exported_notebook_works_offline(
    notebook: Open, offline_page: tuple[Page, list[str]], tmp_path: Path
) -> None:
    book = notebook(STORE, SHOW)
    book.run(0)
    book.run(1)
    expect(row(book.page, "run1")).to_be_visible()
    book.save()
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(book.path), "--output-dir", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    page, tried = offline_page
    page.goto((tmp_path / "book.html").as_uri())
    works_without_a_kernel(page)
    assert [url for url in tried if not NBCONVERTS_OWN.match(url)] == []


def test_a_widget_that_was_saved_without_its_kernel_says_so_and_works(browser: Browser, tmp_path: Path) -> None:
    for i in range(3):
        run = nbtrack.MlflowClient(tmp_path / "mlruns").create_run("0", run_name=f"run{i}").info.run_id
        nbtrack.MlflowClient(tmp_path / "mlruns").log_param(run, "lr", 0.1 * i)
        nbtrack.MlflowClient(tmp_path / "mlruns").log_metric(run, "loss", i + 0.05)
    dash = nbtrack.dashboard(tmp_path / "mlruns")
    page = kernel_page.show(browser, dash)
    page.evaluate(
        "given => { document.body.innerHTML = '<div id=here>'; mountSaved(document.querySelector('#here'), given) }",
        kernel_page.given(dash),
    )
    expect(page.locator(BADGE)).to_have_text("saved")
    page.get_by_role("combobox", name="Filter runs").fill("metrics.loss > 1")
    expect(page.locator(".nbt-lines [role=row]")).to_have_count(2)
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()
    dash.close()


PAGE = """
import nbtrack
nbtrack.set_tracking_uri({uri!r})
for i in range(3):
    with nbtrack.start_run(run_name={names!r}[i]):
        nbtrack.log_param("lr", 0.1 * i)
        for step in range(20):
            nbtrack.log_metric("loss", 1 / (step + 1) + i, step=step)
nbtrack.dashboard().save_html({path!r})
"""


def saved_page(tmp_path: Path, names: list[str]) -> Path:
    path = tmp_path / "page.html"
    code = PAGE.format(uri=str(tmp_path / "mlruns"), names=names, path=str(path))
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    return path


def test_a_page_saved_from_python_works_from_disk_and_asks_for_nothing(
    offline_page: tuple[Page, list[str]], tmp_path: Path
) -> None:
    page, tried = offline_page
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(saved_page(tmp_path, ["run0", "run1", "run2"]).as_uri())
    works_without_a_kernel(page)
    assert tried == []
    assert errors == []


def test_hostile_names_are_text_in_the_table_the_page_and_the_fallback(
    offline_page: tuple[Page, list[str]], tmp_path: Path
) -> None:
    names = ["</script><script>window.hit=1</script>", "<!--<script>", "<img src=x onerror='window.hit=1'>"]
    page, tried = offline_page
    page.goto(saved_page(tmp_path, names).as_uri())
    expect(page.locator(".nbt-lines [role=row]")).to_have_count(3)
    for name in names:
        expect(page.locator(".nbt-lines").get_by_text(name)).to_be_visible()
        expect(page.locator(".nbt-fallback").get_by_text(name)).to_be_attached()
    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 0
    assert tried == []


def test_the_dashboard_follows_the_dark_theme(notebook: Open) -> None:
    book = notebook(STORE, SHOW, dark=True)
    book.run(0)
    book.run(1)
    expect(row(book.page, "run1")).to_be_visible()
    colour = "getComputedStyle(document.querySelector('.nbt-root')).backgroundColor"
    book.page.wait_for_function(f"{colour}.match(/\\d+/g).slice(0, 3).every((part) => Number(part) < 60)")

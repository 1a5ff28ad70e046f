"""Does a dashboard live in marimo? Its reader's page, driven in Chromium."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .jupyter import ROOT

pytestmark = pytest.mark.browser

NOTEBOOK = """
import marimo

app = marimo.App(width="full")


@app.cell
def store():
    import time
    import marimo as mo
    import nbtrack
    nbtrack.set_tracking_uri("mlruns")
    for i in range(3):
        with nbtrack.start_run(run_name=f"run{i}"):
            nbtrack.log_param("lr", 0.1 * i)
            nbtrack.log_text(f"note of run{i}", "note.txt")
            for step in range(20):
                nbtrack.log_metric("loss", 1 / (step + 1) + i, step=step)
    return mo, nbtrack, time


@app.cell
def show(nbtrack):
    dash = nbtrack.dashboard()
    dash
    return (dash,)


@app.cell
def buttons(mo):
    which, train = mo.ui.run_button(label="Which are ticked?"), mo.ui.run_button(label="Train")
    mo.hstack([which, train])
    return which, train


@app.cell
def said(dash, mo, which):
    mo.stop(not which.value)
    mo.md("ticked: " + ", ".join(dash.selected_runs["tags.mlflow.runName"]) + ".")
    return


@app.cell
def trained(mo, nbtrack, time, train):
    mo.stop(not train.value)
    with nbtrack.start_run(run_name="training"):
        for at in range(30):
            nbtrack.log_metric("loss", 1 / (at + 1), step=at)
            time.sleep(0.05)
    mo.md("trained.")
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def marimo(tmp_path: Path) -> Iterator[str]:
    """The address of a marimo server that shows the notebook."""
    (tmp_path / "book.py").write_text(NOTEBOOK)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MLFLOW", "PYTEST"))}
    command = [sys.executable, "-m", "marimo", "run", "book.py", "--headless", "--no-token"]
    log = (tmp_path / "server.log").open("wb")
    environment = {**kept, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "MARIMO_SKIP_UPDATE_CHECK": "1"}
    command.append(f"--port={port}")
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, address, tmp_path / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(15)
        log.close()


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address + "/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"marimo did not start:\n{log.read_text()[-2000:]}")


def row(page: Page, name: str) -> Locator:
    return page.locator(".nbt-lines [role=row]").filter(has=page.get_by_text(name, exact=True))


def test_a_dashboard_in_marimo_sorts_filters_asks_changes_and_grows_while_a_cell_trains(
    browser: Browser, marimo: str
) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(marimo, wait_until="commit")
    expect(row(page, "run1")).to_be_visible(timeout=60_000)
    expect(page.locator(".nbt-life")).to_have_text("live")
    expect(page.locator(".nbt-lower canvas").first).to_be_visible()
    page.get_by_role("columnheader", name=re.compile("loss")).click()
    expect(page.locator('.nbt-lines [data-line="0"]')).to_contain_text("run0")
    page.get_by_role("combobox", name="Filter runs").fill("metrics.loss > 1")
    expect(row(page, "run0")).to_have_count(0)
    row(page, "run2").locator(".nbt-box").click()
    page.wait_for_timeout(300)  # what is ticked goes to Python when the mouse has been quiet
    page.get_by_role("button", name="Which are ticked?").click()
    expect(page.get_by_text("ticked: run2.")).to_be_visible()
    page.get_by_role("combobox", name="Filter runs").fill("")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(row(page, "training")).to_be_visible()
    expect(page.get_by_text("trained.")).to_be_hidden()
    expect(page.get_by_text("trained.")).to_be_visible()
    row(page, "run2").get_by_text("run2").click()
    page.get_by_role("tab", name="Run").click()
    page.get_by_role("button", name="Files").click()
    page.get_by_text("note.txt").first.click()
    expect(page.get_by_text("note of run2")).to_be_visible()
    assert problems == []
    page.close()

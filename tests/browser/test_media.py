"""Are pictures and tables that runs logged at steps seen side by side, and does a slider go through the steps?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import nbtrack
from nbtrack.dashboard.widget import Dashboard

from .kernel_page import show

pytestmark = pytest.mark.browser


@pytest.fixture
def dash(tmp_path: Path) -> Iterator[Dashboard]:
    """Two runs: grey pictures that grow lighter, of steps 0, 10, 20 and of step 5; a table in each."""
    store = tmp_path / "mlruns"
    client = nbtrack.MlflowClient(str(store))
    ids = []
    for name, steps in (("long", (0, 10, 20)), ("short", (5,))):
        run = client.create_run("0", run_name=name).info.run_id
        client.log_metric(run, "loss", 1.0, step=0)
        for step in steps:
            client.log_image(run, np.full((8, 8), 10 * step, np.uint8), key="val/sample", step=step)
            client.log_table(run, {"class": ["zero", "one"], "hits": [step, 7]}, f"scores_{step}.json")
        client.set_terminated(run)
        ids.append(run)
    made = nbtrack.dashboard(store, view={"tab": "analyse", "analyse": {"kind": "media"}})
    made.selected = ids
    yield made
    made.close()


def tile(page: Page, name: str) -> Locator:
    return page.locator(f"figure[aria-label^='{name}']")


def grey(page: Page, name: str) -> int:
    """The first pixel of the picture that a tile shows."""
    tile(page, name).locator("img").wait_for()
    script = """img => { const canvas = document.createElement("canvas"); const ctx = canvas.getContext("2d");
    ctx.drawImage(img, 0, 0); return ctx.getImageData(0, 0, 1, 1).data[0]; }"""
    return int(tile(page, name).locator("img").evaluate(script))


def test_a_slider_goes_through_the_pictures_that_runs_logged_at_steps(browser: Browser, dash: Dashboard) -> None:
    page = show(browser, dash)
    slider = page.get_by_label("Step", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", "step 20")
    expect(tile(page, "long")).to_have_attribute("aria-label", "long, step 20")
    expect(tile(page, "short")).to_have_attribute("aria-label", "short, step 5")
    assert abs(grey(page, "long") - 200) < 3
    slider.focus()
    page.keyboard.press("Home")
    expect(tile(page, "short")).to_contain_text("Nothing was logged up to this step.")
    expect(tile(page, "long").locator("img")).to_have_attribute("alt", re.compile(r"step\+0\+"))
    assert grey(page, "long") < 3
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "step 5")
    assert abs(grey(page, "short") - 50) < 3
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()


def test_tables_of_a_step_stand_side_by_side(browser: Browser, dash: Dashboard) -> None:
    page = show(browser, dash)
    page.get_by_label("Series").select_option("scores_#.json")
    expect(tile(page, "long").locator("td").nth(1)).to_have_text("20")
    expect(tile(page, "short").locator("td").nth(1)).to_have_text("5")
    slider = page.get_by_label("Step", exact=True)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(tile(page, "long").locator("td").nth(1)).to_have_text("10")
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()

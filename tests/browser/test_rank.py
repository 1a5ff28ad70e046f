"""Why does a run rank where it does, and how far are the others from a baseline?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import nbtrack
from nbtrack.dashboard.api import dashboard

from . import kernel_page

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Page:
    """Six runs: the accuracy grows with lr; b and c are equal in all but the optimizer."""
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    for number, name in enumerate("abcdef"):
        run = client.create_run("0", run_name=name)
        client.log_param(run.info.run_id, "lr", [0.5, 0.4, 0.4, 0.1, 0.05, 0.01][number])
        client.log_param(run.info.run_id, "opt", "adam" if name == "b" else "sgd")
        for step in range(3):
            client.log_metric(run.info.run_id, "val/acc", 0.9 - 0.1 * number + 0.01 * step, step=step)
        client.set_terminated(run.info.run_id)
    dash = dashboard(str(tmp_path / "mlruns"), order_by="metrics.`val/acc` DESC")
    return kernel_page.show(browser, dash, width=1400, height=1000)


def row(page: Page, name: str) -> Locator:
    return page.locator(".nbt-lines [role=row]").filter(has=page.get_by_text(name, exact=True))


def test_one_click_on_a_run_says_what_differs_from_its_neighbors_and_the_others(page: Page) -> None:
    row(page, "b").get_by_text("b", exact=True).click()
    block = page.get_by_role("region", name="Why this rank")
    expect(block).to_contain_text("2 of 6 by val/acc (maximize): 0.82")
    neighbors = block.locator("table").first.locator("tbody tr")
    expect(neighbors).to_have_count(3)
    expect(neighbors.nth(0)).to_contain_text("lr=0.5")
    expect(neighbors.nth(1)).to_contain_text("opt=sgd")
    expect(neighbors.nth(1)).not_to_contain_text("lr=")
    expect(block).to_contain_text("the same data")
    others = block.locator("table").nth(1)
    expect(others.locator("tr", has_text="opt")).to_contain_text("sgd in 5")
    block.get_by_label("Metric of the rank").select_option("val/acc")
    block.get_by_role("button", name="minimize").click()
    expect(block).to_contain_text("5 of 6 by val/acc (minimize)")
    assert page.problems == []  # type: ignore[attr-defined]


def test_a_baseline_from_the_menu_gives_differences_in_table_and_charts(page: Page) -> None:
    row(page, "c").get_by_text("c", exact=True).click(button="right")
    page.get_by_role("button", name="Set as baseline").click()
    expect(row(page, "c").locator(".nbt-delta")).to_have_text("baseline")
    expect(row(page, "a").locator(".nbt-delta")).to_have_text("+0.2")
    expect(row(page, "a").locator(".nbt-delta")).to_have_class(re.compile("nbt-better"))
    expect(row(page, "f").locator(".nbt-delta")).to_have_text("−0.3")
    expect(row(page, "f").locator(".nbt-delta")).to_have_class(re.compile("nbt-worse"))
    box = page.locator(".nbt-lower canvas").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".nbt-hover tr", has_text="a").first.locator("td").last).to_have_text("+0.2")
    row(page, "c").get_by_text("c", exact=True).click(button="right")
    page.get_by_role("button", name="Clear baseline").click()
    expect(page.locator(".nbt-delta")).to_have_count(0)

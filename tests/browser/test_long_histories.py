"""Does a history of a million points show every extreme at once, and every point when looked at closely?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import nbtrack
from nbtrack.dashboard import live
from nbtrack.dashboard.snapshot import snapshot
from nbtrack.dashboard.widget import Dashboard
from nbtrack.stores import open_store

from . import kernel_page
from .test_charts import figure, plot

pytestmark = pytest.mark.browser

POINTS = 1_000_000
SPIKES = (7, 123_457, 500_000, 500_001, 999_990)  # one point each, up and down in turn


def values() -> np.ndarray:
    made = np.random.default_rng(3).normal(size=POINTS)
    made[list(SPIKES)] = [50 * (-1) ** i * (i + 1) for i in range(len(SPIKES))]
    return made


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store with one run, whose history MLflow could have written."""
    folder = tmp_path_factory.mktemp("long") / "mlruns"
    store = open_store(folder)
    experiment = store.default_experiment().experiment_id
    run = store.create_run(experiment, run_name="long", user_id="", start_time=1_700_000_000_000, tags={}).info.run_id
    steps = np.arange(POINTS)
    table = np.column_stack([1_700_000_000_000 + steps, values(), steps])
    np.savetxt(folder / experiment / run / "metrics" / "loss", table, fmt=("%d", "%.17g", "%d"))
    return folder, run


@pytest.fixture
def dash(long: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    # As if other histories had filled what goes out unasked.
    monkeypatch.setattr(live, "snapshot", partial(snapshot, most_points=20_000))
    made = nbtrack.dashboard(str(long[0]), view={"chart": {"big": "loss"}}, height=900)
    made._hub.wait()
    made.selected = [long[1]]
    made.replace_snapshot()
    yield made
    made.close()


def drawn(page: Page) -> np.ndarray:
    """The corners of the line as they stand in the picture, x and y, from its SVG."""
    figure(page, "loss").hover()
    figure(page, "loss").locator("summary").click()
    with page.expect_download() as picture:
        figure(page, "loss").get_by_role("button", name="Picture (SVG)").click()
    (line,) = re.findall(r'<path d="(M[^Z"]+)" fill="none"', picture.value.path().read_text())
    return np.array([[float(part) for part in corner.split()] for corner in re.split("[ML]", line)[1:]])


def drag(page: Page, start: float, end: float) -> None:
    """Zoom to this part of the plot, in px."""
    place = plot(page, "loss").bounding_box() or {}
    page.mouse.move(place["x"] + start, place["y"] + 60)
    page.mouse.down()
    page.mouse.move(place["x"] + end, place["y"] + 70, steps=4)
    page.mouse.up()


def step_under(page: Page, left: float) -> int:
    plot(page, "loss").hover(position={"x": left, "y": 60})
    head = page.locator(".nbt-legend > .nbt-dim").inner_text()
    return int(re.findall(r"[\d,]+", head)[0].replace(",", ""))


def test_of_a_million_points_every_extreme_shows_and_zoomed_in_every_point(browser: Browser, dash: Dashboard) -> None:
    page = kernel_page.show(browser, dash, width=1200)
    on_its_way, only = figure(page, "loss").get_by_text("are on their way"), figure(page, "loss").get_by_text("only:")
    plot(page, "loss")
    expect(on_its_way).to_have_count(0)
    heights = drawn(page)[:, 1]
    truth = values()
    scale = (heights.min() - heights.max()) / (truth.max() - truth.min())
    for step in SPIKES:
        assert np.abs(heights.max() + scale * (truth[step] - truth.min()) - heights).min() < 0.2, step

    page.evaluate("() => { const all = window.ask; window.ask = async (it) => (await window.gate, all(it)); }")
    page.evaluate("() => { window.gate = new Promise((open) => (window.open_gate = open)); }")
    drag(page, 300, 305)
    drag(page, 400, 510)
    expect(on_its_way).to_be_visible()
    coarse = drawn(page)
    assert 2 < len(coarse) < 200  # what is here stays in sight meanwhile
    page.evaluate("() => window.open_gate()")
    expect(on_its_way).to_have_count(0)
    expect(only).to_have_count(0)
    fine = drawn(page)
    assert 300 < len(fine) < 900
    assert np.ptp(np.diff(fine[:, 0])) < 0.3  # step by step, none left out
    first = step_under(page, 1)
    shown = truth[first : first + len(fine) - 5]
    fits = [np.polyfit(shown, fine[at : at + len(shown), 1], 1, full=True)[1][0] for at in range(5)]
    assert min(fits) / len(shown) < 0.01  # px²: the heights are those of the file, each of them

    page.evaluate("() => { window.nbt.state.life.value = 'lost'; }")
    figure(page, "loss").locator("[role=img]").focus()
    for _ in range(3):
        page.keyboard.press("-")
    for _ in range(20):
        page.keyboard.press("Shift+ArrowRight")
    expect(figure(page, "loss").get_by_text("extremes of 1 only: the kernel is gone")).to_be_visible()
    assert len(drawn(page)) > 2
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()

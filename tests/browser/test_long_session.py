"""A session of many hours: memory stays bounded, nothing listens that nobody sees, and what was lost comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .jupyter import Notebook
from .test_live import SHOW, STORE, points_drawn, row, until

pytestmark = pytest.mark.browser
Open = Callable[..., Notebook]

# What the kernel holds: threads, hubs that somebody hears, widget models, open files.
HELD = """
import gc, os, threading
import ipywidgets
from nbtrack.dashboard import cells, live
def held():
    gc.collect()
    return dict(
        threads=sum(thread.name == "nbtrack-live" for thread in threading.enumerate()),
        listeners=sum(len(hub.listeners) for hub in live.hubs()),
        hubs=len(live.hubs()),
        models=len(ipywidgets.widgets.widget._instances),
        comms=len(__import__("comm").get_comm_manager().comms),
        cells=len(cells._shown),
        files=len(os.listdir("/proc/self/fd")),
    )
"""


class Tab:
    """What the tab holds, after collecting what nobody holds."""

    def __init__(self, book: Notebook) -> None:
        self._page = book.page
        self._tools = book.context.new_cdp_session(book.page)
        self._tools.send("Performance.enable")

    def held(self) -> dict[str, float]:
        for _ in range(3):
            self._tools.send("HeapProfiler.collectGarbage")
            self._page.wait_for_timeout(100)
        found = {each["name"]: each["value"] for each in self._tools.send("Performance.getMetrics")["metrics"]}
        registry = self._page.evaluate(
            """() => {
              const { models, channels, views } = globalThis[Symbol.for('nbtrack.page')];
              return { models: models.size, channels: channels.size, views: views.size };
            }"""
        )
        return {name: found[name] for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize")} | registry


def show_again(book: Notebook, times: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Run the cell of the dashboard again and again; what tab and kernel hold when the old views were let go."""
    for _ in range(times):
        book.run(1)
    expect(row(book, "run1")).to_be_visible()
    views = "globalThis[Symbol.for('nbtrack.page')].views.size"
    book.page.wait_for_function(f"{views} === 1", timeout=60_000)
    return Tab(book).held(), eval(book.ask("held()"))


def nothing_is_left_behind(book: Notebook, first: int, more: int) -> float:
    """Gives what the tab's heap has grown by, in bytes for each dashboard."""
    book.run(0)
    tab, kernel = show_again(book, first)
    later, kernel_later = show_again(book, more)
    assert (later["models"], later["channels"], later["views"]) == (1, 1, 1)
    assert {**kernel_later, "files": 0} == {**kernel, "files": 0}
    assert kernel_later["listeners"] == 1
    assert abs(kernel_later["files"] - kernel["files"]) <= 3
    # JupyterLab itself keeps a little of each output that it drew, and of each cell that it ran.
    assert later["Nodes"] - tab["Nodes"] < 40 * more, (tab, later)
    assert later["JSEventListeners"] - tab["JSEventListeners"] < 4 * more, (tab, later)
    return (later["JSHeapUsedSize"] - tab["JSHeapUsedSize"]) / more


@pytest.mark.slow  # a hundred times
def test_a_hundred_dashboards_opened_and_closed_leave_nothing_behind(notebook: Open) -> None:
    grown = nothing_is_left_behind(notebook(STORE + HELD, SHOW, alone=True), 10, 90)
    assert grown < 600_000  # measured over three: 0.5 MB, of which an output of that size leaves 0.06 in JupyterLab


# Whoever loses a message does not know of it; here the kernel forgets to send one.
LOSE = """
whole = dash.send
def lose(content, buffers=None):
    dash.send = whole
dash.send = lose
with nbtrack.start_run(run_name="lost"):
    time.sleep(0.5)
with nbtrack.start_run(run_name="after"):
    time.sleep(0.5)
"""


def test_a_lost_message_a_lost_connection_and_a_new_kernel_are_made_good_and_little_is_left_behind(
    notebook: Open,
) -> None:
    connected = "with nbtrack.start_run(run_name='connected'): nbtrack.log_metric('loss', 1)"
    book = notebook(STORE + HELD, SHOW, LOSE, connected, alone=True)
    nothing_is_left_behind(book, 2, 3)
    book.run(2)
    expect(row(book, "lost")).to_be_visible()
    expect(row(book, "after")).to_be_visible()
    book.page.evaluate("panel.sessionContext.session.kernel.reconnect()")
    book.run(3)
    expect(row(book, "connected")).to_be_visible()
    until(book, "len(dash.runs)", "6")
    book.page.evaluate("panel.sessionContext.session.kernel.restart()")
    expect(book.page.locator(".nbt-life")).to_have_text("kernel gone")
    book.page.evaluate("panel.sessionContext.ready")
    book.page.wait_for_function("panel.sessionContext.session.kernel.status === 'idle'")
    book.run(0)
    book.run(1)
    expect(book.page.locator(".nbt-life")).to_have_text("live")
    expect(row(book, "connected")).to_be_visible()


HOURS = """
import resource, time
count = 8 * 3600  # seconds of a day's work
def memory():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before = memory()
with nbtrack.start_run(run_name="long") as run:
    client, now = nbtrack.MlflowClient(), 1_760_000_000_000
    for start in range(0, count, 60):
        for key in range(10):
            for at in range(start, start + 60):
                nbtrack.log_metric(f"m{key}", at % 97 + key, step=at)
        time.sleep(0.1)
grown = memory() - before
"""
COUNT_MESSAGES = """() => {
  window.heard = [];
  for (const model of globalThis[Symbol.for('nbtrack.page')].models.values())
    model.on('msg:custom', (content) => content.rev && window.heard.push(performance.now()));
}"""
MOST_IN_A_SECOND = """() => {
  const inSecondFrom = (from) => window.heard.filter((at) => at >= from && at < from + 1000).length;
  return Math.max(...window.heard.map(inSecondFrom));
}"""


@pytest.mark.slow  # a minute and more of points
def test_eight_hours_of_points_stay_within_bounds_in_kernel_and_tab_and_come_at_most_twenty_messages_a_second(
    notebook: Open,
) -> None:
    book = notebook(STORE, SHOW, HOURS, alone=True)
    book.run(0)
    book.run(1)
    expect(row(book, "run1")).to_be_visible()
    tab = Tab(book)
    before = tab.held()
    book.page.evaluate(COUNT_MESSAGES)
    book.start(2)
    began = time.monotonic()
    while book.page.evaluate("window.heard.length") < 50:
        assert time.monotonic() - began < 60
        book.page.wait_for_timeout(200)
    book.finish()
    until(book, "int(dash._hub.book.series(run.info.run_id, 'm9').value.size)", "28800", 60)
    deadline = time.monotonic() + 60
    while points_drawn(book, "long", "m9") < 28_800:
        assert time.monotonic() < deadline
        book.page.wait_for_timeout(500)
    assert book.page.evaluate(MOST_IN_A_SECOND) <= 22  # what waited in the tab comes at once
    after = tab.held()
    points = 10 * 8 * 3600
    assert int(book.ask("grown")) < 200 * points
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 100 * points
    assert after["Nodes"] < before["Nodes"] + 20_000

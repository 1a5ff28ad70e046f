"""A session of many hours: memory stays bounded, nothing listens that nobody sees, and what was lost comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .jupyter import Notebook
from .test_live import SHOW, STORE, row, until

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


# All widget models that are in the tab's memory have one prototype.
PROTOTYPE = """(async () => {
  const [[uid, model]] = globalThis[Symbol.for('nbtrack.page')].models;
  return Object.getPrototypeOf(await model.widget_manager.get_model(uid));
})()"""
LOADED = "function () { return this.filter((model) => model.get('_front') || model.previous('_front')).length; }"


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

    def models_with_code(self) -> int:
        """How many models, those included that JupyterLab holds after they were closed, have the front end's code."""
        prototype = self._tools.send("Runtime.evaluate", {"expression": PROTOTYPE, "awaitPromise": True})
        found = self._tools.send("Runtime.queryObjects", {"prototypeObjectId": prototype["result"]["objectId"]})
        asked = {"functionDeclaration": LOADED, "objectId": found["objects"]["objectId"], "returnByValue": True}
        return int(self._tools.send("Runtime.callFunctionOn", asked)["result"]["value"])


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
    assert Tab(book).models_with_code() == 1
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
    assert grown < 150_000  # some 70 kB are JupyterLab's own


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


@pytest.mark.slow  # JupyterLab opened anew several times
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
    book.restart()
    expect(book.page.locator(".nbt-life")).to_have_text("disconnected")
    book.run(0)
    book.run(1)
    expect(book.page.locator(".nbt-life")).to_have_text("live")
    expect(row(book, "connected")).to_be_visible()


# Four metrics twenty times a second, six once; the hub's messages are counted where they leave.
HOURS = """
import resource, time
hours, left, send = 8 * 3600, [], dash.send
def counted(content, buffers=None):
    left.append(time.monotonic())
    send(content, buffers)
def memory():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before = memory()
dash.send = counted
with nbtrack.start_run(run_name="long") as run:
    for start in range(0, hours, 60):
        for key in range(10):
            a_second = 20 if key < 4 else 1
            for step in range(start * a_second, (start + 60) * a_second):
                nbtrack.log_metric(f"m{key}", step % 97 + key, step=step)
        time.sleep(0.05)
dash.send = send
grown = memory() - before
most_in_a_second = max(sum(at <= other < at + 1 for other in left) for at in left)
held = lambda: sum(len(each.points) for each in dash._hub.held())
"""
IN_TAB = """() => {
  const { state } = [...globalThis[Symbol.for('nbtrack.page')].views.values()].flatMap((s) => [...s])[0];
  const all = state.book.runs().flatMap((run) => state.book.keys(run).map((key) => state.book.get(run, key)));
  const room = all.reduce((sum, { step }) => sum + step.length, 0);
  return { points: Math.max(...all.map(({ total }) => total)), room };
}"""


@pytest.mark.slow  # minutes of points
@pytest.mark.timeout(1200)
def test_eight_hours_of_points_stay_within_bounds_in_kernel_and_tab_and_leave_at_most_twenty_messages_a_second(
    notebook: Open,
) -> None:
    book = notebook(STORE, SHOW, HOURS, alone=True)
    book.run(0)
    book.run(1)
    expect(row(book, "run1")).to_be_visible()
    tab = Tab(book)
    before = tab.held()
    book.run(2)
    count = 8 * 3600 * 20
    deadline = time.monotonic() + 120
    while (held := book.page.evaluate(IN_TAB))["points"] < count:
        assert time.monotonic() < deadline, held
        book.page.wait_for_timeout(500)
    assert held["room"] <= 2_000_000  # a snapshot brings a million points at most, and room doubles
    # Whoever asks for every point still gets it.
    for key, size in (("m0", count), ("m9", count // 20)):
        until(book, f"dash._hub.history(run.info.run_id, '{key}').value.size", str(size), 60)
    assert int(book.ask("held()")) <= 2_000_000
    assert int(book.ask("most_in_a_second")) <= 22  # of ten rounds a second eleven may touch one second
    after = tab.held()
    assert int(book.ask("grown")) < 400_000_000
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 50_000_000
    assert after["Nodes"] < before["Nodes"] + 20_000

"""A hub hears of every change, tells each once, and costs next to nothing when nothing happens."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack.dashboard import catalog, live
from nbtrack.dashboard.wire import unpack
from nbtrack.errors import StoreError
from nbtrack.stores import Store, open_store
from nbtrack.stores.files import FileStore, sidecar
from tests.waiting import until


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.replaced = 0

    def hear(self, content: dict[str, Any], packed: bytes) -> None:
        self.heard.append((content, unpack(packed)[0]))

    def replace_snapshot(self) -> None:
        self.replaced += 1

    def refresh_outputs(self, *, only_empty: bool) -> None:
        pass

    def save_changed_view(self, *, now: bool = False) -> None:
        pass

    def points(self) -> int:
        return sum(
            chunk["n"] for content, header in self.heard if content["type"] == "points" for chunk in header["chunks"]
        )


def live_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "nbtrack-live"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    before = nbtrack.get_tracking_uri()
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    yield open_store(tmp_path / "mlruns")
    nbtrack.set_tracking_uri(before)


@pytest.fixture
def ear(store: Store) -> Iterator[Ear]:
    listener = Ear()
    store.default_experiment()
    hub = live.hub_for(store, None)
    hub.join(listener, patience=5)
    yield listener
    hub.leave(listener)


def test_a_run_of_this_process_appears_and_grows_at_once_and_messages_are_numbered_and_few(
    store: Store, ear: Ear
) -> None:
    began = time.monotonic()
    with nbtrack.start_run(run_name="mine"):
        until(lambda: any(content["type"] == "rows" for content, _ in ear.heard), 1)
        for step in range(300):
            nbtrack.log_metric("loss", step, step=step)
            time.sleep(0.003)
        until(lambda: ear.points() == 300, 3)
    took = time.monotonic() - began
    # Number 1 is the first reading of the store.
    assert [content["rev"] for content, _ in ear.heard] == list(range(2, len(ear.heard) + 2))
    assert len(ear.heard) <= 20 * took + 5


def test_nothing_is_told_and_little_is_done_when_nothing_happens(store: Store, ear: Ear) -> None:
    time.sleep(0.3)
    before, used = len(ear.heard), time.process_time()
    time.sleep(1.5)
    assert len(ear.heard) == before
    assert time.process_time() - used < 0.15


def test_the_status_names_the_runs_that_this_kernel_writes(store: Store, ear: Ear) -> None:
    with nbtrack.start_run() as run:
        nbtrack.log_metric("loss", 1)
        until(lambda: ear.heard and ear.points(), 3)
        nbtrack.set_tag("a", "b")
        until(lambda: ear.heard[-1][0].get("status", {}).get("running") == [run.info.run_id], 3)
    until(lambda: ear.heard[-1][0].get("status", {}).get("running") == [], 3)


def test_two_dashboards_share_one_thread_and_it_ends_with_the_last(store: Store) -> None:
    first, second = Ear(), Ear()
    until(lambda: not live_threads(), 3)
    hub = live.hub_for(store, None)
    hub.join(first, patience=5)
    assert live.hub_for(store, None) is hub
    hub.join(second, patience=5)
    threads = live_threads()
    assert len(threads) == 1
    hub.leave(first)
    del second
    gc.collect()
    until(lambda: not threads[0].is_alive(), 3)
    third = Ear()
    hub.join(third, patience=5)
    nbtrack.start_run(run_name="again")
    nbtrack.end_run()
    until(lambda: third.heard, 3)
    hub.leave(third)


def test_a_hub_nobody_listens_to_is_let_go(store: Store) -> None:
    hub = live.hub_for(store, None)
    ear = Ear()
    hub.join(ear, patience=5)
    hub.leave(ear)
    gone = weakref.ref(hub)
    del hub
    live.hub_for(store, ["another"])
    until(lambda: (gc.collect(), gone() is None)[1], 3)


ENDS = """
import atexit, threading
atexit.register(lambda: print([each.name for each in threading.enumerate() if each.name == "nbtrack-live"]))
import nbtrack
with nbtrack.start_run(): nbtrack.log_metric("loss", 1)
dash = nbtrack.dashboard()
"""


def test_the_thread_ends_before_the_interpreter_does(tmp_path: Path) -> None:
    """Torn from numpy's code by the end of everything it would take the process down with an error."""
    root = Path(live.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ENDS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_an_error_of_the_store_is_raised_where_the_dashboard_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no store")
    with pytest.raises(StoreError, match="file"):
        live.hub_for(open_store(tmp_path / "file"), None).join(Ear(), patience=5)


def test_a_listener_that_fails_is_one_warning_and_the_others_hear(store: Store, ear: Ear) -> None:
    class Broken(Ear):
        def hear(self, content: dict[str, Any], packed: bytes) -> None:
            raise OSError("the comm is closed")

    broken = Broken()
    hub = live.hub_for(store, None)
    hub.join(broken, patience=5)
    with hub.lock:
        nbtrack.start_run()
        nbtrack.end_run()
        with pytest.warns(UserWarning, match="could not update a dashboard: OSError: the comm is closed"):
            hub.step()
    assert ear.heard
    hub.leave(broken)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_leaves_the_parents_dashboards_alone(store: Store, ear: Ear) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            fine = live.hubs() == [] and live.hub_for(store, None).rev == 0
            os.write(writing, b"y" if fine else b"n")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 1) == b"y"


def test_a_large_store_is_shown_as_last_seen_until_it_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "MANY", 1)
    monkeypatch.setattr(sidecar, "WORTH", 1)
    store = FileStore(tmp_path / "mlruns")
    experiment = store.create_experiment("e")
    run = store.create_run(experiment, run_name="r", user_id="u", start_time=5, tags={}).info.run_id
    store.snapshot()
    store.close()
    FileStore(tmp_path / "mlruns").writer(run).log_metric("loss", 1.0, 1, 1)

    hub = live.Hub(FileStore(tmp_path / "mlruns"), None)
    heard: list[tuple[list[str], list[str]]] = []
    real = hub.catalog._ask_all

    def look() -> Any:
        heard.append((list(hub.frame().columns), hub.status()["notes"]))
        return real()

    monkeypatch.setattr(hub.catalog, "_ask_all", look)
    hub.load()
    ((columns, notes),) = heard
    assert "metrics.loss" not in columns
    assert notes == [live.CHECKING]
    assert hub.frame().columns["metrics.loss"].at(0) == 1.0
    assert hub.status()["notes"] == []
    hub.close()

"""What is done for plain runs while they are open: they can be told from those of a dead process, and be measured."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nbtrack
from nbtrack.capture import alive
from nbtrack.errors import InvalidValueError
from nbtrack.stores import Store
from nbtrack.tracking import active, keeper
from tests.waiting import until

ROOT = Path(__file__).parents[2]
CPU = "system/cpu_utilization_percentage"


def points(store: Store, run: nbtrack.Run, key: str) -> list[int]:
    """The steps there are so far."""
    return store.history(run.info.run_id, key).step.tolist() if key in store.run(run.info.run_id).data.metrics else []


@pytest.fixture(autouse=True)
def own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread of an earlier test may be waiting for its next beat."""
    monkeypatch.setattr(keeper, "_thread", None)


def test_a_plain_run_that_its_process_left_open_is_recognised(store: Store) -> None:
    script = "import nbtrack, os; nbtrack.start_run(); nbtrack.log_metric('m', 1); nbtrack.flush(); os._exit(9)"
    subprocess.run([sys.executable, "-c", script], check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    (row,) = store.snapshot().rows
    assert row.run.info.status == "RUNNING"
    assert alive.is_abandoned(row.run)
    with nbtrack.start_run(row.run.info.run_id):
        assert not alive.is_abandoned(store.run(row.run.info.run_id))


def test_the_heart_of_a_plain_run_beats_while_it_is_open(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "BEAT", 0.05)
    with nbtrack.start_run() as run:
        first = int(store.run(run.info.run_id).data.tags[alive.HEARTBEAT])
        until(lambda: int(store.run(run.info.run_id).data.tags[alive.HEARTBEAT]) > first)
    until(lambda: keeper._thread is None)  # nothing is open, so nobody keeps watch


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENABLE_SYSTEM_METRICS_LOGGING", "SYSTEM_METRICS_SAMPLING_INTERVAL", "SYSTEM_METRICS_NODE_ID"):
        monkeypatch.setenv(f"MLFLOW_{name}", "")
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", "2")
    nbtrack.set_system_metrics_sampling_interval(0.05)


def test_a_run_is_measured_when_asked_and_goes_on_counting_when_resumed(store: Store, quick: None) -> None:
    with nbtrack.start_run(log_system_metrics=True) as run:
        until(lambda: len(points(store, run, CPU)) >= 2)
    with nbtrack.start_run(run.info.run_id, log_system_metrics=True):
        before = len(points(store, run, CPU))
        until(lambda: len(points(store, run, CPU)) > before + 1)
    steps = points(store, run, CPU)
    assert steps == list(range(len(steps)))


def test_measuring_is_switched_on_for_all_runs_and_off_for_one(store: Store, quick: None) -> None:
    nbtrack.enable_system_metrics_logging()
    nbtrack.set_system_metrics_node_id("left")
    with nbtrack.start_run(log_system_metrics=False) as plain:
        time.sleep(0.3)
    with nbtrack.start_run() as run:
        until(lambda: points(store, run, "system/left/cpu_utilization_percentage"))
    nbtrack.disable_system_metrics_logging()
    with nbtrack.start_run() as after:
        time.sleep(0.3)
    for each in (plain, after):
        assert not store.run(each.info.run_id).data.metrics


def test_a_senseless_interval_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="more than 0"):
        nbtrack.set_system_metrics_sampling_interval(0)


def test_runs_that_end_leave_nothing_to_watch(store: Store, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "BEAT", 0.05)
    for _ in range(5):
        with nbtrack.start_run(log_system_metrics=True):
            pass
    until(lambda: not keeper._sampled and keeper._thread is None)
    assert active.open_runs() == []

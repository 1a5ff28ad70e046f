from __future__ import annotations

import errno
import math
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack import errors
from nbtrack.errors import InvalidValueError, NbtrackWarning, NotFoundError, ReadOnlyError, StoreError
from nbtrack.stores import Store, files
from nbtrack.tracking import active, events, runs


@pytest.fixture(autouse=True)
def _fresh_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "_told", set())
    monkeypatch.setattr(runs, "_refused", None)


def test_every_write_is_announced_after_the_store_has_it(store: Store) -> None:
    feed = events.subscribe()
    try:
        with nbtrack.start_run() as run:
            nbtrack.log_metric("loss", 0.5, step=3, timestamp=7)
            nbtrack.log_metrics({"a": 1, "b": "2"}, step=1, timestamp=8)
            news = feed.drain()
            assert [tuple(point) for point in news.points] == [
                (store.uri, run.info.run_id, "loss", 0.5, 3, 7),
                (store.uri, run.info.run_id, "a", 1.0, 1, 8),
                (store.uri, run.info.run_id, "b", 2.0, 1, 8),
            ]
            assert news.runs == [(store.uri, run.info.run_id)]
            for change in (
                lambda: nbtrack.log_param("p", 1),
                lambda: nbtrack.set_tag("t", 1),
                lambda: nbtrack.delete_tag("t"),
                lambda: nbtrack.log_text("x", "x.txt"),
                lambda: nbtrack.log_input(nbtrack.data.from_numpy(__import__("numpy").zeros(2))),
                nbtrack.end_run,
                lambda: nbtrack.delete_run(run.info.run_id),
                lambda: nbtrack.restore_run(run.info.run_id),
            ):
                change()
                assert feed.wake.is_set()
                assert feed.drain().runs == [(store.uri, run.info.run_id)]
    finally:
        feed.close()


def test_what_is_refused_is_not_announced(store: Store) -> None:
    feed = events.subscribe()
    try:
        with nbtrack.start_run():
            feed.drain()
            with pytest.raises(InvalidValueError):
                nbtrack.log_metric("a//b", 1)
            with pytest.raises(InvalidValueError):
                nbtrack.log_metrics({"ok": 1, "bad": "x"})
            news = feed.drain()
            assert (news.points, news.runs) == ([], [])
    finally:
        feed.close()


def test_several_metrics_are_all_kept_or_none_also_when_they_are_known(store: Store) -> None:
    with nbtrack.start_run() as run:
        nbtrack.log_metrics({"a": 1, "b": 2}, step=0, timestamp=5)
        for bad in ({"a": 3, "b": "x"}, {"a": 3, "b//": 4}, {"b": 3, "a": None}):
            with pytest.raises(InvalidValueError):
                nbtrack.log_metrics(bad, step=1)
        with pytest.raises(InvalidValueError):
            nbtrack.log_metrics({"a": 3, "b": 4}, step=0.5)
        nbtrack.log_metrics({"b": True, "a": "4"}, step=2, timestamp=6)
    history = {key: nbtrack.get_metric_history(run.info.run_id, key) for key in "ab"}
    assert [(m.value, m.step, m.timestamp) for m in history["a"]] == [(1.0, 0, 5), (4.0, 2, 6)]
    assert [(m.value, m.step, m.timestamp) for m in history["b"]] == [(2.0, 0, 5), (1.0, 2, 6)]


class FullDisk:
    """A writer whose disk is full."""

    run_id = "r"

    def log_metric(self, *args: Any) -> None:
        raise StoreError("'metrics/loss' cannot be written: no space left. Free some.") from OSError(
            errno.ENOSPC, os.strerror(errno.ENOSPC)
        )

    def close(self) -> None: ...


def test_a_full_disk_is_a_warning_and_the_training_goes_on(store: Store) -> None:
    with nbtrack.start_run():
        held = active.current()
        assert held is not None
        held.writer = FullDisk()
        with pytest.warns(NbtrackWarning, match="goes on: 'metrics/loss' cannot be written"):
            nbtrack.log_metric("loss", 1.0)
        nbtrack.log_metric("loss", 1.0, step=1)  # a second warning would be an error here


def test_a_store_deleted_under_an_active_run_is_a_warning_and_the_training_goes_on(
    store: Store, tmp_path: Path
) -> None:
    nbtrack.start_run()
    nbtrack.log_metric("loss", 1.0)
    shutil.rmtree(tmp_path / "mlruns")
    for call in (
        lambda: nbtrack.log_metric("other", 1.0),
        lambda: nbtrack.log_metrics({"a": 1}),
        lambda: nbtrack.log_param("lr", 1),
        lambda: nbtrack.set_tag("a", 1),
        lambda: nbtrack.log_text("a", "a.txt"),
    ):
        with pytest.warns(NbtrackWarning, match="goes on: ") as told:
            call()
        assert len(told) == 1
        errors._told.clear()
    active.take_off(active.own_stack()[-1])


def test_logging_without_a_run_into_a_store_without_write_permission_is_a_warning(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.store, "_may_write", lambda folder: False)
    with pytest.warns(NbtrackWarning, match=r"goes on: .*may not be written. Get permission"):
        nbtrack.log_metric("loss", 1.0)
    nbtrack.log_metric("loss", 1.0, step=1)  # a second warning would be an error here
    nbtrack.log_param("lr", 1)
    assert nbtrack.active_run() is None
    with pytest.raises(ReadOnlyError):
        nbtrack.start_run()


def test_a_loop_without_a_run_does_not_ask_a_store_that_refuses_again_and_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse(*args: Any, **named: Any) -> Any:
        tried.append(named)
        raise StoreError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(type(store), "create_run", refuse)
        with pytest.warns(NbtrackWarning, match="The disk is full"):
            nbtrack.log_metric("loss", 1.0)
        for step in range(50):
            nbtrack.log_metric("loss", 1.0, step=step)
        assert len(tried) == 1
    with nbtrack.start_run():  # said outright, it is tried at once
        nbtrack.log_metric("loss", 1.0)
    monkeypatch.setattr(runs, "_refused", None)  # as after a while
    nbtrack.log_metric("loss", 1.0)
    assert nbtrack.active_run() is not None


def test_an_unknown_run_id_is_an_error_and_no_warning(store: Store) -> None:
    for call in (
        lambda: nbtrack.log_metric("m", 1, run_id="f" * 32),
        lambda: nbtrack.log_params({"a": 1}, run_id="f" * 32),
        lambda: nbtrack.log_text("a", "a.txt", run_id="f" * 32),
        lambda: nbtrack.get_run("f" * 32),
        lambda: nbtrack.start_run(run_id="f" * 32),
        lambda: nbtrack.start_run(parent_run_id="f" * 32),
        lambda: nbtrack.delete_run("f" * 32),
    ):
        with pytest.raises(NotFoundError, match="f" * 32):
            call()
    assert nbtrack.active_run() is None


def test_mlflow_exception_catches_what_is_raised_on_purpose(store: Store) -> None:
    with pytest.raises(nbtrack.exceptions.MlflowException):
        nbtrack.log_metric("m", "fast")
    assert nbtrack.MlflowException is nbtrack.NbtrackError
    nbtrack.end_run()


def test_logging_without_a_run_starts_one_in_the_default_experiment(store: Store) -> None:
    nbtrack.log_metric("m", math.nan)
    run = nbtrack.active_run()
    assert run is not None
    assert nbtrack.get_experiment(run.info.experiment_id).name == "Default"
    assert nbtrack.get_experiment("0").experiment_id == run.info.experiment_id


def test_log_batch_logs_into_the_active_run(store: Store) -> None:
    with nbtrack.start_run() as run:
        nbtrack.log_batch([nbtrack.Metric("m", 1, 5, 2)], [nbtrack.Param("p", 1)], [nbtrack.RunTag("t", 2)])
    data = nbtrack.get_run(run.info.run_id).data
    assert (data.metrics, data.params, data.tags["t"]) == ({"m": 1.0}, {"p": "1"}, "2")
    assert [m.timestamp for m in nbtrack.get_metric_history(run.info.run_id, "m")] == [5]


def test_a_point_costs_microseconds_over_the_stores_writer(store: Store) -> None:
    """Generous by far, so that a busy machine passes: an accidental look at the disk costs ten times more."""
    with nbtrack.start_run():
        held = active.current()
        assert held is not None
        held.writer = Sink()
        best = math.inf
        for _ in range(5):
            began = time.perf_counter()
            for step in range(2000):
                nbtrack.log_metric("loss", 0.5, step=step)
            best = min(best, (time.perf_counter() - began) / 2000)
    assert best < 20e-6


class Sink:
    run_id = "r"

    def log_metric(self, key: str, value: float, timestamp: int, step: int) -> None: ...

    def close(self) -> None: ...


def test_artifacts_of_the_active_run_can_be_listed_and_fetched(store: Store, tmp_path: Path) -> None:
    with nbtrack.start_run() as run:
        nbtrack.log_text("hello", "a/b.txt")
        assert [f.path for f in nbtrack.list_artifacts()] == ["a"]
        assert Path(nbtrack.download_artifacts(artifact_path="a/b.txt")).read_text() == "hello"
        copy = nbtrack.download_artifacts(f"runs:/{run.info.run_id}/a", dst_path=tmp_path / "new")
        assert (Path(copy) / "b.txt").read_text() == "hello"
        assert nbtrack.artifacts.load_text(nbtrack.get_artifact_uri("a/b.txt")) == "hello"
    with pytest.raises(InvalidValueError, match="no active run"):
        nbtrack.list_artifacts()
    with pytest.raises(NotFoundError, match="no/where"):
        nbtrack.download_artifacts(run_id=run.info.run_id, artifact_path="no/where")


def test_a_download_address_cannot_lead_out_of_the_store(store: Store, tmp_path: Path) -> None:
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "secret").write_text("x")
    with nbtrack.start_run() as run:
        for uri in (
            str(tmp_path / "artifacts" / "secret"),
            "/etc/passwd",
            f"runs:/{run.info.run_id}/../meta.yaml",
            f"runs:/{run.info.run_id}/../../../../../etc/passwd",
        ):
            with pytest.raises((NotFoundError, InvalidValueError)):
                nbtrack.download_artifacts(uri)

"""What nbtrack writes, MLflow reads equal and goes on writing; what MLflow writes, nbtrack reads equal."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from nbtrack.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run, RunStatus, RunTag, ViewType
from nbtrack.stores.files import FileStore

pytestmark = pytest.mark.interop
EXPERIMENT = ("name", "lifecycle_stage", "artifact_location", "creation_time", "last_update_time")
INFO = ("experiment_id", "run_name", "status", "lifecycle_stage", "user_id", "start_time", "end_time", "artifact_uri")


def dump(store: FileStore) -> dict[str, Any]:
    """The same fields as the MLflow side dumps."""
    experiments = store.experiments(ViewType.ALL)
    rows = store.snapshot([each.experiment_id for each in experiments]).rows
    return {
        "experiments": {
            each.experiment_id: {**{n: getattr(each, n) for n in EXPERIMENT}, "tags": dict(each.tags)}
            for each in experiments
        },
        "runs": {row.run.info.run_id: dump_run(store, row.run) for row in rows},
    }


def dump_run(store: FileStore, run: Run) -> dict[str, Any]:
    run_id = run.info.run_id
    return {
        "info": {name: getattr(run.info, name) for name in INFO},
        "params": dict(run.data.params),
        "tags": dict(run.data.tags),
        "metrics": {key: repr(value) for key, value in run.data.metrics.items()},
        "histories": {key: points(store, run_id, key) for key in run.data.metrics},
        "artifacts": sorted(artifacts(store, run_id, "")),
        "datasets": sorted([each.dataset.name, each.dataset.digest] for each in run.inputs.dataset_inputs),
    }


def assert_alike(mine: dict[str, Any], seen: dict[str, Any]) -> None:
    """Field by field, so that a failure names the field."""
    assert mine["experiments"] == seen["experiments"]
    assert set(mine["runs"]) == set(seen["runs"])
    for run_id, run in seen["runs"].items():
        for field, value in run.items():
            assert mine["runs"][run_id][field] == value, f"{field} of {run['info']['run_name']}"


def points(store: FileStore, run_id: str, key: str) -> list[list[Any]]:
    series = store.history(run_id, key)
    columns = series.step.tolist(), series.timestamp.tolist(), series.value.tolist()
    return [[step, time, repr(value)] for step, time, value in zip(*columns, strict=True)]


def artifacts(store: FileStore, run_id: str, path: str) -> list[list[Any]]:
    found: list[list[Any]] = []
    for info in store.list_artifacts(run_id, path):
        found.append([info.path, info.is_dir, info.file_size])
        if info.is_dir:
            found += artifacts(store, run_id, info.path)
    return found


def write_everything(store: FileStore, tmp_path: Path) -> str:
    """Every kind of write that the contract has; returns the id of a running run."""
    experiment = store.create_experiment("by nbtrack", tags={"owner/é": "ünï\ntwo lines"})
    custom = store.create_experiment("elsewhere", artifact_location=str(tmp_path / "artifacts here"))
    name = "a 'name': with # \"all\" 😀 " + "and spaces " * 12
    run_id = store.create_run(experiment, run_name=name, user_id="me", start_time=1000, tags={"a": "b"}).info.run_id
    writer = store.writer(run_id)
    for step, value in enumerate([1.0, math.nan, math.inf, -math.inf, 1e-300, -0.0, 0.1 + 0.2]):
        writer.log_metric("val/loss ü:1", value, 2000 + step, step)
        writer.log_metric("tie", value, 5, 5)
    store.log_batch(
        run_id,
        [Metric("back", 1.0, 10, 3), Metric("back", 2.0, 11, 1), Metric("back", 9.0, 9, 3)],
        [Param("lr", "0.1"), Param("deep/er/key", "two\nlines\r\n"), Param("empty", ""), Param("漢", "é😀\x85\t")],
        [RunTag("mlflow.note.content", "# T\n"), RunTag("n/e/s", "t")],
    )
    data = Dataset("grid", "abc123", "local", '{"uri": "x"}', None, None)
    store.log_inputs(run_id, [DatasetInput(data, (InputTag("mlflow.data.context", "training"),))])
    store.write_artifact(run_id, "notes/a b é.txt", b"hello")
    store.write_artifact(run_id, "model.bin", bytes(1000))
    child = store.create_run(experiment, run_name="c", user_id="me", start_time=2, tags={"mlflow.parentRunId": run_id})
    store.update_run(child.info.run_id, status=RunStatus.FAILED, end_time=99, run_name="true")
    far = store.create_run(custom, run_name="123", user_id="", start_time=3, tags={}).info.run_id
    store.write_artifact(far, "x.txt", b"far")
    for action in ("deleted", "restored"):
        one = store.create_run(experiment, run_name=action, user_id="u", start_time=4, tags={}).info.run_id
        store.delete_run(one)
        if action == "restored":
            store.restore_run(one)
    trashed = store.create_experiment("trashed")
    store.create_run(trashed, run_name="t", user_id="u", start_time=4, tags={})
    store.delete_experiment(trashed)
    again = store.create_experiment("there and back")
    store.create_run(again, run_name="t", user_id="u", start_time=4, tags={})
    store.delete_experiment(again)
    store.restore_experiment(again)
    store.rename_experiment(again, "renamed")
    return run_id


def test_what_nbtrack_writes_mlflow_reads_equal_and_goes_on_writing(real_mlflow: Any, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = write_everything(store, tmp_path)
    seen = real_mlflow.ask("dump", store=store.uri)
    mine = dump(store)
    assert_alike(mine, seen)
    assert len(seen["runs"]) == 7

    real_mlflow.call(store.uri, "log_metric", run_id, "val/loss ü:1", 42.0, 3000, 100)
    real_mlflow.call(store.uri, "set_tag", run_id, "mlflow.runName", "renamed by MLflow")
    real_mlflow.call(store.uri, "set_terminated", run_id, "FINISHED", 5000)
    real_mlflow.ask("fluent", store=store.uri, experiment="by nbtrack", run_name="a new one")
    after = dump(store)
    assert_alike(after, real_mlflow.ask("dump", store=store.uri))
    assert after["runs"][run_id]["metrics"]["val/loss ü:1"] == "42.0"
    assert after["runs"][run_id]["info"]["run_name"] == "renamed by MLflow"
    assert len(after["runs"]) == 9


def test_what_mlflow_writes_nbtrack_reads_equal_and_goes_on_writing(real_mlflow: Any, tmp_path: Path) -> None:
    uri = (tmp_path / "mlruns").as_uri()
    run_id = real_mlflow.ask("rich", store=uri)
    store = FileStore(tmp_path / "mlruns")
    assert_alike(dump(store), real_mlflow.ask("dump", store=uri))
    assert list(store.snapshot().damages) == []

    writer = store.writer(run_id)
    writer.log_metric("val/loss", 7.0, 10**12, 99)
    store.log_batch(run_id, [], [Param("later", "1")], [RunTag("team", "other"), RunTag("mlflow.runName", "new name")])
    store.update_run(run_id, status=RunStatus.KILLED, end_time=12345)
    experiment = store.run(run_id).info.experiment_id
    made = store.create_run(experiment, run_name="beside", user_id="me", start_time=1, tags={})
    assert made.info.experiment_id.isdigit()
    assert_alike(dump(store), real_mlflow.ask("dump", store=uri))


def test_each_mlflow_reads_a_run_that_the_others_and_nbtrack_touched(
    real_mlflow3: Any, real_mlflow2: Any, tmp_path: Path
) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = write_everything(store, tmp_path)
    real_mlflow3.call(store.uri, "log_param", run_id, "three", "3")
    real_mlflow3.call(store.uri, "set_terminated", run_id, "FINISHED", 7)  # MLflow 3 drops run_uuid here
    real_mlflow2.call(store.uri, "log_param", run_id, "two", "2")
    store.update_run(run_id, status=RunStatus.FAILED)
    assert_alike(dump(store), real_mlflow3.ask("dump", store=store.uri))
    assert_alike(dump(store), real_mlflow2.ask("dump", store=store.uri))

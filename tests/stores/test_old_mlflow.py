"""Stores that the real MLflow 0.8.2 and 1.0.0 wrote: other meta.yaml, seconds for milliseconds, folders left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbtrack.cli import main
from nbtrack.entities import RunStatus, ViewType
from nbtrack.stores.base import Snapshot
from nbtrack.stores.files import FileStore
from nbtrack.stores.files.points import SECONDS

VERSIONS = ["01_mlflow082", "01_mlflow100"]


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, sample: Callable[[str], Path]) -> tuple[Path, dict[str, Any]]:
    folder = sample(request.param)
    return folder / "mlruns", json.loads((folder / "EXPECTED.json").read_text())


def everything(store: FileStore) -> Snapshot:
    return store.snapshot([each.experiment_id for each in store.experiments(ViewType.ALL)])


def meant(time: int) -> int:
    return time * 1000 if time in SECONDS else time


def test_every_run_is_read_as_its_own_mlflow_reads_it(old: tuple[Path, dict[str, Any]]) -> None:
    store, expected = FileStore(old[0]), old[1]
    rows = {row.run.info.run_id: row for row in everything(store).rows}
    assert set(rows) == set(expected["runs"])
    for run_id, wanted in expected["runs"].items():
        info, data = rows[run_id].run.info, rows[run_id].run.data
        status = wanted["status"] if isinstance(wanted["status"], str) else RunStatus(wanted["status"]).name
        assert (info.status, info.start_time, info.end_time) == (status, wanted["start"], wanted["end"])
        assert (info.lifecycle_stage, info.user_id) == (wanted["stage"], wanted["user"])
        assert (data.params, data.tags, set(data.metrics)) == (wanted["params"], wanted["tags"], set(wanted["metrics"]))
        assert info.run_name == wanted["tags"].get("mlflow.runName", "")
        for key, points in wanted["histories"].items():
            series = store.history(run_id, key)
            columns = series.timestamp.tolist(), series.value.tolist()
            found = [[time, repr(value)] for time, value in zip(*columns, strict=True)]
            assert found == [[meant(time), value] for time, value in points]


def test_experiments_are_read_and_the_one_in_the_trash_is_deleted(old: tuple[Path, dict[str, Any]]) -> None:
    found = {e.experiment_id: [e.name, e.lifecycle_stage] for e in FileStore(old[0]).experiments(ViewType.ALL)}
    assert found == old[1]["experiments"]


def test_points_lie_within_their_run_though_their_time_was_written_in_seconds(old: tuple[Path, dict[str, Any]]) -> None:
    store = FileStore(old[0])
    checked = 0
    for row in everything(store).rows:
        for key in row.metrics:
            info, series = row.run.info, store.history(row.run.info.run_id, key)
            assert info.start_time is not None
            assert info.end_time is not None
            assert info.start_time // 1000 * 1000 <= series.timestamp.min()
            assert series.timestamp.max() <= info.end_time
            assert row.metrics[key].timestamp >= info.start_time // 1000 * 1000
            checked += 1
    assert checked >= 4


def test_an_old_store_is_no_damage_for_the_doctor(
    old: tuple[Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--store", str(old[0])]) == 0
    assert "nothing damaged" in capsys.readouterr().out


def test_an_old_run_is_continued_and_every_mlflow_since_reads_it(old: tuple[Path, dict[str, Any]]) -> None:
    store = FileStore(old[0])
    row = next(row for row in everything(store).rows if row.run.info.run_name == "failed")
    run_id = row.run.info.run_id
    store.writer(run_id).log_metric("loss", 1.0, 1_795_273_300_000, 9)
    store.update_run(run_id, status=RunStatus.FINISHED, end_time=1_795_273_300_001)
    (meta,) = old[0].glob(f"*/{run_id}/meta.yaml")
    assert f"run_id: {run_id}" in meta.read_text()
    assert f"run_uuid: {run_id}" in meta.read_text()
    assert store.run(run_id).data.metrics["loss"] == 1.0

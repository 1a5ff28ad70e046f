"""What MLflow 3.18 wrote is read as MLflow reads it, but for infinities, which come back as such."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbtrack.entities import ViewType
from nbtrack.errors import NbtrackWarning, NotAStoreError, NotFoundError, ReadOnlyError
from nbtrack.stores import open_store
from nbtrack.stores.sqlite import SqliteStore


def same(found: float, expected: Any) -> bool:
    wanted = float(expected)
    if abs(wanted) == sys.float_info.max:
        wanted = math.copysign(math.inf, wanted)
    return found == wanted or (math.isnan(found) and math.isnan(wanted))


@pytest.fixture
def database(sample: Callable[[str], Path]) -> Path:
    """With every feature, written by MLflow 3.18."""
    return sample("04a") / "mlflow.db"


@pytest.fixture
def expected(database: Path) -> dict[str, Any]:
    return json.loads((database.parent / "EXPECTED.json").read_text())


def test_experiments_are_read_as_mlflow_reads_them(database: Path, expected: dict[str, Any]) -> None:
    found = {e.experiment_id: e for e in SqliteStore(database).experiments(ViewType.ALL)}
    assert len(found) == len(expected["experiments"])
    for wanted in expected["experiments"]:
        experiment = found[wanted["experiment_id"]]
        names = ("name", "lifecycle_stage", "artifact_location", "creation_time", "last_update_time")
        assert {name: getattr(experiment, name) for name in names} == {name: wanted[name] for name in names}
        assert dict(experiment.tags) == wanted["tags"]


def test_every_run_is_read_field_by_field_as_mlflow_reads_it(database: Path, expected: dict[str, Any]) -> None:
    store = SqliteStore(database)
    ids = [e.experiment_id for e in store.experiments(ViewType.ALL)]
    rows = {row.run.info.run_id: row for row in store.snapshot(ids).rows}
    assert len(rows) == len(expected["runs"])
    for wanted in expected["runs"]:
        row = rows[wanted["run_id"]]
        info = (
            "experiment_id",
            "status",
            "lifecycle_stage",
            "user_id",
            "start_time",
            "end_time",
            "artifact_uri",
            "run_name",
        )
        assert {name: getattr(row.run.info, name) for name in info} == {name: wanted[name] for name in info}
        assert dict(row.run.data.params) == wanted["params"]
        assert dict(row.run.data.tags) == wanted["tags"]
        assert set(row.metrics) == set(wanted["latest_metrics"])
        for key, (step, timestamp, value) in wanted["latest_metrics"].items():
            summary = row.metrics[key]
            assert (summary.step, summary.timestamp) == (step, timestamp)
            assert same(summary.last, value), (key, summary.last, value)


def test_summaries_say_what_the_histories_say(database: Path) -> None:
    store = SqliteStore(database)
    checked = 0
    for row in store.snapshot().rows:
        for key, summary in row.metrics.items():
            points = store.history(row.run.info.run_id, key)
            real = points.value[~(points.value != points.value)]
            assert summary.count == len(points)
            assert same(summary.min, real.min() if len(real) else math.nan)
            assert same(summary.max, real.max() if len(real) else math.nan)
            first = min(range(len(points)), key=lambda i: (points.step[i], points.timestamp[i]))
            at_first = (points.step == points.step[first]) & (points.timestamp == points.timestamp[first])
            assert any(same(summary.first, value) for value in points.value[at_first])
            checked += 1
    assert checked > 200


def test_artifacts_of_a_moved_store_are_found_beside_the_database(database: Path) -> None:
    store = SqliteStore(database)
    listed = {row.run.info.run_id: store.list_artifacts(row.run.info.run_id) for row in store.snapshot().rows}
    files = [(run_id, info) for run_id, infos in listed.items() for info in infos if not info.is_dir]
    assert files
    run_id, info = files[0]
    assert len(store.read_artifact(run_id, info.path)) == info.file_size


def test_opening_never_changes_the_file(database: Path) -> None:
    before = database.read_bytes()
    store = open_store(f"sqlite:///{database}")
    store.snapshot()
    store.changes()
    store.close()
    assert database.read_bytes() == before
    assert not [p.name for p in database.parent.glob("mlflow.db-*")]


def test_a_newer_schema_opens_read_only_and_says_so(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    connection.close()
    with pytest.warns(NbtrackWarning, match="newer than nbtrack knows.*read-only"):
        store = SqliteStore(database)
    assert store.read_only
    assert store.snapshot().rows
    with pytest.raises(ReadOnlyError, match="Upgrade nbtrack"):
        store.create_experiment("new")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"no database at all, but long enough to be taken for one", "cannot be read"), (b"", "no table")],
)
def test_a_file_that_is_no_mlflow_database_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "mlflow.db").write_bytes(content)
    with pytest.raises(NotAStoreError, match=told):
        SqliteStore(tmp_path / "mlflow.db")


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotAStoreError, match="no database at"):
        SqliteStore(tmp_path / "mlflow.db")
    assert not (tmp_path / "mlflow.db").exists()


def test_unknown_ids_are_named(database: Path) -> None:
    store = SqliteStore(database)
    for ask in (lambda: store.run("nowhere"), lambda: store.experiment("x1"), lambda: store.history("nowhere", "loss")):
        with pytest.raises(NotFoundError, match=r"nowhere|x1"):
            ask()


def test_a_wal_database_in_a_folder_without_write_permission_is_read(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    copy = database.parent / "copy"
    copy.mkdir()
    shutil.copy(database, copy / "mlflow.db")
    (copy / "mlflow.db").chmod(0o444)
    copy.chmod(0o555)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert SqliteStore(copy / "mlflow.db").snapshot().rows
    finally:
        copy.chmod(0o755)

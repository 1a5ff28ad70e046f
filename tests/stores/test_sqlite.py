"""What MLflow 3.18 wrote is read as MLflow reads it, but for infinities, which come back as such."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nbtrack.entities import Param, RunStatus, ViewType
from nbtrack.errors import NbtrackWarning, NotAStoreError, NotFoundError, ReadOnlyError, StoreError
from nbtrack.stores import open_store
from nbtrack.stores.sqlite import SqliteStore, patience
from nbtrack.stores.sqlite import database as sqlite_database


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
    store.watch().changes()
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


@pytest.mark.parametrize("major", [2, 3])
def test_the_points_of_a_run_are_found_without_a_walk_through_those_of_all_runs(
    major: int, new_database: Callable[[int, Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, run_id = run_in(new_database(major, tmp_path))
    store.writer(run_id).log_metric("m", 1.0, 1, 1)
    plans: list[str] = []
    real = store.database.rows

    def explained(sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        plans.extend(line for *_, line in real(f"EXPLAIN QUERY PLAN {sql}", values))
        return real(sql, values)

    monkeypatch.setattr(store.database, "rows", explained)
    store.history(run_id, "m")
    store.snapshot()
    assert [line for line in plans if "index_metrics_run_uuid" in line]
    assert not [line for line in plans if "sqlite_autoindex_metrics_1" in line], "which begins with the key"


@contextmanager
def locked(path: Path, how: str) -> Iterator[None]:
    """Another program stopped in the middle of writing to the database."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute(f"BEGIN {how}")
    yield
    other.execute("ROLLBACK")
    other.close()


def run_in(path: Path) -> tuple[SqliteStore, str]:
    store = SqliteStore(path)
    experiment = store.create_experiment("e")
    made = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={})
    return store, made.info.run_id


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The times that a test can wait for."""
    for name, seconds in (("WAIT_S", 0.4), ("MOMENT_S", 0.02), ("READ_AGAIN_S", 0.02)):
        for module in (patience, sqlite_database):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, seconds)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_training_loop_waits_for_a_locked_database_once_and_loses_no_point(
    how: str, new_database: Callable[[int, Path], Path], tmp_path: Path
) -> None:
    path = new_database(3, tmp_path)
    store, run_id = run_in(path)
    writer = store.writer(run_id)
    with locked(path, how):
        began = time.monotonic()
        for step in range(2000):
            with pytest.raises(StoreError, match=r"locked by another program.*held in memory"):
                writer.log_metric("m", step / 7, step, step)
        assert time.monotonic() - began < 3
    time.sleep(patience.PAUSE_S)
    writer.log_metric("m", 9.0, 2000, 2000)
    assert SqliteStore(path).history(run_id, "m").step.tolist() == list(range(2001))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("end", ["close", "end", "batch"])
def test_points_that_had_to_wait_are_written_at_the_latest_when_the_run_ends(
    end: str, new_database: Callable[[int, Path], Path], tmp_path: Path
) -> None:
    path = new_database(3, tmp_path)
    store, run_id = run_in(path)
    with locked(path, "IMMEDIATE"), pytest.raises(StoreError, match="locked"):
        store.writer(run_id).log_metric("m", 1.0, 1, 1)
    if end == "close":
        store.close()
    elif end == "end":
        store.update_run(run_id, status=RunStatus.FINISHED)
    else:
        time.sleep(patience.PAUSE_S)
        store.log_batch(run_id, params=[Param("p", "1")])
    assert SqliteStore(path).run(run_id).data.metrics == {"m": 1.0}


@pytest.mark.usefixtures("impatient")
def test_a_write_that_must_get_through_waits_though_a_point_did_not(
    new_database: Callable[[int, Path], Path], tmp_path: Path
) -> None:
    path = new_database(3, tmp_path)
    store, run_id = run_in(path)
    with locked(path, "IMMEDIATE"):
        with pytest.raises(StoreError, match="locked"):
            store.writer(run_id).log_metric("m", 1.0, 1, 1)
        ending = threading.Thread(target=lambda: store.update_run(run_id, status=RunStatus.FINISHED))
        ending.start()
        time.sleep(0.1)
        assert ending.is_alive()
    ending.join(5)
    seen = SqliteStore(path).run(run_id)
    assert (seen.info.status, seen.data.metrics) == ("FINISHED", {"m": 1.0})

"""How does a run of another store get into an mlflow.db in one transaction, with its id?"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbtrack.entities import Experiment, LifecycleStage, Run
from nbtrack.errors import InvalidValueError
from nbtrack.frame import Row, Series
from nbtrack.stores.files import artifacts
from nbtrack.stores.files.layout import uri_below
from nbtrack.stores.names import checked_experiment_name, is_run_id
from nbtrack.stores.receiving import LeftOut
from nbtrack.stores.sqlite import SqliteStore, writing
from nbtrack.stores.sqlite.values import stored

GREATEST_ID = 2**63 - 2  # SQLite counts on from the greatest, so one must be left


class SqliteReceiver:
    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._db = store.database

    def receive_experiment(self, given: Experiment) -> str:
        name = checked_experiment_name(given.name)
        with self._db.writing() as connection:
            if connection.execute("SELECT 1 FROM experiments WHERE name = ?", (name,)).fetchone():
                raise InvalidValueError(f"There is an experiment '{name}' in '{self._store.path}' already.")
            wanted = _as_number(given.experiment_id)
            if connection.execute("SELECT 1 FROM experiments WHERE experiment_id = ?", (wanted,)).fetchone():
                wanted = None
            number = connection.execute(
                "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
                "last_update_time) VALUES (?, ?, ?, ?, ?, ?)",
                (wanted, name, "", given.lifecycle_stage, given.creation_time, given.last_update_time),
            ).lastrowid
            place = given.artifact_location or str(self._store.path.parent / "mlruns" / str(number))
            connection.execute("UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?", (place, number))
            connection.executemany(
                "INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?, ?, ?)",
                [(key, value, number) for key, value in given.tags.items()],
            )
        return str(number)

    def receive_run(self, experiment_id: str, given: Row, histories: Sequence[tuple[str, Series]]) -> LeftOut:
        run, run_id = given.run, given.run.info.run_id
        if not is_run_id(run_id):
            raise InvalidValueError(f"'{run_id[:80]}' cannot be the id of a run in '{self._store.path}'.")
        location = self._store.experiment(experiment_id).artifact_location
        with self._db.writing() as connection:
            if connection.execute("SELECT 1 FROM runs WHERE run_uuid = ?", (run_id,)).fetchone():
                raise InvalidValueError(f"There is a run '{run_id}' in '{self._store.path}' already.")
            _insert_run(connection, run, int(experiment_id), uri_below(location, run_id, "artifacts"))
            for table, texts in (("params", run.data.params), ("tags", run.data.tags)):
                connection.executemany(
                    f"INSERT INTO {table} (key, value, run_uuid) VALUES (?, ?, ?)",
                    [(key, value, run_id) for key, value in texts.items()],
                )
            for key, series in histories:
                connection.executemany(
                    "INSERT OR IGNORE INTO metrics (key, value, is_nan, timestamp, step, run_uuid) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    _points(run_id, key, series),
                )
            connection.executemany(
                "INSERT INTO latest_metrics (key, value, is_nan, timestamp, step, run_uuid) VALUES (?, ?, ?, ?, ?, ?)",
                [(key, *stored(last.last), last.timestamp, last.step, run_id) for key, last in given.metrics.items()],
            )
            writing.put_inputs(connection, run_id, experiment_id, run.inputs.dataset_inputs)
        return []

    def receive_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        folder = self._store.artifact_dir(run_id)
        if folder is None:
            raise InvalidValueError(f"The artifacts of run {run_id} in '{self._store.path}' are not on this machine.")
        artifacts.receive(str(folder), path, data)


def _as_number(experiment_id: str) -> int | None:
    """None where the database has to give a number of its own."""
    number = int(experiment_id) if experiment_id.isascii() and experiment_id.isdigit() else None
    plain = number is not None and number <= GREATEST_ID and str(number) == experiment_id
    return number if plain and number else None  # 0 is MLflow's own default experiment


def _insert_run(connection: sqlite3.Connection, run: Run, experiment_id: int, usual_place: str) -> None:
    info = run.info
    deleted = time.time_ns() // 1_000_000 if info.lifecycle_stage == LifecycleStage.DELETED else None
    connection.execute(
        "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, source_version, user_id, "
        "status, start_time, end_time, lifecycle_stage, deleted_time, artifact_uri, experiment_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            info.run_id, info.run_name, *writing.NOT_GIVEN, info.user_id, info.status, info.start_time, info.end_time,
            info.lifecycle_stage, deleted, info.artifact_uri or usual_place, experiment_id,
        ),
    )  # fmt: skip


def _points(run_id: str, key: str, series: Series) -> Iterator[tuple[object, ...]]:
    columns = series.step.tolist(), series.timestamp.tolist(), series.value.tolist()
    for step, timestamp, value in zip(*columns, strict=True):
        yield key, *stored(value), timestamp, step, run_id

"""How does a value get into an mlflow.db so that MLflow finds it where it looks?

Every function runs inside a transaction of the caller's and leaves the tables as MLflow's own store would.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence

from nbtrack.entities import DatasetInput, Metric
from nbtrack.errors import NotFoundError
from nbtrack.stores.names import changed_param
from nbtrack.stores.sqlite.values import stored

NAME_TAG = "mlflow.runName"
NOT_GIVEN = ("UNKNOWN", "", "", "")  # source type, source name, entry point, source version: MLflow keeps them in tags


def insert_run(
    connection: sqlite3.Connection,
    *,
    run_id: str,
    experiment_id: str,
    run_name: str,
    user_id: str,
    start_time: int,
    artifact_uri: str,
    tags: Mapping[str, str],
) -> None:
    connection.execute(
        "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, source_version, user_id, "
        "status, start_time, lifecycle_stage, artifact_uri, experiment_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, 'active', ?, ?)",
        (run_id, run_name, *NOT_GIVEN, user_id, start_time, artifact_uri, int(experiment_id)),
    )
    put_tags(connection, run_id, {**tags, NAME_TAG: run_name})


def put_tags(connection: sqlite3.Connection, run_id: str, tags: Mapping[str, str]) -> None:
    connection.executemany(
        "INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?) "
        "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value",
        [(key, value, run_id) for key, value in tags.items()],
    )
    if tags.get(NAME_TAG):
        connection.execute("UPDATE runs SET name = ? WHERE run_uuid = ?", (tags[NAME_TAG], run_id))


def put_params(connection: sqlite3.Connection, run_id: str, params: Mapping[str, str]) -> None:
    for key, value in params.items():
        there = connection.execute("SELECT value FROM params WHERE key = ? AND run_uuid = ?", (key, run_id)).fetchone()
        if there is None:
            connection.execute("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", (key, value, run_id))
        elif there[0] != value:
            raise changed_param(key, there[0], value, run_id)


def replace_params(connection: sqlite3.Connection, run_id: str, params: Mapping[str, str]) -> None:
    connection.executemany(
        "INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?) "
        "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value",
        [(key, value, run_id) for key, value in params.items()],
    )


def put_points(connection: sqlite3.Connection, run_id: str, metrics: Iterable[Metric]) -> None:
    """The points, and the newest of each key by (step, timestamp, value) in latest_metrics.

    A point that is already there is kept once: the table's key is the whole point.
    """
    points = [(m.key, *stored(m.value), m.timestamp, m.step, run_id) for m in metrics]
    connection.executemany(
        "INSERT OR IGNORE INTO metrics (key, value, is_nan, timestamp, step, run_uuid) VALUES (?, ?, ?, ?, ?, ?)",
        points,
    )
    connection.executemany(
        "INSERT INTO latest_metrics (key, value, is_nan, timestamp, step, run_uuid) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value, is_nan = excluded.is_nan, "
        "timestamp = excluded.timestamp, step = excluded.step "
        "WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)",
        points,
    )


def move_run(connection: sqlite3.Connection, run_id: str, experiment_id: str) -> None:
    connection.execute("UPDATE runs SET experiment_id = ? WHERE run_uuid = ?", (int(experiment_id), run_id))


def remove(connection: sqlite3.Connection, table: str, run_id: str, keys: Iterable[str]) -> None:
    """`table` is one of ours, `params` or `tags`."""
    connection.executemany(f"DELETE FROM {table} WHERE key = ? AND run_uuid = ?", [(key, run_id) for key in keys])


def remove_points(connection: sqlite3.Connection, run_id: str, key: str, points: Iterable[Metric]) -> None:
    """The newest point of those that are left, by (step, timestamp, value), goes to latest_metrics."""
    connection.executemany(
        "DELETE FROM metrics "
        "WHERE key = ? AND value = ? AND is_nan = ? AND timestamp = ? AND step = ? AND run_uuid = ?",
        [(key, *stored(m.value), m.timestamp, m.step, run_id) for m in points],
    )
    connection.execute("DELETE FROM latest_metrics WHERE key = ? AND run_uuid = ?", (key, run_id))
    connection.execute(
        "INSERT INTO latest_metrics (key, value, is_nan, timestamp, step, run_uuid) "
        "SELECT key, value, is_nan, timestamp, step, run_uuid FROM metrics WHERE key = ? AND run_uuid = ? "
        "ORDER BY step DESC, timestamp DESC, value DESC LIMIT 1",
        (key, run_id),
    )


def delete_tag(connection: sqlite3.Connection, run_id: str, key: str) -> None:
    if connection.execute("DELETE FROM tags WHERE key = ? AND run_uuid = ?", (key, run_id)).rowcount == 0:
        raise NotFoundError(f"Run {run_id} has no tag '{key}'. Its tags are in run.data.tags.")


def put_inputs(connection: sqlite3.Connection, run_id: str, experiment_id: str, inputs: Sequence[DatasetInput]) -> None:
    for given in inputs:
        data = given.dataset
        at = (int(experiment_id), data.name, data.digest)
        where = "experiment_id = ? AND name = ? AND digest = ?"
        there = connection.execute(f"SELECT dataset_uuid FROM datasets WHERE {where}", at).fetchone()
        dataset_id = there[0] if there else uuid.uuid4().hex
        if not there:
            connection.execute(
                "INSERT INTO datasets (experiment_id, name, digest, dataset_uuid, dataset_source_type, dataset_source, "
                "dataset_schema, dataset_profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*at, dataset_id, data.source_type, data.source, data.schema, data.profile),
            )
        input_id = uuid.uuid4().hex
        added = connection.execute(
            "INSERT OR IGNORE INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id) "
            "VALUES (?, 'DATASET', ?, 'RUN', ?)",
            (input_id, dataset_id, run_id),
        )
        if added.rowcount:
            connection.executemany(
                "INSERT INTO input_tags (input_uuid, name, value) VALUES (?, ?, ?)",
                [(input_id, tag.key, tag.value) for tag in given.tags],
            )


def set_stage(connection: sqlite3.Connection, where: str, value: object, deleted_at: int | None) -> None:
    """Runs become deleted at that time, or active again with None. `where` is a condition of ours with one `?`."""
    stage = "active" if deleted_at is None else "deleted"
    connection.execute(
        f"UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE {where}", (stage, deleted_at, value)
    )

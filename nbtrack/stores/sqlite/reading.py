"""What do the tables of an mlflow.db say about experiments and runs?

All functions read; each statement is short. Times are milliseconds, ids of experiments are text although the
database holds integers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from nbtrack.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    Run,
    RunData,
    RunInfo,
    RunInputs,
)
from nbtrack.frame import Row, Series, Summary
from nbtrack.stores.sqlite.database import Database
from nbtrack.stores.sqlite.values import read

Texts = dict[str, dict[str, str]]


def experiments(db: Database, where: str = "1", values: Sequence[object] = ()) -> list[Experiment]:
    """Newest first, then by id. `where` is a condition of ours on the table `experiments`."""
    times = "creation_time, last_update_time" if db.schema.has("experiments", "creation_time") else "NULL, NULL"
    # Workspaces of MLflow 3 are separate worlds; what a notebook means is the default one.
    workspace = " AND workspace = 'default'" if db.schema.has("experiments", "workspace") else ""
    columns = f"experiment_id, name, artifact_location, lifecycle_stage, {times}"
    found = db.rows(f"SELECT {columns} FROM experiments WHERE {where}{workspace}", values)
    tags: Texts = defaultdict(dict)
    for key, value, experiment_id in db.rows("SELECT key, value, experiment_id FROM experiment_tags"):
        tags[str(experiment_id)][_text(key)] = _text(value)
    made = [
        Experiment(
            *(str(id_), _text(name), _text(place), _text(stage) or "active", tags.get(str(id_), {})),
            *(time if isinstance(time, int) else None for time in (created, updated)),
        )
        for id_, name, place, stage, created, updated in found
    ]
    return sorted(made, key=lambda e: (-(e.creation_time or 0), e.experiment_id))


# What other programs put into a column that should hold numbers is passed over here, and named by `damage`.
NUMBERS = "typeof(value) IN ('real', 'integer') AND typeof(step) = 'integer' AND typeof(timestamp) = 'integer'"
RUN_COLUMNS = "run_uuid, experiment_id, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, name"


def infos(db: Database, where: str, values: Sequence[object]) -> list[RunInfo]:
    """Runs without their values. `where` is a condition of ours on the table `runs`."""
    return [
        RunInfo(
            run_id=_text(run_id),
            experiment_id=str(experiment_id),
            user_id=_text(user),
            status=_text(status) or "RUNNING",
            start_time=start if isinstance(start, int) else None,
            end_time=end if isinstance(end, int) else None,
            lifecycle_stage=_text(stage) or "active",
            artifact_uri=_text(artifacts),
            run_name=_text(name),
        )
        for run_id, experiment_id, user, status, start, end, stage, artifacts, name in db.rows(
            f"SELECT {RUN_COLUMNS} FROM runs WHERE {where}", values
        )
    ]


def rows(db: Database, found: Sequence[RunInfo], *, all_runs: bool = False) -> list[Row]:
    """The runs with everything that a frame shows, in the order given. `all_runs`: `found` is all there are."""
    ids = None if all_runs else [info.run_id for info in found]
    params = _texts(db, "params", ids)
    tags = _texts(db, "tags", ids)
    metrics = _summaries(db, ids)
    inputs = _inputs(db, ids)
    made = []
    for info in found:
        values = metrics.get(info.run_id, {})
        name = info.run_name or tags.get(info.run_id, {}).get("mlflow.runName", "")
        shown = replace(info, run_name=name)
        last = {key: summary.last for key, summary in values.items()}
        data = RunData(last, params.get(info.run_id, {}), tags.get(info.run_id, {}))
        made.append(Row(Run(shown, data, RunInputs(inputs.get(info.run_id, ()))), values))
    return made


def history(db: Database, run_id: str, key: str) -> Series:
    """All points by (timestamp, step, value), as MLflow returns them from a database."""
    found = db.rows(
        f"SELECT step, timestamp, value, is_nan FROM metrics {_by_run(db)} "
        f"WHERE run_uuid = ? AND key = ? AND {NUMBERS} ORDER BY timestamp, step, value",
        (run_id, key),
    )
    return Series(
        np.array([row[0] for row in found], np.int64),
        np.array([row[1] for row in found], np.int64),
        np.array([read(row[2], row[3]) for row in found], np.float64),
    )


def _by_run(db: Database) -> str:
    """Left alone, SQLite walks all runs' points of a key: 220 times slower in a store of 10,000 runs."""
    return f"INDEXED BY {db.schema.history_index}" if db.schema.history_index else ""


def _texts(db: Database, table: str, ids: Sequence[str] | None) -> Texts:
    found: Texts = defaultdict(dict)
    for run_id, key, value in db.rows_for(
        f"SELECT run_uuid, key, value FROM {table} WHERE run_uuid {{among}} ORDER BY rowid", ids
    ):
        found[run_id][_text(key)] = _text(value)
    return found


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def _summaries(db: Database, ids: Sequence[str] | None) -> dict[str, dict[str, Summary]]:
    """One pass over the points for count and extremes, one lookup a history for its first value."""
    firsts = {
        (run_id, key): read(value, is_nan)
        for run_id, key, value, is_nan, _ in db.rows_for(
            "SELECT m.run_uuid, m.key, m.value, m.is_nan, min(m.timestamp) FROM "
            f"(SELECT run_uuid, key, min(step) AS step FROM metrics WHERE run_uuid {{among}} AND {NUMBERS} "
            "GROUP BY run_uuid, key) AS f "
            f"JOIN metrics AS m {_by_run(db)} ON m.run_uuid = f.run_uuid AND m.key = f.key AND m.step = f.step "
            "GROUP BY m.run_uuid, m.key",
            ids,
        )
    }
    ranges = {
        (run_id, key): (count, read(low), read(high))
        for run_id, key, count, low, high in db.rows_for(
            "SELECT run_uuid, key, count(*), min(CASE WHEN is_nan = 0 THEN value END), "
            "max(CASE WHEN is_nan = 0 THEN value END) FROM metrics "
            f"WHERE run_uuid {{among}} AND {NUMBERS} GROUP BY run_uuid, key",
            ids,
        )
    }
    found: dict[str, dict[str, Summary]] = defaultdict(dict)
    for run_id, key, value, is_nan, step, timestamp in db.rows_for(
        "SELECT run_uuid, key, value, is_nan, step, timestamp FROM latest_metrics "
        f"WHERE run_uuid {{among}} AND {NUMBERS} ORDER BY rowid",
        ids,
    ):
        last = read(value, is_nan)
        count, low, high = ranges.get((run_id, key), (1, last, last))
        first = firsts.get((run_id, key), last)
        found[run_id][_text(key)] = Summary(last, step, timestamp or 0, low, high, first, count)
    return found


def _inputs(db: Database, ids: Sequence[str] | None) -> Mapping[str, tuple[DatasetInput, ...]]:
    if not db.schema.has("inputs") or not db.schema.has("input_tags"):
        return {}
    tags: dict[str, list[InputTag]] = defaultdict(list)
    found = db.rows_for(
        "SELECT i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, "
        "d.dataset_schema, d.dataset_profile FROM inputs AS i JOIN datasets AS d ON d.dataset_uuid = i.source_id "
        "WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id {among} ORDER BY i.rowid",
        ids,
    )
    if found:
        for input_id, name, value in _tags_of(db, [row[1] for row in found]):
            tags[input_id].append(InputTag(name, value))
    by_run: dict[str, list[DatasetInput]] = defaultdict(list)
    for run_id, input_id, name, digest, kind, source, schema, profile in found:
        dataset = Dataset(name, digest, kind or "", source or "", schema, profile)
        by_run[run_id].append(DatasetInput(dataset, tuple(tags[input_id])))
    return {run_id: tuple(inputs) for run_id, inputs in by_run.items()}


def _tags_of(db: Database, inputs: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    for row in db.rows_for("SELECT input_uuid, name, value FROM input_tags WHERE input_uuid {among}", inputs):
        yield row[0], row[1], row[2]

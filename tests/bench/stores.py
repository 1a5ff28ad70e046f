"""Where are the stores that the bench reads, and how do they come to be? Made once under .bench/ and used again.

The same runs lie in a folder and in a database. The database has the schema that the real MLflow makes; its rows are
put in by SQL, because MLflow takes hours for them.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbtrack.stores.files import FileStore
from tests.bench.generate import STEPS, generate

VERSION = 1  # to be raised when `generate` writes something else
BENCH = Path(__file__).parents[2] / ".bench"
MLFLOW = os.environ.get("NBTRACK_MLFLOW3_PYTHON", "")
EMPTY = "import sys, mlflow; mlflow.MlflowClient(sys.argv[1]).search_experiments()"


def folder_of(runs: int, *, steps: int = STEPS) -> Path:
    """An mlruns folder of so many runs."""
    path = BENCH / (f"runs-{runs}-v{VERSION}" if steps == STEPS else f"runs-{runs}-{steps}-steps-v{VERSION}")
    if not path.exists():
        print(f"Writing a store of {runs:,} runs", file=sys.stderr)
        half = path.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        generate(half, runs, place=path, steps=steps)
        half.rename(path)
    return path


def database_of(runs: int) -> Path:
    """The same runs in MLflow's database."""
    path = BENCH / f"runs-{runs}-v{VERSION}.db"
    if not path.exists():
        print(f"Writing a database of {runs:,} runs", file=sys.stderr)
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        script = [MLFLOW, "-c", EMPTY, f"sqlite:///{half}"]
        subprocess.run(script, cwd=BENCH, env=quiet(), check=True, capture_output=True)
        _fill(half, FileStore(folder_of(runs)))
        half.rename(path)
    return path


def quiet() -> dict[str, str]:
    """The environment in which either side is asked: no telemetry, and MLflow's file store allowed."""
    given = {"PYTHONPATH": str(BENCH.parent), "MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    return {**os.environ, **given, "DO_NOT_TRACK": "true", "PYTHONWARNINGS": "ignore"}


def forget(store: Path, run_ids: Sequence[str]) -> None:
    """Take out what a round has written."""
    for run_id in run_ids:
        if store.is_dir():
            for folder in store.glob(f"*/{run_id}"):
                shutil.rmtree(folder)
            continue
        with sqlite3.connect(store) as connection:
            for table in ("metrics", "latest_metrics", "params", "tags", "runs"):
                connection.execute(f"DELETE FROM {table} WHERE run_uuid = ?", (run_id,))
        connection.close()


def _fill(path: Path, store: FileStore) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -1000000")  # kB
    with connection:
        connection.execute("DELETE FROM experiments")
        for each in store.experiments():
            row = (
                each.experiment_id,
                each.name,
                each.artifact_location,
                "active",
                each.creation_time,
                each.creation_time,
            )
            connection.execute(
                "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time,"
                " last_update_time) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        for table, rows in _tables(store):
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute("PRAGMA optimize")
    connection.close()
    store.close()


def _tables(store: FileStore) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    # Oldest first, so that most indexes grow at their ends.
    for row in sorted(store.snapshot().rows, key=lambda row: row.run.info.start_time or 0):
        info, data = row.run.info, row.run.data
        run = info.run_id
        about = (info.user_id, info.status, info.start_time, info.end_time, "", info.lifecycle_stage, info.artifact_uri)
        yield (
            "runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,"
            " source_version, lifecycle_stage, artifact_uri, experiment_id)",
            [(run, info.run_name, "LOCAL", "", "", *about, int(info.experiment_id))],
        )
        yield "params (run_uuid, key, value)", [(run, *pair) for pair in data.params.items()]
        yield "tags (run_uuid, key, value)", [(run, *pair) for pair in data.tags.items()]
        columns = "(run_uuid, key, value, timestamp, step, is_nan)"
        latest = [(run, key, *_cell(s.last), s.timestamp, s.step, s.last != s.last) for key, s in row.metrics.items()]
        yield f"latest_metrics {columns}", latest
        for key in row.metrics:
            series = store.history(run, key)
            points = zip(series.value.tolist(), series.timestamp.tolist(), series.step.tolist(), strict=True)
            yield (
                f"metrics {columns}",
                [(run, key, *_cell(value), time, step, value != value) for value, time, step in points],
            )


def _cell(value: float) -> tuple[float]:
    return (0.0 if value != value else value,)

"""Which store is an mlflow.db? MLflow's own SQLite database, read and written in place and never migrated."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from nbtrack.entities import (
    DatasetInput,
    Experiment,
    FileInfo,
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunInfo,
    RunStatus,
    RunTag,
    ViewType,
)
from nbtrack.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from nbtrack.frame import Series
from nbtrack.stores import names
from nbtrack.stores.base import Snapshot
from nbtrack.stores.files import artifacts
from nbtrack.stores.files.layout import artifact_location as artifact_location_of
from nbtrack.stores.files.layout import path_of, uri_below
from nbtrack.stores.sqlite import reading, writing
from nbtrack.stores.sqlite.database import Database
from nbtrack.stores.sqlite.patience import Held, LockedError
from nbtrack.stores.sqlite.places import place_of_artifacts
from nbtrack.stores.sqlite.watch import SqliteWatch

DEFAULT_NAME = "Default"
Execute = Callable[..., object]


class SqliteStore:
    """MLflow's database at `path`. Safe to use from several threads and beside a running MLflow.

    Raises NotAStoreError where there is no such database. Every write is one transaction, on disk
    when the call returns.
    """

    def __init__(self, path: Path, uri: str | None = None) -> None:
        self.path = path
        self.uri = uri or f"sqlite:///{path}"
        self._db = Database(path)
        self._held = Held()
        self.read_only = self._db.read_only

    @property
    def database(self) -> Database:
        """The file itself, for what the contract has no word for."""
        return self._db

    # experiments

    def experiments(self, view: ViewType = ViewType.ACTIVE_ONLY) -> list[Experiment]:
        return [e for e in reading.experiments(self._db) if LifecycleStage.shown(e.lifecycle_stage, view)]

    def experiment(self, experiment_id: str) -> Experiment:
        found = []
        if experiment_id.isdigit():
            found = reading.experiments(self._db, "experiment_id = ?", (int(experiment_id),))
        if not found:
            raise NotFoundError(
                f"'{self.path.name}' has no experiment with id '{experiment_id}'. List them: experiments()."
            )
        return found[0]

    def experiment_by_name(self, name: str) -> Experiment | None:
        found = reading.experiments(self._db, "name = ?", (name,))
        return found[0] if found else None

    def default_experiment(self) -> Experiment:
        found = self.experiment_by_name(DEFAULT_NAME)
        if found is not None:
            return found
        try:
            return self.experiment(self.create_experiment(DEFAULT_NAME))
        except InvalidValueError:  # another thread or process has made it since
            found = self.experiment_by_name(DEFAULT_NAME)
            if found is None:
                raise
            return found

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None
    ) -> str:
        name = names.checked_experiment_name(name)
        now = _now()
        with self._db.writing() as connection:
            if connection.execute("SELECT 1 FROM experiments WHERE name = ?", (name,)).fetchone():
                raise AlreadyExistsError(
                    f"There is already an experiment '{name}' in '{self.path.name}'. Use it with set_experiment, "
                    "restore it if it was deleted, or choose another name."
                )
            experiment_id = connection.execute(
                "INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time) "
                "VALUES (?, ?, 'active', ?, ?)",
                (name, artifact_location_of(artifact_location) if artifact_location else "", now, now),
            ).lastrowid
            if not artifact_location:
                place = str(self.path.parent / "mlruns" / str(experiment_id))
                connection.execute(
                    "UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?", (place, experiment_id)
                )
            for key, value in (tags or {}).items():
                _put_experiment_tag(connection.execute, str(experiment_id), key, value)
        return str(experiment_id)

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        name = names.checked_experiment_name(name)
        self._active_experiment(experiment_id)
        with self._db.writing() as connection:
            taken = connection.execute(
                "SELECT 1 FROM experiments WHERE name = ? AND experiment_id != ?", (name, int(experiment_id))
            ).fetchone()
            if taken:
                raise AlreadyExistsError(
                    f"There is already an experiment '{name}' in '{self.path.name}'. Choose another name."
                )
            _set_experiment(connection.execute, experiment_id, "name = ?", name)

    def delete_experiment(self, experiment_id: str) -> None:
        self._active_experiment(experiment_id)
        with self._db.writing() as connection:
            writing.set_stage(
                connection, "lifecycle_stage = 'active' AND experiment_id = ?", int(experiment_id), _now()
            )
            _set_experiment(connection.execute, experiment_id, "lifecycle_stage = ?", LifecycleStage.DELETED)

    def restore_experiment(self, experiment_id: str) -> None:
        """All its deleted runs become active too, as in MLflow."""
        self.experiment(experiment_id)
        with self._db.writing() as connection:
            writing.set_stage(connection, "experiment_id = ?", int(experiment_id), None)
            _set_experiment(connection.execute, experiment_id, "lifecycle_stage = ?", LifecycleStage.ACTIVE)

    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        self._active_experiment(experiment_id)
        with self._db.writing() as connection:
            _put_experiment_tag(connection.execute, experiment_id, key, value)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        self._active_experiment(experiment_id)
        with self._db.writing() as connection:
            gone = connection.execute(
                "DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?", (int(experiment_id), key)
            )
            if gone.rowcount == 0:
                raise NotFoundError(f"Experiment {experiment_id} has no tag '{key}'.")

    # one run

    def create_run(
        self, experiment_id: str, *, run_name: str, user_id: str, start_time: int, tags: Mapping[str, str]
    ) -> Run:
        experiment = self._active_experiment(experiment_id)
        run_id = uuid.uuid4().hex
        kept = _checked_tags(tags)
        start_time = names.checked_time(start_time, "start_time") or 0
        with self._db.writing() as connection:
            writing.insert_run(
                connection,
                run_id=run_id,
                experiment_id=experiment_id,
                run_name=run_name,
                user_id=user_id,
                start_time=start_time,
                artifact_uri=uri_below(experiment.artifact_location, run_id, "artifacts"),
                tags=kept,
            )
        return self.run(run_id)

    def run(self, run_id: str) -> Run:
        return reading.rows(self._db, [self._info(run_id)])[0].run

    def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> None:
        self._active_run(run_id)
        end_time = names.checked_time(end_time, "end_time")
        with self._writing(run_id) as connection:
            if status is not None:
                connection.execute("UPDATE runs SET status = ? WHERE run_uuid = ?", (status.name, run_id))
            if end_time is not None:
                connection.execute("UPDATE runs SET end_time = ? WHERE run_uuid = ?", (end_time, run_id))
            if run_name:
                writing.put_tags(connection, run_id, {writing.NAME_TAG: run_name})

    def delete_run(self, run_id: str) -> None:
        self._info(run_id)
        with self._db.writing() as connection:
            writing.set_stage(connection, "run_uuid = ?", run_id, _now())

    def restore_run(self, run_id: str) -> None:
        self._info(run_id)
        with self._db.writing() as connection:
            writing.set_stage(connection, "run_uuid = ?", run_id, None)

    def writer(self, run_id: str) -> SqliteRunWriter:
        self._active_run(run_id)
        return SqliteRunWriter(self, run_id)

    def log_batch(
        self,
        run_id: str,
        metrics: Iterable[Metric] = (),
        params: Iterable[Param] = (),
        tags: Iterable[RunTag] = (),
    ) -> None:
        """Everything or nothing: one transaction. Points alone are held where the database is locked."""
        self._active_run(run_id)
        points = [_checked(metric) for metric in metrics]
        kept = names.checked_params(params)
        marks = _checked_tags({tag.key: tag.value for tag in tags})
        if points and not (kept or marks):
            return self.write_points(run_id, points)
        with self._writing(run_id, hurried=True) as connection:
            writing.put_params(connection, run_id, kept)
            writing.put_points(connection, run_id, points)
            writing.put_tags(connection, run_id, marks)
        return None

    def write_points(self, run_id: str, points: Sequence[Metric]) -> None:
        """Where the database is locked, the LockedError says so, and the points are written as soon as it is not."""
        try:
            with self._writing(run_id, hurried=True) as connection:
                writing.put_points(connection, run_id, points)
        except LockedError as error:
            self._held.put(run_id, points)
            raise LockedError(f"{error} Points are held in memory until then.") from error

    def write_held(self, run_id: str) -> None:
        if run_id in self._held.runs():
            with self._writing(run_id):
                pass

    @contextmanager
    def _writing(self, run_id: str, *, hurried: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction that also takes the run's points along which had to wait."""
        waiting: list[Metric] = []
        try:
            with self._db.writing(hurried=hurried) as connection:
                waiting = self._held.take(run_id)
                writing.put_points(connection, run_id, waiting)
                yield connection
        except BaseException:
            if waiting:
                self._held.put(run_id, waiting)
            raise

    def replace_params(self, run_id: str, params: Iterable[Param]) -> None:
        self._active_run(run_id)
        kept = names.checked_params(params)
        with self._db.writing() as connection:
            writing.replace_params(connection, run_id, kept)

    def move_run(self, run_id: str, experiment_id: str) -> None:
        """Its artifacts stay where they are: their address stands in the run's row."""
        self._active_run(run_id)
        experiment = self._active_experiment(experiment_id)
        with self._writing(run_id) as connection:
            writing.move_run(connection, run_id, experiment.experiment_id)

    def remove_values(
        self, run_id: str, params: Iterable[str], points: Mapping[str, Sequence[Metric]], tags: Iterable[str]
    ) -> None:
        self._active_run(run_id)
        with self._writing(run_id) as connection:
            writing.remove(connection, "params", run_id, params)
            writing.remove(connection, "tags", run_id, tags)
            for key, gone in points.items():
                writing.remove_points(connection, run_id, key, gone)

    def delete_tag(self, run_id: str, key: str) -> None:
        self._active_run(run_id)
        with self._db.writing() as connection:
            writing.delete_tag(connection, run_id, key)

    def log_inputs(self, run_id: str, datasets: Sequence[DatasetInput]) -> None:
        info = self._active_run(run_id)
        with self._db.writing() as connection:
            writing.put_inputs(connection, run_id, info.experiment_id, datasets)

    def history(self, run_id: str, key: str) -> Series:
        found = reading.history(self._db, run_id, key)
        if not len(found):
            self._info(run_id)
            raise NotFoundError(f"Run {run_id} has no metric '{key}'. Its metrics are in run.data.metrics.")
        return found

    # many runs

    def snapshot(self, experiment_ids: Sequence[str] | None = None) -> Snapshot:
        """Newest first."""
        return self.watch(experiment_ids).snapshot()

    def watch(self, experiment_ids: Sequence[str] | None = None) -> SqliteWatch:
        return SqliteWatch(self._db, experiment_ids)

    # artifacts

    def artifact_dir(self, run_id: str) -> Path | None:
        folder = self._artifacts(self._info(run_id))
        return None if folder is None else Path(folder)

    def list_artifacts(self, run_id: str, path: str = "") -> list[FileInfo]:
        return artifacts.list_folder(self._local(run_id), path)

    def read_artifact(self, run_id: str, path: str, limit: int | None = None) -> bytes:
        return artifacts.read_file(self._local(run_id), path, limit)

    def write_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        self._active_run(run_id)
        artifacts.write(self._local(run_id), path, data, self._own_files())

    def close(self) -> None:
        for run_id in self._held.runs():
            self.write_held(run_id)
        self._db.close()

    # inside

    def _info(self, run_id: str) -> RunInfo:
        found = reading.infos(self._db, "run_uuid = ?", (run_id,))
        if not found:
            raise NotFoundError(
                f"'{self.path.name}' has no run '{run_id}'. Check the id, or list runs with search_runs()."
            )
        return found[0]

    def _active_run(self, run_id: str) -> RunInfo:
        info = self._info(run_id)
        if info.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidValueError(f"Run {run_id} is deleted and takes no more values. Restore it with restore_run().")
        return info

    def _active_experiment(self, experiment_id: str) -> Experiment:
        experiment = self.experiment(experiment_id)
        if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidValueError(
                f"The experiment '{experiment.name}' is deleted. Restore it with restore_experiment('{experiment_id}')."
            )
        return experiment

    def _update_experiment(self, experiment_id: str, what: str, value: str) -> None:
        with self._db.writing() as connection:
            _set_experiment(connection.execute, experiment_id, what, value)

    def _artifacts(self, info: RunInfo) -> str | None:
        """Where MLflow says they are; beside the database where that is stale, as absolute addresses are in a moved
        folder. None where they are on no disk of this machine."""
        return place_of_artifacts(self.path, info.artifact_uri, info.run_id, _began_in(info), info.run_id)

    def _own_files(self) -> list[str]:
        """The database with its journals, and where its runs' artifacts lie."""
        locations = [path_of(each.artifact_location) for each in reading.experiments(self._db)]
        places = [os.path.abspath(path) for path in locations if path]
        beside = [str(self.path) + end for end in ("", "-wal", "-shm", "-journal")]
        return [*beside, str(self.path.parent / "mlruns"), *places]

    def _local(self, run_id: str) -> str:
        info = self._info(run_id)
        folder = self._artifacts(info)
        if folder is None:
            raise artifacts.elsewhere(run_id, info.artifact_uri)
        return folder


def _began_in(info: RunInfo) -> str:
    """The experiment in whose folder the run's files lie: one that has moved to another leaves them where it began."""
    parts = info.artifact_uri.rstrip("/").split("/")
    as_made = parts[-2:] == [info.run_id, "artifacts"] and len(parts) > 2 and parts[-3].isdigit()
    return parts[-3] if as_made else info.experiment_id


class SqliteRunWriter:
    """An open run. Each call is one transaction: that is what a database costs, about a millisecond."""

    def __init__(self, store: SqliteStore, run_id: str) -> None:
        self._store = store
        self.run_id = run_id

    def log_metric(self, key: str, value: float, timestamp: int, step: int) -> None:
        self.log_points(key, [(value, timestamp, step)])

    def log_points(self, key: str, points: Sequence[tuple[float, int, int]]) -> None:
        metrics = [_checked(Metric(key, value, timestamp, step)) for value, timestamp, step in points]
        self._store.write_points(self.run_id, metrics)

    def close(self) -> None:
        """Nothing is kept open between points; those that had to wait are written."""
        self._store.write_held(self.run_id)


def _checked(metric: Metric) -> Metric:
    key = names.checked_key(metric.key, "metric")
    value = names.checked_number(metric.value, key)
    step = names.checked_whole(metric.step, key, "step")
    return Metric(key, value, names.checked_whole(metric.timestamp, key, "timestamp"), step)


def _checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {
        names.checked_key(key, "tag"): names.checked_value(value, key, longest=names.LONGEST_TAG, what="tag")
        for key, value in tags.items()
    }


def _put_experiment_tag(execute: Execute, experiment_id: str, key: str, value: str) -> None:
    key = names.checked_key(key, "tag")
    value = names.checked_value(value, key, longest=names.LONGEST_EXPERIMENT_TAG, what="tag")
    execute(
        "INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?, ?, ?) "
        "ON CONFLICT (key, experiment_id) DO UPDATE SET value = excluded.value",
        (key, value, int(experiment_id)),
    )


def _set_experiment(execute: Execute, experiment_id: str, what: str, value: str) -> None:
    execute(
        f"UPDATE experiments SET {what}, last_update_time = ? WHERE experiment_id = ?",
        (value, _now(), int(experiment_id)),
    )


def _now() -> int:
    return time.time_ns() // 1_000_000

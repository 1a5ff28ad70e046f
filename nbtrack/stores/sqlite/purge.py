"""How does a deleted run leave MLflow's database for good?

Every table that refers to the run is found by its foreign keys, so that tables of a newer MLflow are not missed.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from nbtrack.entities import RunInfo, ViewType
from nbtrack.errors import NotFoundError
from nbtrack.stores.purging import check, measure, outside, remove_folder
from nbtrack.stores.sqlite import SqliteStore


class SqlitePurger:
    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._db = store.database

    def deleted_at(self, run_id: str) -> int | None:
        found = self._db.rows("SELECT deleted_time FROM runs WHERE run_uuid = ?", (run_id,))
        return int(found[0][0]) if found and found[0][0] is not None else None

    def artifacts(self, info: RunInfo) -> Path | str | None:
        """The usual place beside the database where the noted one is stale."""
        try:
            usual = self._store.artifact_dir(info.run_id)
        except NotFoundError:
            usual = None
        there = outside(info)
        if there is None and usual is not None and usual.is_dir() and not usual.is_symlink():
            return usual if usual.parts[-2:] == (info.run_id, "artifacts") else None
        return there

    def measure(self, place: Path | str) -> tuple[int, int]:
        return measure(Path(place))

    def remove_artifacts(self, run_id: str) -> None:
        info = self._checked(run_id)
        place = self.artifacts(info)
        if isinstance(place, Path):
            remove_folder(place)
            if place.parent.is_dir() and not any(place.parent.iterdir()):
                place.parent.rmdir()

    def remove_run(self, run_id: str) -> None:
        self.remove_artifacts(run_id)
        with self._db.writing() as connection:
            _remove(connection, "runs", "run_uuid", run_id)

    def remove_empty_experiments(self) -> list[str]:
        removed = []
        for each in self._store.experiments(ViewType.DELETED_ONLY):
            number = int(each.experiment_id)
            if not self._db.rows("SELECT 1 FROM runs WHERE experiment_id = ? LIMIT 1", (number,)):
                with self._db.writing() as connection:
                    _remove(connection, "experiments", "experiment_id", number)
                removed.append(each.name)
        return removed

    def _checked(self, run_id: str) -> RunInfo:
        info = self._store.run(run_id).info
        check(info)
        return info


def _remove(connection: sqlite3.Connection, table: str, column: str, key: str | int) -> None:
    """The row, and what refers to it, however deep; inputs and outputs of a run have no foreign keys."""
    if table == "runs" and _has(connection, "inputs"):
        linked = "SELECT input_uuid FROM inputs WHERE source_id = :key OR destination_id = :key"
        if _has(connection, "input_tags"):
            connection.execute(f"DELETE FROM input_tags WHERE input_uuid IN ({linked})", {"key": key})
        connection.execute("DELETE FROM inputs WHERE source_id = :key OR destination_id = :key", {"key": key})
    for other, mine, on_delete in _referring(connection, table, column):
        if on_delete == "SET NULL":
            connection.execute(f'UPDATE "{other}" SET "{mine}" = NULL WHERE "{mine}" = ?', (key,))
            continue
        if on_delete != "CASCADE":
            _remove_rows(connection, other, mine, key)
    connection.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (key,))


def _remove_rows(connection: sqlite3.Connection, table: str, column: str, key: str | int) -> None:
    connection.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (key,))


def _referring(connection: sqlite3.Connection, table: str, column: str) -> list[tuple[str, str, str]]:
    """(table, column, what happens on a deletion) of what refers to `table`."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [
        (other, row[3], row[6])
        for other in tables
        for row in connection.execute(f'PRAGMA foreign_key_list("{other}")')
        if row[2] == table and (row[4] or column) == column
    ]


def _has(connection: sqlite3.Connection, table: str) -> bool:
    return bool(
        connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    )

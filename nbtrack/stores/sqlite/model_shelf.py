"""How do the logged models of MLflow 3's database leave it, and how do others come in?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from nbtrack.errors import NotFoundError
from nbtrack.stores.names import is_run_id
from nbtrack.stores.receiving import LoggedModel, ModelLinks, ModelPoint
from nbtrack.stores.sqlite import SqliteStore
from nbtrack.stores.sqlite.places import place_of_artifacts
from nbtrack.stores.sqlite.values import read, stored

COLUMNS = (
    "model_id, name, status, creation_timestamp_ms, last_updated_timestamp_ms, model_type, source_run_id, "
    "status_message, lifecycle_stage"
)
MADE, USED = ("RUN_OUTPUT", "MODEL_OUTPUT"), ("RUN_INPUT", "MODEL_INPUT")


class SqliteModels:
    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._db = store.database

    def logged_models(self, experiment_id: str, damaged: Callable[[str], None]) -> list[LoggedModel]:
        return self._found("experiment_id = ?", int(experiment_id))

    def logged_model(self, model_id: str) -> LoggedModel:
        found = self._found("model_id = ?", model_id)
        if not found:
            raise NotFoundError(f"There is no logged model '{model_id}' in '{self._store.uri}'.")
        return found[0]

    def _found(self, where: str, wanted: int | str) -> list[LoggedModel]:
        here = (wanted,)
        params, tags = (self._texts(kind, where, here) for kind in ("param", "tag"))
        points: dict[str, list[ModelPoint]] = defaultdict(list)
        for model_id, key, time, step, value, run_id, name, digest in self._db.rows(
            "SELECT model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, run_id, dataset_name, "
            f"dataset_digest FROM logged_model_metrics WHERE {where} ORDER BY rowid",
            here,
        ):
            points[model_id].append(ModelPoint(key, read(value), time, step, run_id, name, digest))
        return [
            replace(
                LoggedModel(*row),
                lifecycle_stage=row[8] or "active",
                params=tuple(sorted(params[row[0]])),
                tags=tuple(sorted(tags[row[0]])),
                points=tuple(points[row[0]]),
            )
            for row in self._db.rows(f"SELECT {COLUMNS} FROM logged_models WHERE {where}", here)
        ]

    def _texts(self, kind: str, where: str, here: tuple[int | str]) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for model_id, key, value in self._db.rows(
            f"SELECT model_id, {kind}_key, {kind}_value FROM logged_model_{kind}s WHERE {where}", here
        ):
            found[model_id].append((key, value))
        return found

    def model_folder(self, experiment_id: str, model_id: str) -> Path | None:
        """The usual place beside the database where the noted one is stale, as in a moved folder."""
        if not is_run_id(model_id):
            return None
        found = self._db.rows("SELECT artifact_location FROM logged_models WHERE model_id = ?", (model_id,))
        address = str(found[0][0] or "") if found else ""
        place = place_of_artifacts(self._store.path, address, model_id, experiment_id, "models", model_id)
        return None if place is None else Path(place)

    def model_files(self, model_id: str) -> Path:
        rows = self._db.rows("SELECT experiment_id FROM logged_models WHERE model_id = ?", (model_id,))
        folder = self.model_folder(str(rows[0][0]), model_id) if rows else None
        if folder is None:
            raise NotFoundError(f"There is no logged model '{model_id}' in '{self._store.uri}'.")
        return folder

    def receive_model(self, experiment_id: str, given: LoggedModel) -> None:
        number = int(experiment_id)
        place = self._store.path.parent / "mlruns" / experiment_id / "models" / given.model_id / "artifacts"
        with self._db.writing() as connection:
            connection.execute("DELETE FROM logged_models WHERE model_id = ?", (given.model_id,))  # its values follow
            connection.execute(
                f"INSERT INTO logged_models ({COLUMNS}, experiment_id, artifact_location) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    given.model_id, given.name, given.status, given.creation_time, given.last_update_time,
                    given.model_type, given.source_run_id, given.status_message, given.lifecycle_stage, number,
                    str(place),
                ),
            )  # fmt: skip
            for kind, texts in (("param", given.params), ("tag", given.tags)):
                connection.executemany(
                    f"INSERT INTO logged_model_{kind}s (model_id, experiment_id, {kind}_key, {kind}_value) "
                    "VALUES (?, ?, ?, ?)",
                    [(given.model_id, number, key, value) for key, value in texts],
                )
            connection.executemany(
                "INSERT OR REPLACE INTO logged_model_metrics (model_id, experiment_id, metric_name, "
                "metric_timestamp_ms, metric_step, metric_value, run_id, dataset_name, dataset_digest) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (given.model_id, number, p.key, p.timestamp, p.step, _number(p.value), p.run_id, p.dataset_name,
                     p.dataset_digest)
                    for p in given.points
                ],
            )  # fmt: skip

    def model_links(self, run_id: str) -> ModelLinks:
        def linked(kinds: tuple[str, str]) -> list[tuple[str, int]]:
            step = "step" if self._db.schema.has("inputs", "step") else "0"
            return self._db.rows(
                f"SELECT destination_id, {step} FROM inputs WHERE source_id = ? AND source_type = ? "
                "AND destination_type = ? ORDER BY 1, 2",
                (run_id, *kinds),
            )

        return ModelLinks(tuple(linked(MADE)), tuple(model_id for model_id, _ in linked(USED)))

    def receive_links(self, run_id: str, links: ModelLinks) -> None:
        rows = [(*MADE, model_id, step) for model_id, step in links.made] + [(*USED, one, 0) for one in links.used]
        with self._db.writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO inputs (input_uuid, source_id, source_type, destination_type, destination_id, "
                "step) VALUES (?, ?, ?, ?, ?, ?)",
                [(uuid.uuid4().hex, run_id, *row) for row in rows],
            )


def _number(value: float) -> float | None:
    """This table has no column for NaN: SQLite makes NULL of what MLflow logs."""
    number, is_nan = stored(value)
    return None if is_nan else number

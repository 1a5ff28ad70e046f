"""How do the logged models of an mlruns folder leave it, and how do others come in?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbtrack.errors import NotFoundError
from nbtrack.stores.files import codec, disk, experiments, layout, links, models
from nbtrack.stores.files.layout import ARTIFACTS, META, METRICS, PARAMS, TAGS
from nbtrack.stores.files.store import FileStore
from nbtrack.stores.names import is_run_id
from nbtrack.stores.receiving import LoggedModel, ModelLinks


class FileModels:
    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._root = layout.local_path(store.uri) or ""

    def logged_models(self, experiment_id: str, damaged: Callable[[str], None]) -> list[LoggedModel]:
        found = []
        for folder in models.of_experiment(self._root, experiment_id):
            try:
                found.append(_read(folder))
            except (disk.Unreadable, links.LeadsOutError, OSError, KeyError, ValueError, TypeError) as error:
                damaged(f"the logged model in '{folder}': {getattr(error, 'problem', error)}")
        return found

    def model_folder(self, experiment_id: str, model_id: str) -> Path | None:
        return _artifacts(self._folder(experiment_id, model_id))

    def logged_model(self, model_id: str) -> LoggedModel:
        folder = models.folder_of(self._root, model_id)
        try:
            return _read(folder)
        except (disk.Unreadable, links.LeadsOutError, OSError, KeyError, ValueError, TypeError) as error:
            problem = getattr(error, "problem", error)
            raise NotFoundError(
                f"The logged model in '{folder}' cannot be read: {problem}. `nbtrack doctor` says more."
            ) from error

    def model_files(self, model_id: str) -> Path:
        return Path(models.own(models.folder_of(self._root, model_id), ARTIFACTS))

    def receive_model(self, experiment_id: str, given: LoggedModel) -> None:
        folder = self._folder(experiment_id, given.model_id)
        with disk.writing("the model", folder):
            for part in (METRICS, PARAMS, TAGS):
                shutil.rmtree(os.path.join(folder, part), ignore_errors=True)
                os.makedirs(os.path.join(folder, part))
        models.write_texts(folder, PARAMS, dict(given.params))
        models.write_texts(folder, TAGS, dict(given.tags))
        for point in given.points:
            models.append(folder, point)
        with disk.writing("the model", folder):
            disk.write_over(os.path.join(folder, META), codec.write_meta(_meta(folder, experiment_id, given)), folder)

    def model_links(self, run_id: str) -> ModelLinks:
        folder = self._store.run_folder(run_id)
        return ModelLinks(tuple(sorted(models.outputs(folder))), tuple(sorted(models.inputs(folder))))

    def receive_links(self, run_id: str, links: ModelLinks) -> None:
        folder = self._store.run_folder(run_id)
        for model_id, step in links.made:
            models.link_output(folder, model_id, step)
        for model_id in links.used:
            models.link_input(folder, run_id, model_id)

    def _folder(self, experiment_id: str, model_id: str) -> str:
        if not is_run_id(model_id):
            raise ValueError(f"'{model_id}' is no id of a model")
        experiment = experiments.folder_of(self._root, experiment_id)
        return links.inside(self._root, experiment, f"{models.MODELS}/{model_id}/").rstrip("/")


def _artifacts(folder: str) -> Path | None:
    try:
        return Path(models.own(folder, ARTIFACTS))
    except links.LeadsOutError:
        return None


def _read(folder: str) -> LoggedModel:
    meta = models.read(folder)
    return LoggedModel(
        model_id=os.path.basename(folder),
        name=str(meta["name"]),
        status=int(meta["status"]),
        creation_time=int(meta["creation_timestamp"]),
        last_update_time=int(meta["last_updated_timestamp"]),
        model_type=meta.get("model_type"),
        source_run_id=meta.get("source_run_id"),
        status_message=meta.get("status_message"),
        lifecycle_stage=str(meta.get("lifecycle_stage") or "active"),
        params=tuple(sorted(models.texts(folder, PARAMS).items())),
        tags=tuple(sorted(models.texts(folder, TAGS).items())),
        points=tuple(models.all_points(folder)),
    )


def _meta(folder: str, experiment_id: str, given: LoggedModel) -> dict[str, Any]:
    return {
        "artifact_location": layout.uri_of(os.path.join(folder, ARTIFACTS)),
        "creation_timestamp": given.creation_time,
        "experiment_id": experiment_id,
        "last_updated_timestamp": given.last_update_time,
        "lifecycle_stage": given.lifecycle_stage,
        "model_id": given.model_id,
        "model_type": given.model_type,
        "name": given.name,
        "source_run_id": given.source_run_id,
        "status": given.status,
        "status_message": given.status_message,
    }

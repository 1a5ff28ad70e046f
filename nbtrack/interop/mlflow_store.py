"""How does MLflow keep its runs in nbtrack's file store? As a tracking store for addresses `nbtrack:///path/to/mlruns`.

MLflow finds this class by the entry point `mlflow.tracking_store` and then its fluent API, autolog, server and UI work
on the folder, without its own FileStore (which MLflow 3.13 refuses by default and MLflow 4 drops) and without
any environment variable. Traces, prompts, evaluation and the model registry are not kept here: see `mlflow_absent`.
"""

from __future__ import annotations

import functools
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from mlflow.entities import LoggedModel, LoggedModelStatus, Metric, Param, RunTag, ViewType, _DatasetSummary
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import (
    INTERNAL_ERROR,
    INVALID_PARAMETER_VALUE,
    INVALID_STATE,
    RESOURCE_ALREADY_EXISTS,
    RESOURCE_DOES_NOT_EXIST,
)
from mlflow.store.entities.paged_list import PagedList
from mlflow.store.tracking import SEARCH_MAX_RESULTS_DEFAULT
from mlflow.store.tracking.abstract_store import AbstractStore
from mlflow.utils import validation
from mlflow.utils.search_utils import SearchLoggedModelsUtils

from nbtrack import entities
from nbtrack.errors import AlreadyExistsError, InvalidValueError, NbtrackError, NotFoundError, QueryError
from nbtrack.frame import Row
from nbtrack.interop import mlflow_cell
from nbtrack.interop import mlflow_entities as say
from nbtrack.interop.mlflow_absent import Absent
from nbtrack.stores import purging
from nbtrack.stores.files import FileStore, experiments, models
from nbtrack.stores.files.disk import Unreadable
from nbtrack.stores.files.layout import DEFAULT_ID, META, uri_of
from nbtrack.stores.files.purge import FilePurger
from nbtrack.stores.receiving import ModelLinks, ModelPoint
from nbtrack.tracking import lookup
from nbtrack.tracking.lineage import root_tags
from nbtrack.tracking.names import random_name
from nbtrack.tracking.paging import page

Method = TypeVar("Method", bound=Callable[..., Any])
NAME = "mlflow.runName"
DEFAULT_TAG = "nbtrack.mlflow_default"  # of the experiment "0" that has another id and was renamed
MOST_DATASETS = 1000


def told(method: Method) -> Method:
    """Raise nbtrack's errors as MLflow's, with MLflow's codes."""

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except NotFoundError as error:
            raise MlflowException(str(error), RESOURCE_DOES_NOT_EXIST) from error
        except AlreadyExistsError as error:
            raise MlflowException(str(error), RESOURCE_ALREADY_EXISTS) from error
        except (InvalidValueError, QueryError) as error:
            raise MlflowException(str(error), INVALID_PARAMETER_VALUE) from error
        except (NbtrackError, Unreadable) as error:
            raise MlflowException(str(error), INTERNAL_ERROR) from error

    return call  # type: ignore[return-value]


class NbtrackStore(Absent, AbstractStore):  # type: ignore[misc]
    """MLflow's AbstractStore over nbtrack's FileStore.

    `artifact_uri` is where the artifacts of new experiments lie, as a server is told by --default-artifact-root or
    serves them itself (mlflow-artifacts:/). Without it, as in a notebook, they lie in the folder.
    """

    def __init__(self, store_uri: str, artifact_uri: str | None = None) -> None:
        super().__init__()
        path = unquote(urlsplit(store_uri).path)
        if not path.strip("/"):
            raise MlflowException(
                f"'{store_uri}' names no folder. Write nbtrack:///absolute/path/to/mlruns.", INVALID_PARAMETER_VALUE
            )
        self._store = FileStore(Path(path), _artifact_root(artifact_uri))
        self._root = path

    # experiments

    @told
    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = SEARCH_MAX_RESULTS_DEFAULT,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList:
        if not self._store.experiments(entities.ViewType.ALL):
            self._store.default_experiment()  # MLflow and its UI count on one
        found = lookup.find_experiments(self._store, view_type, filter_string, order_by, max_results, page_token)
        return PagedList([say.experiment(each) for each in found], found.token)

    @told
    def create_experiment(self, name: str, artifact_location: str | None = None, tags: Any = None) -> str:
        return self._store.create_experiment(name, artifact_location, {tag.key: tag.value for tag in tags or ()})

    @told
    def get_experiment(self, experiment_id: str) -> Any:
        return say.experiment(self._experiment(experiment_id))

    @told
    def get_experiment_by_name(self, experiment_name: str) -> Any:
        found = self._store.experiment_by_name(experiment_name)
        return None if found is None else say.experiment(found)

    @told
    def delete_experiment(self, experiment_id: str) -> None:
        if str(experiment_id) == DEFAULT_ID:
            raise InvalidValueError(
                "The experiment '0' cannot be deleted: it is MLflow's default. Delete its runs instead."
            )
        self._store.delete_experiment(experiment_id)

    @told
    def restore_experiment(self, experiment_id: str) -> None:
        self._store.restore_experiment(experiment_id)

    @told
    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        chosen = self._experiment(experiment_id)
        self._store.rename_experiment(chosen.experiment_id, new_name)
        if str(experiment_id) == DEFAULT_ID != chosen.experiment_id:
            self._store.set_experiment_tag(chosen.experiment_id, DEFAULT_TAG, "true")

    @told
    def set_experiment_tag(self, experiment_id: str, tag: Any) -> None:
        validation._validate_experiment_tag(tag.key, tag.value)
        self._store.set_experiment_tag(self._experiment(experiment_id).experiment_id, tag.key, tag.value)

    @told
    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        self._store.delete_experiment_tag(self._experiment(experiment_id).experiment_id, key)

    # runs

    @told
    def create_run(self, experiment_id: str, user_id: str, start_time: int, tags: Any, run_name: str | None) -> Any:
        kept = {tag.key: tag.value for tag in tags or ()}
        cell = mlflow_cell.cell_on(self._store)
        chosen = self._active_experiment(experiment_id)
        if cell:
            mlflow_cell.enter(cell, self._store)
        if cell and not (run_name or NAME in kept or mlflow_cell.is_chosen_for_run(cell, self._store, chosen)):
            adopted = mlflow_cell.adopt(cell, kept)
            if adopted:
                return self.get_run(adopted)
        name = run_name or kept.get(NAME) or random_name()
        if kept.setdefault(NAME, name) != name:
            raise InvalidValueError(
                f"The run is called '{name}' and tagged {NAME} '{kept[NAME]}'. Give one of the two."
            )
        if cell:
            kept, chosen = mlflow_cell.child_tags(cell, kept), mlflow_cell.child_experiment(cell, self._store, chosen)
        else:
            kept |= root_tags(self._store, kept)
        made = self._store.create_run(
            chosen,
            run_name=name,
            user_id=user_id or "",
            start_time=start_time,
            tags=kept,
        )
        if cell:
            mlflow_cell.follow(cell, made.info.run_id)
        return self.get_run(made.info.run_id)

    @told
    def get_run(self, run_id: str) -> Any:
        return self._whole(self._store.row(run_id))

    @told
    def update_run_info(self, run_id: str, run_status: int | None, end_time: int | None, run_name: str | None) -> Any:
        status = None if run_status is None else entities.RunStatus(run_status)
        if mlflow_cell.noted(self._store, run_id, status):
            status = end_time = None
        self._store.update_run(run_id, status=status, end_time=end_time, run_name=run_name)
        return say.info(self._store.run(run_id).info)

    @told
    def delete_run(self, run_id: str) -> None:
        self._store.delete_run(run_id)

    @told
    def restore_run(self, run_id: str) -> None:
        self._store.restore_run(run_id)

    @told
    def _search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> tuple[list[Any], str | None]:
        if not isinstance(filter_string or "", str):
            raise InvalidValueError(f"A filter must be text, not {type(filter_string).__name__}.")
        ids = self._known(experiment_ids)
        found = lookup.find_rows(
            self._store, ids, filter_string or "", run_view_type, max_results, order_by, page_token
        )
        return [self._whole(row) for row in found], found.token

    # values

    @told
    def log_batch(self, run_id: str, metrics: Any, params: Any, tags: Any) -> None:
        metrics, params, tags = validation._validate_batch_log_data(
            metrics or (),
            [Param(p.key, _text(p.value)) for p in params or ()],
            [RunTag(t.key, _text(t.value)) for t in tags or ()],
        )
        validation._validate_batch_log_limits(metrics, params, tags)
        validation._validate_param_keys_unique(params)
        cell = mlflow_cell.cell_on(self._store)
        # Through the cell's client, its card and the dashboards hear of it at once.
        write = cell.client.log_batch if cell else self._store.log_batch
        write(
            run_id,
            self._new_points(run_id, metrics),
            [entities.Param(p.key, p.value) for p in params],
            [entities.RunTag(t.key, t.value) for t in tags],
        )
        for metric in metrics:
            # The active model may be one of another store: what is logged belongs to the run alone then.
            if metric.model_id and (folder := self._model_folder(metric.model_id)):
                point = ModelPoint(
                    metric.key,
                    float(metric.value),
                    metric.timestamp,
                    metric.step or 0,
                    run_id,
                    metric.dataset_name,
                    metric.dataset_digest,
                )
                models.append(folder, point)

    @told
    def delete_tag(self, run_id: str, key: str) -> None:
        self._store.delete_tag(run_id, key)

    @told
    def get_metric_history(
        self, run_id: str, metric_key: str, max_results: int | None = None, page_token: str | None = None
    ) -> PagedList:
        points = lookup.metric_history(self._store, run_id, metric_key)
        found = page(points, max_results or len(points) or 1, page_token)
        return PagedList([Metric(p.key, p.value, p.timestamp, p.step, run_id=run_id) for p in found], found.token)

    @told
    def log_inputs(self, run_id: str, datasets: Any = None, models: Any = None) -> None:
        self._store.log_inputs(run_id, say.given_inputs(datasets or ()))
        for given in models or ():
            _link_input(self._folder(run_id), run_id, given.model_id)

    @told
    def log_outputs(self, run_id: str, models: Any) -> None:
        self._store.log_inputs(run_id, ())  # which refuses a run that is deleted
        for given in models or ():
            _link_output(self._folder(run_id), given.model_id, given.step)

    # logged models

    @told
    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Any = None,
        params: Any = None,
        model_type: str | None = None,
    ) -> LoggedModel:
        made = models.create(
            self._root,
            self._active_experiment(experiment_id),
            name=random_name() if name is None else name,
            source_run_id=source_run_id,
            model_type=model_type,
        )
        folder = models.folder_of(self._root, made["model_id"])
        models.write_texts(folder, "params", {param.key: str(param.value) for param in params or ()})
        models.write_texts(folder, "tags", {tag.key: str(tag.value) for tag in tags or ()})
        return _model(folder)

    @told
    def log_logged_model_params(self, model_id: str, params: Any) -> None:
        folder = self._active_model(model_id)
        models.write_texts(folder, "params", {param.key: str(param.value) for param in params or ()})

    @told
    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        folder = self._active_model(model_id)
        models.update(folder, status=status.to_int())
        return _model(folder)

    @told
    def set_logged_model_tags(self, model_id: str, tags: Any) -> None:
        folder = self._active_model(model_id)
        models.write_texts(folder, "tags", {tag.key: str(tag.value) for tag in tags or ()})

    @told
    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        models.delete_tag(self._active_model(model_id), key)

    @told
    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        return _model(models.folder_of(self._root, model_id) if allow_deleted else self._active_model(model_id))

    @told
    def delete_logged_model(self, model_id: str) -> None:
        models.update(self._active_model(model_id), lifecycle_stage="deleted")

    @told
    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Any = None,
        max_results: int | None = None,
        order_by: Any = None,
        page_token: str | None = None,
    ) -> PagedList:
        folders = [f for each in self._known(experiment_ids) for f in models.of_experiment(self._root, each)]
        found = [_model(folder) for folder in folders if not models.is_deleted(models.read(folder))]
        kept = SearchLoggedModelsUtils.filter_logged_models(found, filter_string, datasets)
        ordered = SearchLoggedModelsUtils.sort(kept, order_by)
        page, token = SearchLoggedModelsUtils.paginate(ordered, page_token, max_results or 100)
        return PagedList(page, token)

    # what `mlflow gc` calls, after it has removed the artifacts

    @told
    def _get_deleted_runs(self, older_than: int = 0) -> list[str]:
        found, _ = purging.find(self._store, purging.trash(self._store), older_than)
        return [each.info.run_id for each in found]

    @told
    def _hard_delete_run(self, run_id: str) -> None:
        FilePurger(self._store).remove_run(run_id)

    @told
    def _hard_delete_experiment(self, experiment_id: str) -> None:
        FilePurger(self._store).remove_experiment(experiment_id)

    @told
    def _get_deleted_logged_models(self, older_than: int = 0) -> list[str]:
        now = time.time() * 1000
        found = [
            models.read(folder)
            for each in self._store.experiments(entities.ViewType.ALL)
            for folder in models.of_experiment(self._root, each.experiment_id)
        ]
        return [
            str(meta["model_id"])
            for meta in found
            if models.is_deleted(meta) and now - (meta.get("last_updated_timestamp") or 0) >= older_than
        ]

    @told
    def _hard_delete_logged_model(self, model_id: str) -> None:
        folder = models.folder_of(self._root, model_id)
        if not models.is_deleted(models.read(folder)):
            raise InvalidValueError(f"The logged model '{model_id}' is not deleted, so it is kept.")
        purging.remove_folder(Path(folder), keep=META)

    def record_logged_model(self, run_id: str, mlflow_model: Any) -> None:
        """MLflow 2's note of a model, a tag that MLflow 3 keeps by itself."""

    def _search_datasets(self, experiment_ids: Sequence[str]) -> list[Any]:
        """What MLflow's pages offer as data sets to choose runs by."""
        runs = self._store.snapshot(self._known(experiment_ids)).rows
        found = {
            (row.run.info.experiment_id, given.dataset.name, given.dataset.digest, _context(given))
            for row in runs
            for given in row.run.inputs.dataset_inputs
        }
        return [_DatasetSummary(*each) for each in sorted(found, key=str)[:MOST_DATASETS]]

    # inside

    def _new_points(self, run_id: str, metrics: Sequence[Any]) -> list[entities.Metric]:
        """Without those that the run has: with a model MLflow logs what its run knows once more, and counts on a
        database that keeps equal points once."""
        known = {
            (key, point.value, point.timestamp, point.step)
            for key in dict.fromkeys(metric.key for metric in metrics if metric.model_id)
            for point in lookup.metric_history(self._store, run_id, key)
        }
        points = [(m.model_id, entities.Metric(m.key, m.value, m.timestamp, m.step or 0)) for m in metrics]
        return [p for model, p in points if not (model and (p.key, p.value, p.timestamp, p.step) in known)]

    def _model_folder(self, model_id: str) -> str | None:
        try:
            return models.folder_of(self._root, model_id)
        except NotFoundError:
            return None

    def _active_model(self, model_id: str) -> str:
        """The folder of a model that is not deleted, and whose experiment is not."""
        folder = models.folder_of(self._root, model_id)
        if models.is_deleted(models.read(folder)) or experiments.is_trashed(os.path.dirname(os.path.dirname(folder))):
            raise NotFoundError(f"The logged model '{model_id}' is deleted.")
        return folder

    def _active_experiment(self, experiment_id: str) -> str:
        found = self._experiment(experiment_id)
        if found.lifecycle_stage != entities.LifecycleStage.ACTIVE:
            raise MlflowException(
                f"Experiment '{found.name}' is deleted and takes nothing new. Restore it, or choose another.",
                INVALID_STATE,
            )
        return found.experiment_id

    def _experiment(self, experiment_id: str | None) -> entities.Experiment:
        """MLflow calls the default experiment "0"; in a folder that nbtrack began it has another id."""
        if experiment_id is not None and str(experiment_id) != DEFAULT_ID:
            return self._store.experiment(str(experiment_id))
        there = self._store.experiments(entities.ViewType.ALL)
        found = [each for each in there if each.experiment_id == DEFAULT_ID or DEFAULT_TAG in each.tags]
        return found[0] if found else self._store.default_experiment()

    def _known(self, experiment_ids: Sequence[str]) -> list[str]:
        """Ids to search in, those of no experiment too: nothing is found there."""
        return [self._experiment(each).experiment_id if str(each) == DEFAULT_ID else each for each in experiment_ids]

    def _folder(self, run_id: str) -> str:
        return self._store.run_folder(run_id)

    def _whole(self, row: Row) -> Any:
        folder = self._folder(row.run.info.run_id)
        return say.run(row, ModelLinks(tuple(models.outputs(folder)), tuple(models.inputs(folder))))


def _artifact_root(given: str | None) -> str | None:
    """A folder as an absolute address: the server may be in another folder than who reads it."""
    if not given or re.match(r"[a-zA-Z][\w+.\-]+:", given):
        return given or None
    return uri_of(os.path.abspath(given))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _context(given: entities.DatasetInput) -> str | None:
    return next((tag.value for tag in given.tags if tag.key == "mlflow.data.context"), None)


_link_input, _link_output = models.link_input, models.link_output


def _model(folder: str) -> LoggedModel:
    meta = models.read(folder)
    return LoggedModel(
        experiment_id=meta["experiment_id"],
        model_id=meta["model_id"],
        name=meta["name"],
        artifact_location=meta["artifact_location"],
        creation_timestamp=meta["creation_timestamp"],
        last_updated_timestamp=meta["last_updated_timestamp"],
        model_type=meta.get("model_type"),
        source_run_id=meta.get("source_run_id"),
        status=meta["status"],
        status_message=meta.get("status_message"),
        tags=models.texts(folder, "tags"),
        params=models.texts(folder, "params"),
        metrics=[
            Metric(p.key, p.value, p.timestamp, p.step, meta["model_id"], p.dataset_name, p.dataset_digest, p.run_id)
            for p in models.points(folder)
        ],
    )

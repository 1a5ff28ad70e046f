"""How is everything done by run id, without an active run?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbtrack.absent import absent
from nbtrack.entities import (
    DatasetInput,
    Experiment,
    Metric,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.tracking import guesses
from nbtrack.tracking.artifact_client import ArtifactClient
from nbtrack.tracking.context import USER
from nbtrack.tracking.events import Point, announce_point, announce_run
from nbtrack.tracking.lineage import PARENT as PARENT
from nbtrack.tracking.lineage import root_tags
from nbtrack.tracking.names import random_name
from nbtrack.tracking.operations import DONE, RunOperations
from nbtrack.tracking.paging import PagedList
from nbtrack.tracking.pending import wait_for_writes
from nbtrack.tracking.points import as_float, as_step, as_timestamp, log_point, now
from nbtrack.tracking.settings import store_at

RUN_NAME = "mlflow.runName"
DESCRIPTION = "mlflow.note.content"
DEFAULT_ID = "0"


def status_of(status: str | int | RunStatus) -> RunStatus:
    """The status of this name ("FINISHED") or number. Raises InvalidValueError."""
    try:
        return RunStatus[status] if isinstance(status, str) else RunStatus(status)
    except (KeyError, ValueError) as error:
        names = ", ".join(known.name for known in RunStatus)
        raise InvalidValueError(f"There is no run status {status!r}. Use one of {names}.") from error


class MlflowClient(ArtifactClient):
    """Reads and writes one store by run and experiment ids, with MLflow's names.

    `tracking_uri` is what `open_store` takes; without it, the store in force when the client is made. Arguments named
    `synchronous` are accepted and ignored: what a call wrote survives this process when it returns.
    Unknown ids raise NotFoundError; keys and values that the store cannot hold raise InvalidValueError.
    """

    def __init__(self, tracking_uri: str | Path | None = None, registry_uri: str | None = None) -> None:
        """`registry_uri` is accepted and ignored: nbtrack has no model registry."""
        self.store = store_at(tracking_uri)

    if not TYPE_CHECKING:  # for a type checker there is nothing but what is written here

        def __getattr__(self, name: str) -> None:
            raise AttributeError(absent("MlflowClient", name))

    @property
    def tracking_uri(self) -> str:
        return self.store.uri

    # experiments

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> str:
        """Make an experiment and return its id. Raises InvalidValueError where the name is taken."""
        return self.store.create_experiment(name, artifact_location, {k: str(v) for k, v in (tags or {}).items()})

    def get_experiment(self, experiment_id: str) -> Experiment:
        """The experiment, deleted or not. "0" is the default one whatever its id, as code for MLflow expects."""
        try:
            return self.store.experiment(str(experiment_id))
        except NotFoundError:
            if str(experiment_id) == DEFAULT_ID:
                return self.store.default_experiment()
            raise

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment of this name, deleted or not; None where there is none."""
        return self.store.experiment_by_name(name)

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int | None = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """One page of experiments, newest first unless `order_by` says otherwise; `.token` asks for the next."""
        from nbtrack.tracking.lookup import find_experiments

        return find_experiments(self.store, view_type, filter_string, order_by, max_results, page_token)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        self.store.rename_experiment(experiment_id, new_name)

    def delete_experiment(self, experiment_id: str) -> None:
        self.store.delete_experiment(experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        self.store.restore_experiment(experiment_id)

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        self.store.set_experiment_tag(experiment_id, key, str(value))

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        self.store.delete_experiment_tag(experiment_id, key)

    def _known_id(self, experiment_id: str) -> str:
        if str(experiment_id) == DEFAULT_ID:
            return self.get_experiment(DEFAULT_ID).experiment_id
        return str(experiment_id)

    # runs

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """A new run, RUNNING since `start_time` (ms since 1970, now by default); it does not become active.

        Without a name, given as `run_name` or as the tag `mlflow.runName`, one is made up.
        """
        named = {key: str(value) for key, value in (tags or {}).items()}
        if run_name and named.get(RUN_NAME, run_name) != run_name:
            raise InvalidValueError(
                f"The run is named twice: run_name='{run_name}' and {RUN_NAME}='{named[RUN_NAME]}'. Leave one out."
            )
        name = run_name or named.get(RUN_NAME) or random_name()
        run = self.store.create_run(
            self._known_id(experiment_id),
            run_name=name,
            user_id=named.get(USER, "unknown"),
            start_time=now() if start_time is None else start_time,
            tags={**named, RUN_NAME: name, **root_tags(self.store, named)},
        )
        announce_run(self.store.uri, run.info.run_id)
        return run

    def get_run(self, run_id: str) -> Run:
        """The run as it is now, deleted or not."""
        return self.store.run(run_id)

    def get_parent_run(self, run_id: str) -> Run | None:
        parent = self.get_run(run_id).data.tags.get(PARENT)
        return None if parent is None else self.get_run(parent)

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change the status or the name, or both; times stay as they are."""
        if status is not None or name is not None:
            self.store.update_run(run_id, status=None if status is None else status_of(status), run_name=name)
            announce_run(self.store.uri, run_id)

    def reopen(self, run_id: str, run_name: str | None = None, tags: Mapping[str, str] | None = None) -> None:
        """Set the run to RUNNING again, as `start_run(run_id)` does. Its end time stays, as in MLflow."""
        self.store.update_run(run_id, status=RunStatus.RUNNING, run_name=run_name or None)
        self.log_batch(run_id, tags=[RunTag(key, value) for key, value in (tags or {}).items()])
        announce_run(self.store.uri, run_id)

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        """End the run, as FINISHED unless `status` says otherwise; `end_time` in ms since 1970, now by default."""
        ended = status_of("FINISHED" if status is None else status)
        self.store.update_run(run_id, status=ended, end_time=now() if end_time is None else end_time)
        announce_run(self.store.uri, run_id)

    def delete_run(self, run_id: str) -> None:
        wait_for_writes(run_id)
        self.store.delete_run(run_id)
        announce_run(self.store.uri, run_id)

    def restore_run(self, run_id: str) -> None:
        self.store.restore_run(run_id)
        announce_run(self.store.uri, run_id)

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Run]:
        """One page of the runs that match, newest first unless `order_by` says otherwise.

        Raises QueryError for a filter or an order that does not parse.
        """
        from nbtrack.tracking.lookup import find_runs

        ids = experiment_ids if isinstance(experiment_ids, str) else [self._known_id(one) for one in experiment_ids]
        return find_runs(self.store, ids, filter_string, run_view_type, max_results, order_by, page_token)

    # values

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: Any,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> RunOperations | None:
        """One point: `timestamp` in ms since 1970 (now), `step` a whole number (0).

        The dataset and the model are accepted and ignored: MLflow 2 cannot read a metric that names them.
        """
        log_point(self.store.uri, self.store.writer(run_id), key, value, step, timestamp)
        return DONE if synchronous is False else None

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Store str(value), and return `value`. Another value for a key that has one is an InvalidValueError."""
        self.log_batch(run_id, params=[Param(key, value)])
        return DONE if synchronous is False else value

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
        """Store str(value), in place of what the key had."""
        return self.log_batch(run_id, tags=[RunTag(key, value)], synchronous=synchronous)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag. Raises NotFoundError where the run has none of this key."""
        self.store.delete_tag(run_id, key)
        announce_run(self.store.uri, run_id)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
        synchronous: bool | None = None,
    ) -> RunOperations | None:
        """Many values of one run in one go, of any number. Values become floats and strings as in the single calls."""
        # MLflow's own Metric will do as well.
        points = [
            Metric(
                metric.key,
                as_float(metric.key, metric.value),
                as_timestamp(metric.key, metric.timestamp),
                as_step(metric.key, metric.step),
            )
            for metric in metrics
        ]
        if points or params or tags:
            texts = [Param(param.key, str(param.value)) for param in params]
            marks = [RunTag(tag.key, str(tag.value)) for tag in tags]
            taken = guesses.given(run_id, [param.key for param in texts])
            try:
                self.store.log_batch(run_id, points, texts, marks)
            except InvalidValueError:
                if not taken:
                    raise
                self.store.replace_params(run_id, [param for param in texts if param.key in taken])
                self.store.log_batch(run_id, points, [param for param in texts if param.key not in taken], marks)
        for point in points:
            announce_point(Point(self.store.uri, run_id, point.key, point.value, point.step, point.timestamp))
        if params or tags:
            announce_run(self.store.uri, run_id)
        return DONE if synchronous is False else None

    def log_inputs(self, run_id: str, datasets: Sequence[DatasetInput] | None = None, models: object = None) -> None:
        """Note which datasets the run used. `models` is accepted and ignored."""
        if datasets:
            self.store.log_inputs(run_id, datasets)
            announce_run(self.store.uri, run_id)

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """All points of one metric in the store's order; empty where the run has no such metric."""
        from nbtrack.tracking.lookup import metric_history

        return metric_history(self.store, run_id, key)

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, Any]) -> None:
        for key, value in tags.items():
            self.set_experiment_tag(experiment_id, key, value)

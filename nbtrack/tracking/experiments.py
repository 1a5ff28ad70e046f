"""Which experiment do new runs belong to, and how are experiments made and changed?"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from nbtrack.entities import Experiment, LifecycleStage, ViewType
from nbtrack.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from nbtrack.tracking.client import MlflowClient

_NAME = "MLFLOW_EXPERIMENT_NAME"
_ID = "MLFLOW_EXPERIMENT_ID"
_setting = threading.Lock()
_active: str | None = None


def set_experiment(
    experiment_name: str | None = None, experiment_id: str | int | None = None, trace_location: object = None
) -> Experiment:
    """Make an experiment the one that new runs belong to, by name (made where there is none) or by id.

    As in MLflow, MLFLOW_EXPERIMENT_ID of this process follows, so that its children inherit it; `trace_location` is
    ignored. In a tracked cell, block or script its run moves there as long as nothing was logged into it; else, and on
    a server, it stays, as a warning says, and runs that start from now on go there. Raises InvalidValueError unless
    exactly one of name and id is given or where the experiment is deleted,
    NotFoundError for an unknown id.
    """
    global _active
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidValueError("Give set_experiment either experiment_name or experiment_id.")
    client = MlflowClient()
    with _setting:
        if experiment_name is not None:
            experiment = named_experiment(client, experiment_name)
        else:
            experiment = client.get_experiment(str(experiment_id))
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidValueError(
            f"Experiment '{experiment.name}' is deleted. "
            f"Call restore_experiment('{experiment.experiment_id}') first, or choose another name."
        )
    _active = os.environ[_ID] = experiment.experiment_id
    if "nbtrack.tracking.active" in sys.modules:  # else no run has started, and no cell is tracked
        from nbtrack.tracking.cell_experiment import enter_experiment

        enter_experiment(client, experiment)
    return experiment


def named_experiment(client: MlflowClient, name: str) -> Experiment:
    """The experiment of this name, which is made where there is none."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return found
    try:
        return client.get_experiment(client.create_experiment(name))
    except AlreadyExistsError:
        # another process may have made it since the look above
        found = client.get_experiment_by_name(name)
        if found is None:
            raise
        return found


def chosen_experiment() -> str | None:
    """The id given to `set_experiment` in this process."""
    return _active


def experiment_for_runs(client: MlflowClient) -> str:
    """The id of the experiment that a new run of this process belongs to."""
    return _active or _from_environment(client) or client.store.default_experiment().experiment_id


def _from_environment(client: MlflowClient) -> str | None:
    name, given = os.environ.get(_NAME), os.environ.get(_ID)
    if name:
        found = named_experiment(client, name).experiment_id
        if given and given != found:
            raise InvalidValueError(
                f"{_ID} is '{given}', but the experiment '{name}' of {_NAME} has the id '{found}'. "
                "Unset one of the two."
            )
        return found
    if given:
        try:
            return client.get_experiment(given).experiment_id
        except NotFoundError as error:
            raise NotFoundError(
                f"{_ID} is '{given}', and '{client.store.uri}' has no such experiment. Unset it, or give another id."
            ) from error
    return None


def create_experiment(
    name: str,
    artifact_location: str | None = None,
    tags: Mapping[str, Any] | None = None,
    trace_location: object = None,
) -> str:
    """Make an experiment and return its id; it does not become the active one. `trace_location` is ignored.

    Raises InvalidValueError where the name is taken, by a deleted experiment too.
    """
    return MlflowClient().create_experiment(name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """The experiment, deleted or not. Raises NotFoundError."""
    return MlflowClient().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """The experiment of this name, deleted or not; None where there is none."""
    return MlflowClient().get_experiment_by_name(name)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Experiments that match, newest first unless `order_by` says otherwise; all of them without `max_results`."""
    client, found, token = MlflowClient(), list[Experiment](), None
    while max_results is None or len(found) < max_results:
        wanted = 1000 if max_results is None else min(1000, max_results - len(found))
        page = client.search_experiments(view_type, wanted, filter_string, order_by, token)
        found.extend(page)
        token = page.token
        if token is None:
            break
    return found


def rename_experiment(experiment_id: str, new_name: str) -> None:
    """Give an experiment another name. Raises InvalidValueError where it is taken."""
    MlflowClient().rename_experiment(experiment_id, new_name)


def delete_experiment(experiment_id: str) -> None:
    """Mark the experiment and its runs as deleted; `restore_experiment` brings them back."""
    MlflowClient().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Bring a deleted experiment and its runs back."""
    MlflowClient().restore_experiment(experiment_id)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag of the active experiment; the value is stored as str(value)."""
    client = MlflowClient()
    client.set_experiment_tag(experiment_for_runs(client), key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Set several tags of the active experiment."""
    for key, value in tags.items():
        set_experiment_tag(key, value)


def delete_experiment_tag(key: str) -> None:
    """Remove a tag of the active experiment. Raises NotFoundError where it has none of this key."""
    client = MlflowClient()
    client.delete_experiment_tag(experiment_for_runs(client), key)

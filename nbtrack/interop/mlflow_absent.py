"""What of MLflow is not kept in nbtrack's file store, and what do those hear who ask for it?

Whoever looks finds nothing, so that MLflow's pages open: they ask for traces, evaluation data and registered models
beside each run. Whoever wants to keep such a thing hears where that can be done.
"""

from __future__ import annotations

from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
from mlflow.store.entities.paged_list import PagedList
from mlflow.store.model_registry.abstract_store import AbstractStore as AbstractRegistry

_WRITES = (
    "create_registered_model update_registered_model rename_registered_model delete_registered_model "
    "get_registered_model set_registered_model_tag delete_registered_model_tag create_model_version "
    "update_model_version transition_model_version_stage delete_model_version get_model_version "
    "get_model_version_download_uri set_model_version_tag delete_model_version_tag set_registered_model_alias "
    "delete_registered_model_alias get_model_version_by_alias copy_model_version"
).split()


class Absent:
    """The part of a tracking store that holds nothing."""

    def search_traces(self, *args: Any, **kwargs: Any) -> tuple[list[Any], None]:
        return [], None

    def query_trace_metrics(self, *args: Any, **kwargs: Any) -> PagedList:
        return PagedList([], None)

    def search_datasets(self, *args: Any, **kwargs: Any) -> PagedList:
        """Those of MLflow's evaluation; the data sets of runs are kept."""
        return PagedList([], None)

    def link_traces_to_run(self, trace_ids: list[str], run_id: str) -> None:
        raise MlflowException("Traces are not kept in nbtrack's file store. Use a database or a server for them.")


class NbtrackRegistry(AbstractRegistry):  # type: ignore[misc]
    """A model registry without a model. MLflow finds it by the entry point `mlflow.model_registry_store`."""

    def search_registered_models(self, *args: Any, **kwargs: Any) -> PagedList:
        return PagedList([], None)

    def search_model_versions(self, *args: Any, **kwargs: Any) -> PagedList:
        return PagedList([], None)

    def get_latest_versions(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []

    def list_webhooks(self, *args: Any, **kwargs: Any) -> PagedList:
        return PagedList([], None)


def _refused(self: Any, *args: Any, **kwargs: Any) -> Any:
    raise MlflowException(
        "nbtrack's file store has no model registry. Name one that has: mlflow.set_registry_uri('sqlite:///mlflow.db').",
        RESOURCE_DOES_NOT_EXIST,
    )


for _name in _WRITES:
    setattr(NbtrackRegistry, _name, _refused)

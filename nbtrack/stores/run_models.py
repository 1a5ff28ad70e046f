"""Which of MLflow 3's logged models did a run make or use, and what is in them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from nbtrack.entities import FileInfo
from nbtrack.errors import NotFoundError
from nbtrack.stores.base import Store
from nbtrack.stores.copying.special import shelf
from nbtrack.stores.files import artifacts
from nbtrack.stores.receiving import LoggedModel, ModelLinks, ModelPoint, ModelShelf


class RunModels(Protocol):
    """Raises NotFoundError for a model or a file that is not there."""

    def model_links(self, run_id: str) -> ModelLinks: ...
    def logged_model(self, model_id: str) -> LoggedModel: ...
    def list_model_files(self, model_id: str, path: str) -> list[FileInfo]: ...
    def read_model_file(self, model_id: str, path: str, limit: int | None) -> bytes: ...


def models_in(store: Store) -> RunModels | None:
    """None for a store that keeps no logged models."""
    if urlsplit(store.uri).scheme in ("http", "https"):
        from nbtrack.stores.rest import RestStore  # which needs httpx, an extra
        from nbtrack.stores.rest.models import ServerModels

        return ServerModels(store.link) if isinstance(store, RestStore) else None
    held = shelf(store)
    return None if held is None else _Here(held)


@dataclass(frozen=True, slots=True)
class _Here:
    """Models whose files lie on this machine."""

    shelf: ModelShelf

    def model_links(self, run_id: str) -> ModelLinks:
        return self.shelf.model_links(run_id)

    def logged_model(self, model_id: str) -> LoggedModel:
        found = self.shelf.logged_model(model_id)
        if found.lifecycle_stage == "deleted":
            raise NotFoundError(f"The logged model '{model_id}' was deleted.")
        return found

    def list_model_files(self, model_id: str, path: str) -> list[FileInfo]:
        return artifacts.list_folder(str(self.shelf.model_files(model_id)), path)

    def read_model_file(self, model_id: str, path: str, limit: int | None) -> bytes:
        return artifacts.read_file(str(self.shelf.model_files(model_id)), path, limit)


def newest(model: LoggedModel) -> list[ModelPoint]:
    """The newest point of each metric and data set, by metric."""
    found: dict[tuple[str, str | None], ModelPoint] = {}
    for point in model.points:
        seen = found.get((point.key, point.dataset_name))
        if seen is None or (point.step, point.timestamp) >= (seen.step, seen.timestamp):
            found[point.key, point.dataset_name] = point
    return sorted(found.values(), key=lambda point: (point.key, point.dataset_name or ""))

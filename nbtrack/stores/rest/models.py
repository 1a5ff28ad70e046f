"""Which logged models does a server keep for a run, and what is in them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from nbtrack.entities import FileInfo
from nbtrack.errors import NotFoundError
from nbtrack.stores.receiving import LoggedModel, ModelLinks, ModelPoint
from nbtrack.stores.rest import artifacts, reading
from nbtrack.stores.rest.answers import understood
from nbtrack.stores.rest.link import Link

STATUS = {"LOGGED_MODEL_PENDING": 1, "LOGGED_MODEL_READY": 2, "LOGGED_MODEL_UPLOAD_FAILED": 3}
FILES = "/ajax-api/2.0/mlflow/logged-models/"


class ServerModels:
    def __init__(self, link: Link) -> None:
        self._link = link

    def model_links(self, run_id: str) -> ModelLinks:
        return _links(self._link.get("runs/get", run_id=run_id).one("run"))

    def logged_model(self, model_id: str) -> LoggedModel:
        return _model(model_id, self._link.get(f"logged-models/{quote(model_id, safe='')}").one("model"))

    def list_model_files(self, model_id: str, path: str) -> list[FileInfo]:
        inside = artifacts.checked(path, NotFoundError)
        asked = {"artifact_directory_path": inside} if inside else {}
        found = self._link.get(f"logged-models/{quote(model_id, safe='')}/artifacts/directories", **asked)
        return [each for each in reading.files(found.many("files")) if artifacts.is_child(each.path, inside)]

    def read_model_file(self, model_id: str, path: str, limit: int | None) -> bytes:
        inside = artifacts.checked(path, NotFoundError)
        place = f"{FILES}{quote(model_id, safe='')}/artifacts/files"
        return artifacts.start_of(self._link, place, {"artifact_file_path": inside}, limit)


def _point(found: dict[str, Any]) -> ModelPoint:
    return ModelPoint(
        found["key"], reading.number(found), int(found.get("timestamp", 0)), int(found.get("step", 0)),
        found.get("run_id", ""), found.get("dataset_name"), found.get("dataset_digest"),
    )  # fmt: skip


@understood
def _links(run: Mapping[str, Any]) -> ModelLinks:
    made = run.get("outputs", {}).get("model_outputs", ())
    used = run.get("inputs", {}).get("model_inputs", ())
    return ModelLinks(
        tuple((str(each["model_id"]), int(each.get("step", 0))) for each in made),
        tuple(str(each["model_id"]) for each in used),
    )


@understood
def _model(model_id: str, found: Mapping[str, Any]) -> LoggedModel:
    info, data = found["info"], found.get("data", {})
    return LoggedModel(
        model_id=model_id,
        name=str(info.get("name", "")),
        status=STATUS.get(info.get("status", ""), 0),
        creation_time=int(info.get("creation_timestamp_ms", 0)),
        last_update_time=int(info.get("last_updated_timestamp_ms", 0)),
        model_type=info.get("model_type") or None,
        source_run_id=info.get("source_run_id"),
        status_message=info.get("status_message"),
        params=tuple((str(each["key"]), str(each.get("value", ""))) for each in data.get("params", ())),
        tags=tuple((str(each["key"]), str(each.get("value", ""))) for each in info.get("tags", ())),
        points=tuple(map(_point, data.get("metrics", ()))),
    )

"""How do files, figures and tables get into the active run?

Each function puts into the active run, or into `run_id`; see `ArtifactClient` for what each takes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from nbtrack.entities import FileInfo
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.tracking import active
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.experiments import experiment_for_runs
from nbtrack.tracking.fluent import outliving_the_store, target

if TYPE_CHECKING:
    import pandas as pd


def log_artifact(local_path: str | Path, artifact_path: str | None = None, run_id: str | None = None) -> None:
    """Copy a file, or a folder as a whole, into the folder `artifact_path` of the run's artifacts."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_artifact(run, local_path, artifact_path)


def log_artifacts(local_dir: str | Path, artifact_path: str | None = None, run_id: str | None = None) -> None:
    """Copy what a folder holds into the folder `artifact_path` of the run's artifacts."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_artifacts(run, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Keep `text` as a UTF-8 file."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_text(run, text, artifact_file)


def log_dict(dictionary: Mapping[str, Any] | Sequence[Any], artifact_file: str, run_id: str | None = None) -> None:
    """Keep a dict or list as YAML where the name ends in .yml or .yaml, else as JSON."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_dict(run, dictionary, artifact_file)


def log_stream(stream: IO[bytes], artifact_file: str, run_id: str | None = None) -> None:
    """Keep what a binary stream yields from where it stands to its end."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_stream(run, stream, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None) -> None:
    """Keep a matplotlib or plotly figure; the ending of `artifact_file` chooses the format."""
    with outliving_the_store():
        client, run = target(None)
        client.log_figure(run, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Keep an image under a name, or as one of a series under `key` at `step` and `timestamp` (ms)."""
    with outliving_the_store():
        client, run = target(None)
        client.log_image(run, image, artifact_file, key, step, timestamp)


def log_table(data: Mapping[str, Any] | pd.DataFrame, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a table as .json or .parquet; rows are added to what the run's file of that name holds."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_table(run, data, artifact_file)


def load_table(
    artifact_file: str, run_ids: Sequence[str] | None = None, extra_columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """The tables of that name of the active experiment's runs, one below the other; see `ArtifactClient.load_table`."""
    client = MlflowClient()
    return client.load_table(experiment_for_runs(client), artifact_file, run_ids, extra_columns)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Where the active run's artifacts are, or one of them."""
    client, run = target(None)
    root = client.get_run(run).info.artifact_uri
    return _below(root, artifact_path) if artifact_path else root


def _below(root: str, path: str) -> str:
    """A path that begins with a slash lies below the root too; what follows a `?` of an address stays behind it."""
    address, mark, rest = root.partition("?") if "://" in root else (root, "", "")
    return posixpath.join(address, path.lstrip("/")) + mark + rest


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """What one folder of a run's artifacts holds: of `run_id`, of `runs:/ID/path`, or of the active run.

    Paths begin at the top of the run's artifacts; of an `artifact_uri` at its last folder, as in MLflow.
    """
    client, run, path = _source(artifact_uri, run_id, artifact_path, tracking_uri)
    found, above = client.list_artifacts(run, path), posixpath.dirname(path.strip("/"))
    if artifact_uri is None or not above:
        return found
    return [replace(each, path=each.path.removeprefix(f"{above}/")) for each in found]


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | Path | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """The local path of an artifact of `run_id`, of `runs:/ID/path`, or of the active run.

    `artifact_uri` may be a local path or `file:…` too. `dst_path` is made where it is missing; without it the artifact
    is not copied where it lies on this machine already. `registry_uri` is ignored.
    """
    if dst_path is not None:
        Path(dst_path).mkdir(parents=True, exist_ok=True)
    client, run, path = _source(artifact_uri, run_id, artifact_path, tracking_uri)
    return client.download_artifacts(run, path, dst_path)


def load_text(artifact_uri: str) -> str:
    """The text of a UTF-8 artifact, by the addresses that `download_artifacts` takes."""
    try:
        return Path(download_artifacts(artifact_uri)).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise _unread(artifact_uri, "UTF-8 text", error) from error
    except IsADirectoryError as error:
        raise _unread(artifact_uri, "a file, but a folder", error) from error


def load_dict(artifact_uri: str) -> Any:
    """What a JSON artifact holds."""
    import json

    text = load_text(artifact_uri)
    try:
        return json.loads(text)
    except ValueError as error:
        raise _unread(artifact_uri, "JSON", error) from error


def load_image(artifact_uri: str) -> Any:
    """An image artifact as a PIL image."""
    from nbtrack.tracking.images import Image

    path = download_artifacts(artifact_uri)
    try:
        return Image(path).to_pil()
    except OSError as error:
        raise _unread(artifact_uri, "an image that Pillow reads", error) from error


def _unread(artifact_uri: str, what: str, error: Exception) -> InvalidValueError:
    return InvalidValueError(
        f"The artifact '{artifact_uri}' is not {what}: {error}. download_artifacts gives the file as it is.",
        error_code="BAD_REQUEST",
    )


def _source(
    artifact_uri: str | None, run_id: str | None, artifact_path: str | None, tracking_uri: str | None
) -> tuple[MlflowClient, str, str]:
    if artifact_uri is not None:
        if run_id is not None or artifact_path is not None:
            raise InvalidValueError("Give artifact_uri alone, or run_id with artifact_path.")
        return _parsed(artifact_uri, MlflowClient(tracking_uri))
    if run_id is not None:
        return MlflowClient(tracking_uri), run_id, artifact_path or ""
    held = active.current()
    if held is None:
        raise InvalidValueError("There is no active run. Give run_id, or artifact_uri such as 'runs:/ID/path'.")
    return held.client, held.run_id, artifact_path or ""


def _parsed(artifact_uri: str, client: MlflowClient) -> tuple[MlflowClient, str, str]:
    """`runs:/ID/path`, or a place on this machine inside the artifacts of a run of the store."""
    if artifact_uri.startswith("runs:/"):
        run_id, _, path = artifact_uri.removeprefix("runs:/").lstrip("/").partition("/")
        return client, run_id, path
    if artifact_uri.startswith("mlflow-artifacts:"):
        above, _, path = urlsplit(artifact_uri).path.partition("/artifacts")
        return client, above.rpartition("/")[2], path.strip("/")
    place = Path(unquote(urlsplit(artifact_uri).path) if artifact_uri.startswith("file:") else artifact_uri).absolute()
    for folder in (place, *place.parents):
        if folder.name == "artifacts":
            try:
                kept = client.store.artifact_dir(folder.parent.name)
            except NotFoundError:
                continue
            if kept is not None and kept.resolve() == folder.resolve():
                return client, folder.parent.name, place.relative_to(folder).as_posix().removeprefix(".")
    raise InvalidValueError(
        f"'{artifact_uri}' lies in no run of '{client.store.uri}'. "
        "Use 'runs:/ID/path', or give run_id and artifact_path."
    )

"""Where in an mlruns folder do MLflow 3's logged models lie, and how are they read and written?

A logged model has a folder in its experiment: `models/<id>/` with meta.yaml, params/, tags/ and metrics/. Metric lines
are `<ms> <value> <step> <run id>`, followed by name and digest of a data set where one is given. A run points to the
models it made from `outputs/<id>/meta.yaml`, and to those it used from `inputs/<id>/meta.yaml`.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from nbtrack.entities import LifecycleStage
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.stores.files import codec, disk, experiments, layout, links
from nbtrack.stores.files.layout import (
    ARTIFACTS,
    INPUTS,
    META,
    METRICS,
    PARAMS,
    TAGS,
    is_remote,
    local_path,
    subfolders,
    uri_below,
    uri_of,
)
from nbtrack.stores.names import checked_key, checked_model_name, checked_value, is_run_id
from nbtrack.stores.receiving import ModelPoint

MODELS, OUTPUTS = "models", "outputs"
LONGEST = 6000  # bytes of a param or tag that is read
PENDING = 1  # MLflow's number for a model that is being written


def create(
    root: str, experiment_id: str, *, name: str, source_run_id: str | None, model_type: str | None
) -> dict[str, Any]:
    """A new model's meta, as `read` gives it."""
    checked_model_name(name)
    model_id = f"m-{uuid.uuid4().hex}"
    home = experiments.folder_of(root, experiment_id)
    about, _ = experiments.read_experiment(home, deleted=experiments.is_trashed(home))
    if about is None or about.lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidValueError(
            f"The experiment {experiment_id} is deleted and takes no models. Restore it, or choose another."
        )
    folder = links.inside(root, home, f"{MODELS}/") + model_id
    now = time.time_ns() // 1_000_000
    meta = {
        "artifact_location": _location(folder, about.artifact_location),
        "creation_timestamp": now,
        "experiment_id": experiment_id,
        "last_updated_timestamp": now,
        "lifecycle_stage": "active",
        "model_id": model_id,
        "model_type": model_type,
        "name": name,
        "source_run_id": source_run_id,
        "status": PENDING,
        "status_message": None,
    }
    with disk.writing("the model", folder):
        for part in (METRICS, PARAMS, TAGS):
            os.makedirs(os.path.join(folder, part))
        disk.write_over(os.path.join(folder, META), codec.write_meta(meta), folder)
    return meta


def _location(folder: str, experiment_location: str) -> str:
    """Where its files lie: below its experiment's artifacts, but in its own folder where these lie in the store too.

    As with runs, the address of an experiment in a moved store is stale, and then leads to no folder.
    """
    there = local_path(experiment_location)
    if there is None and not is_remote(experiment_location):
        return uri_of(os.path.join(folder, ARTIFACTS))
    if there is not None and not os.path.isdir(os.path.dirname(there)):
        return uri_of(os.path.join(folder, ARTIFACTS))
    return uri_below(experiment_location, MODELS, os.path.basename(folder), ARTIFACTS)


def folder_of(root: str, model_id: str) -> str:
    """NotFoundError where no experiment has the model."""
    if is_run_id(model_id):
        for experiment, _, _ in experiments.read_all(root):
            folder = links.inside(root, experiment, f"{MODELS}/{model_id}/").rstrip("/")
            if os.path.isfile(os.path.join(folder, META)):
                return folder
    raise NotFoundError(f"There is no logged model '{model_id}' in '{root}'.")


def of_experiment(root: str, experiment_id: str) -> list[str]:
    """Folders of the models of one experiment, those marked deleted too; none where there is no such experiment."""
    try:
        home = experiments.folder_of(root, experiment_id)
    except NotFoundError:
        return []
    parent = links.inside(root, home, f"{MODELS}/").rstrip("/")
    return [
        os.path.join(parent, name) for name in subfolders(parent) if os.path.isfile(os.path.join(parent, name, META))
    ]


def read(folder: str) -> dict[str, Any]:
    return codec.read_meta(disk.read(os.path.join(folder, META), disk.LONGEST_TEXT)[0])


def is_deleted(meta: Mapping[str, Any]) -> bool:
    return meta.get("lifecycle_stage") == "deleted"


def update(folder: str, **changed: Any) -> dict[str, Any]:
    meta = {**read(folder), **changed, "last_updated_timestamp": time.time_ns() // 1_000_000}
    with disk.writing("the model", folder):
        disk.write_over(os.path.join(folder, META), codec.write_meta(meta), folder)
    return meta


def texts(folder: str, kind: str) -> dict[str, str]:
    """Its params or tags."""
    found = {}
    for key, path in _files(own(folder, kind)):
        found[key] = codec.text_of(disk.read(path, disk.LONGEST_TEXT)[0])
    return found


def write_texts(folder: str, kind: str, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        path = os.path.join(own(folder, kind), checked_key(key, kind.removesuffix("s")))
        text = checked_value(value, key, longest=LONGEST, what=kind.removesuffix("s"))
        with disk.writing(f"the model's {key}", path):
            disk.make_folders(path)
            disk.write_over(path, text.encode("utf-8"), folder)


def delete_tag(folder: str, key: str) -> None:
    path = os.path.join(own(folder, TAGS), checked_key(key, "tag"))
    try:
        os.unlink(path)
    except FileNotFoundError as error:
        raise NotFoundError(f"The model '{os.path.basename(folder)}' has no tag '{key}'.") from error


def append(folder: str, point: ModelPoint) -> None:
    data = "" if point.dataset_name is None else f" {point.dataset_name} {point.dataset_digest}"
    line = f"{point.timestamp} {point.value} {point.step} {point.run_id}{data}\n"
    path = os.path.join(own(folder, METRICS), checked_key(point.key, "metric"))
    with disk.writing(f"the model's metric '{point.key}'", path):
        disk.make_folders(path)
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            disk.write_all(fd, line.encode("utf-8"))
        finally:
            os.close(fd)


def points(folder: str) -> list[ModelPoint]:
    """The newest point of each metric and data set, by (step, timestamp, value); senseless lines are left out."""
    newest: dict[tuple[str, str | None], ModelPoint] = {}
    for point in all_points(folder):
        seen = newest.get((point.key, point.dataset_name))
        if seen is None or (point.step, point.timestamp, point.value) > (seen.step, seen.timestamp, seen.value):
            newest[point.key, point.dataset_name] = point
    return list(newest.values())


def all_points(folder: str) -> Iterator[ModelPoint]:
    """Every point in the order of the files; senseless lines are left out."""
    for key, path in _files(own(folder, METRICS)):
        for line in codec.text_of(disk.read(path, 100 * disk.LONGEST_TEXT)[0]).splitlines():
            point = _point(key, line.split(" "))
            if point is not None:
                yield point


def _point(key: str, parts: list[str]) -> ModelPoint | None:
    try:
        name, digest = (parts[4], parts[5]) if len(parts) == 6 else (None, None)
        return ModelPoint(key, float(parts[1]), int(parts[0]), int(parts[2]), parts[3], name, digest)
    except (ValueError, IndexError):
        return None


def link_output(run_folder: str, model_id: str, step: int) -> None:
    """Say that the run made the model. MLflow writes the model as the source, too, and reads the destination."""
    _link(
        links.inside_run(run_folder, f"{OUTPUTS}/{model_id}/"),
        model_id,
        model_id,
        ("RUN_OUTPUT", "MODEL_OUTPUT"),
        step=step,
    )


def link_input(run_folder: str, run_id: str, model_id: str) -> None:
    """Say that the run used the model."""
    name = hashlib.md5((model_id + run_id).encode("utf-8"), usedforsecurity=False).hexdigest()
    _link(links.inside_run(run_folder, f"{INPUTS}/{name}/"), model_id, model_id, ("MODEL", "RUN"))


def inputs(run_folder: str) -> list[str]:
    """Ids of the models that the run used."""
    parent = os.path.join(run_folder, INPUTS)
    found = []
    for name in _linked(run_folder, INPUTS):
        try:
            link = read(os.path.join(parent, name))
        except (disk.Unreadable, OSError, ValueError):
            continue  # the run is shown as damaged for it
        if link.get("source_type") == "MODEL":
            found.append(str(link.get("source_id")))
    return found


def outputs(run_folder: str) -> list[tuple[str, int]]:
    """(model id, step) of the models that the run made."""
    parent = os.path.join(run_folder, OUTPUTS)
    found = []
    for name in _linked(run_folder, OUTPUTS):
        try:
            found.append((name, int(read(os.path.join(parent, name)).get("step") or 0)))
        except (disk.Unreadable, OSError, ValueError):
            continue  # the model itself is still listed in its experiment
    return found


def _linked(run_folder: str, kind: str) -> list[str]:
    """Names of the notes about models; none where the folder is a link that leads out."""
    folder = os.path.join(run_folder, kind)
    return [] if links.leads_out(folder, layout.root_of(run_folder), run_folder) else subfolders(folder)


def _link(folder: str, source: str, destination: str, kinds: tuple[str, str], **more: int) -> None:
    path = os.path.join(folder, META)
    meta = {
        "source_type": kinds[0],
        "source_id": source,
        "destination_type": kinds[1],
        "destination_id": destination,
        "tags": {},
        **more,
    }
    with disk.writing("the model's link", path):
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(path):
            disk.write_over(path, codec.write_meta(meta), folder)


def own(folder: str, name: str) -> str:
    """A folder of the model's. Raises links.LeadsOutError."""
    root = os.path.dirname(layout.root_of(folder))  # experiment, models, id: one deeper than a run
    root = os.path.dirname(root) if os.path.basename(root) == layout.TRASH else root
    return links.inside(root, folder, f"{name}/").rstrip("/")


def _files(parent: str) -> Iterator[tuple[str, str]]:
    """(key, path) of the plain files below, links left out."""
    for folder, names, files in os.walk(parent):
        names.sort()
        for file in sorted(files):
            path = os.path.join(folder, file)
            if os.path.isfile(path) and not os.path.islink(path):
                yield os.path.relpath(path, parent), path

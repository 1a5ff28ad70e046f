"""How are runs made and changed so that every MLflow reads them?

MLflow 1 wants `run_uuid`, MLflow 3 wants `run_id`, and its get_run wants all four folders; the name stands in meta.yaml
and in a tag. meta.yaml comes last when a run is made, because a folder without it is no run to anybody.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Mapping
from typing import Any

from nbtrack.entities import LifecycleStage, Param, RunStatus, RunTag
from nbtrack.errors import DamagedError, InvalidValueError, NotFoundError
from nbtrack.stores.files import codec, disk, layout, links
from nbtrack.stores.files.layout import ARTIFACTS, META, METRICS, PARAMS, TAGS
from nbtrack.stores.files.reader import NAME_TAG, read_meta_file
from nbtrack.stores.names import changed_param, checked_key, checked_params, checked_value

SOURCE_LOCAL = 4  # what MLflow's file store writes for every run; the true source is in the tags
PURGED = "nbtrack_purged"  # in meta.yaml: the run's files are being removed
FIXED: Mapping[str, Any] = {
    "entry_point_name": "",
    "source_name": "",
    "source_type": SOURCE_LOCAL,
    "source_version": "",
    "tags": [],
}


def create(folder: str, artifact_location: str, meta: Mapping[str, Any], tags: Mapping[str, str]) -> str:
    """A new run in the experiment's folder; returns its id. `meta` gives user_id, start_time and run_name."""
    texts = _checked_tags({**tags, NAME_TAG: meta["run_name"]})
    run_id = layout.new_run_id()
    whole = {
        **FIXED,
        "artifact_uri": layout.uri_below(artifact_location, run_id, ARTIFACTS),
        "end_time": None,
        "experiment_id": os.path.basename(folder),
        "lifecycle_stage": LifecycleStage.ACTIVE,
        "run_id": run_id,
        "run_uuid": run_id,
        "status": int(RunStatus.RUNNING),
        **meta,
    }
    run_folder = os.path.join(folder, run_id)
    with disk.writing("the run", run_folder):
        os.mkdir(run_folder)
        try:
            for sub in (METRICS, PARAMS, TAGS, ARTIFACTS):
                os.mkdir(os.path.join(run_folder, sub))
            for key, value in texts.items():
                _put(run_folder, TAGS, key, value)
            _write_meta(run_folder, whole)
        except OSError:
            shutil.rmtree(run_folder, ignore_errors=True)  # a folder without meta.yaml would be damage
            raise
    return run_id


def change(run_folder: str, **changed: Any) -> None:
    """Rewrite meta.yaml with other values; None removes a key that MLflow leaves out when it has no value."""
    meta = read_meta(run_folder)
    meta.update(changed)
    if meta.get("deleted_time", 0) is None:
        del meta["deleted_time"]
    meta.setdefault("run_id", os.path.basename(run_folder))
    meta.setdefault("run_uuid", meta["run_id"])
    with disk.writing("the run", run_folder):
        _write_meta(run_folder, meta)
        disk.sweep(run_folder)


def rename(run_folder: str, name: str) -> None:
    """The name stands in meta.yaml and in a tag; MLflow keeps the two alike, and so does this."""
    _checked_tags({NAME_TAG: name})
    change(run_folder, run_name=name)
    if name:
        with disk.writing(f"tag '{NAME_TAG}'", os.path.join(run_folder, TAGS, NAME_TAG)):
            _put(run_folder, TAGS, NAME_TAG, name)


def read_meta(run_folder: str) -> dict[str, Any]:
    path = os.path.join(run_folder, META)
    try:
        return read_meta_file(path)[0]
    except disk.Unreadable as error:
        raise DamagedError(f"'{path}' {error.problem}, so the run cannot be changed. {error.remedy}") from error
    except OSError as error:
        raise NotFoundError(f"'{path}' is gone: the run was deleted or moved meanwhile.") from error


def must_be_active(run_folder: str) -> None:
    if read_meta(run_folder).get("lifecycle_stage") == LifecycleStage.DELETED:
        run_id = os.path.basename(run_folder)
        raise InvalidValueError(
            f"Run {run_id} is deleted, so nothing can be logged to it. Restore it with restore_run('{run_id}')."
        )


def set_stage(run_folder: str, stage: str) -> None:
    deleted = stage == LifecycleStage.DELETED
    if not deleted and read_meta(run_folder).get(PURGED):
        raise InvalidValueError(
            f"Run {os.path.basename(run_folder)} is being removed for good, so it cannot be restored. "
            "`nbtrack gc --yes` completes that."
        )
    change(run_folder, lifecycle_stage=stage, deleted_time=int(time.time() * 1000) if deleted else None)


def log_values(run_folder: str, params: Iterable[Param], tags: Iterable[RunTag]) -> None:
    """All params and tags are checked before the first is written."""
    wanted = checked_params(params)
    texts = _checked_tags({tag.key: tag.value for tag in tags})
    new = [key for key, value in wanted.items() if not _has_param(run_folder, key, value)]
    for key in new:
        with disk.writing(f"param '{key}'", os.path.join(run_folder, PARAMS, key)):
            _put_new(run_folder, key, wanted[key])
    for key, value in texts.items():
        if key == NAME_TAG and value:  # an empty tag leaves the name, as in MLflow
            rename(run_folder, value)
        with disk.writing(f"tag '{key}'", os.path.join(run_folder, TAGS, key)):
            _put(run_folder, TAGS, key, value)


def replace_params(run_folder: str, params: Iterable[Param]) -> None:
    for key, value in checked_params(params).items():
        with disk.writing(f"param '{key}'", os.path.join(run_folder, PARAMS, key)):
            _put(run_folder, PARAMS, key, value)


def _has_param(run_folder: str, key: str, value: str) -> bool:
    path = links.inside_run(run_folder, f"{PARAMS}/{key}")
    try:
        there = codec.text_of(disk.read(path, disk.LONGEST_TEXT)[0])
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False
    except disk.Unreadable as error:
        raise DamagedError(f"'{path}' {error.problem}, so the param cannot be compared. {error.remedy}") from error
    if there != value:
        raise changed_param(key, there, value, os.path.basename(run_folder))
    return True


def _put_new(run_folder: str, key: str, value: str) -> None:
    path = links.inside_run(run_folder, f"{PARAMS}/{key}")
    while True:
        try:
            return disk.write_new(path, value.encode("utf-8"), run_folder)
        except FileExistsError:
            if os.path.isdir(path):
                raise IsADirectoryError(path) from None
            if _has_param(run_folder, key, value):  # another process was quicker, with the same value
                return None
        except (FileNotFoundError, NotADirectoryError):
            disk.make_folders(path)


def _put(run_folder: str, sub: str, key: str, value: str) -> None:
    path = links.inside_run(run_folder, f"{sub}/{key}")
    try:
        disk.write_over(path, value.encode("utf-8"), run_folder)
    except (FileNotFoundError, NotADirectoryError):
        disk.make_folders(path)
        disk.write_over(path, value.encode("utf-8"), run_folder)


def delete_tag(run_folder: str, key: str) -> None:
    path = links.inside_run(run_folder, f"{TAGS}/{checked_key(key, 'tag', longest=None)}")
    if not os.path.isfile(path):
        raise NotFoundError(f"Run {os.path.basename(run_folder)} has no tag '{key}'.")
    with disk.writing(f"tag '{key}'", path):
        os.unlink(path)


def _checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    # A tag may be as long as one likes in MLflow's file store; what is shown of it is another matter.
    checked = {}
    for key, value in tags.items():
        checked_key(key, "tag", longest=None)
        checked[key] = checked_value(value, key, longest=disk.LONGEST_TEXT // 4, what="tag")
    return checked


def _write_meta(run_folder: str, meta: Mapping[str, Any]) -> None:
    disk.write_over_small(os.path.join(run_folder, META), codec.write_meta(meta), run_folder)

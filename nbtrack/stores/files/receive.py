"""How does a run of another store get into an mlruns folder whole, with its id, or not at all?

meta.yaml comes last: a folder without it is no run to anybody. A mark in the folder says that it is being copied, so
that a second try takes away what the first one left.
"""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nbtrack.entities import Experiment, LifecycleStage, RunInfo, RunStatus
from nbtrack.errors import InvalidValueError, ReadOnlyError
from nbtrack.frame import Row, Series, Summary
from nbtrack.stores.files import artifacts, codec, disk, experiments, inputs, layout, links, runs
from nbtrack.stores.files.layout import ARTIFACTS, DEFAULT_NAME, META, METRICS, PARAMS, TAGS, TRASH
from nbtrack.stores.files.store import FileStore
from nbtrack.stores.names import checked_key, is_experiment_id, is_run_id
from nbtrack.stores.receiving import LeftOut


class FileReceiver:
    """The entrance to `store`, whose folder is made where there is none."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._root = layout.local_path(store.uri) or ""

    def receive_experiment(self, given: Experiment) -> str:
        self._must_be_writable()
        with experiments.naming(self._root):
            return self._receive_experiment(given)

    def _receive_experiment(self, given: Experiment) -> str:
        experiments.refuse_taken(self._root, given.name)
        experiment_id = self._free_id(given)
        deleted = given.lifecycle_stage == LifecycleStage.DELETED
        folder = os.path.join(self._root, TRASH, experiment_id) if deleted else self._at(experiment_id)
        meta = {
            "artifact_location": given.artifact_location or f"{layout.uri_of(self._root)}/{experiment_id}",
            "creation_time": given.creation_time,
            "experiment_id": experiment_id,
            "last_update_time": given.last_update_time,
            "lifecycle_stage": given.lifecycle_stage,
            "name": given.name,
        }
        with disk.writing(f"the experiment '{given.name}'", folder):
            os.makedirs(os.path.join(self._root, TRASH), exist_ok=True)
            os.makedirs(folder, exist_ok=True)  # left by an earlier try: without a meta.yaml it was nothing
            for key, value in given.tags.items():
                _put(folder, TAGS, key, value)
            disk.write_over(os.path.join(folder, META), codec.write_meta(meta), folder)
        return experiment_id

    def _free_id(self, given: Experiment) -> str:
        # Digits in ./mlruns change what MLflow does there; a folder of another name is none of its business.
        own_name = os.path.basename(self._root) != "mlruns" and not layout.experiment_folders(self._root)
        digits = layout.takes_digits(self._root) or own_name
        wanted = given.experiment_id
        usable = is_experiment_id(wanted) and wanted != layout.REGISTRY and (digits or not wanted.isdigit())
        if given.name != DEFAULT_NAME and wanted == layout.DEFAULT_ID:
            usable = False  # what MLflow takes for its default experiment
        while not usable or self._is_taken(wanted):
            wanted, usable = layout.new_experiment_id(digits=digits), True
        return wanted

    def _is_taken(self, experiment_id: str) -> bool:
        return any(layout.has_meta(os.path.join(base, experiment_id)) for base in self._bases())

    def receive_run(self, experiment_id: str, given: Row, histories: Sequence[tuple[str, Series]]) -> LeftOut:
        self._must_be_writable()
        info = given.run.info
        folder = self._new_folder(experiment_id, info.run_id)
        left_out: LeftOut = []
        with disk.writing("the run", folder):
            os.makedirs(folder)
            os.close(os.open(os.path.join(folder, disk.COPYING), os.O_WRONLY | os.O_CREAT, 0o666))
            for sub in (METRICS, PARAMS, TAGS, ARTIFACTS):
                os.mkdir(os.path.join(folder, sub))
        for sub, texts in ((PARAMS, given.run.data.params), (TAGS, given.run.data.tags)):
            for key, value in texts.items():
                with _told(left_out, sub[:-1], key):
                    _put(folder, sub, key, value)
        for key, series in histories:
            with _told(left_out, "metric", key):
                _put_points(folder, key, _shown_first(series, given.metrics[key]))
        inputs.write_inputs(folder, info.run_id, given.run.inputs.dataset_inputs)
        with disk.writing("the run", folder):
            meta = _meta(info, experiment_id, self._artifact_uri(experiment_id, info))
            disk.write_over(os.path.join(folder, META), codec.write_meta(meta), folder)
            os.unlink(os.path.join(folder, disk.COPYING))
        return left_out

    def receive_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        self._must_be_writable()
        folder = self._store.run_folder(run_id)
        in_trash = os.path.basename(os.path.dirname(os.path.dirname(folder))) == TRASH
        # The address of what is in the trash leads to where it was before.
        place = links.own_folder(folder, ARTIFACTS) if in_trash else self._store.artifacts_here(run_id)
        artifacts.receive(place, path, data)

    def _new_folder(self, experiment_id: str, run_id: str) -> str:
        if not is_run_id(run_id) or run_id in layout.NOT_RUNS:
            raise InvalidValueError(f"'{run_id}' cannot be the id of a run in '{self._root}'.")
        folder = os.path.join(experiments.folder_of(self._root, experiment_id), run_id)
        if not layout.has_meta(folder) and _begun(folder):
            with disk.writing("the run", folder):
                shutil.rmtree(folder)
        if os.path.lexists(folder):
            raise InvalidValueError(f"'{folder}' is there already. Move it away, and copy again.")
        return folder

    def _artifact_uri(self, experiment_id: str, info: RunInfo) -> str:
        if info.artifact_uri:
            return info.artifact_uri
        location = self._store.experiment(experiment_id).artifact_location
        return layout.uri_below(location or layout.uri_of(self._at(experiment_id)), info.run_id, ARTIFACTS)

    def _at(self, experiment_id: str) -> str:
        return os.path.join(self._root, experiment_id)

    def _bases(self) -> tuple[str, str]:
        return self._root, os.path.join(self._root, TRASH)

    def _must_be_writable(self) -> None:
        if self._store.read_only:
            raise ReadOnlyError(f"'{self._root}' may not be written. Get permission (chmod u+w), or copy elsewhere.")


class _told:
    """What one name of a run cannot be (a file and a folder at once) is noted, and the rest is kept."""

    def __init__(self, left_out: LeftOut, what: str, key: str) -> None:
        self._left_out = left_out
        self._name = f"{what} '{key}'"

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, InvalidValueError):
            clash = isinstance(error.__cause__, NotADirectoryError | IsADirectoryError)
            why = "a folder cannot hold a name and the same name with '/…' after it" if clash else str(error)
            self._left_out.append((self._name, why))
            return True
        return False


def _begun(folder: str) -> bool:
    """Did a copy that was stopped make this folder? The mark in it is the first thing after the folder itself."""
    return os.path.isdir(folder) and (not os.listdir(folder) or os.path.lexists(os.path.join(folder, disk.COPYING)))


def _meta(info: RunInfo, experiment_id: str, artifact_uri: str) -> dict[str, Any]:
    meta = {
        **runs.FIXED,
        "artifact_uri": artifact_uri,
        "end_time": info.end_time,
        "experiment_id": experiment_id,
        "lifecycle_stage": info.lifecycle_stage,
        "run_id": info.run_id,
        "run_name": info.run_name,
        "run_uuid": info.run_id,
        "start_time": info.start_time,
        "status": int(RunStatus[info.status]),
        "user_id": info.user_id,
    }
    if info.lifecycle_stage == LifecycleStage.DELETED:
        meta["deleted_time"] = int(time.time() * 1000)
    return meta


def _put(folder: str, sub: str, key: str, value: str) -> None:
    _append(folder, sub, key, (value.encode("utf-8"),))


def _put_points(folder: str, key: str, series: Series) -> None:
    columns = series.timestamp.tolist(), series.value.tolist(), series.step.tolist()
    _append(folder, METRICS, key, (b"%d %a %d\n" % point for point in zip(*columns, strict=True)))


def _shown_first(series: Series, shown: Summary) -> Series:
    """MLflow shows the first of those with the last step and time where a NaN is among them; the order decides."""
    ties = np.flatnonzero((series.step == shown.step) & (series.timestamp == shown.timestamp))
    if len(ties) < 2 or not np.isnan(series.value[ties]).any():
        return series
    values = series.value[ties]
    first = ties[np.isnan(values) if math.isnan(shown.last) else values == shown.last][:1]
    rows = np.arange(len(series))
    rows[ties] = np.concatenate((first, ties[ties != first]))
    return Series(series.step[rows], series.timestamp[rows], series.value[rows])


def _append(folder: str, sub: str, key: str, parts: Iterable[bytes]) -> None:
    path = os.path.join(folder, sub, checked_key(key, sub[:-1], longest=None))
    with disk.writing(f"{sub[:-1]} '{key}'", path):
        disk.make_folders(path)
        with open(path, "wb", buffering=1 << 20) as file:
            file.writelines(parts)

"""How does an mlruns folder answer the store's contract?"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbtrack.entities import (
    DatasetInput,
    Experiment,
    FileInfo,
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from nbtrack.errors import DamagedError, InvalidValueError, NotAStoreError, NotFoundError, ReadOnlyError, StoreError
from nbtrack.frame import Row, Series
from nbtrack.stores.base import Damage, Part, Snapshot
from nbtrack.stores.files import (
    artifacts,
    disk,
    experiments,
    inputs,
    layout,
    links,
    model_damage,
    points,
    rearranging,
    runs,
)
from nbtrack.stores.files.index import FileWatch, Index, Seen
from nbtrack.stores.files.layout import DEFAULT_NAME, META, METRICS, TRASH
from nbtrack.stores.files.reader import read_run, run_info
from nbtrack.stores.files.writer import FileRunWriter
from nbtrack.stores.names import checked_key, checked_number, checked_time, checked_whole, is_key

LOOK_AGAIN = 0.1  # s until a run is looked at again, whether another process has deleted it
MOST_WRITERS = 8  # runs with open files; a system may allow a process no more than 1,024 files


class FileStore:
    """An mlruns folder. A missing one is made with the first thing written to it.

    `artifact_root` is the address below which new experiments keep their artifacts, where that is not the folder.
    """

    def __init__(self, path: str | Path, artifact_root: str | None = None) -> None:
        self._root = os.path.abspath(os.path.expanduser(str(path)))
        self.uri = layout.uri_of(self._root)
        self._artifact_root = artifact_root
        _must_be_store(self._root)
        self.read_only = not _may_write(self._root)
        self._index = Index(self._root)
        self._folders: dict[str, str] = {}  # run id -> folder, as last found
        self._active: dict[str, tuple[int, int, int, int]] = {}  # run id -> how meta.yaml looked when it was active
        self._writers: dict[str, FileRunWriter] = {}
        self._ready: dict[str, tuple[float, FileRunWriter]] = {}  # run id -> until when it counts as active, its writer
        self._lock = threading.RLock()
        _stores.add(self)

    # experiments
    def experiments(self, view: ViewType = ViewType.ACTIVE_ONLY) -> list[Experiment]:
        return experiments.listed(self._root, view)

    def experiment(self, experiment_id: str) -> Experiment:
        folder = experiments.folder_of(self._root, str(experiment_id))
        found, _ = experiments.read_experiment(folder, deleted=experiments.is_trashed(folder))
        assert found is not None
        return found

    def experiment_by_name(self, name: str) -> Experiment | None:
        return experiments.named(self._root, name)

    def default_experiment(self) -> Experiment:
        found = self.experiment_by_name(DEFAULT_NAME)
        if found is not None and found.lifecycle_stage == LifecycleStage.DELETED:
            self.restore_experiment(found.experiment_id)
        if found is None:
            try:
                return self.experiment(self.create_experiment(DEFAULT_NAME))
            except InvalidValueError:  # another thread or process has made it since
                found = self.experiment_by_name(DEFAULT_NAME)
                if found is None:
                    raise
        return self.experiment(found.experiment_id)

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None
    ) -> str:
        with self._writing():
            return experiments.create(self._root, name, artifact_location, tags, self._artifact_root)

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        with self._writing():
            experiments.rename(self._root, experiment_id, name)

    def delete_experiment(self, experiment_id: str) -> None:
        """Its runs are marked deleted and its folder goes to the trash, as MLflow does."""
        with self._writing():
            self._ready.clear()
            folder = experiments.delete(self._root, experiment_id)
            self._mark_runs(folder, LifecycleStage.ACTIVE, LifecycleStage.DELETED)
            trash = os.path.join(self._root, TRASH)
            with disk.writing("the experiment", trash):
                os.makedirs(trash, exist_ok=True)
                links.move(folder, os.path.join(trash, experiment_id))

    def restore_experiment(self, experiment_id: str) -> None:
        """All its runs are active again, also those that were deleted one by one: MLflow's rule."""
        with self._writing():
            folder = experiments.restore(self._root, experiment_id)
            self._mark_runs(folder, LifecycleStage.DELETED, LifecycleStage.ACTIVE)

    def _mark_runs(self, folder: str, old: str, new: str) -> None:
        for name in layout.linked_too(folder):
            run_folder = os.path.join(folder, name)
            if not layout.could_be_run(name) or not layout.has_meta(run_folder):
                continue
            try:
                if runs.read_meta(run_folder).get("lifecycle_stage", LifecycleStage.ACTIVE) == old:
                    runs.set_stage(run_folder, new)
            except DamagedError:
                continue  # it is shown as damaged wherever its experiment is shown

    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        with self._writing():
            experiments.set_tag(self._root, experiment_id, key, value)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        with self._writing():
            experiments.delete_tag(self._root, experiment_id, key)

    # one run
    def create_run(
        self, experiment_id: str, *, run_name: str, user_id: str, start_time: int, tags: Mapping[str, str]
    ) -> Run:
        with self._writing():
            experiment = self.experiment(experiment_id)
            if experiment.lifecycle_stage == LifecycleStage.DELETED:
                raise InvalidValueError(
                    f"Experiment '{experiment.name}' is deleted, so it takes no runs. Restore it, or choose another."
                )
            folder = os.path.join(self._root, experiment.experiment_id)
            location = experiment.artifact_location or f"{self.uri}/{experiment.experiment_id}"
            started = checked_time(start_time, "start_time")
            meta: dict[str, Any] = {"run_name": run_name, "user_id": user_id, "start_time": started}
            run_id = runs.create(folder, location, meta, tags)
            self._folders[run_id] = os.path.join(folder, run_id)
        return self.run(run_id)

    def run(self, run_id: str) -> Run:
        return self.row(run_id).run

    def row(self, run_id: str) -> Row:
        """The run with the summaries of its metrics, read afresh."""
        folder = self._folder(run_id)
        reading = read_run(folder, run_id, os.path.basename(os.path.dirname(folder)))
        if reading.partial:
            told = reading.damages[-1]
            raise StoreError(f"Run {run_id} could not be read: '{told.path}' {told.problem}. {told.remedy}")
        if reading.held is None:
            raise NotFoundError(self._no_run(run_id))
        return reading.held.row()

    def run_folder(self, run_id: str) -> str:
        """Where the run lies, in the store or in its trash."""
        return self._folder(run_id)

    def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> None:
        with self._writing():
            folder = self._active_folder(run_id)
            changed: dict[str, Any] = {}
            if status is not None:
                changed["status"] = int(status)
                if status not in (RunStatus.RUNNING, RunStatus.SCHEDULED):
                    self._let_go(run_id)
            if end_time is not None:
                changed["end_time"] = checked_time(end_time, "end_time")
            if run_name:
                runs.rename(folder, run_name)
            if changed:
                runs.change(folder, **changed)

    def delete_run(self, run_id: str) -> None:
        with self._writing():
            self._ready.pop(run_id, None)
            runs.set_stage(self._folder(run_id), LifecycleStage.DELETED)

    def restore_run(self, run_id: str) -> None:
        with self._writing():
            runs.set_stage(self._folder(run_id), LifecycleStage.ACTIVE)

    def writer(self, run_id: str) -> FileRunWriter:
        """The run's one writer in this store; asking again gives the same."""
        ready = self._ready.get(run_id)
        if ready is not None and time.monotonic() < ready[0]:
            return ready[1]
        with self._lock:
            self._active_folder(run_id)
            found = self._writer(run_id)
            self._ready[run_id] = time.monotonic() + LOOK_AGAIN, found
            return found

    def _writer(self, run_id: str) -> FileRunWriter:
        found = self._writers.pop(run_id, None) or FileRunWriter(run_id, lambda: self._folder(run_id))
        self._writers[run_id] = found
        if len(self._writers) > MOST_WRITERS:  # the one not asked for the longest; whoever holds it can go on
            self._let_go(next(iter(self._writers)))
        return found

    def _let_go(self, run_id: str) -> None:
        """Close the files of a run; who still logs to it opens them again."""
        self._ready.pop(run_id, None)
        writer = self._writers.pop(run_id, None)
        if writer is not None:
            writer.close()

    def log_batch(
        self,
        run_id: str,
        metrics: Iterable[Metric] = (),
        params: Iterable[Param] = (),
        tags: Iterable[RunTag] = (),
    ) -> None:
        lines: dict[str, list[bytes]] = {}
        for metric in metrics:
            key, value = checked_key(metric.key, "metric"), checked_number(metric.value, metric.key)
            time = checked_whole(metric.timestamp, key, "timestamp")
            step = checked_whole(metric.step or 0, key, "step")
            lines.setdefault(key, []).append(b"%d %a %d\n" % (time, value, step))
        with self._writing():
            runs.log_values(self._active_folder(run_id), params, tags)
            writer = self._writer(run_id)
        for key, texts in lines.items():
            writer.append(key, b"".join(texts))

    def replace_params(self, run_id: str, params: Iterable[Param]) -> None:
        with self._writing():
            runs.replace_params(self._active_folder(run_id), params)

    def move_run(self, run_id: str, experiment_id: str) -> None:
        with self._writing():
            experiment = self.experiment(experiment_id)
            folder = self._active_folder(run_id)
            into = os.path.join(self._root, experiment.experiment_id)
            if experiment.lifecycle_stage == LifecycleStage.DELETED:
                raise InvalidValueError(f"Experiment '{experiment.name}' is deleted, so it takes no runs.")
            if os.path.dirname(folder) != into:
                self._active.pop(run_id, None)
                uri = f"{self.uri}/{experiment.experiment_id}"
                self._folders[run_id] = rearranging.move(folder, into, uri)

    def remove_values(
        self, run_id: str, params: Iterable[str], points: Mapping[str, Sequence[Metric]], tags: Iterable[str]
    ) -> None:
        with self._writing():
            folder = self._active_folder(run_id)
            rearranging.remove_params(folder, params)
            rearranging.remove_tags(folder, tags)
            with self._writer(run_id).holding():
                for key, gone in points.items():
                    rearranging.remove_points(folder, key, gone)

    def delete_tag(self, run_id: str, key: str) -> None:
        with self._writing():
            runs.delete_tag(self._active_folder(run_id), key)

    def log_inputs(self, run_id: str, datasets: Sequence[DatasetInput]) -> None:
        with self._writing():
            inputs.write_inputs(self._active_folder(run_id), run_id, datasets)

    def history(self, run_id: str, key: str) -> Series:
        folder = self._folder(run_id)
        path = os.path.join(folder, METRICS, key)
        try:
            if not is_key(key):
                raise FileNotFoundError
            links.inside_run(folder, f"{METRICS}/{key}")
            data, _ = disk.read(path, disk.LARGEST_FILE)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFoundError(f"Run {run_id} has no metric '{key}'.") from error
        except disk.Unreadable as error:
            raise DamagedError(f"'{path}' {error.problem}. {error.remedy}") from error
        return points.read_series(data)

    # many runs
    def snapshot(self, experiment_ids: Sequence[str] | None = None) -> Snapshot:
        return self.watch(experiment_ids).snapshot()

    def watch(self, experiment_ids: Sequence[str] | None = None) -> FileWatch:
        def look(thorough: bool) -> Seen:
            with _reading(self._root):
                return self._index.look(experiment_ids, thorough=thorough)

        def remembered() -> Snapshot:
            with _reading(self._root):
                return self._index.remembered(experiment_ids)

        def first_look() -> Iterator[Part]:
            with _reading(self._root):
                yield from self._index.first_look(experiment_ids)

        return FileWatch(look, remembered, first_look)

    def model_damages(self) -> list[Damage]:
        """Logged models and notes of them that cannot be read: every one is opened."""
        return list(model_damage.damages(self._root))

    # artifacts
    def artifact_dir(self, run_id: str) -> Path | None:
        try:
            return self._artifact_dir(run_id)
        except links.LeadsOutError:
            return None

    def _artifact_dir(self, run_id: str) -> Path | None:
        folder = self._folder(run_id)
        try:
            meta = runs.read_meta(folder)
        except DamagedError:
            meta = {}
        info = run_info(meta, run_id, os.path.basename(os.path.dirname(folder)))
        found = artifacts.artifact_folder(folder, info)
        return None if found is None else Path(found)

    def list_artifacts(self, run_id: str, path: str = "") -> list[FileInfo]:
        try:
            return artifacts.list_folder(self.artifacts_here(run_id), path)
        except links.LeadsOutError:  # the table and the doctor name it
            return []

    def read_artifact(self, run_id: str, path: str, limit: int | None = None) -> bytes:
        return artifacts.read_file(self.artifacts_here(run_id), path, limit)

    def write_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        with self._writing():
            self._active_folder(run_id)
            artifacts.write(self.artifacts_here(run_id), path, data, (self._root,))

    def artifacts_here(self, run_id: str) -> str:
        folder = self._artifact_dir(run_id)
        if folder is None:
            raise artifacts.elsewhere(run_id, str(runs.read_meta(self._folder(run_id)).get("artifact_uri")))
        return str(folder)

    def close(self) -> None:
        self._index.close()
        with self._lock:
            for writer in self._writers.values():
                writer.close()
            self._writers.clear()
            self._ready.clear()

    def _forked(self) -> None:
        """In a forked child: a thread that is not here may have held a lock, or have been in the middle of a look."""
        self._lock = threading.RLock()
        self._index = Index(self._root)

    # where things are
    def _folder(self, run_id: str) -> str:
        """The run's folder, wherever it was moved to since it was last found."""
        known = self._folders.get(run_id)
        if known is not None and layout.has_meta(known):
            return known
        if layout.could_be_run(run_id):
            for base in (self._root, os.path.join(self._root, TRASH)):
                for experiment_id in layout.experiment_folders(base):
                    folder = os.path.join(base, experiment_id, run_id)
                    if os.path.lexists(os.path.join(folder, META)):
                        self._folders[run_id] = folder
                        return folder
        raise NotFoundError(self._no_run(run_id))

    def _no_run(self, run_id: str) -> str:
        return f"There is no run '{run_id}' in '{self._root}'. Check the id, or the store's path."

    def _active_folder(self, run_id: str) -> str:
        """The folder of a run that is not deleted; its meta.yaml is read again only when it looks different.

        Within a tick of the clock it may change and look the same. Whoever deletes a run makes it longer, though.
        """
        known = self._folders.get(run_id)
        stamp = None if known is None else _stamp(os.path.join(known, META))
        if known is not None and stamp is not None and self._active.get(run_id) == stamp:
            return known
        folder = self._folder(run_id)
        runs.must_be_active(folder)
        if folder == known and stamp is not None:
            self._active[run_id] = stamp
        return folder

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One change at a time; a store that cannot be written says so before anything is touched."""
        with self._lock:
            self.read_only = not _may_write(self._root)
            if self.read_only:
                raise ReadOnlyError(
                    f"'{self._root}' may not be written. Get permission (chmod u+w), or use another store."
                )
            with disk.writing("to the store", self._root):
                yield


def _stamp(path: str) -> tuple[int, int, int, int] | None:
    try:
        about = os.lstat(path)
    except OSError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


_stores: weakref.WeakSet[FileStore] = weakref.WeakSet()


def _after_fork() -> None:
    for store in list(_stores):
        store._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@atexit.register
def _remember() -> None:
    for store in list(_stores):
        store._index.close()


def _may_write(root: str) -> bool:
    while not os.path.exists(root):
        root = os.path.dirname(root)
    return os.access(root, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)


def _must_be_store(root: str) -> None:
    if not os.path.lexists(root):
        return
    if not os.path.isdir(root):
        raise NotAStoreError(f"'{root}' is a file. A file store is a folder; for a database, write sqlite:///{root}.")
    with _reading(root):
        if not layout.is_store_like(root):
            inner = os.path.join(root, "mlruns")
            hint = (
                f"Did you mean '{inner}'?" if os.path.isdir(inner) else "Name an mlruns folder, or a new or empty one."
            )
            raise NotAStoreError(f"'{root}' is a folder with other things in it and no experiment. {hint}")


@contextmanager
def _reading(root: str) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise StoreError(
            f"'{error.filename}' may not be read. Give yourself permission (chmod u+rx), or use another store."
        ) from error
    except OSError as error:
        raise StoreError(f"Could not read the store '{root}': {error.strerror}. Check the disk.") from error

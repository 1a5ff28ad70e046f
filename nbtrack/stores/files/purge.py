"""How does a deleted run leave an mlruns folder for good?

A mark in its meta.yaml says that the removal has begun, so that nobody restores half a run; meta.yaml goes last.
"""

from __future__ import annotations

import os
from pathlib import Path

from nbtrack.entities import RunInfo, ViewType
from nbtrack.errors import DamagedError, ReadOnlyError
from nbtrack.stores.files import experiments, layout, runs
from nbtrack.stores.files.layout import ARTIFACTS, META
from nbtrack.stores.files.store import FileStore
from nbtrack.stores.names import is_run_id
from nbtrack.stores.purging import check, measure, outside, remove_folder


class FilePurger:
    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._root = layout.local_path(store.uri) or ""

    def deleted_at(self, run_id: str) -> int | None:
        try:
            noted = runs.read_meta(self._store.run_folder(run_id)).get("deleted_time")
        except DamagedError:
            return None
        return int(noted) if isinstance(noted, int | float) else None

    def artifacts(self, info: RunInfo) -> Path | str | None:
        own = Path(self._store.run_folder(info.run_id)) / ARTIFACTS
        there = outside(info)
        if isinstance(there, Path) and not there.is_relative_to(self._root):
            return there
        if isinstance(there, str) and measure(own) == (0, 0):
            return there
        return own

    def measure(self, place: Path | str) -> tuple[int, int]:
        return measure(Path(place))

    def remove_artifacts(self, run_id: str) -> None:
        """Those in the run's own folder, and those outside the store that are the run's."""
        info = self._checked(run_id)
        own = Path(self._store.run_folder(run_id)) / ARTIFACTS
        remove_folder(own)
        there = self.artifacts(info)
        if isinstance(there, Path) and there != own:
            remove_folder(there)

    def remove_run(self, run_id: str) -> None:
        folder = self._store.run_folder(run_id)
        self._checked(run_id)
        runs.change(folder, **{runs.PURGED: True})
        self.remove_artifacts(run_id)
        remove_folder(Path(folder), keep=META)

    def remove_empty_experiments(self) -> list[str]:
        removed = []
        for each in self._store.experiments(ViewType.DELETED_ONLY):
            if not self._runs_of(each.experiment_id):
                self.remove_experiment(each.experiment_id)
                removed.append(each.name)
        return removed

    def remove_experiment(self, experiment_id: str) -> None:
        """A deleted experiment with what is left in it. Raises StoreError where a run of it is not deleted."""
        folder = experiments.folder_of(self._root, experiment_id, ViewType.DELETED_ONLY)
        for run_id in self._runs_of(experiment_id):
            self.remove_run(run_id)
        remove_folder(Path(folder), keep=META)

    def _runs_of(self, experiment_id: str) -> list[str]:
        folder = experiments.folder_of(self._root, experiment_id, ViewType.DELETED_ONLY)
        self._sweep(folder)
        return [name for name in layout.subfolders(folder) if is_run_id(name) and name not in layout.NOT_RUNS]

    def _sweep(self, folder: str) -> None:
        """Empty folders of runs, which a killed purge left without their meta.yaml."""
        for name in layout.subfolders(folder):
            path = os.path.join(folder, name)
            if is_run_id(name) and name not in layout.NOT_RUNS and not os.listdir(path):
                os.rmdir(path)

    def _checked(self, run_id: str) -> RunInfo:
        if self._store.read_only:
            raise ReadOnlyError(f"'{self._root}' may not be written, so nothing is removed from it.")
        info = self._store.run(run_id).info
        check(info)
        return info

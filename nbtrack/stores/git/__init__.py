"""Which store is a repository's history? One run for each commit that changed a `metrics.csv` or a `params.yml`.

DagsHub's logger writes the two files, and a commit is what makes them a run. A folder that holds such files is an
experiment; the repository's top is the one named as the repository.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TypeVar

from nbtrack.entities import Experiment, FileInfo, LifecycleStage, Run, RunData, RunInfo, ViewType
from nbtrack.errors import NotFoundError
from nbtrack.frame import Row, Series
from nbtrack.stores.base import Changes, Damage, Snapshot
from nbtrack.stores.files.disk import Unreadable
from nbtrack.stores.files.points import series_of, summary_of
from nbtrack.stores.git.files import Measured, read_metrics, read_params
from nbtrack.stores.git.objects import Commit, Repository
from nbtrack.stores.read_only import ReadOnly

METRICS, PARAMS, PATCH = "metrics.csv", "params.yml", "changes.diff"
NAMES = (METRICS, PARAMS)
REMEMBERED = 64  # files, parsed
KIND_TAG = "nbtrack.source"
Parsed = TypeVar("Parsed")


class GitStore(ReadOnly):
    """The history of the repository that holds `folder`, newest commit first. It is read again when a ref moves."""

    why = "a commit is what makes a run here. Write the two files with nbtrack.git_logger(), and commit them."

    def __init__(self, folder: Path, uri: str) -> None:
        self.uri = uri
        self._repository = Repository(folder)
        self._state = b""
        self._lock = threading.RLock()
        self._parsed: OrderedDict[str, object] = OrderedDict()  # most commits leave one of the files as it was
        self._rows: dict[str, Row] = {}
        self._places: dict[str, tuple[Commit, str]] = {}
        self._damages: tuple[Damage, ...] = ()

    # experiments

    def experiments(self, view: ViewType = ViewType.ACTIVE_ONLY) -> list[Experiment]:
        self._refresh()
        if view == ViewType.DELETED_ONLY:
            return []
        first: dict[str, list[int]] = {}
        for commit, folder in list(self._places.values()):
            first.setdefault(folder, []).append(commit.time)
        found = [
            Experiment(_experiment_id(f), self._name(f), self.uri, creation_time=min(ts), last_update_time=max(ts))
            for f, ts in first.items()
        ]
        return sorted(found, key=lambda e: (-(e.creation_time or 0), e.experiment_id))

    def experiment(self, experiment_id: str) -> Experiment:
        for found in self.experiments():
            if found.experiment_id == experiment_id:
                return found
        raise NotFoundError(f"'{self.uri}' has no experiment with id '{experiment_id}'. List them: experiments().")

    def experiment_by_name(self, name: str) -> Experiment | None:
        return next((found for found in self.experiments() if found.name == name), None)

    def default_experiment(self) -> Experiment:
        """The top of the repository, or the newest folder where nothing is there."""
        found = self.experiments()
        if not found:
            raise NotFoundError(f"No commit of '{self.uri}' holds a {METRICS} or a {PARAMS}.")
        return self.experiment_by_name(self._name("")) or found[0]

    # runs

    def run(self, run_id: str) -> Run:
        self._refresh()
        if run_id not in self._rows:
            raise NotFoundError(f"'{self.uri}' has no run '{run_id}'. A run's id is its commit's.")
        return self._rows[run_id].run

    def history(self, run_id: str, key: str) -> Series:
        self.run(run_id)
        commit, folder = self._places[run_id]
        points = self._measured(_place(commit, folder, METRICS)).metrics.get(key)
        if points is None:
            raise NotFoundError(f"Run {run_id} has no metric '{key}'. Its metrics are in run.data.metrics.")
        return series_of(points)

    def snapshot(self, experiment_ids: Sequence[str] | None = None) -> Snapshot:
        self._refresh()
        rows = [r for r in self._rows.values() if experiment_ids is None or r.run.info.experiment_id in experiment_ids]
        return Snapshot(rows, self.experiments(), self._damages)

    def watch(self, experiment_ids: Sequence[str] | None = None) -> GitWatch:
        return GitWatch(self, experiment_ids)

    # artifacts: the two files as they were, and what the commit changed

    def artifact_dir(self, run_id: str) -> Path | None:
        self.run(run_id)
        return None

    def list_artifacts(self, run_id: str, path: str = "") -> list[FileInfo]:
        self.run(run_id)
        if path.strip("/"):
            return []
        commit, folder = self._places[run_id]
        there = self._repository.read(_place(commit, folder, name) for name in NAMES)
        files = [FileInfo(name, False, len(there[_place(commit, folder, name)][1]))
                 for name in NAMES if _place(commit, folder, name) in there]  # fmt: skip
        return [FileInfo(PATCH, False, len(self._repository.patch(commit.id))), *files]

    def read_artifact(self, run_id: str, path: str, limit: int | None = None) -> bytes:
        self.run(run_id)
        commit, folder = self._places[run_id]
        if path == PATCH:
            return self._repository.patch(commit.id)[:limit]
        place = _place(commit, folder, path)
        found = self._repository.read([place]) if path in NAMES else {}
        if place not in found:
            raise NotFoundError(f"Run {run_id} has no artifact '{path}'. It has {PATCH} and the files of its commit.")
        return found[place][1][:limit]

    def close(self) -> None:
        """Nothing is kept open."""

    # inside

    def _refresh(self) -> None:
        """Read what became reachable since the last look."""
        with self._lock:
            state = self._repository.state()
            if state == self._state:
                return
            commits = self._repository.commits([f":(glob)**/{name}" for name in NAMES])
            places = {_run_id(c, f): (c, f) for c in commits for f in _folders(c)}
            wanted = [_place(c, f, n) for run_id, (c, f) in places.items() if run_id not in self._rows for n in NAMES]
            there = self._repository.read(wanted)
            damages = dict.fromkeys(self._damages)
            rows = {}
            for run_id, (commit, folder) in places.items():
                row = self._rows.get(run_id) or self._row(run_id, commit, folder, there, damages)
                if row is not None:
                    rows[run_id] = row
            self._rows, self._places, self._damages, self._state = rows, places, tuple(damages), state

    def _row(
        self,
        run_id: str,
        commit: Commit,
        folder: str,
        there: dict[str, tuple[str, bytes]],
        damages: dict[Damage, None],
    ) -> Row | None:
        """None for a commit that took both files away."""
        found = [there.get(_place(commit, folder, name)) for name in NAMES]
        if found == [None, None]:
            return None
        measured, params = Measured(), dict[str, str]()
        try:
            if found[0]:
                measured = self._once(found[0], read_metrics)
            if found[1]:
                params = self._once(found[1], read_params)
        except Unreadable as wrong:
            damages[Damage(f"{folder or '.'} at {commit.id[:10]}", wrong.problem, wrong.remedy)] = None
        if measured.bad:
            at, said = _place(commit, folder, METRICS), f"{measured.bad:,} rows are no points"
            damages[Damage(at, said, "The other rows are shown; nothing can be done in a commit that is made.")] = None
        summaries = {key: summary_of(points) for key, points in measured.metrics.items()}
        kept = {key: summary for key, summary in summaries.items() if summary is not None}
        times = [t for points in measured.metrics.values() for t in points.times]
        info = RunInfo(
            run_id=run_id,
            experiment_id=_experiment_id(folder),
            user_id=commit.author,
            status="FINISHED",
            start_time=min(times, default=commit.time),
            end_time=max(times, default=commit.time),
            lifecycle_stage=LifecycleStage.ACTIVE,
            run_name=commit.subject or commit.id[:10],
        )
        data = RunData({key: summary.last for key, summary in kept.items()}, params, self._tags(commit))
        return Row(Run(info, data), kept)

    def _tags(self, commit: Commit) -> dict[str, str]:
        branch = commit.ref.removeprefix("refs/heads/").removeprefix("refs/remotes/").removeprefix("refs/tags/")
        tags = {
            KIND_TAG: "Git",
            "commit": commit.id[:10],
            "branch": branch,
            "mlflow.runName": commit.subject or commit.id[:10],
            "mlflow.user": commit.author,
            "mlflow.source.git.commit": commit.id,
            "mlflow.source.git.branch": branch,
            "nbtrack.git.root": str(self._repository.root),
        }
        return {**tags, "mlflow.note.content": commit.body} if commit.body else tags

    def _measured(self, place: str) -> Measured:
        found = self._repository.read([place]).get(place)
        return self._once(found, read_metrics) if found else Measured()

    def _once(self, found: tuple[str, bytes], parse: Callable[[bytes], Parsed]) -> Parsed:
        name, data = found
        key = f"{parse.__name__} {name}"
        with self._lock:
            if key not in self._parsed:
                self._parsed[key] = parse(data)
            self._parsed.move_to_end(key)
            while len(self._parsed) > REMEMBERED:
                self._parsed.popitem(last=False)
            return self._parsed[key]  # type: ignore[return-value]

    def _name(self, folder: str) -> str:
        return f"{self._repository.root.name}/{folder}" if folder else self._repository.root.name


class GitWatch:
    """What one listener was told of the history."""

    def __init__(self, store: GitStore, experiment_ids: Sequence[str] | None) -> None:
        self._store = store
        self._asked = experiment_ids
        self._told: set[str] = set()
        self._experiments: list[Experiment] = []

    def snapshot(self) -> Snapshot:
        seen = self._store.snapshot(self._asked)
        self._told = {row.run.info.run_id for row in seen.rows}
        self._experiments = list(seen.experiments)
        return seen

    def remembered(self) -> Snapshot:
        return Snapshot((), ())

    def changes(self, *, thorough: bool = True) -> Changes:
        """A commit never changes, so runs only come and go."""
        told, experiments = self._told, self._experiments
        seen = self.snapshot()
        new = [row for row in seen.rows if row.run.info.run_id not in told]
        return Changes(new, sorted(told - self._told), experiments != self._experiments)


def _folders(commit: Commit) -> list[str]:
    parents = (str(PurePosixPath(path).parent) for path in commit.changed)
    return list(dict.fromkeys("" if folder == "." else folder for folder in parents))


def _place(commit: Commit, folder: str, name: str) -> str:
    return f"{commit.id}:{folder}/{name}" if folder else f"{commit.id}:{name}"


def _run_id(commit: Commit, folder: str) -> str:
    """The commit's id; with the folder's digest in its place where the files lie below the top."""
    return sha256(f"{commit.id}:{folder}".encode(errors="surrogateescape")).hexdigest()[:40] if folder else commit.id


def _experiment_id(folder: str) -> str:
    return sha256(folder.encode(errors="surrogateescape")).hexdigest()[:16] if folder else "0"

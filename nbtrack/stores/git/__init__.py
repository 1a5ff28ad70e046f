"""Which store is a repository's history? One run for each commit that wrote a `metrics.csv` or a `params.yml`.

DagsHub's logger writes the two files, and a commit is what makes them a run. A commit that only removes files is none,
nor is one that leaves neither a point nor a param in them. A folder that holds such files is an experiment; the
repository's top is the one named as the repository.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

from nbtrack.entities import Experiment, FileInfo, LifecycleStage, Run, RunData, RunInfo, ViewType
from nbtrack.errors import NotFoundError
from nbtrack.frame import Row, Series
from nbtrack.git.blobs import Blob
from nbtrack.git.command import Git, isolated
from nbtrack.git.head import remote_address
from nbtrack.stores.base import Changes, Damage, Snapshot
from nbtrack.stores.files.disk import Unreadable
from nbtrack.stores.files.points import series_of
from nbtrack.stores.git.files import Measures, read_measures, read_metrics, read_params
from nbtrack.stores.git.history import (
    Commit,
    commits_changing,
    content_at,
    contents,
    files_at,
    patch_of,
    refs_of,
    repository_of_store,
)
from nbtrack.stores.read_only import ReadOnly

METRICS, PARAMS, PATCH = "metrics.csv", "params.yml", "changes.diff"
NAMES = (METRICS, PARAMS)
MAX_KEPT_POINTS = 2_000_000  # of histories that were asked for, 24 bytes each
KIND_TAG = "nbtrack.source"
LABEL = "source"  # a tag that every table shows


@dataclass(slots=True)
class _Files:
    """What the files of the commits hold, by the ids of their objects: most commits leave one of them as it was."""

    measures: dict[str, Measures] = field(default_factory=dict)
    params: dict[str, Mapping[str, str]] = field(default_factory=dict)
    unreadable: dict[str, Unreadable] = field(default_factory=dict)


class GitStore(ReadOnly):
    """The history of the repository that holds `folder`, newest commit first. It is read again when a ref moves."""

    why = "a commit is what makes a run here. Write the two files with nbtrack.git_logger(), and commit them."

    def __init__(self, folder: Path, uri: str) -> None:
        self.uri = uri
        self._repository = repository_of_store(folder)
        self._state = b""
        self._lock = threading.RLock()
        self._histories: OrderedDict[str, Mapping[str, Series]] = OrderedDict()  # by the ids of objects
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
        series = self._series(_place(commit, folder, METRICS)).get(key)
        if series is None:
            raise NotFoundError(f"Run {run_id} has no metric '{key}'. Its metrics are in run.data.metrics.")
        return series

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
        with isolated(self._repository) as git:
            there = files_at(git, [_place(commit, folder, name) for name in NAMES])
            patch = len(patch_of(git, commit.id))
        sizes = {name: blob.size for name in NAMES if (blob := there.get(_place(commit, folder, name)))}
        return [FileInfo(PATCH, False, patch), *(FileInfo(name, False, size) for name, size in sizes.items())]

    def read_artifact(self, run_id: str, path: str, limit: int | None = None) -> bytes:
        self.run(run_id)
        commit, folder = self._places[run_id]
        with isolated(self._repository) as git:
            if path == PATCH:
                return patch_of(git, commit.id)[:limit]
            found = content_at(git, _place(commit, folder, path)) if path in NAMES else None
        if found is None:
            raise NotFoundError(f"Run {run_id} has no artifact '{path}'. It has {PATCH} and the files of its commit.")
        return found[1][:limit]

    def close(self) -> None:
        """Nothing is kept open."""

    # inside

    def _refresh(self) -> None:
        """Read what became reachable since the last look."""
        with self._lock, isolated(self._repository) as git:
            state = refs_of(git)
            if state != self._state:
                self._read(git)
                self._state = state

    def _read(self, git: Git) -> None:
        commits, whole = commits_changing(git, [f":(glob)**/{name}" for name in NAMES])
        places = {_run_id(c, f): (c, f) for c in commits for f in _folders(c)}
        new = {run_id: place for run_id, place in places.items() if run_id not in self._rows}
        there = files_at(git, [_place(c, f, name) for c, f in new.values() for name in NAMES])
        files = _read_files(git, there)
        damages = dict.fromkeys(self._damages)
        if not whole:
            problem = "The history is too long to be read whole"
            damages[Damage(self.uri, problem, "The newest commits are shown.")] = None
        remote = remote_address(self._repository)
        rows = {}
        for run_id, (commit, folder) in places.items():
            row = self._rows.get(run_id)
            if row is None and any(_place_of(commit, path) in there for path in commit.changed):
                row = self._row(run_id, commit, folder, there, files, damages, remote)
            if row is not None:
                rows[run_id] = row
        self._rows, self._places, self._damages = rows, places, tuple(damages)

    def _row(
        self,
        run_id: str,
        commit: Commit,
        folder: str,
        there: Mapping[str, Blob],
        files: _Files,
        damages: dict[Damage, None],
        remote: str | None,
    ) -> Row | None:
        """None for a commit without points, params and anything wrong."""
        ids = [there[place].id if (place := _place(commit, folder, name)) in there else "" for name in NAMES]
        measures, params = files.measures.get(ids[0], Measures()), files.params.get(ids[1], {})
        wrong = [files.unreadable[each] for each in ids if each in files.unreadable]
        for each in wrong:
            damages[Damage(f"{folder or '.'} at {commit.id[:10]}", each.problem, each.remedy)] = None
        if measures.bad:
            at, said = _place(commit, folder, METRICS), f"{measures.bad:,} rows are no points"
            damages[Damage(at, said, "The other rows are shown; nothing can be done in a commit that is made.")] = None
        if not (measures.summaries or params or wrong or measures.bad):
            return None
        started, ended = measures.times or (commit.time, commit.time)
        info = RunInfo(
            run_id=run_id,
            experiment_id=_experiment_id(folder),
            user_id=commit.author,
            status="FINISHED",
            start_time=started,
            end_time=ended,
            lifecycle_stage=LifecycleStage.ACTIVE,
            run_name=commit.subject or commit.id[:10],
        )
        last = {key: summary.last for key, summary in measures.summaries.items()}
        return Row(Run(info, RunData(last, params, self._tags(commit, remote))), measures.summaries)

    def _tags(self, commit: Commit, remote: str | None) -> dict[str, str]:
        branch = commit.ref.removeprefix("refs/heads/").removeprefix("refs/remotes/").removeprefix("refs/tags/")
        tags = {
            KIND_TAG: "Git",
            LABEL: "Git",
            "commit": commit.id[:10],
            "branch": branch,
            "mlflow.runName": commit.subject or commit.id[:10],
            "mlflow.user": commit.author,
            "mlflow.source.git.commit": commit.id,
            "mlflow.source.git.branch": branch,
            "nbtrack.git.root": str(self._repository.root),
        }
        if remote:
            tags["mlflow.source.git.repoURL"] = remote
        return {**tags, "mlflow.note.content": commit.body} if commit.body else tags

    def _series(self, place: str) -> Mapping[str, Series]:
        """All histories of one file. The files that were asked for last are kept, as many as there is room for."""
        with self._lock, isolated(self._repository) as git:
            blob = files_at(git, [place]).get(place)
            if blob is None:
                return {}
            if blob.id not in self._histories:
                content = dict(contents(git, [blob])).get(blob.id) or b""
                found = {key: series_of(points) for key, points in read_metrics(content).metrics.items()}
                self._histories[blob.id] = found
            self._histories.move_to_end(blob.id)
            while len(self._histories) > 1 and _points_of(self._histories.values()) > MAX_KEPT_POINTS:
                self._histories.popitem(last=False)
            return self._histories[blob.id]

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


def _read_files(git: Git, there: Mapping[str, Blob]) -> _Files:
    """One file after the other: their contents together may be larger than the memory."""
    files = _Files()
    of_metrics = {blob.id for place, blob in there.items() if place.endswith(METRICS)}
    of_params = {blob.id for place, blob in there.items() if place.endswith(PARAMS)}
    for name, content in contents(git, there.values()):
        try:
            if content is None:
                raise Unreadable("is damaged in the repository", "Run `git fsck` there.")
            if name in of_metrics:
                files.measures[name] = read_measures(content)
            if name in of_params:
                files.params[name] = read_params(content)
        except Unreadable as wrong:
            files.unreadable[name] = wrong
    return files


def _points_of(histories: Iterable[Mapping[str, Series]]) -> int:
    return sum(len(series) for each in histories for series in each.values())


def _place_of(commit: Commit, path: str) -> str:
    return f"{commit.id}:{path}"


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

"""How do runs of other tools get into a store?

A reader makes `Found` runs of a folder, or says which one it could not read; `Bringer` writes them through the store's
contract. Bringing a run again adds what has come since and repeats nothing: the run says in a tag where it came from.
What of a run cannot be kept is counted, and the rest is kept.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec

from nbtrack.entities import LifecycleStage, Metric, Param, Run, RunStatus, RunTag
from nbtrack.errors import InvalidValueError, NbtrackError, NotAStoreError, NotFoundError, warn_once
from nbtrack.frame import Row
from nbtrack.stores import Store
from nbtrack.stores.names import LONGEST_PARAM
from nbtrack.stores.storable_names import StorableNames, names_note, original_names

P = ParamSpec("P")

ORIGIN = "nbtrack.imported"
AT_ONCE = 1000  # points in one call
LEAST, MOST = -(2**63), 2**63 - 1  # of a step or a time


@dataclass(slots=True)
class Found:
    """A run of another tool. `origin` is the same each time it is read; times are ms; `files` are artifacts by path;
    `left_out` counts what has no place here, by kind."""

    origin: str
    name: str
    experiment: str
    start: int
    end: int | None = None
    status: RunStatus = RunStatus.FINISHED
    user: str = ""
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[str, list[Metric]] = field(default_factory=dict)
    files: dict[str, bytes | Path] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    logged_at: dict[str, tuple[str, int]] = field(default_factory=dict)  # path of a file: its key and step

    def add(self, key: str, value: float, time: int, step: int) -> None:
        if LEAST <= step <= MOST and LEAST <= time <= MOST:
            self.points.setdefault(key, []).append(Metric(key, value, time, step))
        else:
            self.left_out["point with a step or time beyond 64 bits"] += 1

    def add_file(self, path: str, data: bytes, key: str, step: int) -> None:
        self.files[path] = data
        self.logged_at[path] = key, step

    def purge(self, step: int, keys: Collection[str] | None = None) -> None:
        """The training went on from here: what was logged at this step or later, to these or to all keys, is void."""
        for key in [key for key in self.points if keys is None or key in keys]:
            self.points[key] = [point for point in self.points[key] if point.step < step]
            if not self.points[key]:
                del self.points[key]
        for path, (key, at) in list(self.logged_at.items()):
            if at >= step and (keys is None or key in keys):
                del self.files[path], self.logged_at[path]


@dataclass(frozen=True, slots=True)
class Unread:
    """A run that could not be read at all."""

    name: str
    problem: str


class Outcome(NamedTuple):
    """`state` is "new", "updated", or "deleted" where the run is in the trash and was left there."""

    run_id: str
    state: str


def read(place: Path, kind: str | None = None) -> Iterator[Found | Unread]:
    """The runs below `place`, one after the other. `kind` is "tensorboard" or "wandb", found by the files without it.

    Raises NotAStoreError where there is neither, and NbtrackError where the tool's own package is missing.
    """
    from nbtrack.interop.imports import tensorboard, wandb

    readers = {"tensorboard": tensorboard, "wandb": wandb}
    chosen = [readers[kind]] if kind else list(readers.values())
    found = [(reader, files) for reader in chosen if (files := reader.files_of(place))]
    if not found:
        raise NotAStoreError(
            f"'{place}' holds no TensorBoard event files and no W&B offline runs. Name the folder that has them."
        )
    for reader, files in found:
        yield from reader.runs(place, files)


class Bringer:
    """Writes runs into `store`. `deleted_anew` brings a run once more whose copy here was deleted."""

    def __init__(self, store: Store, experiment: str | None = None, *, deleted_anew: bool = False) -> None:
        self._store = store
        self._experiment = experiment
        self._deleted_anew = deleted_anew
        self._known: dict[str, dict[str, Row]] = {}  # by experiment, then origin

    def bring(self, found: Found) -> Outcome:
        """Write the run, or what is new in it. Raises NbtrackError where none of it can be kept."""
        target = self._target(self._experiment or found.experiment)
        row = self._rows_of(target).get(found.origin)
        if row is not None and row.run.info.lifecycle_stage == LifecycleStage.DELETED:
            if not self._deleted_anew:
                return Outcome(row.run.info.run_id, "deleted")
            row = None
        run_id = (row.run if row else self._created(target, found)).info.run_id
        try:
            _write(self._store, run_id, found, row)
        except BaseException:
            self._store.update_run(run_id, status=RunStatus.FAILED, end_time=found.end or found.start)
            raise
        self._store.update_run(run_id, status=found.status, end_time=found.end)
        return Outcome(run_id, "updated" if row else "new")

    def _target(self, name: str) -> str:
        there = self._store.experiment_by_name(name)
        return there.experiment_id if there else self._store.create_experiment(name)

    def _rows_of(self, experiment_id: str) -> dict[str, Row]:
        """What was brought before, read once; of a run that is there twice the one that is not deleted."""
        if experiment_id not in self._known:
            rows = [row for row in self._store.snapshot([experiment_id]).rows if ORIGIN in row.run.data.tags]
            rows.sort(key=lambda row: row.run.info.lifecycle_stage == LifecycleStage.ACTIVE)
            self._known[experiment_id] = {row.run.data.tags[ORIGIN]: row for row in rows}
        return self._known[experiment_id]

    def _created(self, experiment_id: str, found: Found) -> Run:
        tags = {"mlflow.runName": found.name, "mlflow.user": found.user, ORIGIN: found.origin}
        return self._store.create_run(
            experiment_id, run_name=found.name, user_id=found.user, start_time=found.start, tags=tags
        )


def _write(store: Store, run_id: str, found: Found, row: Row | None) -> None:
    known, noted = (row.run.data.params, original_names(row.run.data.tags)) if row else ({}, {})
    metrics = StorableNames(row.metrics if row else (), noted.get("metrics"))
    params = StorableNames(known, noted.get("params"))
    tags = StorableNames()
    metric_names, param_names, tag_names = (
        names.of_all(given) for names, given in ((metrics, found.points), (params, found.params), (tags, found.tags))
    )
    new = [Param(name, _short(found.params[key])) for key, name in param_names.items() if name not in known]
    texts = {name: found.tags[key] for key, name in tag_names.items()} | names_note(metrics=metrics, params=params)
    try:
        store.log_batch(run_id, (), new, [RunTag(key, value) for key, value in texts.items()])
    except InvalidValueError:  # because of one of them: the others are kept one by one
        for param in new:
            _kept(found, f"param '{param.key}'", store.log_batch, run_id, (), [param])
        for key, value in texts.items():
            _kept(found, f"tag '{key}'", store.log_batch, run_id, (), (), [RunTag(key, value)])
    for key, name in metric_names.items():
        for points in _new_points(store, run_id, name, found.points[key], row):
            _kept(found, f"points of metric '{name}'", store.log_batch, run_id, points)
    for path, data in found.files.items():
        _kept(found, "file", store.write_artifact, run_id, path, data)


def _new_points(store: Store, run_id: str, name: str, points: list[Metric], row: Row | None) -> Iterator[list[Metric]]:
    """What the run has not got, a part at a time. Where it was purged since, its old points cannot be taken back."""
    seen = row.metrics[name].count if row and name in row.metrics else 0
    new = points[seen:]
    if seen:
        history = store.history(run_id, name)
        there = set(
            zip(history.step.tolist(), history.timestamp.tolist(), map(repr, history.value.tolist()), strict=True)
        )
        if any((point.step, point.timestamp, repr(point.value)) not in there for point in points[:seen]):
            new = [point for point in points if (point.step, point.timestamp, repr(point.value)) not in there]
            warn_once(
                f"The metric '{name}' of run {run_id[:8]} was written anew since it was imported; the points of before "
                "stay beside the new ones. Delete the run, and import with --deleted new, to have only the new ones."
            )
    for start in range(0, len(new), AT_ONCE):
        yield [point._replace(key=name) for point in new[start : start + AT_ONCE]]


def _kept(found: Found, what: str, write: Callable[..., None], *arguments: Any) -> None:
    """A value that the store does not take is counted. An error of the store as a whole is raised."""
    try:
        write(*arguments)
    except (InvalidValueError, NotFoundError):
        found.left_out[f"{what} that the store does not take"] += 1


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_PARAM else value[: LONGEST_PARAM - 1] + "…"


def kept_apart(
    name: str, read_run: Callable[P, Found | None], *args: P.args, **kwargs: P.kwargs
) -> Found | Unread | None:
    """What `read_run` gives, or an Unread: the files are strangers', and one of them ends nothing.

    What has its own error, as a package that is missing, is raised.
    """
    try:
        return read_run(*args, **kwargs)
    except NbtrackError:
        raise
    except Exception as error:
        return Unread(name, f"{type(error).__name__}: {error}")


def ms_of(seconds: object, otherwise: int) -> int:
    """A time as ms; `otherwise` for NaN, the infinities and what is no number."""
    if isinstance(seconds, int | float) and math.isfinite(seconds) and abs(seconds) < MOST / 1000:
        return round(seconds * 1000)
    return otherwise


def theirs(module: str, why: str) -> Any:
    """A module of the other tool. Raises NbtrackError where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise NbtrackError(f"{why} needs the package '{package}': pip install {package}") from error


def below(place: Path, word: str) -> list[Path]:
    """Files whose names hold `word`, links not followed, sorted by path."""
    if place.is_file():
        return [place] if word in place.name else []
    found = [Path(folder) / name for folder, _, names in os.walk(place) for name in names if word in name]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())

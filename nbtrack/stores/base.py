"""What does every store answer?

`Store` is the contract: tracking writes through it, the dashboard reads through it, and no caller knows which
backend is behind. Reading many runs is `snapshot` and `watch`, which a store
answers from its own cache and keeps exact.

Errors: `NotFoundError` for an unknown id, `ReadOnlyError` where writing is impossible, `InvalidValueError` for keys or
values that the store cannot hold, `StoreError` for everything else that the disk or the network does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from nbtrack.entities import (
    DatasetInput,
    Experiment,
    FileInfo,
    Metric,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from nbtrack.frame import Frame, Row, Series, frame_of
from nbtrack.query.tree import Key, Node


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a store that could not be read: which file, what is wrong, what can be done."""

    path: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different since the last look.

    `rows` are new or changed runs, whole; `gone` are ids of runs no longer there. `experiments` says that the list of
    experiments changed. Deleted runs are rows whose `lifecycle_stage` is "deleted", not gone.
    """

    rows: Sequence[Row] = ()
    gone: Sequence[str] = ()
    experiments: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows or self.gone or self.experiments)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every run of the asked experiments, deleted ones too, with what could not be read beside it.

    `rows` may be made when they are asked for, each time anew: take a list of them to go through them twice.
    """

    rows: Sequence[Row]
    experiments: Sequence[Experiment]
    damages: Sequence[Damage] = field(default=())
    columns: Callable[[], Frame] | None = None

    def frame(self) -> Frame:
        """The rows as columns, in their order. A store that keeps them so gives the same frame until a run changes."""
        return frame_of(self.rows) if self.columns is None else self.columns()


@dataclass(frozen=True, slots=True)
class Question:
    """Which runs are wanted: what fits a filter, in an order, and of that the rows from number `start` up to `end`.

    `now` is the moment that the filter's `now()` means, in ms since 1970.
    """

    node: Node | None = None
    keys: Sequence[Key] = ()
    view: ViewType = ViewType.ACTIVE_ONLY
    now: float = 0.0
    start: int = 0
    end: int | None = None


class RunWriter(Protocol):
    """An open run: what a training loop writes through. Safe to call from several threads.

    When a call returns, its data has been handed to the operating system and survives `kill -9` of this process. For a
    store far away it is then in a file here, and every reading through the store sends it first.
    """

    run_id: str

    def log_metric(self, key: str, value: float, timestamp: int, step: int) -> None: ...

    def log_points(self, key: str, points: Sequence[tuple[float, int, int]]) -> None:
        """Several points of one metric, each (value, timestamp, step), at the cost of hardly more than one."""
        ...

    def close(self) -> None:
        """Let go of open files. A writer may be used again after this; it opens them anew."""
        ...


class Watch(Protocol):
    """One listener's view of many runs. It remembers what it told: no listener takes another's news."""

    def snapshot(self) -> Snapshot:
        """All runs, exact at the time of the call."""
        ...

    def remembered(self) -> Snapshot:
        """What an earlier process saw, at once and unchecked; no rows where nothing is remembered."""
        ...

    def changes(self, *, thorough: bool = True) -> Changes:
        """What differs from what this watch last told; everything, the first time.

        `thorough=False` may look only where change is likely (new runs, running runs) and so costs little.
        """
        ...


class Store(Protocol):
    uri: str
    read_only: bool

    # experiments
    def experiments(self, view: ViewType = ViewType.ACTIVE_ONLY) -> list[Experiment]:
        """Newest first (creation_time descending, then id ascending)."""
        ...

    def experiment(self, experiment_id: str) -> Experiment: ...
    def experiment_by_name(self, name: str) -> Experiment | None: ...
    def default_experiment(self) -> Experiment:
        """The experiment named "Default", made when there is none."""
        ...

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None
    ) -> str: ...
    def rename_experiment(self, experiment_id: str, name: str) -> None: ...
    def delete_experiment(self, experiment_id: str) -> None: ...
    def restore_experiment(self, experiment_id: str) -> None: ...
    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None: ...
    def delete_experiment_tag(self, experiment_id: str, key: str) -> None: ...

    # one run
    def create_run(
        self,
        experiment_id: str,
        *,
        run_name: str,
        user_id: str,
        start_time: int,
        tags: Mapping[str, str],
    ) -> Run: ...
    def run(self, run_id: str) -> Run:
        """Read afresh; deleted runs too."""
        ...

    def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> None: ...
    def delete_run(self, run_id: str) -> None: ...
    def restore_run(self, run_id: str) -> None: ...
    def writer(self, run_id: str) -> RunWriter: ...
    def log_batch(
        self,
        run_id: str,
        metrics: Iterable[Metric] = (),
        params: Iterable[Param] = (),
        tags: Iterable[RunTag] = (),
    ) -> None:
        """Params are immutable: another value for a present key is an InvalidValueError, the same one is fine."""
        ...

    def replace_params(self, run_id: str, params: Iterable[Param]) -> None:
        """Give params another value. Only for what nobody has written: autolog's, where the person's code says else."""
        ...

    def delete_tag(self, run_id: str, key: str) -> None: ...
    def log_inputs(self, run_id: str, datasets: Sequence[DatasetInput]) -> None: ...
    def history(self, run_id: str, key: str) -> Series:
        """All points of one metric in the store's own order; NotFoundError where there is no such metric."""
        ...

    # many runs
    def snapshot(self, experiment_ids: Sequence[str] | None = None) -> Snapshot:
        """All runs (deleted too) of the given experiments, or of every active one; exact at the time of the call."""
        ...

    def watch(self, experiment_ids: Sequence[str] | None = None) -> Watch:
        """A listener's own view of the given experiments, or of every active one."""
        ...

    # artifacts
    def artifact_dir(self, run_id: str) -> Path | None:
        """Where the run's artifacts lie on this machine, or None where they do not."""
        ...

    def list_artifacts(self, run_id: str, path: str = "") -> list[FileInfo]:
        """One folder's content, sorted by path. Links that lead out of the run are left out."""
        ...

    def read_artifact(self, run_id: str, path: str, limit: int | None = None) -> bytes:
        """The first `limit` bytes of one artifact. A path that leaves the run is a NotFoundError."""
        ...

    def write_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        """Put bytes, or a copy of a file or folder, under `path` in the run's artifacts."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Rearranging(Protocol):
    """A store on this machine, in which what nbtrack itself has written can move to another place."""

    def move_run(self, run_id: str, experiment_id: str) -> None:
        """Put a run into another experiment. Its artifacts stay readable under their paths."""
        ...

    def remove_values(
        self, run_id: str, params: Iterable[str], points: Mapping[str, Sequence[Metric]], tags: Iterable[str]
    ) -> None:
        """Take away params, points of metrics and tags that have been copied to another run. What is not there is left
        out; a metric without any other point is gone."""
        ...


@runtime_checkable
class Picking(Protocol):
    """Rows that are made when they are asked for: several at once cost less than one by one."""

    def pick(self, places: Sequence[int]) -> list[Row]: ...


@runtime_checkable
class Narrowing(Protocol):
    """A store that has all runs far away and can leave some there."""

    def narrowed(self, experiment_ids: Sequence[str], question: Question) -> tuple[Snapshot, int]:
        """Runs among which are all that answer the question, and perhaps others; filter and order still apply.

        The number is how many rows before `start` were left out; where it is not 0, all that came are wanted.
        """
        ...


class Part(NamedTuple):
    """Some runs of a first reading, and how many of all are read with them."""

    snapshot: Snapshot
    done: int
    total: int


@runtime_checkable
class FirstLook(Protocol):
    """A watch of a store on this machine that is read in parts when nothing of it is remembered."""

    def first_look(self) -> Iterator[Part]:
        """Parts of runs that were not read before, newest first; none where they are few. `snapshot` follows."""
        ...


@runtime_checkable
class Arriving(Protocol):
    """A watch whose runs come in parts, so that the first can be shown before the last are there."""

    def arriving(self) -> Iterator[Snapshot]:
        """Parts of a snapshot, newest runs first; when the last is taken, it is as if `snapshot` had been called."""
        ...

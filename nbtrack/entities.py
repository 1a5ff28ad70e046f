"""What is an experiment, a run, a metric?

Names and attributes read as MLflow's entities do (`run.info.run_id`, `run.data.params["lr"]`), so that code
written against one reads the other. All are frozen values; times are milliseconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, NamedTuple, TypeVar

from nbtrack.errors import InvalidValueError


class RunStatus(IntEnum):
    """The numbers that MLflow's file store writes into meta.yaml."""

    RUNNING = 1
    SCHEDULED = 2
    FINISHED = 3
    FAILED = 4
    KILLED = 5

    @staticmethod
    def from_string(status_str: str) -> RunStatus:
        """The status of this name, such as that of `run.info.status`. Raises InvalidValueError for another."""
        return _member(RunStatus, status_str, "status of a run")

    @staticmethod
    def to_string(status: int) -> str:
        """The name of a status, or of its number. Raises InvalidValueError for another."""
        return _member(RunStatus, status, "status of a run").name

    @staticmethod
    def is_terminated(status: int) -> bool:
        return status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)

    @staticmethod
    def all_status() -> list[RunStatus]:
        return list(RunStatus)


class ViewType(IntEnum):
    """Which runs or experiments to list, numbered as MLflow does."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3

    @classmethod
    def from_string(cls, view_str: str) -> ViewType:
        """The view of this name: active_only, deleted_only or all. Raises InvalidValueError for another."""
        return _member(ViewType, str(view_str).upper(), "view")

    @classmethod
    def to_string(cls, view_type: int) -> str:
        return _member(ViewType, view_type, "view").name.lower()


Number = TypeVar("Number", bound=IntEnum)


def _member(kind: type[Number], given: str | int, what: str) -> Number:
    found = next((each for each in kind if given in (each.name, each.value)), None)
    if found is None:
        raise InvalidValueError(f"{given!r} is no {what}; there are {', '.join(each.name for each in kind)}.")
    return found


class SourceType(IntEnum):
    """What started a run, numbered as MLflow does."""

    NOTEBOOK = 1
    JOB = 2
    PROJECT = 3
    LOCAL = 4
    UNKNOWN = 5

    @staticmethod
    def from_string(status_str: str) -> SourceType:
        return _member(SourceType, status_str, "source type")

    @staticmethod
    def to_string(status: int) -> str:
        return _member(SourceType, status, "source type").name


class LifecycleStage:
    ACTIVE = "active"
    DELETED = "deleted"

    @classmethod
    def is_valid(cls, lifecycle_stage: str) -> bool:
        return lifecycle_stage in (cls.ACTIVE, cls.DELETED)

    @classmethod
    def view_type_to_stages(cls, view_type: int = ViewType.ALL) -> list[str]:
        return [stage for stage in (cls.ACTIVE, cls.DELETED) if cls.shown(stage, ViewType(view_type))]

    @classmethod
    def matches_view_type(cls, view_type: int, lifecycle_stage: str) -> bool:
        return lifecycle_stage in cls.view_type_to_stages(view_type)

    @staticmethod
    def shown(stage: str, view: ViewType) -> bool:
        """Is something of this stage part of this view?"""
        return view == ViewType.ALL or (stage == LifecycleStage.ACTIVE) == (view == ViewType.ACTIVE_ONLY)


class Metric(NamedTuple):
    """One point of a metric's history. A tuple, because histories have many and a dataclass takes ten times as long."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    dataset_name: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None
    model_id: str | None = None

    def to_dictionary(self) -> dict[str, Any]:
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Param:
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class RunTag:
    key: str
    value: str


Tag = RunTag


@dataclass(frozen=True, slots=True)
class ExperimentTag:
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Experiment:
    DEFAULT_EXPERIMENT_NAME: ClassVar[str] = "Default"

    experiment_id: str
    name: str
    artifact_location: str = ""
    lifecycle_stage: str = LifecycleStage.ACTIVE
    tags: Mapping[str, str] = field(default_factory=dict)
    creation_time: int | None = None
    last_update_time: int | None = None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """`status` is the name ("FINISHED"), as MLflow's RunInfo has it."""

    run_id: str
    experiment_id: str
    user_id: str = ""
    status: str = "RUNNING"
    start_time: int | None = None
    end_time: int | None = None
    lifecycle_stage: str = LifecycleStage.ACTIVE
    artifact_uri: str = ""
    run_name: str = ""

    @property
    def run_uuid(self) -> str:
        return self.run_id


@dataclass(frozen=True, slots=True)
class RunData:
    """`metrics` holds the displayed value of each key: the maximum by (step, timestamp, value)."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def to_dictionary(self) -> dict[str, Any]:
        return {"metrics": dict(self.metrics), "params": dict(self.params), "tags": dict(self.tags)}


@dataclass(frozen=True, slots=True)
class Dataset:
    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str | None = None
    profile: str | None = None

    def to_dictionary(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class InputTag:
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class DatasetInput:
    dataset: Dataset
    tags: tuple[InputTag, ...] = ()

    def to_dictionary(self) -> dict[str, Any]:
        return {"dataset": self.dataset.to_dictionary(), "tags": {tag.key: tag.value for tag in self.tags}}


@dataclass(frozen=True, slots=True)
class RunInputs:
    """`model_inputs` is always empty: which models a run used MLflow itself reads, at `nbtrack:///…`."""

    dataset_inputs: tuple[DatasetInput, ...] = ()

    @property
    def model_inputs(self) -> list[Any]:
        return []

    def to_dictionary(self) -> dict[str, Any]:
        return {"dataset_inputs": [each.to_dictionary() for each in self.dataset_inputs], "model_inputs": []}


@dataclass(frozen=True, slots=True)
class Run:
    info: RunInfo
    data: RunData = field(default_factory=RunData)
    inputs: RunInputs = field(default_factory=RunInputs)

    @property
    def outputs(self) -> None:
        """MLflow 3's logged models, which nbtrack keeps as artifacts."""
        return None

    def to_dictionary(self) -> dict[str, Any]:
        """The run as plain dicts, with MLflow's names."""
        info = {name: getattr(self.info, name) for name in RunInfo.__slots__}
        data = {
            "metrics": dict(self.data.metrics),
            "params": dict(self.data.params),
            "tags": dict(self.data.tags),
        }
        return {"info": info, "data": data}


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One artifact: `path` is relative to the run's artifact folder, with `/`."""

    path: str
    is_dir: bool
    file_size: int | None = None

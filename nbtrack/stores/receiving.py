"""Which stores can take a run as it was elsewhere: with its id, its times and its end, in one piece?

A folder and a database can. A server cannot: it gives ids of its own, and what is copied there goes through the calls
of the `Store` contract, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nbtrack.entities import Experiment
from nbtrack.frame import Row, Series

LeftOut = list[tuple[str, str]]  # what of a run a store cannot hold, and why


class Receiver(Protocol):
    """A store's other entrance. What is received is there whole or not at all, also after `kill -9`."""

    def receive_experiment(self, given: Experiment) -> str:
        """Make the experiment, deleted where it was deleted; returns its id, which is the given one where it is free.

        An `artifact_location` is kept as it is given; the store's own place is taken where it is empty.
        """
        ...

    def receive_run(self, experiment_id: str, given: Row, histories: Sequence[tuple[str, Series]]) -> LeftOut:
        """Make a run with this id, ended and deleted where it was so; returns what this store cannot hold.

        An empty `artifact_uri` becomes the experiment's own place. InvalidValueError where the id is taken.
        """
        ...

    def receive_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        """As `write_artifact`, into a deleted run too."""
        ...


@dataclass(frozen=True, slots=True)
class ModelPoint:
    """One number of a logged model; `run_id` is the run that logged it."""

    key: str
    value: float
    timestamp: int
    step: int
    run_id: str
    dataset_name: str | None = None
    dataset_digest: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """A model that MLflow 3 keeps beside the runs. `status` is MLflow's number: 1 pending, 2 ready, 3 failed."""

    model_id: str
    name: str
    status: int
    creation_time: int
    last_update_time: int
    model_type: str | None = None
    source_run_id: str | None = None
    status_message: str | None = None
    lifecycle_stage: str = "active"
    params: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    points: tuple[ModelPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelLinks:
    """Which models a run made, with the step of each, and which it used."""

    made: tuple[tuple[str, int], ...] = ()
    used: tuple[str, ...] = ()


class ModelShelf(Protocol):
    """Where a store keeps logged models."""

    def logged_models(self, experiment_id: str, damaged: Callable[[str], None]) -> list[LoggedModel]:
        """The experiment's models, deleted ones too, by id; `damaged` is told of what cannot be read."""
        ...

    def model_folder(self, experiment_id: str, model_id: str) -> Path | None:
        """Where the model's files lie on this machine; None where they lie elsewhere."""
        ...

    def receive_model(self, experiment_id: str, given: LoggedModel) -> None:
        """Keep the model as it is, in place of what is there under its id."""
        ...

    def logged_model(self, model_id: str) -> LoggedModel:
        """NotFoundError where there is none, or where it cannot be read."""
        ...

    def model_files(self, model_id: str) -> Path:
        """Where a model's files lie on this machine, whatever its experiment."""
        ...

    def model_links(self, run_id: str) -> ModelLinks: ...
    def receive_links(self, run_id: str, links: ModelLinks) -> None:
        """Add the links that are not there."""
        ...

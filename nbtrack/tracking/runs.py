"""How does a run start and end?"""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from nbtrack.capture.alive import process_tags
from nbtrack.entities import LifecycleStage, Run, RunStatus, RunTag
from nbtrack.errors import InvalidValueError, NotFoundError, StoreError
from nbtrack.tracking import active, keeper
from nbtrack.tracking.active import ActiveRun, Held
from nbtrack.tracking.client import DESCRIPTION, PARENT, MlflowClient, status_of
from nbtrack.tracking.context import context_tags, source_of
from nbtrack.tracking.experiments import chosen_experiment, experiment_for_runs
from nbtrack.tracking.settings import get_tracking_uri
from nbtrack.tracking.system_metrics import measured

_RUN_ID = "MLFLOW_RUN_ID"
ASK_AGAIN_AFTER = 10.0  # s after which a store that refused a run may have room or permission again
_refused: tuple[str, float, StoreError] | None = None  # address, until when (monotonic), why


def start_run(
    run_id: str | None = None,
    experiment_id: str | int | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Start a run, or resume one, and make it the active run of this thread or asyncio task until `end_run`.

    `run_id` (or the variable MLFLOW_RUN_ID, read once) resumes a run: its status is RUNNING again, `tags`,
    `description` and `run_name` are set on it. With `parent_run_id` the variable is left alone: that is a new run. A
    new run goes to `experiment_id`, else to the experiment of
    `set_experiment`, of MLFLOW_EXPERIMENT_NAME or MLFLOW_EXPERIMENT_ID, else to "Default".
    `nested=True` makes it a child of the active run, `parent_run_id` of any run.
    `log_system_metrics` measures the machine while the run is open, or not; without it `enable_system_metrics_logging`
    decides.

    In a cell under `%%track` the first call without a name, a run id or an experiment is given the cell's run, so that
    MLflow code needs no change there; every other one makes a child of it, in its store and experiment.

    Returns the run, also a context manager that ends it. Raises InvalidValueError when a run is already active and
    `nested` is not set, NotFoundError for an unknown run, parent or experiment.
    """
    stack, chain = active.own_stack(), active.chain()
    wanted = run_id or (None if parent_run_id else os.environ.get(_RUN_ID))
    if chain and chain[-1].kept:
        named = nested or wanted or run_name or experiment_id or parent_run_id
        if stack and not (named or stack[-1].adopted):
            return _adopt(stack[-1], _with_description(tags, description))
        nested = nested or parent_run_id is None
    elif stack and not nested:
        raise InvalidValueError(
            f"Run '{stack[0].run_id}' is already active. "
            "End it with end_run(), or start a run inside it with nested=True."
        )
    if wanted:
        if not run_id:
            os.environ.pop(_RUN_ID, None)
        held = Held(*_resume(wanted, run_name, _with_description(tags, description)))
    else:
        held = Held(*_start(experiment_id, run_name, nested, parent_run_id, _with_description(tags, description)))
    active.push(held)
    keeper.watch(held, system=measured(log_system_metrics))
    return held.run


def _adopt(held: Held, tags: Mapping[str, str]) -> ActiveRun:
    """Hand out the cell's run. Once only: a loop that starts a run each time round means one run each."""
    held.adopted = True
    if tags:
        held.client.log_batch(held.run_id, tags=[RunTag(key, value) for key, value in tags.items()])
    return held.run


def _with_description(tags: Mapping[str, Any] | None, description: str | None) -> dict[str, str]:
    named = {key: str(value) for key, value in (tags or {}).items()}
    if description:
        if DESCRIPTION in named:
            raise InvalidValueError(
                f"The description is given twice, as description= and as the tag '{DESCRIPTION}'. Leave one out."
            )
        named[DESCRIPTION] = description
    return named


def _resume(run_id: str, run_name: str | None, tags: Mapping[str, str]) -> tuple[Run, MlflowClient]:
    client = MlflowClient()
    info = client.get_run(run_id).info
    chosen = chosen_experiment()
    if chosen is not None and chosen != info.experiment_id:
        raise InvalidValueError(
            f"Run '{run_id}' belongs to experiment '{info.experiment_id}', but '{chosen}' is the active one. "
            f"Call set_experiment(experiment_id='{info.experiment_id}') before resuming it."
        )
    if info.lifecycle_stage == LifecycleStage.DELETED:
        raise InvalidValueError(f"Run '{run_id}' is deleted. Call restore_run('{run_id}') before resuming it.")
    client.reopen(run_id, run_name, {**process_tags(), **tags})
    return client.get_run(run_id), client


def _start(
    experiment_id: str | int | None,
    run_name: str | None,
    nested: bool,
    parent_run_id: str | None,
    tags: dict[str, str],
) -> tuple[Run, MlflowClient]:
    cell = next((held for held in reversed(active.chain()) if held.kept), None)
    client = cell.children[0] if cell else MlflowClient()
    if cell is not None and client.store.uri != cell.uri:
        nested = False  # the cell has chosen an experiment of another store, which knows nothing of its run
    parent = _parent(client, nested, parent_run_id)
    if parent is not None:
        tags[PARENT] = parent
    if experiment_id is not None:
        chosen = str(experiment_id)
    else:
        chosen = cell.children[1] if cell else experiment_for_runs(client)
    try:
        context = {**context_tags(), **(source_of(cell.run) if cell else {}), **process_tags()}
        return client.create_run(chosen, tags={**context, **tags}, run_name=run_name), client
    except NotFoundError as error:
        if experiment_id is None:
            error.add_note(
                "The active experiment was set in another store. Call set_experiment() after set_tracking_uri()."
            )
        raise


def _parent(client: MlflowClient, nested: bool, parent_run_id: str | None) -> str | None:
    above = active.current() if nested else None
    if not parent_run_id:
        return above.run_id if above else None
    if above and above.run_id != parent_run_id:
        raise InvalidValueError(
            f"parent_run_id is '{parent_run_id}', but run '{above.run_id}' is active. "
            "End that one first with end_run()."
        )
    if client.get_run(parent_run_id).info.lifecycle_stage == LifecycleStage.DELETED:
        raise InvalidValueError(f"Run '{parent_run_id}' is deleted. Call restore_run('{parent_run_id}') first.")
    return parent_run_id


def end_run(status: str = "FINISHED") -> None:
    """End the active run of this thread or task as FINISHED, FAILED or KILLED; nothing happens when there is none.

    The run above it becomes active again. The run of a tracked cell ends with its cell, with
    this status. Raises InvalidValueError for another status, and the run stays active.
    """
    named = status_of(status)
    os.environ.pop(_RUN_ID, None)
    stack = active.own_stack()
    if stack and stack[-1].kept:
        stack[-1].asked = named
    elif stack:
        active.end_top(named)


def active_run() -> ActiveRun | None:
    """The run that logging goes to from here, as it was when it started; None where there is none."""
    held = active.current()
    return held.run if held else None


def last_active_run() -> Run | None:
    """The active run, or the one that this thread or task ended last, read afresh; None where there is neither."""
    held = active.current()
    if held:
        return held.run
    last = active.last_ended()
    return last[0].get_run(last[1]) if last else None


def last_run() -> Run | None:
    """The run that this process started last, in whatever thread, read afresh. `nbtrack.last_run` is its value."""
    newest = active.newest()
    return newest[0].get_run(newest[1]) if newest else None


def get_run(run_id: str) -> Run:
    """The run as it is in the store now, deleted or not. Raises NotFoundError."""
    return MlflowClient().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run that `run_id` is nested in, or None."""
    return MlflowClient().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Mark the run as deleted; `restore_run` brings it back."""
    MlflowClient().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Bring a deleted run back."""
    MlflowClient().restore_run(run_id)


def get_or_start() -> Held:
    """The active run; a new one where there is none, as MLflow does.

    A store that has just refused a run is not asked again for each point of a training loop: the same error is raised.
    """
    global _refused
    held = active.current()
    if held is not None:
        return held
    uri = get_tracking_uri()
    if _refused is not None and _refused[0] == uri and time.monotonic() < _refused[1]:
        raise _refused[2]
    try:
        start_run()
    except StoreError as error:
        if not isinstance(error, NotFoundError):  # a wrong experiment is the person's to mend, at once
            _refused = uri, time.monotonic() + ASK_AGAIN_AFTER, error
        raise
    return active.own_stack()[-1]


def _crashed() -> bool:
    """Is an exception what ends this process? A console and a notebook keep their last error and live on."""
    return getattr(sys, "last_value", None) is not None and not hasattr(sys, "ps1") and "IPython" not in sys.modules


def _at_exit() -> None:
    active.end_all(RunStatus.FAILED if _crashed() else RunStatus.FINISHED)


atexit.register(_at_exit)

"""Which run do MLflow's calls mean inside a tracked cell?

The first run that MLflow starts there without a name is the cell's own; every other one that the person starts is a
child of it. One that MLflow starts by itself, because something is logged where none is active (after a `with`, in
another thread), is the cell's own again. MLflow keeps a stack for each thread, so when the cell ends, what it started
there is ended there too: no run leaks into the next cell.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import FrameType

from nbtrack.entities import RunStatus, RunTag
from nbtrack.stores import Store
from nbtrack.stores.files.layout import DEFAULT_NAME
from nbtrack.tracking import active, mlflow_here
from nbtrack.tracking.cell_experiment import enter_experiment
from nbtrack.tracking.client import DESCRIPTION, PARENT
from nbtrack.tracking.lineage import root_tags


def cell_on(store: Store) -> active.Held | None:
    """The tracked cell that is running in this process, where its run lies in this very store."""
    cell = active.cell()
    return cell if cell is not None and cell.uri == store.uri else None


def adopt(cell: active.Held, tags: Mapping[str, str]) -> str | None:
    """The id of the cell's run, where MLflow may have it; None where it was given away or a child is meant.

    The tags that MLflow adds to every run by itself are left out: the cell's run knows better where it stands.
    """
    if PARENT in tags or (cell.adopted and not _started_unasked()):
        return None
    cell.adopted = True
    own = [RunTag(k, v) for k, v in tags.items() if k == DESCRIPTION or not k.startswith("mlflow.")]
    if own:
        cell.client.log_batch(cell.run_id, tags=own)
    follow(cell, cell.run_id)
    return cell.run_id


def _started_unasked() -> bool:
    """Does MLflow start a run because it was told to log something? Nothing that it hands over says so."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "_get_or_start_run" and frame.f_globals.get("__name__") == "mlflow.tracking.fluent":
            return True
        frame = frame.f_back
    return False


def enter(cell: active.Held, store: Store) -> None:
    """MLflow's `set_experiment` in the cell means what nbtrack's does; MLflow tells of it when a run starts."""
    chosen = mlflow_here.chosen_experiment()
    if chosen is not None and chosen != cell.mlflow_experiment:
        cell.mlflow_experiment = chosen
        enter_experiment(cell.client, store.experiment(chosen))


def is_chosen_for_run(cell: active.Held, store: Store, experiment_id: str) -> bool:
    """Was the experiment given to this one run, by `start_run(experiment_id=…)`?"""
    usual = (mlflow_here.chosen_experiment(), os.environ.get("MLFLOW_EXPERIMENT_ID"), cell.run.info.experiment_id)
    return experiment_id not in usual and store.experiment(experiment_id).name != DEFAULT_NAME


def child_tags(cell: active.Held, tags: Mapping[str, str]) -> dict[str, str]:
    named = {PARENT: cell.run_id, **tags}
    return {**named, **root_tags(cell.client.store, named)}


def child_experiment(cell: active.Held, store: Store, experiment_id: str) -> str:
    """That of the cell, where none was chosen: MLflow asks for the default one then."""
    chosen = store.experiment(experiment_id)
    return cell.children[1] if chosen.name == DEFAULT_NAME else chosen.experiment_id


def noted(store: Store, run_id: str, status: RunStatus | None) -> bool:
    """Was that the end of the cell's run? The cell ends it; how it should end is noted."""
    cell = cell_on(store)
    if cell is None or cell.run_id != run_id or status is None:
        return False
    if status != RunStatus.RUNNING:
        cell.asked = status
    return True


def follow(cell: active.Held, run_id: str) -> None:
    """Take the run off MLflow's stack when the cell ends, if it is still there."""
    cell.leaving.append(lambda _: _let_go(run_id))


def _let_go(run_id: str) -> None:
    mlflow = sys.modules.get("mlflow")
    while mlflow is not None and (run := mlflow.active_run()) is not None and run.info.run_id == run_id:
        mlflow.end_run()
    # Threads of a pool live on, each with a stack that only MLflow's own module reaches.
    stacks = getattr(sys.modules.get("mlflow.tracking.fluent"), "_active_run_stack", None)
    for stack in getattr(stacks, "get_all_thread_values", dict)().values():
        stack[:] = [run for run in stack if run.info.run_id != run_id]

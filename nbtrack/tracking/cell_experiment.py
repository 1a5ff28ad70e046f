"""What does `set_experiment` mean inside a tracked cell, block or script, whose run has started already?

Its run moves to that experiment while nothing but nbtrack's own notes (code, literals, packages, tags) is in it. Else
it stays, and a sentence says that runs started from now on go to the other one.
"""

from __future__ import annotations

import re

from nbtrack.entities import Experiment, Run
from nbtrack.errors import NbtrackError, NotFoundError, warn_once
from nbtrack.stores.base import Rearranging
from nbtrack.tracking import active, guesses, lineage
from nbtrack.tracking.client import MlflowClient

PATIENCE = 10.0  # s for what is noted beside the cell, which is written into the run's folder
_OWN_TAGS = ("nbtrack.", "mlflow.")
_PERSONS_TAGS = ("mlflow.note.content",)
_OWN_FILES = re.compile(r"(cell|inputs|traceback|output)(-\d+)?\.\w+|requirements\.txt")


def enter_experiment(client: MlflowClient, experiment: Experiment) -> None:
    """The code of a tracked cell has chosen an experiment: take its run there, or say why not."""
    cell = active.cell()
    if cell is None or not cell.is_cell:
        return None
    if cell.uri != client.store.uri:
        cell.children = client, experiment.experiment_id
        cell.adopted = True
        return _say(cell, experiment, "lies in another store")
    cell.children = cell.client, experiment.experiment_id
    if cell.run.info.experiment_id == experiment.experiment_id:
        return None
    cell.settle(PATIENCE)
    run = cell.client.get_run(cell.run_id)
    if reason := _stays(cell, run):
        cell.adopted = True  # what starts from now on belongs to the other experiment
        return _say(cell, experiment, reason)
    assert isinstance(cell.client.store, Rearranging)
    try:
        cell.client.store.move_run(cell.run_id, experiment.experiment_id)
    except NbtrackError as error:
        return _say(cell, experiment, f"could not be moved ({error})")
    cell.renew(cell.client.get_run(cell.run_id))
    return None


def _stays(cell: active.Held, run: Run) -> str:
    """Why the run stays where it is; empty where it may move."""
    if not isinstance(cell.client.store, Rearranging):
        return "is on a server, which moves no runs"
    if not cell.movable:
        return "was resumed"
    return "has been logged into" if is_logged_into(cell, run) else ""


def is_logged_into(cell: active.Held, run: Run) -> bool:
    """Is anything in the run that nbtrack has not noted itself?"""
    data, before = run.data, cell.run.data
    params = data.params.keys() - cell.given_params - guesses.literals(cell.run_id)
    changed = {key for key, value in data.tags.items() if before.tags.get(key) != value}
    tags = {key for key in changed if not key.startswith(_OWN_TAGS) or key in _PERSONS_TAGS}
    if params or tags or any(not key.startswith("system/") for key in data.metrics):
        return True
    inputs = {each.dataset for each in run.inputs.dataset_inputs} - {each.dataset for each in cell.own_inputs}
    if inputs or lineage.has_children(cell.uri, cell.run_id):
        return True
    try:
        files = cell.client.store.list_artifacts(cell.run_id)
    except NotFoundError:  # they lie on another machine: nothing was logged there from here
        return False
    return any(file.is_dir or not _OWN_FILES.fullmatch(file.path) for file in files)


def _say(cell: active.Held, experiment: Experiment, reason: str) -> None:
    warn_once(
        f"Run '{cell.run.info.run_name}' {reason}, so it stays in its experiment; "
        f"runs that are started from now on go to '{experiment.name}'."
    )

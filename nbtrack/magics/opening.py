"""How does a tracked cell get its run?"""

from __future__ import annotations

import ast
import contextlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError

from nbtrack.capture.alive import process_tags
from nbtrack.capture.experiment_name import chosen_experiment
from nbtrack.capture.notebook import notebook_path
from nbtrack.entities import Experiment, LifecycleStage, Param, Run
from nbtrack.errors import InvalidValueError, NbtrackError, NotAStoreError, NotFoundError, guard, warn_once
from nbtrack.magics.arguments import Options
from nbtrack.magics.background import beside
from nbtrack.magics.card import direction_tags
from nbtrack.magics.find import find_run
from nbtrack.magics.literal_notes import keep_note, send_notes
from nbtrack.stores.base import Rearranging
from nbtrack.stores.names import LONGEST_PARAM, LONGEST_TAG, checked_experiment_name, checked_key, checked_value
from nbtrack.tracking import active, guesses, keeper, mlflow_here
from nbtrack.tracking.client import PARENT, MlflowClient
from nbtrack.tracking.context import SOURCE_NAME, SOURCE_TYPE, context_tags, source_of
from nbtrack.tracking.experiments import experiment_for_runs, named_experiment
from nbtrack.tracking.settings import store_at


def checked(
    options: Options, source: Mapping[str, str], tree: ast.Module | None = None, space: Mapping[str, Any] | None = None
) -> Callable[[], active.Held]:
    """What starts the run; `source` are tags that say where the cell stands, `tree` is its code and `space` holds the
    variables before it.

    All that the person can have got wrong is a UsageError here, before any run exists. Where the store itself refuses
    (a folder that is no store, no permission, a full disk) the run is kept in a temporary folder, as a warning says.
    """
    try:
        _check_names(options)
        begin = _prepared(options, source, tree, space or {})
    except InvalidValueError as error:
        raise UsageError(f"%%track: {error}") from error
    except NbtrackError as error:
        told_by_person = options.store if isinstance(error, NotAStoreError) else options.resume
        if told_by_person and isinstance(error, NotAStoreError | NotFoundError):
            raise UsageError(f"%%track: {error}") from error
        return partial(_elsewhere, error, options, source)
    except OSError as error:
        return partial(_elsewhere, error, options, source)
    return partial(_or_elsewhere, begin, options, source)


def _or_elsewhere(begin: Callable[[], active.Held], options: Options, source: Mapping[str, str]) -> active.Held:
    try:
        return begin()
    except (NbtrackError, OSError) as error:
        return _elsewhere(error, options, source)


def _elsewhere(error: Exception, options: Options, source: Mapping[str, str]) -> active.Held:
    """A run in a temporary folder: without one, what the cell logs would start runs of its own wherever it can."""
    folder = Path(tempfile.mkdtemp(prefix="nbtrack-")) / "mlruns"
    held = start(MlflowClient(str(folder)), options, source, None)
    warn_once(f"nbtrack could not track this cell where it should ({error}). Its run is kept in '{folder}'.")
    return held


def _check_names(options: Options) -> None:
    for key, value in options.params.items():
        checked_value(value, checked_key(key, "param"), longest=LONGEST_PARAM, what="param")
    for key, value in options.tags.items():
        checked_value(value, checked_key(key, "tag"), longest=LONGEST_TAG, what="tag")
    for key in direction_tags(options.directions):
        checked_key(key, "metric")
    if options.experiment is not None:
        checked_experiment_name(options.experiment)


def _prepared(
    options: Options, source: Mapping[str, str], tree: ast.Module | None, space: Mapping[str, Any]
) -> Callable[[], active.Held]:
    above = active.current()
    client = MlflowClient(options.store)
    options = replace(options, named_in_code=named_in_code(client, tree, space))
    if options.resume:
        run = _resumable(client, options)
        return lambda: _resume(client, run, options, source)
    if options.experiment:
        _refuse_deleted(client.get_experiment_by_name(options.experiment))
    _refuse_active(options, above)
    return lambda: start(client, options, source, above if options.nested else None)


def _refuse_active(options: Options, above: active.Held | None) -> None:
    if above and not options.nested:
        raise UsageError(
            f"%%track: run '{above.run.info.run_name}' ({above.run_id[:8]}) is still active. "
            f"End it with {'%track end' if above.kept else 'nbtrack.end_run()'}, "
            "or make this run its child with --nested."
        )
    if options.nested and above is None:
        raise UsageError("%%track: --nested makes a child of the active run, and none is active. Leave it out.")


def _refuse_deleted(experiment: Experiment | None) -> None:
    if experiment and experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise UsageError(
            f"%%track: experiment '{experiment.name}' is deleted. Choose another name, or call "
            f"nbtrack.restore_experiment('{experiment.experiment_id}')."
        )


def _resumable(client: MlflowClient, options: Options) -> Run:
    assert options.resume is not None
    run = find_run(client.store, options.resume)
    if any(held.run_id == run.info.run_id for held in active.own_stack()):
        raise UsageError(f"%%track: run '{run.info.run_name}' is active already, so it cannot be resumed.")
    for key, value in options.params.items():
        if run.data.params.get(key, value) != value:
            old = run.data.params[key]
            raise UsageError(
                f"%%track: param '{key}' of run '{run.info.run_name}' is '{old}', and params are fixed once "
                "logged. Leave it out, or start a new run."
            )
    return run


def _resume(client: MlflowClient, run: Run, options: Options, source: Mapping[str, str]) -> active.Held:
    run_id = run.info.run_id
    client.reopen(run_id, options.name, {**source, **direction_tags(options.directions), **options.tags})
    held = _held(client, client.get_run(run_id), options.params)
    held.movable = False
    return held


def start(client: MlflowClient, options: Options, source: Mapping[str, str], above: active.Held | None) -> active.Held:
    """A new run, made active and kept open; a child of `above`."""
    # The repository is noted beside the cell.
    context = {key: value for key, value in context_tags().items() if not key.startswith("mlflow.source.git.")}
    inherited = {} if above is None else source_of(above.run)
    tags = {**context, **inherited, **source, **direction_tags(options.directions), **options.tags}
    if above is not None:
        tags[PARENT] = above.run_id
    run = client.create_run(_experiment(client, options, above), tags=tags, run_name=options.name)
    return _held(client, run, options.params)


def named_in_code(client: MlflowClient, tree: ast.Module | None, space: Mapping[str, Any]) -> str | None:
    """The experiment that a cell or script sets by a name written in it, where it sets it in this store."""
    if tree is None:
        return None
    theirs = mlflow_here.tracking_uri() or os.environ.get("MLFLOW_TRACKING_URI", "")
    with guard("find the experiment that the code chooses"):
        here = theirs.startswith("nbtrack:") and store_at(theirs).uri == client.store.uri
        return chosen_experiment(tree, space, ("nbtrack", "mlflow") if here else ("nbtrack",))
    return None


def log_literals(held: active.Held, params: Mapping[str, str]) -> None:
    """Keep what the code assigns as params at once, so that a killed run has them. What the person or a fit logs later
    replaces them, which a server cannot: there they wait until the cell has ended."""
    known = held.run.data.params.keys() | held.given_params
    new = [Param(key, value) for key, value in params.items() if key not in known]
    if not isinstance(held.client.store, Rearranging):
        if new:
            keep_note(held, {param.key: param.value for param in new})
        beside(partial(send_notes, held.client))
    elif new:
        with guard("keep the params of this cell"):
            held.client.log_batch(held.run_id, params=new)
            guesses.guess(held.run_id, [param.key for param in new], by_fit=False)


def _held(client: MlflowClient, run: Run, params: Mapping[str, str]) -> active.Held:
    """The run made active, kept open until its cell has ended."""
    held = active.Held(run, client, kept=True)
    held.is_cell, held.given_params = True, frozenset(params)
    held.mlflow_experiment = mlflow_here.chosen_experiment()
    active.push(held)
    keeper.watch(held)
    if params:
        client.log_batch(run.info.run_id, params=[Param(key, value) for key, value in params.items()])
    return held


def _experiment(client: MlflowClient, options: Options, above: active.Held | None) -> str:
    if options.named_in_code is not None:
        with contextlib.suppress(InvalidValueError):  # a name that is no name: the code itself will say so
            found = named_experiment(client, options.named_in_code)
            if found.lifecycle_stage == LifecycleStage.ACTIVE:
                return found.experiment_id
    if options.experiment is not None:
        return named_experiment(client, options.experiment).experiment_id
    return above.run.info.experiment_id if above else experiment_for_runs(client)


def source_tags(namespace: Mapping[str, object], cell_id: str | None) -> dict[str, str]:
    """Where the cell stands, for the runs that start in it."""
    tags = {SOURCE_TYPE: "NOTEBOOK", SOURCE_NAME: notebook_path(namespace) or "notebook"}
    return {**tags, **process_tags(), **({"nbtrack.cell_id": cell_id} if cell_id else {})}


def bind(namespace: dict[str, Any], name: str | None, run: Run) -> None:
    """Give the person the run under the name of `-o`."""
    if name:
        namespace[name] = run

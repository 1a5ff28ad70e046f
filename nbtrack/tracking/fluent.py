"""How does code say what the active run should keep?

Each function logs into the active run, and starts one where there is none, as MLflow does. What the person got wrong (a
key, a value, an unknown id) raises. What the disk or the network got wrong does not: it becomes a warning, so that a
full disk, a lost permission or a deleted store does not end hours of training. Arguments named `synchronous` are
accepted: what a call wrote survives this process when it returns (points for a server are sent beside the training);
`synchronous=False` only makes it return something to `wait()` for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nbtrack.entities import Metric, Param, RunTag
from nbtrack.errors import NotFoundError, StoreError, warn_once
from nbtrack.tracking import active
from nbtrack.tracking.active import Held, here
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.data import Dataset, dataset_inputs
from nbtrack.tracking.operations import DONE, RunOperations
from nbtrack.tracking.points import as_float, as_step, as_timestamp, log_point
from nbtrack.tracking.runs import get_or_start


def log_metric(
    key: str,
    value: Any,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> RunOperations | None:
    """Add one point to a metric of the active run, or of `run_id`.

    `value` is anything that is one number: int, bool, numpy or torch scalar, numeric string; NaN and infinities are
    fine. `step` is a whole number (0), `timestamp` in ms since 1970 (now, which 0 means too, as in MLflow). `dataset`
    is noted as an input of the run; `model_id` is ignored. Raises InvalidValueError for what is no number and for keys
    that the store cannot hold.
    """
    if dataset is not None:
        log_inputs([dataset], [None], [None], run_id=run_id)
    if run_id is not None:
        return MlflowClient().log_metric(run_id, key, value, timestamp or None, step, synchronous)
    stack = here().stack  # the shortest way there: this is what training loops call
    try:
        held = stack[-1] if stack else get_or_start()
        log_point(held.uri, held.writer, key, value, step, timestamp or None)
    except StoreError as error:
        _outlive(error)
    return DONE if synchronous is False else None


def log_metrics(
    metrics: Mapping[str, Any],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> RunOperations | None:
    """Add one point to each of several metrics, all at one `step` and one `timestamp`; see `log_metric`."""
    if dataset is not None:
        log_inputs([dataset], [None], [None], run_id=run_id)
    when = as_timestamp("timestamp", timestamp or None)
    with outliving_the_store(run_id):
        held = get_or_start() if run_id is None else None
        if held is not None and held.known.issuperset(metrics):
            _log_known(held, metrics, step, when)
        else:  # the store looks at all keys before it writes the first
            client, run = target(run_id)
            points = [Metric(key, value, when, step or 0) for key, value in metrics.items()]
            client.log_batch(run, metrics=points)
            if held is not None:
                held.known.update(metrics)
    return DONE if synchronous is False else None


def _log_known(held: Held, metrics: Mapping[str, Any], step: Any, timestamp: int) -> None:
    """Points of metrics that were logged before: all are numbers before the first is written."""
    values = [(key, as_float(key, value)) for key, value in metrics.items()]
    at = as_step("step", step)
    for key, value in values:
        log_point(held.uri, held.writer, key, value, at, timestamp)


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Keep str(value) as a param of the active run, and return `value`.

    A param is kept once: another value for the same key is an InvalidValueError, the same one is fine.
    """
    with outliving_the_store():
        client, run = target(None)
        client.log_param(run, key, value)
    return DONE if synchronous is False else value


def log_params(
    params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Keep several params of the active run, or of `run_id`; see `log_param`."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_batch(run, params=[Param(key, str(value)) for key, value in params.items()])
    return DONE if synchronous is False else None


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
    """Set a tag of the active run to str(value). `mlflow.runName` names the run, `mlflow.note.content` describes it."""
    return set_tags({key: value}, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> RunOperations | None:
    """Set several tags of the active run; see `set_tag`."""
    with outliving_the_store():
        client, run = target(None)
        client.log_batch(run, tags=[RunTag(key, str(value)) for key, value in tags.items()])
    return DONE if synchronous is False else None


def delete_tag(key: str) -> None:
    """Remove a tag of the active run. Raises NotFoundError where it has none of this key."""
    client, run = target(None)
    client.delete_tag(run, key)


def log_batch(
    metrics: Sequence[Metric] = (),
    params: Sequence[Param] = (),
    tags: Sequence[RunTag] = (),
    synchronous: bool | None = None,
    run_id: str | None = None,
) -> RunOperations | None:
    """Many values of the active run, or of `run_id`, in one go, as `MlflowClient.log_batch` takes them."""
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_batch(run, metrics, params, tags)
    return DONE if synchronous is False else None


def log_input(
    dataset: Dataset | None = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: object = None,
) -> None:
    """Note that the active run used `dataset` (of `nbtrack.data.from_pandas`, …), for instance in the `context`
    "training". `model` is ignored. Raises InvalidValueError for a context or tags of no dataset."""
    log_inputs([dataset], [context], [tags])


def log_inputs(
    datasets: Sequence[Dataset | None] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: object = None,
    run_id: str | None = None,
) -> None:
    """Note several datasets, with as many contexts and tags. `models` is ignored."""
    inputs = dataset_inputs(datasets or [], contexts or [], tags_list or [])
    with outliving_the_store(run_id):
        client, run = target(run_id)
        client.log_inputs(run, inputs)


def get_metric_history(run_id: str, key: str) -> list[Metric]:
    """All points of one metric in the store's order; empty where the run has no such metric."""
    return MlflowClient().get_metric_history(run_id, key)


def target(run_id: str | None) -> tuple[MlflowClient, str]:
    """Where to log: `run_id` in the store in force, or the active run in its own store."""
    if run_id is not None:
        return MlflowClient(), run_id
    held = get_or_start()
    return held.client, held.run_id


@contextmanager
def outliving_the_store(run_id: str | None = None) -> Iterator[None]:
    """Turn what the disk or the network got wrong into a warning; what the person got wrong still raises.

    `run_id` is what the person named. One that is unknown is a mistake; an active run that is gone was there before, so
    somebody has taken its store away.
    """
    try:
        yield
    except StoreError as error:
        _outlive(error, run_id)


def _outlive(error: StoreError, run_id: str | None = None) -> None:
    if isinstance(error, NotFoundError) and (run_id is not None or active.current() is None):
        raise error
    warn_once(f"nbtrack could not keep what was logged, and goes on: {error}")

"""What do a server's answers say about experiments and runs?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nbtrack.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    FileInfo,
    InputTag,
    LifecycleStage,
    Run,
    RunData,
    RunInfo,
    RunInputs,
)
from nbtrack.frame import Row, Series, Summary
from nbtrack.stores.names import is_run_id
from nbtrack.stores.rest.answers import understood
from nbtrack.stores.sqlite.values import read

Json = Mapping[str, Any]
NAN = math.nan  # this very object: rows are compared, and NaN equals only itself


@understood
def experiment(found: Json) -> Experiment:
    return Experiment(
        str(found["experiment_id"]),
        _text(found.get("name")),
        _text(found.get("artifact_location")),
        _text(found.get("lifecycle_stage")) or LifecycleStage.ACTIVE,
        _texts(found.get("tags", ())),
        _whole(found.get("creation_time")),
        _whole(found.get("last_update_time")),
    )


def run(found: Json) -> Run:
    return row(found).run


@understood
def row(found: Json) -> Row:
    """A server tells the newest point of each metric and nothing of those before: `count` 0 says so."""
    data = found.get("data", {})
    points = {each["key"]: _summary(each) for each in data.get("metrics", ())}
    tags = _texts(data.get("tags", ()))
    values = RunData({key: point.last for key, point in points.items()}, _texts(data.get("params", ())), tags)
    return Row(Run(_info(found["info"], tags), values, RunInputs(tuple(_inputs(found)))), points)


@understood
def series(points: Iterable[Json]) -> Series:
    found = list(points)
    return Series(
        np.array([int(each.get("step", 0)) for each in found], np.int64),
        np.array([int(each.get("timestamp", 0)) for each in found], np.int64),
        np.array([number(each) for each in found], np.float64),
    )


def summary(points: Series) -> Summary | None:
    """What a whole history comes down to; None for one without points."""
    if not len(points):
        return None
    order = np.lexsort((points.value, points.timestamp, points.step))
    first, last = order[0], order[-1]
    seen = points.value[~np.isnan(points.value)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (NAN, NAN)
    values = (_same_nan(float(points.value[at])) for at in (last, first))
    newest, oldest = values
    return Summary(newest, int(points.step[last]), int(points.timestamp[last]), low, high, oldest, len(points))


@understood
def files(found: Iterable[Json]) -> list[FileInfo]:
    """A server leaves out the size of an empty file."""
    made = [(str(each["path"]), bool(each.get("is_dir")), each.get("file_size")) for each in found]
    return [FileInfo(path, is_dir, None if is_dir else _whole(size or 0)) for path, is_dir, size in sorted(made)]


def _info(found: Json, tags: Mapping[str, str]) -> RunInfo:
    return RunInfo(
        run_id=_run_id(found.get("run_id") or found["run_uuid"]),
        experiment_id=str(found.get("experiment_id", "")),
        user_id=_text(found.get("user_id")),
        status=_text(found.get("status")) or "RUNNING",
        start_time=_whole(found.get("start_time")),
        end_time=_whole(found.get("end_time")),
        lifecycle_stage=_text(found.get("lifecycle_stage")) or LifecycleStage.ACTIVE,
        artifact_uri=_text(found.get("artifact_uri")),
        run_name=_text(found.get("run_name")) or tags.get("mlflow.runName", ""),
    )


def _inputs(found: Json) -> Iterable[DatasetInput]:
    for each in found.get("inputs", {}).get("dataset_inputs", ()):
        data = each.get("dataset", {})
        dataset = Dataset(
            *(_text(data.get(name)) for name in ("name", "digest", "source_type", "source")),
            *(None if data.get(name) is None else _text(data[name]) for name in ("schema", "profile")),
        )
        yield DatasetInput(
            dataset, tuple(InputTag(_text(tag["key"]), _text(tag.get("value"))) for tag in each.get("tags", ()))
        )


def _summary(point: Json) -> Summary:
    return Summary(number(point), int(point.get("step", 0)), int(point.get("timestamp", 0)), NAN, NAN, NAN, 0)


def number(point: Json) -> float:
    """NaN comes as a word, and what a database holds of an infinity as the greatest number."""
    return _same_nan(read(float(point.get("value", 0.0))))


def _same_nan(value: float) -> float:
    return NAN if math.isnan(value) else value


def _texts(found: Iterable[Json]) -> dict[str, str]:
    return {_text(each["key"]): _text(each.get("value")) for each in found}


def _text(found: object) -> str:
    """TypeError for what is neither text nor left out."""
    if found is None or isinstance(found, str):
        return found or ""
    raise TypeError(f"text was expected, not {type(found).__name__}")


def _run_id(found: object) -> str:
    """It becomes a part of paths and of lines to send: ValueError for what is no id."""
    if isinstance(found, str) and is_run_id(found):
        return found
    raise ValueError(f"{found!r} is no id of a run")


def _whole(found: object) -> int | None:
    return None if found is None else int(found)  # type: ignore[call-overload]

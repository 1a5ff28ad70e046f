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
from nbtrack.stores.sqlite.values import read

Json = Mapping[str, Any]
NAN = math.nan  # this very object: rows are compared, and NaN equals only itself


def experiment(found: Json) -> Experiment:
    return Experiment(
        str(found["experiment_id"]),
        found.get("name", ""),
        found.get("artifact_location", ""),
        found.get("lifecycle_stage") or LifecycleStage.ACTIVE,
        _texts(found.get("tags", ())),
        _whole(found.get("creation_time")),
        _whole(found.get("last_update_time")),
    )


def run(found: Json) -> Run:
    return row(found).run


def row(found: Json) -> Row:
    """A server tells the newest point of each metric and nothing of those before: `count` 0 says so."""
    data = found.get("data", {})
    points = {each["key"]: _summary(each) for each in data.get("metrics", ())}
    tags = _texts(data.get("tags", ()))
    values = RunData({key: point.last for key, point in points.items()}, _texts(data.get("params", ())), tags)
    return Row(Run(_info(found["info"], tags), values, RunInputs(tuple(_inputs(found)))), points)


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


def files(found: Iterable[Json]) -> list[FileInfo]:
    """A server leaves out the size of an empty file."""
    made = [(str(each["path"]), bool(each.get("is_dir")), each.get("file_size")) for each in found]
    return [FileInfo(path, is_dir, None if is_dir else _whole(size or 0)) for path, is_dir, size in sorted(made)]


def _info(found: Json, tags: Mapping[str, str]) -> RunInfo:
    return RunInfo(
        run_id=found.get("run_id") or found["run_uuid"],
        experiment_id=str(found.get("experiment_id", "")),
        user_id=found.get("user_id", ""),
        status=found.get("status", "RUNNING"),
        start_time=_whole(found.get("start_time")),
        end_time=_whole(found.get("end_time")),
        lifecycle_stage=found.get("lifecycle_stage") or LifecycleStage.ACTIVE,
        artifact_uri=found.get("artifact_uri", ""),
        run_name=found.get("run_name") or tags.get("mlflow.runName", ""),
    )


def _inputs(found: Json) -> Iterable[DatasetInput]:
    for each in found.get("inputs", {}).get("dataset_inputs", ()):
        data = each.get("dataset", {})
        dataset = Dataset(
            data.get("name", ""),
            data.get("digest", ""),
            data.get("source_type", ""),
            data.get("source", ""),
            data.get("schema"),
            data.get("profile"),
        )
        yield DatasetInput(dataset, tuple(InputTag(tag["key"], tag.get("value", "")) for tag in each.get("tags", ())))


def _summary(point: Json) -> Summary:
    return Summary(number(point), int(point.get("step", 0)), int(point.get("timestamp", 0)), NAN, NAN, NAN, 0)


def number(point: Json) -> float:
    """NaN comes as a word, and what a database holds of an infinity as the greatest number."""
    return _same_nan(read(float(point.get("value", 0.0))))


def _same_nan(value: float) -> float:
    return NAN if math.isnan(value) else value


def _texts(found: Iterable[Json]) -> dict[str, str]:
    return {each["key"]: each.get("value", "") for each in found}


def _whole(found: object) -> int | None:
    return None if found is None else int(found)  # type: ignore[call-overload]

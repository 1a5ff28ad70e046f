"""Stores written by the real MLflow are read as MLflow itself reads them, value by value."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbtrack.entities import ViewType
from nbtrack.frame import Row
from nbtrack.stores.base import Store
from nbtrack.stores.files import FileStore

SAMPLES = ["02", "03", "08", "11"]


@pytest.fixture(params=SAMPLES, scope="module")
def opened(
    request: pytest.FixtureRequest, unpack: Callable[[str, Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[FileStore, dict[str, Any]]:
    folder = unpack(request.param, tmp_path_factory.mktemp("sample"))
    return FileStore(folder / "mlruns"), json.loads((folder / "EXPECTED.json").read_text())


def number(value: float | str) -> float:
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[value] if isinstance(value, str) else value


def as_written(value: float) -> str:
    """As EXPECTED.json has it in what it hashes."""
    names = {"nan": "'NaN'", "inf": "'Infinity'", "-inf": "'-Infinity'"}
    return names.get(repr(value), repr(value))


def all_rows(store: Store) -> dict[str, Row]:
    ids = [each.experiment_id for each in store.experiments(ViewType.ALL)]
    return {row.run.info.run_id: row for row in store.snapshot(ids).rows}


def test_every_experiment_is_listed_as_mlflow_lists_it(opened: tuple[FileStore, dict[str, Any]]) -> None:
    store, expected = opened
    found = {each.experiment_id: each for each in store.experiments(ViewType.ALL)}
    assert set(found) == {each["experiment_id"] for each in expected["experiments"]}
    for wanted in expected["experiments"]:
        one = found[wanted["experiment_id"]]
        for name in ("name", "lifecycle_stage", "artifact_location", "tags", "creation_time", "last_update_time"):
            assert getattr(one, name) == wanted[name], name


def test_every_run_is_read_as_mlflow_reads_it(opened: tuple[FileStore, dict[str, Any]]) -> None:
    store, expected = opened
    rows = all_rows(store)
    assert set(rows) == {run["run_id"] for run in expected["runs"]}
    names = (
        "experiment_id",
        "status",
        "lifecycle_stage",
        "user_id",
        "start_time",
        "end_time",
        "artifact_uri",
        "run_name",
    )
    for wanted in expected["runs"]:
        run = rows[wanted["run_id"]].run
        assert {name: getattr(run.info, name) for name in names} == {name: wanted[name] for name in names}
        assert run.data.params == wanted["params"]
        assert run.data.tags == wanted["tags"]
        assert store.run(wanted["run_id"]).info == run.info


def test_every_displayed_metric_is_the_one_mlflow_displays(opened: tuple[FileStore, dict[str, Any]]) -> None:
    store, expected = opened
    rows = all_rows(store)
    for wanted in expected["runs"]:
        row = rows[wanted["run_id"]]
        assert set(row.metrics) == set(wanted["latest_metrics"])
        for key, (step, time, value) in wanted["latest_metrics"].items():
            summary = row.metrics[key]
            assert (summary.timestamp, repr(summary.last)) == (time, repr(number(value))), key
            assert summary.step == step or has_five_fields(store, wanted, key), key


def test_every_history_is_in_mlflows_order_with_mlflows_numbers(opened: tuple[FileStore, dict[str, Any]]) -> None:
    store, expected = opened
    for wanted in expected["runs"]:
        for key, history in wanted["metric_history"].items():
            series = store.history(wanted["run_id"], key)
            steps = [0] * len(series) if has_five_fields(store, wanted, key) else series.step.tolist()
            points = [
                [s, t, as_written(v)]
                for s, t, v in zip(steps, series.timestamp.tolist(), series.value.tolist(), strict=True)
            ]
            assert len(points) == history["n"]
            assert hashlib.sha256(json.dumps(points).encode()).hexdigest() == history["sha256"], key


def has_five_fields(store: FileStore, run: dict[str, Any], key: str) -> bool:
    """MLflow drops the step of such lines; nbtrack keeps it."""
    folder = store.artifact_dir(run["run_id"])
    path = folder.parent / "metrics" / key
    return any(len(line.split(" ")) == 5 for line in path.read_text().splitlines())


def test_data_sets_are_read_with_their_tags(opened: tuple[FileStore, dict[str, Any]]) -> None:
    store, expected = opened
    names = ("name", "digest", "source_type", "source", "schema", "profile")
    for wanted in expected["runs"]:
        found = [
            {**{name: getattr(each.dataset, name) for name in names}, "tags": {tag.key: tag.value for tag in each.tags}}
            for each in store.run(wanted["run_id"]).inputs.dataset_inputs
        ]
        order = lambda each: (each["name"], each["digest"])  # noqa: E731
        assert found == sorted(wanted["dataset_inputs"], key=order)


def test_artifacts_are_listed_though_the_store_was_moved(opened: tuple[FileStore, dict[str, Any]]) -> None:
    store, expected = opened
    for wanted in expected["runs"]:
        found = []
        folders = [""]
        while folders:
            for info in store.list_artifacts(wanted["run_id"], folders.pop()):
                found.append([info.path, info.file_size])
                folders += [info.path] if info.is_dir else []
        if "/elsewhere/" in wanted["artifact_uri"]:
            continue  # on the machine that wrote the sample, outside the store
        assert sorted(found) == sorted(wanted["artifacts"])


def test_an_untouched_sample_shows_no_changes_and_no_damage(opened: tuple[FileStore, dict[str, Any]]) -> None:
    store, _ = opened
    assert list(store.snapshot().damages) == []
    assert not store.changes()
    assert not store.changes(thorough=False)

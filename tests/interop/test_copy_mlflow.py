"""A store that was copied: the real MLflow gives the same answers, from a database and from folders again."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbtrack.cli import main

pytestmark = pytest.mark.interop
LARGEST = repr(sys.float_info.max)
MODELS = """
out = []
for model in mlflow.search_logged_models(
    [e.experiment_id for e in client.search_experiments(view_type=3)], output_format="list"
):
    from pathlib import Path
    file = Path(model.artifact_location.removeprefix("file://"), "MLmodel")
    text = file.read_text() if file.exists() else ""
    metrics = sorted([m.key, m.value, m.step, m.timestamp, m.run_id] for m in model.metrics or [])
    out.append([model.model_id, model.name, str(model.status), model.source_run_id, model.params, model.tags, metrics,
                model.creation_timestamp, text])
out.sort()
runs = client.search_runs([e.experiment_id for e in client.search_experiments(view_type=3)], run_view_type=3)
out += sorted([r.info.run_id, sorted([o.model_id, o.step] for o in r.outputs.model_outputs)]
              for r in runs if r.outputs and r.outputs.model_outputs)
"""


def at_home(folder: Path, name: str) -> Path:
    """A sample whose absolute addresses lead to where it lies now, so that MLflow finds its artifacts."""
    for path in folder.rglob("meta.yaml"):
        path.write_bytes(path.read_bytes().replace(f"/srv/ex/storage/data/{name}".encode(), bytes(folder)))
    return folder / "mlruns"


def told(value: str) -> str:
    """As a database can say it: infinities as the largest number, no minus before a zero."""
    return {"inf": LARGEST, "-inf": f"-{LARGEST}", "-0.0": "0.0"}.get(value, value)


def comparable(dump: dict[str, Any]) -> dict[str, Any]:
    """What MLflow says of a store, without where it lies, the order of points, and points that are there twice."""
    for experiment in dump["experiments"].values():
        del experiment["artifact_location"]
        if experiment["name"] == "Default":  # every store has made its own
            del experiment["creation_time"], experiment["last_update_time"]
    for run in dump["runs"].values():
        del run["info"]["artifact_uri"]
        run["metrics"] = {key: told(value) for key, value in run["metrics"].items()}
        run["histories"] = {
            key: sorted({(step, time, told(value)) for step, time, value in points})
            for key, points in run["histories"].items()
        }
    return dump


def with_steps(dump: dict[str, Any], store: Path) -> dict[str, Any]:
    """MLflow 3 forgets the step of a point that names a data set, when it reads a file; nbtrack does not."""
    for run_id, run in dump["runs"].items():
        for key in run["histories"]:
            (path,) = [*store.glob(f"*/{run_id}/metrics/{key}"), *store.glob(f".trash/*/{run_id}/metrics/{key}")]
            lines = [line.split(" ") for line in path.read_text().splitlines()]
            if any(len(line) == 5 for line in lines):
                run["histories"][key] = [[int(s or 0), int(t), repr(float(v))] for t, v, s, *_ in lines]
    return dump


def assert_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Field by field, so that a failure names the field."""
    assert one["experiments"] == other["experiments"]
    assert one["runs"].keys() == other["runs"].keys()
    for run_id, run in one["runs"].items():
        for field, value in run.items():
            assert value == other["runs"][run_id][field], f"{field} of {run['info']['run_name']}"


def test_mlflow_reads_the_copy_of_a_real_store_as_it_reads_the_store(
    real_mlflow3: Any, sample: Callable[[str], Path], new_database: Callable[[int, Path], Path], tmp_path: Path
) -> None:
    """Every feature of MLflow 3.18's file store: deleted runs and experiments, data sets, models, odd numbers."""
    store = at_home(sample("03"), "03_mlflow318_file")
    database = f"sqlite:///{new_database(3, tmp_path / 'db')}"
    assert main(["copy", str(store), database]) == 0
    assert main(["copy", database, str(tmp_path / "again")]) == 0
    assert main(["copy", "--check", str(store), str(tmp_path / "again")]) == 0

    def ask(uri: str) -> dict[str, Any]:
        return real_mlflow3.ask("dump", store=uri)

    def models(uri: str) -> Any:
        return real_mlflow3.ask("script", store=uri, text=MODELS, folder=str(tmp_path), given={})

    original = comparable(with_steps(ask(store.as_uri()), store))
    assert len(original["runs"]) == 112
    assert_alike(original, comparable(ask(database)))
    wanted = models(store.as_uri())
    assert len(wanted) > 9
    assert models(database) == wanted
    assert models((tmp_path / "again").as_uri()) == wanted


def test_mlflow_goes_on_in_a_copy_and_the_next_copy_brings_it_back(
    real_mlflow3: Any, sample: Callable[[str], Path], new_database: Callable[[int, Path], Path], tmp_path: Path
) -> None:
    store = sample("08") / "mlruns"
    database = f"sqlite:///{new_database(3, tmp_path / 'db')}"
    assert main(["copy", str(store), database]) == 0
    run_id = next(iter(real_mlflow3.ask("dump", store=database)["runs"]))
    real_mlflow3.call(database, "log_metric", run_id, "later", math.pi, 3000, 7)
    real_mlflow3.call(database, "set_tag", run_id, "team", "b")
    real_mlflow3.ask("fluent", store=database, experiment="by MLflow", run_name="a new one")
    assert main(["copy", database, str(store)]) == 0
    seen = real_mlflow3.ask("dump", store=store.as_uri())["runs"]
    assert seen[run_id]["histories"]["later"] == [[7, 3000, json.dumps(math.pi)]]
    assert seen[run_id]["tags"]["team"] == "b"
    new = [run for run in seen.values() if run["info"]["run_name"] == "a new one"]
    assert [path for path, is_dir, _ in new[0]["artifacts"] if not is_dir] == ["b.json", "notes/a.txt"]


def test_a_store_of_mlflow_0_8_is_read_by_mlflow_3_once_it_was_copied(
    real_mlflow3: Any, sample: Callable[[str], Path], tmp_path: Path
) -> None:
    """As it lies, MLflow 3 cannot read one of its runs: their meta.yaml has no run_id."""
    folder = sample("01_mlflow082")
    expected = json.loads((folder / "EXPECTED.json").read_text())["runs"]
    assert main(["copy", str(folder / "mlruns"), str(tmp_path / "new")]) == 0
    seen = real_mlflow3.ask("dump", store=(tmp_path / "new").as_uri())["runs"]
    assert set(seen) == set(expected)
    for run_id, wanted in expected.items():
        assert seen[run_id]["params"] == wanted["params"]
        assert seen[run_id]["info"]["start_time"] == wanted["start"]

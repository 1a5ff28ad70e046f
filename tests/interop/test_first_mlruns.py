"""A person's own MLflow code keeps working in a directory where nbtrack made the first ./mlruns."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nbtrack.stores.files import FileStore, layout

pytestmark = pytest.mark.interop
ROOT = Path(__file__).parents[2]

NBTRACK = """
from nbtrack.stores.files import FileStore
store = FileStore("mlruns")
default = store.default_experiment().experiment_id
made = store.create_experiment("mine")
run = store.create_run(made, run_name="r", user_id="u", start_time=1, tags={}).info.run_id
"""
PLAIN_MLFLOW = """
import json, mlflow
with mlflow.start_run() as run:
    mlflow.log_metric("m", 1.0)
print(json.dumps([mlflow.get_tracking_uri(), run.info.experiment_id, mlflow.get_run(run.info.run_id).data.metrics]))
"""


def run(python: str, code: str, cwd: Path, **env: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW")}
    done = subprocess.run(
        [python, "-W", "ignore", "-c", code],
        cwd=cwd, env={**kept, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", **env},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_mlflow_3_goes_on_with_its_own_default_store(mlflow3: str, tmp_path: Path) -> None:
    run(mlflow3, NBTRACK, tmp_path)
    names = {each.name for each in (tmp_path / "mlruns").iterdir() if each.is_dir()}
    assert not any(name.isdigit() for name in names)
    uri, _, metrics = json.loads(run(mlflow3, PLAIN_MLFLOW, tmp_path).splitlines()[-1])
    assert uri.startswith("sqlite:")
    assert metrics == {"m": 1.0}
    # ... and keeps its artifacts in ./mlruns, in folders that are no experiments of ours.
    assert {each.name for each in FileStore(tmp_path / "mlruns").experiments()} == {"Default", "mine"}
    assert list(FileStore(tmp_path / "mlruns").snapshot().damages) == []


def test_mlflow_2_finds_its_default_experiment_in_a_store_made_beside_it(mlflow2: str, tmp_path: Path) -> None:
    run(mlflow2, NBTRACK, tmp_path)
    uri, experiment_id, metrics = json.loads(run(mlflow2, PLAIN_MLFLOW, tmp_path).splitlines()[-1])
    assert uri == (tmp_path / "mlruns").as_uri()
    assert (experiment_id, metrics) == ("0", {"m": 1.0})
    store = FileStore(tmp_path / "mlruns")
    assert [len(store.snapshot([each.experiment_id]).rows) for each in store.experiments()] == [1, 1]
    assert all(each.experiment_id.isdigit() for each in store.experiments())


def test_without_mlflow_new_experiments_have_a_letter_in_their_id(tmp_path: Path) -> None:
    assert layout.mlflow_version() is None, "this environment is to have no MLflow"
    store = FileStore(tmp_path / "mlruns")
    ids = [store.default_experiment().experiment_id, store.create_experiment("a"), store.create_experiment("b")]
    assert not any(each.isdigit() for each in ids)


def test_a_store_with_mlflows_ids_goes_on_with_them(sample: Any) -> None:
    store = FileStore(sample("02") / "mlruns")
    made = store.create_experiment("new here")
    assert made.isdigit()
    assert len(made) == 18
    assert store.default_experiment().experiment_id == "0"

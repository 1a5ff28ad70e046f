"""`import nbtrack as mlflow`: the tracking code of MLflow's quickstarts runs as it is, and tells and keeps the same.

The scripts of `quickstarts/` make the calls of MLflow's own pages, in words of their own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbtrack.stores import open_store
from tests.interop.test_atom import atom_python
from tests.servers import QUIET

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def run(python: str, name: str, folder: Path, library: str) -> str:
    """What the script prints with `mlflow` or `nbtrack`; its store is the library's default one in `folder`."""
    folder.mkdir()
    text = (HERE / "quickstarts" / f"{name}.py").read_text()
    imported = "import mlflow" if library == "mlflow" else f"import {library} as mlflow"
    (folder / "script.py").write_text(re.sub(r"^import mlflow$", imported, text, flags=re.MULTILINE))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    given = {**kept, **QUIET, "PYTHONPATH": str(ROOT), "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1"}
    done = subprocess.run([python, "script.py"], cwd=folder, env=given, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def kept(address: str | Path) -> list[Any]:
    """Of each run what a person gave it; the names that MLflow makes up are left out."""
    store = open_store(address)
    rows = store.snapshot([each.experiment_id for each in store.experiments()]).rows
    names = {row.run.info.run_id: row.run.info.run_name for row in rows}
    found = []
    for row in rows:
        run, tags = row.run, row.run.data.tags
        made_up = re.fullmatch(r"[a-z]+-[a-z]+-\d+", run.info.run_name)
        own = {key: value for key, value in tags.items() if not key.startswith(("mlflow.", "nbtrack."))}
        histories = {key: store.history(run.info.run_id, key) for key in run.data.metrics}
        points = {key: list(zip(h.step.tolist(), h.value.tolist(), strict=True)) for key, h in histories.items()}
        parent = names.get(tags.get("mlflow.parentRunId", ""))
        name = "" if made_up else run.info.run_name
        found.append([name, parent, run.info.status, run.data.params, own, sorted(points.items())])
    return sorted(found, key=str)


def test_the_tracking_quickstart_runs_with_nbtrack_alone(tmp_path: Path) -> None:
    said = run(sys.executable, "tracking", tmp_path / "here", "nbtrack").splitlines()
    assert said[1:4] == ["True", "LogisticRegression", "True ['lbfgs']"]
    (automatic, by_hand) = kept(tmp_path / "here" / "mlruns")
    assert automatic[3]["max_iter"] == "1000"
    assert by_hand[4] == {"Training Info": "Basic LR model for iris data"}


@pytest.mark.large
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", ["tracking", "tuning"])
def test_a_quickstart_says_and_keeps_the_same_with_nbtrack_as_with_mlflow(name: str, tmp_path: Path) -> None:
    theirs, ours = (run(atom_python(), name, tmp_path / library, library) for library in ("mlflow", "nbtrack"))
    assert ours == theirs
    assert kept(tmp_path / "nbtrack" / "mlruns") == kept(f"sqlite:///{tmp_path}/mlflow/mlflow.db")

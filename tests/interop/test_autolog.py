"""Does a fit log the same with nbtrack's autolog as with MLflow's, by name and value?

Both run the same trainings, in their own environments. Every difference is in `DIFFERENCES`, with its reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SIDE = Path(__file__).parent / "autolog_side.py"
ROOT = SIDE.parents[2]
TRAININGS = (
    "classifier three_classes regressor weights pipeline search "
    "xgboost_train xgboost_sklearn lightgbm_train lightgbm_sklearn"
).split()
# Durations: they differ from one run of the same training to the next.
TIMES = {"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"}
DIFFERENCES: dict[str, str] = {}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, mlflow3: str) -> dict[str, Any]:
    return {name: ask(python, name, tmp_path_factory.mktemp(name)) for name, python in
            (("nbtrack", sys.executable), ("mlflow", mlflow3))}  # fmt: skip


def ask(python: str, name: str, folder: Path) -> Any:
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "DO_NOT_TRACK": "true"}
    done = subprocess.run(
        [python, str(SIDE), name, (folder / "mlruns").as_uri()],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def comparable(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parent first, its children by their params; values to the last few digits, and without durations."""
    for run in runs:
        run["metrics"] = {
            key: [(step, pytest.approx(value, rel=1e-9)) for step, value in points]
            for key, points in run["metrics"].items()
            if key not in TIMES
        }
    return [runs[0], *sorted(runs[1:], key=lambda run: sorted(run["params"].items()))]


@pytest.mark.parametrize("training", TRAININGS)
def test_a_training_logs_the_same_params_metrics_and_tags_as_with_mlflow(training: str, both: dict[str, Any]) -> None:
    ours, theirs = (both[side][training] for side in ("nbtrack", "mlflow"))
    assert len(ours) == len(theirs)
    for mine, other in zip(comparable(ours), comparable(theirs), strict=True):
        assert mine == other

"""Do the libraries too large for every run log the same with nbtrack's autolog as with MLflow's, by name and value?

Both run the same trainings in the same environment, Keras on two backends. Every difference is named below, with its
reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.large
SIDE = Path(__file__).parent / "both_sides.py"
ROOT = SIDE.parents[3]
KERAS = "keras_validation keras_without_validation keras_early_stopping keras_data_set".split()
OTHERS = "lightning lightning_tested lightning_early_stopping transformers least_squares logit time_series".split()
# Durations: they differ from one run of the same training to the next.
TIMES = ("_runtime", "_per_second")
# What nbtrack logs otherwise, and why; docs/capture.md tells it to people. The first three are seen by these trainings;
# the others they leave aside.
DIFFERENCES = {
    "`validation_…` of Keras": "MLflow writes all points of a training at step 0; nbtrack at the epoch they belong to.",
    "`stopped_epoch`, `restored_epoch` of Keras": "MLflow logs them for tf.keras of Keras 2 only; nbtrack for Keras 3.",
    "`kwargs` of statsmodels": "MLflow writes `<class 'inspect._empty'>` for a `**kwargs` that was given nothing.",
    "positional arguments of Keras's `fit`": "MLflow logs the default of each; nbtrack what was given.",
    "generators given to Keras": "MLflow takes the first batch out to measure it and hands on another generator; "
    "nbtrack leaves it alone and logs batch_size None.",
    "`evaluate` after `train` of transformers": "Without an active run MLflow starts another for it; nbtrack logs it "
    "with the training.",
    "CatBoost, Optuna, keras-tuner, Ray Tune, loops around torch": "MLflow has no autolog for them.",
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """By side and backend; TensorFlow is Keras's only here, which makes it tf.keras."""
    return {
        f"{name} {backend}": ask(name, backend, tmp_path_factory.mktemp(name))
        for backend in ("torch", "tensorflow")
        for name in ("nbtrack", "mlflow")
    }


def ask(name: str, backend: str, folder: Path) -> Any:
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment |= {"PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, str(SIDE), name, (folder / "mlruns").as_uri()],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def comparable(run: dict[str, Any]) -> dict[str, Any]:
    return {**run, "metrics": {key: value for key, value in run["metrics"].items() if not key.endswith(TIMES)}}


@pytest.mark.timeout(2000)
@pytest.mark.parametrize(
    ("training", "backend"),
    [*((each, "tensorflow") for each in KERAS), *((each, "torch") for each in KERAS + OTHERS)],
)
def test_a_training_logs_the_same_params_metrics_and_files_as_with_mlflow(
    training: str, backend: str, both: dict[str, Any]
) -> None:
    mine, other = (comparable(both[f"{side} {backend}"][training]) for side in ("nbtrack", "mlflow"))
    for key, points in other["metrics"].items():
        if training.startswith("keras") and key.startswith("validation_"):
            assert {step for step, _ in points} == {0}
            points[:] = [[epoch, value] for epoch, (_, value) in enumerate(points)]
    if training == "keras_early_stopping":
        assert mine["metrics"].pop("stopped_epoch") == [[0, 1]]
        assert mine["metrics"].pop("restored_epoch") == [[0, 0]]
    if "kwargs" in other["params"]:
        assert other["params"].pop("kwargs") == "<class 'inspect._empty'>"
    assert mine == other

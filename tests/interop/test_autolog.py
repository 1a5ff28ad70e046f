"""Does a fit log the same with nbtrack's autolog as with MLflow's, by name and value?

Both run the same trainings, each in its own environment. Every difference is named below, with its reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.autolog.large.test_like_mlflow import DIFFERENCES as LARGE

SIDE = Path(__file__).parent / "autolog_side.py"
ROOT = SIDE.parents[2]
TRAININGS = (
    "classifier three_classes regressor weights pipeline search random_search halving folds columns two_numbers "
    "clusters components "
    "xgboost_train xgboost_sklearn lightgbm_train lightgbm_sklearn"
).split()
# Durations: they differ from one run of the same training to the next.
TIMES = {"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"}
# What nbtrack logs otherwise, and why, by the words of docs/capture.md. These trainings see the first three, the others
# they leave aside.
DIFFERENCES = {
    "early stopping of XGBoost": "Both repeat the best round behind the last one. MLflow writes it from a second "
    "thread and loses it in some runs; nbtrack never does.",
    "halving searches": "To MLflow they are estimators like others: params of what they search as estimator__…, no "
    "best_… and no children; nbtrack logs them as it does every search.",
    "`cross_val_score`, `cross_validate`": "MLflow writes the metrics of each fold's fit into one run, over each "
    "other; nbtrack logs the scores that were asked for.",
    "functions that fit or score to answer a question": "To MLflow the inner fits of RFE or learning_curve and the "
    "scores of permutation_importance are the person's.",
    "metrics computed after the fit": "MLflow misses `from sklearn.metrics import …` before autolog() and calls "
    "data that a function takes from outside unknown_dataset; nbtrack sees and names both.",
    "candidates of a search": "MLflow makes 5 children at most; nbtrack makes one per candidate.",
    "`cv` of XGBoost and LightGBM": "MLflow logs nothing of it; nbtrack the means and deviations of each round.",
    "early stopping by a callback of XGBoost, or of a training that goes on from another": "MLflow looks for the "
    "argument early_stopping_rounds alone, and for the best round by its place among those of this training.",
    "random forests of XGBoost": "MLflow watches none.",
    "estimators of other packages and of the notebook": "MLflow watches scikit-learn's own; nbtrack every one.",
    "a second fit in a run": "MLflow mixes both in one run; nbtrack gives each a child.",
    "pictures, `estimator.html`, `metric_info.json`, checkpoints, data sets": "Drawing takes longer than a small fit, "
    "and so does a copy of the data.",
    "models": "MLflow infers a signature, which takes a prediction; nbtrack keeps models of fits without one.",
    "names of metrics and params that no store takes": "MLflow changes `@` alone, and loses the batch of any other.",
    "which way a metric is better": "MLflow keeps no directions.",
}


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


def without_repeated_round(run: dict[str, Any], *, certain: bool) -> None:
    """Take away what DIFFERENCES says of early stopping, and see that it is what it says."""
    best, last = (int(run["metrics"][f"{which}_iteration"][0][1]) for which in ("best", "stopped"))
    for key, points in run["metrics"].items():
        points.sort()  # MLflow writes its last batches from several threads
        if key.endswith("-logloss") and (certain or len(points) == last + 2):
            assert points.pop() == [last + 1, points[best][1]]


def without_what_a_search_has(mine: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Take away what DIFFERENCES says of halving searches, and see that it is what it says."""
    assert mine["params"].pop("best_C") == "1.0"
    assert mine["metrics"].pop("best_cv_score")
    inner = [key for key in other["params"] if key.startswith("estimator__")]
    assert [other["params"].pop(key) for key in inner]
    return mine


def without_what_folds_have(mine: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Take away what DIFFERENCES says of cross-validations, and see that it is what it says."""
    assert [mine["params"].pop(key) for key in ("cv", "scoring")] == ["2", "None"]
    assert mine["metrics"].keys() - TIMES == {"test_score", "mean_test_score", "std_test_score"}
    assert len(other["metrics"].pop("training_score")) == 2
    other["metrics"] = mine["metrics"]
    return mine


def test_the_list_of_differences_for_people_is_the_one_here() -> None:
    text = (ROOT / "docs" / "capture.md").read_text().partition("logs something else\n")[2].partition("\n\nWhere")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in text.splitlines() if line.startswith("| ")]
    assert set(rows[1:]) == DIFFERENCES.keys() | LARGE.keys()


@pytest.mark.parametrize("training", TRAININGS)
def test_a_training_logs_the_same_params_metrics_and_tags_as_with_mlflow(training: str, both: dict[str, Any]) -> None:
    ours, theirs = (both[side][training] for side in ("nbtrack", "mlflow"))
    if training == "halving":
        assert (len(ours), len(theirs)) == (3, 1)
        ours = [without_what_a_search_has(*ours[:1], *theirs)]
    assert len(ours) == len(theirs)
    if training == "folds":
        ours = [without_what_folds_have(*ours, *theirs)]
    if training == "xgboost_train":
        without_repeated_round(ours[0], certain=True)
        without_repeated_round(theirs[0], certain=False)
    for mine, other in zip(comparable(ours), comparable(theirs), strict=True):
        assert mine == other

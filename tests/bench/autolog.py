"""What does it cost that fits log themselves? One side of `make bench`, on MLflow and on nbtrack.

    python autolog.py mlflow|nbtrack STORE

Prints one JSON object of seconds: what enabling takes beyond importing the libraries, and what logging adds to a small
fit and to a boosting round, each as the median of several, less the same without autolog.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import xgboost
from sklearn.linear_model import LogisticRegression

ROUNDS = 200
TIMES = 7


def median(task: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(TIMES):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main(name: str, store: str) -> None:
    generator = np.random.default_rng(0)
    features = generator.normal(size=(50, 2))
    classes = (features[:, 0] > 0).astype(int)
    matrix = xgboost.DMatrix(features, classes)
    params = {"objective": "binary:logistic", "nthread": 1, "max_depth": 1}

    def fit() -> None:
        LogisticRegression().fit(features, classes)

    def boost() -> None:
        xgboost.train(params, matrix, ROUNDS, evals=[(matrix, "train")], verbose_eval=False)

    def nothing() -> None:
        xgboost.train(params, matrix, 1, evals=[(matrix, "train")], verbose_eval=False)

    bare = [median(task) for task in (fit, boost, nothing)]
    tracker = importlib.import_module(name)
    tracker.set_tracking_uri(store)
    start = time.perf_counter()
    for library in ("sklearn", "xgboost"):
        part = importlib.import_module(f"mlflow.{library}") if name == "mlflow" else getattr(tracker, library)
        part.autolog(log_models=False, silent=True)
    enabled = time.perf_counter() - start
    fit()  # the first one imports more; a session pays that once
    logged = [median(task) for task in (fit, boost, nothing)]
    rounds = (logged[1] - logged[2]) - (bare[1] - bare[2])
    seconds = {"autolog_on": enabled, "autolog_fit": logged[0] - bare[0], "autolog_round": rounds / (ROUNDS - 1)}
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2])

"""What does it cost that fits log themselves? One side of it, on MLflow and on nbtrack.

    python -m tests.bench.autolog mlflow|nbtrack STORE

Prints one JSON object, by task and clock the least and the median: what enabling takes beyond importing the libraries,
and what logging adds to a small fit and to a boosting round.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings

import numpy as np
import xgboost
from sklearn.linear_model import LogisticRegression

from tests.bench.marks import Mark, Turns, added, extend, mark, taken, turns

ROUNDS = 500
TOGETHER = 100  # rounds: MLflow writes them in batches
FITS = 15
TIMES = 3


def main(name: str, store: str) -> None:
    generator = np.random.default_rng(0)
    features = generator.normal(size=(50, 2))
    classes = (features[:, 0] > 0).astype(int)
    matrix = xgboost.DMatrix(features, classes)
    params = {"objective": "binary:logistic", "nthread": 1, "max_depth": 1}
    marks: list[Mark] = []

    class Look(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def before_iteration(self, model: object, epoch: int, evals_log: object) -> bool:
            marks.append(mark())
            return False

    def fit() -> None:
        LogisticRegression().fit(features, classes)

    def boost() -> list[Mark]:
        marks.clear()
        xgboost.train(params, matrix, ROUNDS, evals=[(matrix, "train")], verbose_eval=False, callbacks=[Look()])
        return list(marks)

    fit(), boost()
    tracker = importlib.import_module(name)
    tracker.set_tracking_uri(store)

    def enable(on: bool = True) -> None:
        for library in ("sklearn", "xgboost"):
            part = importlib.import_module(f"mlflow.{library}") if name == "mlflow" else getattr(tracker, library)
            part.autolog(disable=not on, log_models=False, silent=True)

    enabled = taken(enable, 1)
    fit(), boost()  # the first one imports more; a session pays that once
    bare: dict[str, Turns] = {}
    logged: dict[str, Turns] = {}
    for on in (False, True) * TIMES:  # in turn, so that a busy moment meets both
        enable(on)
        times = FITS if name == "nbtrack" or not on else 2
        extend(logged if on else bare, {"fit": taken(fit, times), "round": turns(boost(), TOGETHER)})
    costs = {task: added(logged[task], bare[task]) for task in bare}
    costs["enable"] = {clock: [*seconds, *seconds] for clock, seconds in enabled.items()}
    print(json.dumps({"costs": costs}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2])

"""What does one library's autolog log of these trainings? Run once with MLflow and once with nbtrack.

    python autolog_side.py mlflow|nbtrack STORE

Prints one JSON object: by training, the params, the metrics' histories and the tags that autolog writes.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import xgboost
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
generator = np.random.default_rng(0)
X = generator.normal(size=(120, 4))
y = (X[:, 0] + 0.5 * X[:, 1] > 0).astype(int)
three = y + (X[:, 2] > 0.5)
number = X @ np.array([1.0, 2.0, 0.0, -1.0])
X_test, y_test = X[80:], y[80:]
XGB = {"objective": "binary:logistic", "nthread": 1, "max_depth": 2}
LGB = {"objective": "binary", "num_threads": 1, "verbose": -1, "num_leaves": 4}


def classifier() -> None:
    here = X_test  # MLflow names data by local variables only
    model = LogisticRegression(C=0.3).fit(X, y)
    predictions = model.predict(here)
    metrics.accuracy_score(y_test, predictions)
    metrics.accuracy_score(y_test, predictions)
    model.score(here, y_test)


def three_classes() -> None:
    RandomForestClassifier(3, random_state=0).fit(X, three)


def regressor() -> None:
    here = X
    model = LinearRegression().fit(here, number)
    metrics.mean_squared_error(number, model.predict(here))


def weights() -> None:
    LogisticRegression().fit(X, y, sample_weight=np.linspace(0.1, 1, len(y)))


def pipeline() -> None:
    make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)


def search() -> None:
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, cv=2).fit(X, y)


def random_search() -> None:
    choices = {"C": [0.1, 1.0, 10.0, 100.0]}
    RandomizedSearchCV(LogisticRegression(), choices, n_iter=3, cv=2, random_state=0).fit(X, y)


def halving() -> None:
    few = {"C": [0.1, 1.0]}  # without a seed, which 60 rows it begins with, and so which wins, is drawn anew each time
    HalvingGridSearchCV(LogisticRegression(), few, cv=2, min_resources=60, random_state=0).fit(X, y)


def folds() -> None:
    cross_val_score(LogisticRegression(), X, y, cv=2)


def columns() -> None:
    scaled = ColumnTransformer([("few", StandardScaler(), [0, 1])], remainder="passthrough")
    make_pipeline(scaled, Ridge(alpha=0.5)).fit(X, number)


def two_numbers() -> None:
    LinearRegression().fit(X, np.column_stack([number, -number]))


def clusters() -> None:
    KMeans(3, n_init=1, random_state=0).fit(X)


def components() -> None:
    PCA(2, random_state=0).fit_transform(X)


def xgboost_train() -> None:
    train, valid = xgboost.DMatrix(X[:80], y[:80]), xgboost.DMatrix(X_test, y_test)
    evals = [(train, "train"), (valid, "valid")]
    xgboost.train(XGB, train, 30, evals=evals, early_stopping_rounds=2, verbose_eval=False)


def xgboost_sklearn() -> None:
    model = xgboost.XGBClassifier(n_estimators=4, n_jobs=1)
    model.fit(X, y, eval_set=[(X_test, y_test)], verbose=False)
    here = X_test
    model.score(here, y_test)


def lightgbm_train() -> None:
    train = lightgbm.Dataset(X[:80], y[:80])
    valid = train.create_valid(X_test, y_test)
    stop = [lightgbm.early_stopping(2, verbose=False)]
    lightgbm.train(LGB, train, 30, valid_sets=[valid], valid_names=["valid"], callbacks=stop)


def lightgbm_sklearn() -> None:
    model = lightgbm.LGBMRegressor(n_estimators=4, n_jobs=1, verbose=-1)
    model.fit(X, number, eval_X=X_test, eval_y=number[80:])
    here = X_test
    model.score(here, number[80:])


TRAININGS: list[Callable[[], None]] = [
    classifier, three_classes, regressor, weights, pipeline, search, random_search, halving, folds, columns,
    two_numbers, clusters, components,
    xgboost_train, xgboost_sklearn, lightgbm_train, lightgbm_sklearn,
]  # fmt: skip


def told(client: Any, run: Any) -> dict[str, Any]:
    points = {
        key: [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, key)]
        for key in run.data.metrics
    }
    tags = {key: value for key, value in run.data.tags.items() if key.startswith("estimator_")}
    return {"params": dict(run.data.params), "metrics": points, "tags": tags, "status": run.info.status}


def main(name: str, store: str) -> None:
    tracker = importlib.import_module(name)
    tracker.set_tracking_uri(store)
    for library in ("sklearn", "xgboost", "lightgbm"):
        importlib.import_module(f"{name}.{library}") if name == "mlflow" else None
        getattr(tracker, library).autolog(log_models=False, log_datasets=False, silent=True)
    client, found = tracker.MlflowClient(), {}
    for training in TRAININGS:
        with tracker.start_run() as parent:
            training()
        run = client.get_run(parent.info.run_id)
        inside = f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
        below = client.search_runs([run.info.experiment_id], inside)
        found[training.__name__] = [told(client, run), *(told(client, each) for each in below)]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

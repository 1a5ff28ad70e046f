from __future__ import annotations

import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nbtrack
from nbtrack.autolog import told
from nbtrack.errors import NbtrackWarning
from nbtrack.stores import Store
from tests.autolog.found import children, only_run, runs

pytestmark = pytest.mark.usefixtures("store")
Data = tuple[Any, Any]


def test_a_fit_is_a_run_with_its_params_and_training_metrics(data: Data) -> None:
    nbtrack.autolog()
    LogisticRegression(C=0.5).fit(*data)
    run = only_run()
    assert run.info.status == "FINISHED"
    assert run.data.params["C"] == "0.5"
    assert run.data.tags["estimator_class"] == "sklearn.linear_model._logistic.LogisticRegression"
    assert set(run.data.metrics) == {
        f"training_{name}"
        for name in "precision_score recall_score f1_score accuracy_score log_loss roc_auc score".split()
    }


def test_a_pipeline_is_one_run_and_preparing_data_is_none(data: Data) -> None:
    nbtrack.autolog()
    StandardScaler().fit_transform(data[0])
    make_pipeline(StandardScaler(), LogisticRegression(C=3)).fit(*data)
    assert only_run().data.params["logisticregression__C"] == "3"


def test_labels_are_not_needed(data: Data) -> None:
    nbtrack.autolog()
    labels = KMeans(2, n_init=1).fit_predict(data[0])
    assert len(labels) == len(data[0])
    assert only_run().data.metrics == {}


def test_the_first_fit_of_a_run_is_that_run_and_a_second_makes_both_its_children(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as parent:
        LogisticRegression(C=1).fit(*data)
        assert len(runs()) == 1
        LogisticRegression(C=2).fit(*data)
    found = children(parent)
    assert [run.data.params["C"] for run in found] == ["1", "2"]
    assert all("training_score" in run.data.metrics for run in found)
    summary = nbtrack.get_run(parent.info.run_id).data.tags["nbtrack.autologging"]
    assert summary == "2 fits of scikit-learn, each a child run"


def test_a_search_that_becomes_a_child_takes_its_candidates_with_it(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as parent:
        GridSearchCV(LogisticRegression(), {"C": [1.0, 2.0]}, cv=2).fit(*data)
        assert len(children(parent)) == 2
        LogisticRegression(C=3.0).fit(*data)
    search, fit = children(parent)
    assert [run.data.params["C"] for run in children(search)] == ["1.0", "2.0"]
    assert search.data.tags["nbtrack.best"] in {run.info.run_id for run in children(search)}
    assert fit.data.params["C"] == "3.0"


def test_scores_and_metrics_after_the_fit_go_to_its_run_under_mlflows_names(data: Data) -> None:
    nbtrack.autolog()
    X_test, y_test = data
    first = LogisticRegression(C=1).fit(*data)
    second = LogisticRegression(C=0.001).fit(*data)
    predictions = first.predict(X_test)
    value = accuracy_score(y_test, predictions)
    accuracy_score(y_test, predictions)
    accuracy_score(y_test, y_test)  # of no model
    second.score(X_test, y_test)
    metrics = [run.data.metrics for run in runs()]
    assert metrics[0]["accuracy_score_X_test"] == metrics[0]["accuracy_score-2_X_test"] == value
    assert "LogisticRegression_score_X_test" in metrics[1]
    assert [key for key in metrics[0] if not key.startswith("training_")] == [
        key for key in metrics[0] if key.startswith("accuracy_score")
    ]


@pytest.mark.parametrize(
    "search",
    [
        lambda **options: GridSearchCV(LogisticRegression(), {"C": [0.01, 0.1, 1, 10, 100, 1000]}, cv=2, **options),
        lambda **options: RandomizedSearchCV(
            LogisticRegression(), {"C": [0.1, 1, 10]}, n_iter=2, random_state=0, cv=2, **options
        ),
        lambda **options: HalvingGridSearchCV(LogisticRegression(), {"C": [0.1, 1, 10]}, cv=2, **options),
    ],
)
def test_every_candidate_of_every_search_is_a_child_and_the_best_is_marked(search: Any, data: Data) -> None:
    nbtrack.autolog()
    fitted = search(n_jobs=2).fit(*data)
    (parent,) = [run for run in runs() if "best_cv_score" in run.data.metrics]
    found = children(parent)
    assert len(found) == len(fitted.cv_results_["params"])
    assert len(runs()) == len(found) + 1
    (best,) = [run for run in found if run.data.tags.get("nbtrack.best")]
    assert parent.data.tags["nbtrack.best"] == best.info.run_id
    assert parent.data.params["best_C"] == best.data.params["C"] == str(fitted.best_params_["C"])
    assert best.data.metrics["mean_test_score"] == fitted.best_score_
    assert all(parent.info.start_time <= run.info.start_time <= run.info.end_time for run in found)


@pytest.mark.parametrize("halving", [False, True])
def test_candidates_tried_one_after_the_other_are_runs_as_soon_as_each_has_been_tried(
    data: Data, halving: bool
) -> None:
    nbtrack.autolog()
    seen: list[int] = []

    def score(model: Any, X: Any, y: Any) -> float:
        seen.append(len(runs()))
        return float(model.score(X, y))

    kind = HalvingGridSearchCV if halving else GridSearchCV
    fitted = kind(LogisticRegression(), {"C": [0.01, 1.0, 100.0]}, cv=2, scoring=score).fit(*data)
    assert list(dict.fromkeys(seen))[:3] == [1, 2, 3]
    found = children(runs()[0])
    assert len(found) == len(fitted.cv_results_["params"])
    for run, index in zip(found, range(len(found)), strict=True):
        assert run.data.params["C"] == str(fitted.cv_results_["params"][index]["C"])
        assert run.data.metrics["mean_test_score"] == fitted.cv_results_["mean_test_score"][index]
        assert run.data.metrics["rank_test_score"] == fitted.cv_results_["rank_test_score"][index]
    (best,) = [run for run in found if run.data.tags.get("nbtrack.best")]
    assert best.data.params["C"] == str(fitted.best_params_["C"])


def test_a_search_that_is_broken_off_keeps_the_candidates_it_has_tried(data: Data) -> None:
    nbtrack.autolog()
    scored = []

    def score(model: Any, X: Any, y: Any) -> float:
        scored.append(model)
        if len(scored) == 5:
            raise KeyboardInterrupt
        return 1.0

    with pytest.raises(KeyboardInterrupt):
        GridSearchCV(LogisticRegression(), {"C": [0.01, 1.0, 100.0]}, cv=2, scoring=score).fit(*data)
    parent, *found = runs()
    assert parent.info.status == "KILLED"
    assert [(run.data.params["C"], run.info.status) for run in found] == [("0.01", "FINISHED"), ("1.0", "FINISHED")]


def test_fits_in_the_threads_of_an_ensemble_are_no_runs_of_their_own(data: Data) -> None:
    nbtrack.autolog()
    from sklearn.ensemble import BaggingClassifier
    from sklearn.multiclass import OneVsRestClassifier

    RandomForestClassifier(4, n_jobs=2).fit(*data)
    import joblib

    with joblib.parallel_backend("threading", n_jobs=2):
        OneVsRestClassifier(LogisticRegression(), n_jobs=2).fit(data[0], data[1] + (data[0][:, 2] > 1))
        BaggingClassifier(LogisticRegression(), 4, n_jobs=2).fit(*data)
    assert len(runs()) == 3


def test_the_persons_exception_is_theirs_and_the_run_failed(data: Data) -> None:
    nbtrack.autolog()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        LogisticRegression().fit(data[0], data[1][:5])
    assert only_run().info.status == "FAILED"


def test_a_store_that_cannot_be_written_costs_one_warning_and_no_fit(
    store: Store, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbtrack.autolog()
    monkeypatch.setattr(type(store), "create_run", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.warns(NbtrackWarning, match="disk full") as warned:
        models = [LogisticRegression().fit(*data) for _ in range(2)]
    assert len(warned) == 1
    assert all(hasattr(model, "coef_") for model in models)


def test_where_params_cannot_be_written_the_rest_is_and_no_run_stays_open(
    store: Store, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbtrack.autolog()
    plain = type(store).log_batch

    def log_batch(self: Any, run_id: str, metrics: Any = (), params: Any = (), tags: Any = ()) -> None:
        if params:
            raise OSError("disk full")
        plain(self, run_id, metrics, params, tags)

    monkeypatch.setattr(type(store), "log_batch", log_batch)
    with pytest.warns(NbtrackWarning, match="disk full"):
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(*data)
    assert {run.info.status for run in runs()} == {"FINISHED"}
    assert "training_score" in runs()[0].data.metrics


def test_disabling_puts_every_function_back(data: Data) -> None:
    before = LogisticRegression.fit, accuracy_score, LinearRegression.score
    nbtrack.autolog()
    nbtrack.autolog()
    assert LogisticRegression.fit is not before[0]
    assert accuracy_score is not before[1]
    assert pickle.loads(pickle.dumps(LogisticRegression().fit)) is not None
    nbtrack.autolog(disable=True)
    assert before == (LogisticRegression.fit, accuracy_score, LinearRegression.score)
    LogisticRegression().fit(*data)
    assert runs() == []


@pytest.mark.parametrize(
    ("counts", "tried", "said"),
    [
        ({("optuna", "study"): 1}, {"trial": 40}, "1 study of Optuna with 40 trials, each a child run"),
        ({("sklearn", "fit"): 2, ("xgboost", "fit"): 1}, {}, "2 fits of scikit-learn and 1 fit of XGBoost"),
        (
            {("sklearn", "fit"): 1, ("keras", "fit"): 1, ("sklearn", "search"): 2},
            {"candidate": 1200},
            "1 fit and 2 searches of scikit-learn and 1 fit of Keras with 1,200 candidates, each a child run",
        ),
    ],
)
def test_what_was_logged_is_said_as_a_person_would(
    counts: dict[tuple[str, str], int], tried: dict[str, int], said: str
) -> None:
    assert told.sentence(counts, tried=tried) == said


def test_one_library_can_be_had_alone(data: Data) -> None:
    nbtrack.xgboost.autolog()
    LogisticRegression().fit(*data)
    assert runs() == []
    nbtrack.sklearn.autolog()
    LogisticRegression().fit(*data)
    assert len(runs()) == 1


def test_what_mlflow_takes_is_taken_and_what_cannot_be_kept_is_refused_plainly() -> None:
    nbtrack.sklearn.autolog(log_datasets=False, silent=True)
    with pytest.raises(TypeError, match="bogus"):
        nbtrack.autolog(bogus=1)
    with pytest.raises(ValueError, match="Models of optuna are not kept"):
        nbtrack.optuna.autolog(log_models=True)


class Constant(ClassifierMixin, BaseEstimator):
    """A person's own estimator, of a module that is imported."""

    def __init__(self, answer: int = 1) -> None:
        self.answer = answer

    def fit(self, X: Any, y: Any) -> Constant:
        self.classes_ = np.unique(y)
        return self

    def predict(self, X: Any) -> Any:
        return np.full(len(X), self.answer)


def test_a_persons_own_estimator_is_logged_like_any_other(data: Data) -> None:
    nbtrack.autolog()
    Constant(answer=0).fit(*data)
    run = only_run()
    assert run.data.params == {"answer": "0"}
    assert run.data.metrics["training_accuracy_score"] == pytest.approx(np.mean(data[1] == 0))


def test_training_metrics_warn_about_nothing(data: Data) -> None:
    nbtrack.autolog()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Constant(answer=7).fit(*data)
    assert "training_precision_score" in only_run().data.metrics


LATER = """
import nbtrack
nbtrack.autolog()
import sys
assert not {"sklearn", "xgboost", "pandas"} & set(sys.modules)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
X = [[0.0], [1.0], [2.0], [3.0]]; y = [0, 0, 1, 1]
model = LogisticRegression().fit(X, y)
f1_score(y, model.predict(X))
print(sorted(nbtrack.last_run.data.metrics))
class Mine(LogisticRegression):
    def fit(self, X, y):
        return super().fit(X, y)
from sklearn.model_selection import GridSearchCV
print(GridSearchCV(Mine(), {"C": [1, 2]}, cv=2, n_jobs=2).fit(X, y).best_params_)
"""


def test_a_library_imported_later_is_watched_and_a_class_of_the_notebook_travels_to_other_processes() -> None:
    here = {**os.environ, "PYTHONPATH": str(Path(nbtrack.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-W", "error", "-c", LATER], capture_output=True, text=True, env=here)
    assert done.returncode == 0, done.stderr
    assert "'f1_score_X'" in done.stdout
    assert "{'C': 1}" in done.stdout

"""Of what the person made and gave, autolog alters nothing."""

from __future__ import annotations

import pickle
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
import sklearn
import xgboost
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.decomposition import PCA
from sklearn.feature_selection import RFECV
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, learning_curve
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

import nbtrack
from tests.autolog.found import children, history, only_run, runs

pytestmark = pytest.mark.usefixtures("store")
Data = tuple[Any, Any]


class Looking(ClassifierMixin, BaseEstimator):
    """Keeps what its `fit` was handed."""

    def __init__(self, parts: Any = None) -> None:
        self.parts = parts

    def fit(self, X: Any, y: Any, **given: Any) -> Looking:
        self.handed_ = (X, y, given)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X: Any) -> Any:
        return np.full(len(X), self.classes_[0])


class Above(LogisticRegression):
    """A person's class that calls what it is derived from."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        self.before_ = len(X)
        return super().fit(X, y, sample_weight)


def test_arguments_arrive_as_they_were_given_and_params_and_settings_stay(data: Data) -> None:
    nbtrack.autolog()
    X, y = data
    parts, weights, settings = [1, 2], np.ones(len(y)), sklearn.get_config()
    model = Looking(parts)
    assert model.fit(X, y=y, weights=weights) is model
    assert model.handed_[0] is X
    assert model.handed_[1] is y
    assert model.handed_[2] == {"weights": weights} or model.handed_[2]["weights"] is weights
    assert model.get_params() == {"parts": parts}
    assert model.get_params()["parts"] is parts
    assert sklearn.get_config() == settings
    assert clone(model).get_params() == {"parts": parts}
    assert not hasattr(clone(model), "handed_")


def test_what_is_pickled_is_the_same_with_and_without_autolog(data: Data) -> None:
    plain = pickle.dumps(make_pipeline(StandardScaler(), LogisticRegression()).fit(*data))
    nbtrack.autolog()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(*data)
    assert pickle.dumps(model) == plain
    assert b"nbtrack" not in pickle.dumps(model.fit)


def test_a_class_that_calls_the_one_it_is_derived_from_is_one_fit(data: Data) -> None:
    nbtrack.autolog()
    Above(C=0.5).fit(*data)
    assert only_run().data.tags["estimator_name"] == "Above"
    clone(Above(C=0.25)).fit(*data)
    assert [run.data.params["C"] for run in runs()] == ["0.5", "0.25"]


def test_cross_validation_and_searches_in_searches_are_the_persons_call_and_not_their_fits(data: Data) -> None:
    nbtrack.autolog()
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2)
    outer = GridSearchCV(search, {"cv": [2, 3]}, cv=2).fit(*data)
    (parent,) = [run for run in runs() if "best_cv_score" in run.data.metrics]
    assert len(children(parent)) == len(outer.cv_results_["params"])
    assert len(runs()) == 3


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_a_cross_validation_is_one_run_with_the_score_of_each_fold_and_returns_what_it_did(
    data: Data, n_jobs: int | None
) -> None:
    bare = cross_val_score(LogisticRegression(C=0.5), *data, cv=3)
    nbtrack.autolog()
    assert cross_val_score(LogisticRegression(C=0.5), *data, cv=3, n_jobs=n_jobs).tolist() == bare.tolist()
    run = only_run()
    assert history(run, "test_score") == list(enumerate(bare))
    assert run.data.metrics["mean_test_score"] == pytest.approx(bare.mean())
    assert (run.data.params["C"], run.data.params["cv"]) == ("0.5", "3")


def test_what_scikit_learn_fits_and_scores_to_answer_a_question_is_not_the_persons(data: Data) -> None:
    nbtrack.autolog()
    model = LogisticRegression().fit(*data)
    permutation_importance(model, *data, n_repeats=2)
    learning_curve(LogisticRegression(), *data, cv=2)
    RFECV(LogisticRegression(), cv=2).fit(*data)
    FeatureUnion([("parts", PCA())]).fit_transform(data[0])
    assert {key.partition("_")[0] for key in only_run().data.metrics} == {"training"}


def test_fits_in_threads_are_a_run_each(data: Data) -> None:
    nbtrack.autolog()
    failed: list[BaseException] = []

    def fit(strength: float) -> None:
        try:
            for _ in range(3):
                LogisticRegression(C=strength).fit(*data)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=fit, args=(strength,)) for strength in (0.1, 1.0, 10.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(run.data.params["C"] for run in runs()) == ["0.1"] * 3 + ["1.0"] * 3 + ["10.0"] * 3


def test_fits_in_threads_of_one_run_are_children_of_it(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as parent:
        threads = [
            threading.Thread(target=LogisticRegression(C=strength).fit, args=data) for strength in (0.1, 1.0, 10.0)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(run.data.params["C"] for run in children(parent)) == ["0.1", "1.0", "10.0"]
    assert {run.info.status for run in runs()} == {"FINISHED"}


def fit_far(strength: float) -> float:
    X = np.arange(12.0).reshape(-1, 1)
    return float(LogisticRegression(C=strength).fit(X, X[:, 0] > 5).coef_[0, 0])


def test_fits_in_processes_of_the_persons_run_and_log_nothing_into_the_parents_run(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as run:
        with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
            far = list(pool.map(fit_far, [0.1, 1.0]))
        assert far[0] < far[1]
        LogisticRegression().fit(*data)
    assert len(runs()) == 1
    assert nbtrack.get_run(run.info.run_id).data.params["C"] == "1.0"


def test_lists_of_callbacks_and_dicts_of_results_stay_the_persons(data: Data) -> None:
    nbtrack.autolog()
    matrix = xgboost.DMatrix(*data)
    mine: list[Any] = [xgboost.callback.EvaluationMonitor(period=100)]
    params = {"objective": "binary:logistic", "nthread": 1}
    before, evals = dict(params), [(matrix, "train")]
    xgboost.train(params, matrix, 2, evals=evals, callbacks=mine, verbose_eval=False)
    assert (params, len(mine), evals) == (before, 1, [(matrix, "train")])
    model = xgboost.XGBClassifier(n_estimators=2, n_jobs=1, callbacks=mine).fit(*data)
    assert model.get_params()["callbacks"] is mine
    assert len(mine) == 1

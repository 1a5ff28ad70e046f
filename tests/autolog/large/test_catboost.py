from __future__ import annotations

from typing import Any

import catboost
import pytest

import nbtrack
from nbtrack.tracking.events import subscribe
from tests.autolog.found import children, history, only_run, runs

pytestmark = [pytest.mark.large, pytest.mark.usefixtures("store")]
Data = tuple[Any, Any]
QUIET = {"verbose": False, "allow_writing_files": False, "thread_count": 1}


def test_iterations_are_points_by_the_time_the_next_begins(data: Data) -> None:
    nbtrack.autolog()
    feed, seen = subscribe(), []

    class Mine:
        def after_iteration(self, info: Any) -> bool:
            seen.append(len(feed.points))
            return True

    mine = [Mine()]
    model = catboost.CatBoostClassifier(iterations=4, depth=2, eval_metric="AUC", **QUIET)
    model.fit(*data, eval_set=data, callbacks=mine)
    feed.close()
    assert len(mine) == 1
    assert seen == sorted(set(seen))
    assert len(seen) == 4
    run = only_run()
    assert history(run, "validation-Logloss") == list(enumerate(model.evals_result_["validation"]["Logloss"]))
    assert history(run, "learn-Logloss") == list(enumerate(model.evals_result_["learn"]["Logloss"]))
    assert run.data.params["depth"] == "2"
    assert run.data.params["l2_leaf_reg"] == "3"  # a default
    assert [file.path for file in nbtrack.artifacts.list_artifacts(run_id=run.info.run_id)] == [
        "feature_importance_prediction_values_change.json"
    ]


def test_a_score_goes_to_the_run_of_the_fit_and_early_stopping_is_told(data: Data) -> None:
    nbtrack.autolog()
    X_test, y_test = data
    model = catboost.CatBoostClassifier(iterations=500, learning_rate=1.0, eval_metric="AUC", **QUIET)
    model.fit(*data, eval_set=data, early_stopping_rounds=3)
    value = model.score(X_test, y_test)
    run = only_run()
    assert run.data.metrics["CatBoostClassifier_score_X_test"] == value
    assert run.data.metrics["best_iteration"] == model.best_iteration_
    assert run.data.metrics["stopped_iteration"] == model.best_iteration_ + 3
    assert run.data.params["early_stopping_rounds"] == "3"


def test_train_and_cv_are_a_run_each(data: Data) -> None:
    nbtrack.autolog()
    pool, params = catboost.Pool(*data), {"loss_function": "Logloss", "iterations": 3, **QUIET}
    catboost.train(pool=pool, params=params)
    table = catboost.cv(pool, params, fold_count=2)
    first, second = runs()
    assert len(history(first, "learn-Logloss")) == 3
    assert [value for _, value in history(second, "test-Logloss-mean")] == table["test-Logloss-mean"].to_list()


def test_two_fits_in_a_run_are_two_children_and_an_error_is_the_persons(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as parent:
        catboost.CatBoostRegressor(iterations=2, **QUIET).fit(*data)
        with pytest.raises(catboost.CatBoostError):
            catboost.CatBoostRegressor(iterations=2, depth=99, **QUIET).fit(*data)
    assert [run.info.status for run in children(parent)] == ["FINISHED", "FAILED"]

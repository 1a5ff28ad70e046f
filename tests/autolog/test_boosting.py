from __future__ import annotations

from typing import Any

import lightgbm
import pytest
import xgboost
from lightgbm import train as train_lightgbm
from xgboost import train as train_xgboost

import nbtrack
from nbtrack.capture import progress
from nbtrack.tracking.events import subscribe
from tests.autolog.found import history, only_run, runs

pytestmark = pytest.mark.usefixtures("store")
Data = tuple[Any, Any]
XGB = {"objective": "binary:logistic", "nthread": 1}
LGB = {"objective": "binary", "num_threads": 1, "verbose": -1}


def test_xgboost_rounds_are_points_of_the_run_by_the_time_the_next_round_begins(data: Data) -> None:
    nbtrack.autolog()
    matrix, feed, seen = xgboost.DMatrix(*data), subscribe(), []

    class Mine(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            seen.append(len(feed.points))
            return False

    mine = [Mine()]
    results: dict[str, Any] = {}
    train_xgboost(XGB, matrix, 5, evals=[(matrix, "train")], verbose_eval=False, callbacks=mine, evals_result=results)
    feed.close()
    assert seen == [1, 2, 3, 4, 5]
    assert len(mine) == 1
    run = only_run()
    assert history(run, "train-logloss") == list(enumerate(results["train"]["logloss"]))
    assert run.data.params["num_boost_round"] == "5"
    assert [file.path for file in nbtrack.artifacts.list_artifacts(run_id=run.info.run_id)] == [
        "feature_importance_weight.json",
        "model",
    ]


def test_lightgbm_rounds_are_points_and_the_persons_callbacks_stay_their_own(data: Data) -> None:
    nbtrack.autolog()
    train = lightgbm.Dataset(*data, free_raw_data=False)
    results: dict[str, Any] = {}
    mine = [lightgbm.record_evaluation(results), lightgbm.early_stopping(2, verbose=False)]
    booster = train_lightgbm(
        LGB, train, 30, valid_sets=[train.create_valid(*data)], valid_names=["valid"], callbacks=mine
    )
    assert len(mine) == 2
    run = only_run()
    found = history(run, "valid-binary_logloss")
    assert found[:-1] == list(enumerate(results["valid"]["binary_logloss"]))
    assert run.data.metrics["best_iteration"] == booster.best_iteration
    assert run.data.params["num_boost_round"] == "30"


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_a_training_that_goes_on_from_another_may_stop_early(library: str, data: Data) -> None:
    if library == "xgboost":
        matrix = xgboost.DMatrix(*data)
        before: Any = train_xgboost(XGB, matrix, 3)
        nbtrack.autolog()
        stop: list[Any] = [xgboost.callback.EarlyStopping(rounds=2)]
        evals = [(matrix, "train")]
        after: Any = train_xgboost(XGB, matrix, 9, evals=evals, xgb_model=before, callbacks=stop, verbose_eval=False)
    else:
        before = train_lightgbm(LGB, lightgbm.Dataset(*data), 3)
        nbtrack.autolog()
        train = lightgbm.Dataset(*data, free_raw_data=False)
        stop = [lightgbm.early_stopping(2, verbose=False)]
        after = train_lightgbm(LGB, train, 9, valid_sets=[train.create_valid(*data)], init_model=before, callbacks=stop)
    run = only_run()
    (key,) = [key for key in run.data.metrics if "loss" in key]
    steps = [step for step, _ in history(run, key)]
    assert steps == list(range(steps[0], steps[0] + 10))
    assert run.data.metrics["best_iteration"] == after.best_iteration


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_cross_validation_is_a_run_of_means_and_deviations(library: str, data: Data) -> None:
    nbtrack.autolog()
    if library == "xgboost":
        table = xgboost.cv(XGB, xgboost.DMatrix(*data), 4, nfold=2)
        expected = table["test-logloss-mean"].to_list()
        key = "test-logloss-mean"
    else:
        expected = lightgbm.cv(LGB, lightgbm.Dataset(*data), 4, nfold=2)["valid binary_logloss-mean"]
        key = "valid-binary_logloss-mean"
    assert [value for _, value in history(only_run(), key)] == expected


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_a_cross_validation_that_a_callback_stops_has_a_best_round(library: str, data: Data) -> None:
    nbtrack.autolog()
    if library == "xgboost":
        stop: Any = xgboost.callback.EarlyStopping(rounds=2)
        rounds = len(xgboost.cv(XGB, xgboost.DMatrix(*data), 60, nfold=2, callbacks=[stop]))
        best = rounds - 1
    else:
        stop = lightgbm.early_stopping(2, verbose=False)
        table = lightgbm.cv(LGB, lightgbm.Dataset(*data), 60, nfold=2, callbacks=[stop])
        best = rounds = len(table["valid binary_logloss-mean"])
    found = only_run().data.metrics
    assert rounds < 60
    assert (found["best_iteration"], found["stopped_iteration"]) == (best, best + 2)


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_the_sklearn_api_is_one_run_and_its_score_goes_there(library: str, data: Data) -> None:
    nbtrack.autolog()
    if library == "xgboost":
        model: Any = xgboost.XGBClassifier(n_estimators=4, n_jobs=1).fit(*data, eval_set=[data], verbose=False)
    else:
        model = lightgbm.LGBMClassifier(n_estimators=4, n_jobs=1, verbose=-1).fit(*data, eval_X=data[0], eval_y=data[1])
    X_test, y_test = data
    value = model.score(X_test, y_test)
    run = only_run()
    assert run.data.tags["mlflow.autologging"] == library
    assert run.data.metrics[f"{type(model).__name__}_score_X_test"] == value
    assert len([key for key in run.data.metrics if "loss" in key]) == 1


def test_a_wrong_call_says_what_the_library_says(data: Data) -> None:
    nbtrack.autolog()
    with pytest.raises(TypeError, match="bogus"):
        train_xgboost(XGB, xgboost.DMatrix(*data), bogus=1)
    assert runs() == []


def test_an_interrupted_training_keeps_its_points_and_is_killed(data: Data) -> None:
    nbtrack.autolog()

    def stop(env: Any) -> None:
        if env.iteration == 2:
            raise KeyboardInterrupt

    train = lightgbm.Dataset(*data, free_raw_data=False)
    with pytest.raises(KeyboardInterrupt):
        train_lightgbm(LGB, train, 9, valid_sets=[train], callbacks=[stop])
    run = only_run()
    assert run.info.status == "KILLED"
    assert len(history(run, "training-binary_logloss")) == 3


def test_the_run_that_a_training_is_in_knows_how_far_it_is(data: Data) -> None:
    nbtrack.autolog()
    train, seen = lightgbm.Dataset(*data, free_raw_data=False), []
    with nbtrack.start_run() as run:

        def look(env: Any) -> None:
            seen.append(progress.told(run.info.run_id))

        train_lightgbm(LGB, train, 3, valid_sets=[train], callbacks=[look])
        assert progress.told(run.info.run_id) is None
    assert seen == [(1, 3), (2, 3), (3, 3)]

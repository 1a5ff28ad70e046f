"""What a library says of a metric's direction is kept with the run, and wins over the metric's name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import lightgbm
import numpy as np
import optuna
import pytest
import xgboost
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import (
    brier_score_loss,
    make_scorer,
    max_error,
    mean_pinball_loss,
    mean_squared_error,
)
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_validate

import nbtrack
from nbtrack import figures
from nbtrack.autolog import lightning_fit
from nbtrack.autolog.keras_fit import _directions as keras_directions
from nbtrack.autolog.keras_tuner_search import _directions as tuner_directions
from nbtrack.autolog.transformers_trainer import _directions as transformers_directions
from nbtrack.entities import Run
from tests.autolog.found import children, only_run, runs

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def quiet() -> None:
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    nbtrack.autolog()


def said(run: Run) -> dict[str, str]:
    start = "nbtrack.metric."
    return {key.removeprefix(start): way for key, way in run.data.tags.items() if key.startswith(start)}


@pytest.mark.parametrize(("direction", "way"), [("minimize", "min"), ("maximize", "max")])
def test_of_a_study_with_one_objective(direction: str, way: str) -> None:
    def objective(trial: optuna.Trial) -> float:
        trial.report(1.0, 0)
        return trial.suggest_float("x", -3, 3) ** 2

    study = optuna.create_study(direction=direction, sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(objective, 5)
    parent, *trials = sorted(runs(), key=lambda run: "mlflow.parentRunId" in run.data.tags)
    assert len(trials) == 5
    for run in (parent, *trials):
        assert said(run) == {"value": way, "best_value": way, "intermediate_value": way}
    drawn = figures.optimisation_history([run.info.run_id for run in trials], "value")
    accumulate = np.minimum.accumulate if way == "min" else np.maximum.accumulate
    assert list(drawn.data[1].y) == list(accumulate([trial.value for trial in study.trials]))


def test_of_a_study_with_several_objectives() -> None:
    def objective(trial: optuna.Trial) -> tuple[float, float]:
        x = trial.suggest_float("x", 0, 1)
        return x, 1 - x

    optuna.create_study(directions=["minimize", "maximize"]).optimize(objective, 2)
    for run in runs():
        assert said(run) == {"value_0": "min", "value_1": "max"}


def test_of_lightgbm_and_of_a_metric_of_ones_own(data: tuple[Any, Any]) -> None:
    train = lightgbm.Dataset(*data)
    quiet = {"objective": "regression", "metric": ["l2", "auc"], "verbosity": -1, "num_threads": 1}
    lightgbm.train(
        quiet, train, 3, [train], ["train"], feval=lambda p, d: ("bias (abs)", float(np.abs(p).mean()), False)
    )
    assert said(only_run()) == {"train-l2": "min", "train-auc": "max", "train-bias _abs_": "min"}


def test_of_lightgbm_cross_validated(data: tuple[Any, Any]) -> None:
    lightgbm.cv({"objective": "binary", "metric": "auc", "verbosity": -1}, lightgbm.Dataset(*data), 3, nfold=2)
    assert said(only_run()) == {"valid-auc-mean": "max", "valid-auc-stdv": "none"}


def test_of_xgboost_its_own_metrics_and_what_early_stopping_was_told(data: tuple[Any, Any]) -> None:
    matrix = xgboost.DMatrix(*data)
    xgboost.train(
        {"objective": "binary:logistic", "eval_metric": ["logloss", "ndcg@3", "aucpr"]}, matrix, 3,
        evals=[(matrix, "t")], custom_metric=lambda p, d: ("gain", float(p.mean())), maximize=True,
        early_stopping_rounds=2, verbose_eval=False,
    )  # fmt: skip
    assert said(only_run()) == {"t-logloss": "min", "t-ndcg_at_3": "max", "t-aucpr": "max", "t-gain": "max"}


def test_of_xgboost_a_metric_of_ones_own_has_no_direction_where_nobody_gave_one(data: tuple[Any, Any]) -> None:
    matrix = xgboost.DMatrix(*data)
    stopping = xgboost.callback.EarlyStopping(rounds=2, metric_name="gain", maximize=False)
    for callbacks in ([], [stopping]):
        xgboost.train(
            {"objective": "count:poisson"}, matrix, 2, evals=[(matrix, "t")], callbacks=callbacks,
            custom_metric=lambda p, d: ("gain", 1.0), verbose_eval=False,
        )  # fmt: skip
    plain, stopped = runs()
    assert said(plain) == {"t-poisson-nloglik": "min"}
    assert said(stopped) == {"t-poisson-nloglik": "min", "t-gain": "min"}


def test_of_xgboost_cross_validated(data: tuple[Any, Any]) -> None:
    xgboost.cv({"objective": "binary:logistic", "eval_metric": "error@0.7"}, xgboost.DMatrix(*data), 2, nfold=2)
    assert said(only_run()) == {
        f"{part}-error_at_0.7-{kind}": way
        for part in ("train", "test")
        for kind, way in (("mean", "min"), ("std", "none"))
    }


def test_more_of_a_score_is_better_whatever_its_scorer_is_called(data: tuple[Any, Any]) -> None:
    scoring = {"loss": "neg_log_loss", "F1 (macro)": "f1_macro"}
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, scoring=scoring, refit="loss")
    search.fit(*data)
    parent = next(run for run in runs() if "nbtrack.best" in run.data.tags and "best_C" in run.data.params)
    assert said(parent)["best_cv_score"] == "max"
    assert len(children(parent)) == 2
    for child in children(parent):
        ways = said(child)
        assert {ways[key] for key in ways if key.startswith("mean_test_")} == {"max"}
        assert {ways[key] for key in ways if key.startswith("rank_test_")} == {"min"}
        assert {ways[key] for key in ways if key.startswith("std_")} == {"none"}
        assert {
            "mean_test_loss",
            "mean_test_F1 _macro_",
            "rank_test_F1 _macro_",
        } <= ways.keys() & child.data.metrics.keys()


def test_of_a_random_search_with_a_scorer_that_turns_the_sign(data: tuple[Any, Any]) -> None:
    scorer = make_scorer(mean_squared_error, greater_is_better=False)
    RandomizedSearchCV(Ridge(), {"alpha": [0.1, 1.0, 2.0]}, n_iter=2, cv=2, scoring=scorer).fit(*data)
    tried = [run for run in runs() if "mlflow.parentRunId" in run.data.tags]
    assert [said(run)["mean_test_score"] for run in tried] == ["max", "max"]


def test_of_the_scores_of_folds(data: tuple[Any, Any]) -> None:
    cross_validate(Ridge(), *data, cv=2, scoring={"error": "neg_mean_absolute_error"}, return_train_score=True)
    ways = said(only_run())
    assert [ways[key] for key in ("test_error", "train_error", "mean_test_error", "std_test_error")] == [
        "max", "max", "max", "none",
    ]  # fmt: skip


def test_of_functions_of_sklearn_metrics_what_its_scorers_say(data: tuple[Any, Any]) -> None:
    features, classes = data
    model = Ridge().fit(features, classes)
    predicted = model.predict(features)
    max_error(classes, predicted)
    brier_score_loss(classes, predicted.clip(0, 1))
    mean_pinball_loss(classes, predicted)  # no scorer knows it
    assert said(only_run())["max_error_features"] == "min"
    assert not [key for key in said(only_run()) if "pinball" in key]


def test_of_keras_its_metrics_and_the_mode_of_callbacks() -> None:
    metrics = [SimpleNamespace(name="acc", _direction="up"), SimpleNamespace(name="mine", _direction=None)]
    model = SimpleNamespace(metrics=[SimpleNamespace(name="compile", metrics=metrics)])
    assert keras_directions(model, None) == {"loss": "min", "acc": "max"}
    stopping = SimpleNamespace(monitor="val_mine", mode="max")
    assert keras_directions(model, [stopping, object()])["mine"] == "max"


def test_of_keras_tuner_of_one_objective_and_of_several() -> None:
    one = SimpleNamespace(name="val_acc", direction="max")
    other = SimpleNamespace(name="val_loss", direction="min")
    assert tuner_directions(one) == {"val_acc": "max", "score": "max", "best_value": "max"}
    both = {"val_acc": "max", "val_loss": "min", "score": "min", "best_value": "min"}
    assert tuner_directions([one, other]) == both
    assert (
        tuner_directions(SimpleNamespace(name="multi", direction="min", objectives=[one, other])).items()
        >= both.items()
    )
    assert tuner_directions(SimpleNamespace(name="default", direction=None)) == {}


def test_of_lightning_what_callbacks_monitor_and_metrics_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lightning_fit, "_early_stopping", lambda trainer: trainer.callbacks[0])
    callbacks = [SimpleNamespace(monitor="val_x", mode="max"), SimpleNamespace(monitor=None, mode="min"), object()]
    parts = [("val_mae", SimpleNamespace(higher_is_better=False)), ("layer", object())]
    module = SimpleNamespace(named_modules=lambda: parts)
    ways = lightning_fit._directions(SimpleNamespace(callbacks=callbacks), module)
    assert ways == {"val_x": "max", "best_score": "max", "val_mae": "min"}


@pytest.mark.parametrize("name", ["wer", "eval_wer"])
def test_of_transformers_the_metric_of_the_best_model(name: str) -> None:
    args = SimpleNamespace(metric_for_best_model=name, greater_is_better=False)
    assert transformers_directions(args) == {"eval_wer": "min"}
    assert transformers_directions(SimpleNamespace(metric_for_best_model=None, greater_is_better=None)) == {}


def test_a_direction_goes_with_the_first_fit_to_a_run_of_its_own(data: tuple[Any, Any]) -> None:
    train = lightgbm.Dataset(*data, free_raw_data=False)
    with nbtrack.start_run() as run:
        for _ in range(2):
            lightgbm.train({"objective": "regression", "verbosity": -1}, train, 2, [train], ["t"])
    parent = nbtrack.get_run(run.info.run_id)
    assert [said(child) for child in children(parent)] == [{"t-l2": "min"}] * 2


def test_of_lightgbms_r2_more_is_better_although_lightgbm_says_less() -> None:
    x = np.arange(60.0).reshape(-1, 1)
    data = lightgbm.Dataset(x, x[:, 0])
    lightgbm.train({"objective": "regression", "metric": ["r2", "l2"], "verbosity": -1}, data, 2, valid_sets=[data])
    assert {key: way for key, way in said(only_run()).items() if key in ("training-r2", "training-l2")} == {
        "training-r2": "max",
        "training-l2": "min",
    }

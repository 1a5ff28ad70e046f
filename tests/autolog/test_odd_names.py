"""A name that no store takes is changed by one rule, its original is kept, and no other value goes with it."""

from __future__ import annotations

from typing import Any

import lightgbm
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline

import nbtrack
from nbtrack.autolog.recording import new_recording
from nbtrack.stores.storable_names import original_names
from tests.autolog.found import children, history, only_run, runs

pytestmark = pytest.mark.usefixtures("store")


def test_of_a_scorer_while_a_search_and_a_cross_validation_go_on(data: tuple[Any, Any]) -> None:
    nbtrack.autolog()
    scoring = {"F1 (macro)": "f1_macro", "acc": "accuracy", "100%": "accuracy"}
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, scoring=scoring, refit="acc").fit(*data)
    cross_validate(LogisticRegression(), *data, cv=2, scoring=scoring)
    folds = next(run for run in runs() if "cv" in run.data.params and "mean_test_acc" in run.data.metrics)
    for run in (folds, *(run for run in runs() if "mlflow.parentRunId" in run.data.tags)):
        assert {"mean_test_acc", "mean_test_F1 _macro_", "mean_test_100_"} <= run.data.metrics.keys()
        assert original_names(run.data.tags)["metrics"]["mean_test_F1 _macro_"] == "mean_test_F1 (macro)"
    assert [step for step, _ in history(folds, "test_F1 _macro_")] == [0, 1]


def test_of_a_metric_of_ones_own_round_by_round(data: tuple[Any, Any]) -> None:
    nbtrack.autolog()
    train = lightgbm.Dataset(*data)
    lightgbm.train(
        {"objective": "lambdarank", "verbosity": -1, "metric": "l2"}, lightgbm.Dataset(*data, group=[40, 40]), 2,
        [train], ["t"], feval=lambda p, d: [("bias (abs)", 1.0, False), ("top@3", 2.0, True)],
    )  # fmt: skip
    run = only_run()
    assert {"t-l2", "t-bias _abs_", "t-top_at_3"} <= run.data.metrics.keys()
    assert original_names(run.data.tags)["metrics"] == {"t-bias _abs_": "t-bias (abs)", "t-top_at_3": "t-top@3"}


def test_of_the_steps_of_a_pipeline(data: tuple[Any, Any]) -> None:
    nbtrack.autolog()
    Pipeline([("clf (l2)", LogisticRegression())]).fit(*data)
    params = only_run().data.params
    assert params["clf _l2___C"] == "1.0"
    assert "verbose" in params


def test_a_run_that_has_the_name_as_a_folder_takes_the_metric_under_another(data: tuple[Any, Any]) -> None:
    with nbtrack.start_run() as run:
        nbtrack.log_metrics({"loss/train": 0.5, "acc": 0.25})
        nbtrack.log_param("size/x", 1)
        fit = new_recording("sklearn")
        fit.point("loss", 0.125, 0)
        fit.metrics({"acc/test": 0.75, "other": 3.0})
        fit.params({"size": 10, "depth": 2})
        fit.end()
    data_of = nbtrack.get_run(run.info.run_id).data
    assert data_of.metrics == {"loss/train": 0.5, "acc": 0.25, "loss_": 0.125, "acc_/test": 0.75, "other": 3.0}
    assert data_of.params.items() >= {"size/x": "1", "size_": "10", "depth": "2"}.items()
    assert original_names(data_of.tags) == {
        "metrics": {"loss_": "loss", "acc_/test": "acc/test"}, "params": {"size_": "size"},
    }  # fmt: skip


def test_a_value_that_is_no_number_takes_no_other_with_it() -> None:
    fit = new_recording("sklearn")
    with pytest.warns(match="'worst' of a fit was left out: \\[1, 2\\] is not a number"):
        fit.metrics({"worst": [1, 2], "best": 1.0})
    fit.params({"text": "half \ud800", "depth": 3})
    fit.end()
    assert only_run().data.metrics == {"best": 1.0}
    assert only_run().data.params == {"text": "half ?", "depth": "3"}


def test_names_go_with_the_first_fit_to_a_run_of_its_own(data: tuple[Any, Any]) -> None:
    with nbtrack.start_run() as run:
        first, second = new_recording("sklearn"), None
        first.metrics({"a#b": 1.0, "a_b": 2.0})
        first.params({"p@1": 1})
        second = new_recording("sklearn")
        first.metrics({"c%": 3.0})
        for fit in (first, second):
            fit.end()
    moved = children(nbtrack.get_run(run.info.run_id))[0]
    assert moved.data.metrics == {"a_b_2": 1.0, "a_b": 2.0, "c_": 3.0}
    assert original_names(moved.data.tags) == {
        "metrics": {"a_b_2": "a#b", "c_": "c%"}, "params": {"p_at_1": "p@1"},
    }  # fmt: skip

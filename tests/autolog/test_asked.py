"""Arguments of `autolog(…)` act, or are told once to be without effect; models are kept unless told not to."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV

import nbtrack
from nbtrack.autolog import asked, keras_fit, optimizer_names
from nbtrack.capture.options import options
from nbtrack.errors import NbtrackWarning
from nbtrack.tracking import pending
from tests.autolog.found import children, only_run, runs

pytestmark = pytest.mark.usefixtures("store")
Data = tuple[Any, Any]


def files(run_id: str, folder: str = "") -> list[str]:
    return [each.path for each in nbtrack.MlflowClient().list_artifacts(run_id, folder)]


def test_extra_tags_stand_on_each_run_of_a_fit(data: Data) -> None:
    nbtrack.sklearn.autolog(extra_tags={"team": "blue"})
    LogisticRegression().fit(*data)
    with nbtrack.start_run() as run:
        LogisticRegression().fit(*data)
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(*data)
    assert run.info.run_id in {each.info.run_id for each in runs()}
    assert {each.data.tags.get("team") for each in runs()} == {"blue"}
    nbtrack.sklearn.autolog()
    nbtrack.delete_run(run.info.run_id)
    Ridge().fit(*data)
    assert "team" not in runs()[-1].data.tags


def test_pos_label_chooses_the_class_of_precision_recall_and_f1(data: Data) -> None:
    features, classes = data
    classes = np.where(features[:, 0] + features[:, 1] ** 2 > 0.3, 0, 1)
    nbtrack.sklearn.autolog(pos_label=0)
    model = LogisticRegression().fit(features, classes)
    predicted, found = model.predict(features), only_run().data.metrics
    for name in ("precision_score", "recall_score", "f1_score"):
        right = getattr(sklearn.metrics, name)(classes, predicted, pos_label=0)
        assert found[f"training_{name}"] == pytest.approx(right)
    assert found["training_accuracy_score"] == pytest.approx(sklearn.metrics.accuracy_score(classes, predicted))


def test_metrics_after_the_fit_are_left_out_where_asked(data: Data) -> None:
    features, classes = data
    nbtrack.sklearn.autolog(log_post_training_metrics=False)
    model = LogisticRegression().fit(features, classes)
    model.score(features, classes)
    sklearn.metrics.accuracy_score(classes, model.predict(features))
    assert {key for key in only_run().data.metrics if not key.startswith("training_")} == set()


def test_of_a_search_the_best_candidates_have_runs_where_few_are_asked_for(data: Data) -> None:
    nbtrack.sklearn.autolog(max_tuning_runs=2)
    GridSearchCV(LogisticRegression(), {"C": [1e-4, 1e-3, 1.0, 10.0]}, cv=2).fit(*data)
    parent = next(run for run in runs() if "mlflow.parentRunId" not in run.data.tags)
    assert sorted(run.data.metrics["rank_test_score"] for run in children(parent))[0] == 1
    assert len(children(parent)) == 2


def test_kinds_of_importance_of_xgboost(data: Data) -> None:
    nbtrack.xgboost.autolog(importance_types=["gain", "cover"])
    xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(*data)
    kept = files(only_run().info.run_id)
    assert {"feature_importance_gain.json", "feature_importance_cover.json"} <= set(kept)
    assert "feature_importance_weight.json" not in kept


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ({"registered_model_name": "clf"}, "no model registry"),
        ({"log_datasets": True}, "no data sets"),
        ({"log_input_examples": True}, "without an example"),
        ({"exclusive": True}, "the active run"),
        ({"checkpoint": True}, "no checkpoints"),
        ({"checkpoint_monitor": "val_acc"}, "no checkpoints"),
        ({"log_every_n_steps": 5}, "each epoch"),
        ({"serialization_format": "skops"}, "cloudpickle"),
    ],
)
def test_what_is_without_effect_is_told_once(given: dict[str, Any], instead: str) -> None:
    with pytest.warns(NbtrackWarning, match=rf"^sklearn.autolog\({next(iter(given))}=.*without effect: .*{instead}"):
        nbtrack.sklearn.autolog(**given)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbtrack.sklearn.autolog(**given)


def test_what_says_what_nbtrack_does_anyway_is_taken_without_a_word() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbtrack.autolog(log_datasets=False, silent=True, exclusive=False, log_model_signatures=False, log_traces=False)
    with pytest.raises(TypeError, match=r"sklearn\.autolog\(\) got an unexpected keyword argument 'no_such'"):
        nbtrack.sklearn.autolog(no_such=1)


def test_models_are_kept_after_a_call_of_autolog_and_there_when_they_are_asked_for(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as run:
        model = LogisticRegression().fit(*data)
    assert "model/MLmodel" in files(run.info.run_id, "model")
    again = nbtrack.sklearn.load_model(f"runs:/{run.info.run_id}/model")
    assert again.coef_.tolist() == model.coef_.tolist()
    LogisticRegression().fit(*data)
    assert "model/MLmodel" in files(runs()[-1].info.run_id, "model")


def test_a_kept_model_is_as_it_was_when_it_was_fitted(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as run:
        model = LogisticRegression().fit(*data)
        right = model.coef_.copy()
        model.coef_[:] = 0
    assert nbtrack.sklearn.load_model(f"runs:/{run.info.run_id}/model").coef_.tolist() == right.tolist()


def test_of_a_search_the_best_estimator_is_kept_too(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as run:
        search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(*data)
    found = nbtrack.sklearn.load_model(f"runs:/{run.info.run_id}/best_estimator")
    assert found.coef_.tolist() == search.best_estimator_.coef_.tolist()
    kept = nbtrack.sklearn.load_model(f"runs:/{run.info.run_id}/model")
    assert isinstance(kept, GridSearchCV)


def test_no_model_is_kept_where_none_is_wanted(data: Data) -> None:
    nbtrack.autolog(log_models=False)
    LogisticRegression().fit(*data)
    with nbtrack.track("cell"):
        pass
    nbtrack.autolog(disable=True)
    for library in nbtrack.autolog.__globals__["LIBRARIES"].values():
        library.wanted = None
    with nbtrack.track("tracked without autolog()"):
        LogisticRegression().fit(*data)
    assert not [path for run in runs() for path in files(run.info.run_id) if path == "model"]


def test_a_model_beyond_the_limits_is_named_once_with_its_size_and_what_to_do(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbtrack.autolog()
    monkeypatch.setattr(options, "model_megabytes", 0.01)
    with (
        nbtrack.start_run() as run,
        pytest.warns(NbtrackWarning, match=r"RandomForestClassifier was not kept: it has 0\.\d+ MB.*log_model") as told,
    ):
        RandomForestClassifier(20).fit(*data)
    assert len(told) == 1
    assert files(run.info.run_id) == []
    monkeypatch.setattr(options, "model_megabytes", 200)
    monkeypatch.setattr(options, "model_seconds", 0)
    with nbtrack.start_run(), pytest.warns(NbtrackWarning, match="was not kept"):
        LogisticRegression().fit(*data)


def test_a_model_goes_with_the_first_fit_to_a_run_of_its_own(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as run:
        first = LogisticRegression(C=0.1).fit(*data)
        second = LogisticRegression(C=9).fit(*data)
    found = children(nbtrack.get_run(run.info.run_id))
    for child, model in zip(sorted(found, key=lambda run: run.data.params["C"]), (first, second), strict=True):
        assert nbtrack.sklearn.load_model(f"runs:/{child.info.run_id}/model").coef_.tolist() == model.coef_.tolist()


def test_a_write_that_goes_on_is_waited_for_by_its_run_and_never_by_itself() -> None:
    done: list[str] = []
    pending.write_beside("a", lambda: (pending.wait_for_writes(), done.append("a"))[0])
    pending.wait_for_writes("a")
    assert done == ["a"]
    pending.wait_for_writes()
    assert pending._writes == {}


def test_names_of_optimizer_params_by_the_autolog_that_was_called(monkeypatch: pytest.MonkeyPatch) -> None:
    nbtrack.tensorflow.autolog()
    assert optimizer_names.prefix() == "opt"
    nbtrack.keras.autolog()
    assert optimizer_names.prefix() == "optimizer"
    nbtrack.autolog()
    assert optimizer_names.prefix() == "optimizer"  # no TensorFlow here
    assert keras_fit._stopping(None) == {}


def test_arguments_of_one_library_leave_another_alone() -> None:
    nbtrack.sklearn.autolog(extra_tags={"team": 1}, log_models=False)
    assert asked.asked("sklearn") == asked.Asked(log_models=False, extra_tags={"team": "1"})
    assert asked.asked("xgboost") == asked.NOTHING

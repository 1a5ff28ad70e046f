"""Which run has what of several fits, what their runs are called, and where the root of a tree is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV

import nbtrack
from nbtrack.entities import Run
from nbtrack.tracking import settings
from nbtrack.tracking.client import PARENT
from tests.autolog.found import children, runs
from tests.conftest import empty_database

pytestmark = pytest.mark.usefixtures("store")
ROOT = "mlflow.rootRunId"


@pytest.fixture(params=["files", "database"])
def each_store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "database":
        empty_database(3, tmp_path / "db")
        monkeypatch.setattr(settings, "_chosen", None)
        nbtrack.set_tracking_uri(f"sqlite:///{tmp_path}/db/mlflow.db")


def root() -> Run:
    (found,) = [run for run in runs() if PARENT not in run.data.tags]
    return found


@pytest.mark.usefixtures("each_store")
def test_a_second_fit_takes_params_metrics_and_tags_of_the_first_out_of_the_run_around(data: tuple[Any, Any]) -> None:
    nbtrack.autolog()
    with nbtrack.start_run(run_name="both"):
        nbtrack.log_param("mine", 1)
        nbtrack.log_metric("own", 2)
        nbtrack.set_tag("estimator_class", "mine")
        LogisticRegression(C=0.5).fit(*data)
        nbtrack.log_param("solver", "lbfgs")  # the same value: now it is the person's
        nbtrack.log_metric("training_score", 7)
        nbtrack.set_tag("estimator_class", "mine again")
        LogisticRegression(C=0.25).fit(*data)
    parent = root()
    assert dict(parent.data.params) == {"mine": "1", "solver": "lbfgs"}
    assert dict(parent.data.metrics) == {"own": 2.0, "training_score": 7.0}
    assert [point.value for point in nbtrack.get_metric_history(parent.info.run_id, "training_score")] == [7.0]
    assert "estimator_name" not in parent.data.tags
    assert parent.data.tags["estimator_class"] == "mine again"
    first, second = children(parent)
    assert (first.data.params["C"], second.data.params["C"]) == ("0.5", "0.25")
    assert first.data.metrics.keys() == second.data.metrics.keys() >= {"training_score"}
    counted = nbtrack.search_runs(search_all_experiments=True).groupby("tags.estimator_name").size()
    assert dict(counted) == {"LogisticRegression": 2}
    assert [run.info.run_name for run in (first, second)] == ["LogisticRegression"] * 2


def test_a_first_fit_that_raises_has_its_params_on_its_own_run_alone(data: tuple[Any, Any]) -> None:
    nbtrack.autolog()
    with nbtrack.start_run():
        with pytest.raises(ValueError, match="C"):
            LogisticRegression(C=-1.0).fit(*data)
        Ridge(alpha=0.5).fit(*data)
        Ridge(alpha=0.25).fit(*data)
    parent = root()
    assert dict(parent.data.params) == {}
    failed, *others = children(parent)
    assert failed.info.status == "FAILED"
    assert failed.data.params["C"] == "-1.0"
    assert [(run.info.status, run.data.params["alpha"], "C" in run.data.params) for run in others] == [
        ("FINISHED", "0.5", False), ("FINISHED", "0.25", False),
    ]  # fmt: skip


def test_runs_of_searches_say_which_candidate_they_are_and_know_their_root(data: tuple[Any, Any]) -> None:
    nbtrack.autolog()
    with nbtrack.start_run(run_name="all"):
        GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, cv=2).fit(*data)
        GridSearchCV(Ridge(), {"alpha": [3.0]}, cv=2).fit(*data)
    parent = root()
    assert parent.data.tags[ROOT] == parent.info.run_id
    assert {run.data.tags[ROOT] for run in runs()} == {parent.info.run_id}
    names = {str(run.info.run_name): run for run in runs()}
    assert sorted(str(run.info.run_name) for run in runs()) == [
        "GridSearchCV", "GridSearchCV", "Ridge candidate 0", "Ridge candidate 0", "Ridge candidate 1", "all",
    ]  # fmt: skip
    assert names["Ridge candidate 1"].data.params["alpha"] == "2.0"


def test_the_tips_analysis_of_parents_and_children_works_as_written() -> None:
    with nbtrack.start_run(run_name="parent"):
        for number in range(2):
            with nbtrack.start_run(run_name=f"child {number}", nested=True), nbtrack.start_run(nested=True):
                pass
    with nbtrack.start_run(run_name="alone"):
        pass
    with nbtrack.start_run(parent_run_id=root_named("parent"), run_name="appended"):
        pass
    found = nbtrack.search_runs(search_all_experiments=True)
    subset = found[found["tags.mlflow.rootRunId"].notna()]
    is_parent = subset["run_id"] == subset["tags.mlflow.rootRunId"]
    assert list(subset[is_parent]["tags.mlflow.runName"]) == ["parent"]
    assert len(subset[~is_parent]) == 5
    assert set(subset["tags.mlflow.rootRunId"]) == {root_named("parent")}


def root_named(name: str) -> str:
    return next(run.info.run_id for run in runs() if run.info.run_name == name)


def test_many_points_of_a_first_fit_leave_the_run_around_and_the_persons_stay() -> None:
    from nbtrack.autolog.recording import new_recording

    nbtrack.autolog()
    with nbtrack.start_run() as run:
        first = new_recording("xgboost")
        for step in range(50):
            first.point("loss", step / 3, step)
            first.point("val/loss", float("nan"), step)
        nbtrack.log_metric("loss", -1, step=99)
        first.end()
        new_recording("xgboost").end()
    data = nbtrack.get_run(run.info.run_id).data
    assert dict(data.metrics) == {"loss": -1.0}
    moved, other = children(root())
    assert [point.value for point in nbtrack.get_metric_history(moved.info.run_id, "loss")] == [
        s / 3 for s in range(50)
    ]
    assert np.isnan(moved.data.metrics["val/loss"])
    assert (moved.info.run_name, other.info.run_name) == ("XGBoost fit", "XGBoost fit")

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import optuna
import pytest
from sklearn.linear_model import LogisticRegression

import nbtrack
from nbtrack.autolog import optuna_study
from tests.autolog.found import children, history, runs

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def quiet() -> None:
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)


def study_run() -> Any:
    (found,) = [run for run in runs() if "nbtrack.study" in run.data.tags]
    return found


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_each_trial_is_a_child_with_what_its_objective_fitted_and_logged(n_jobs: int, data: tuple[Any, Any]) -> None:
    nbtrack.autolog()

    def objective(trial: optuna.Trial) -> float:
        strength = trial.suggest_float("strength", 0.1, 1)
        model = LogisticRegression(C=strength).fit(*data)
        nbtrack.log_metric("mine", strength)
        return float(model.score(*data))

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(objective, n_trials=4, n_jobs=n_jobs)
    parent = study_run()
    found = children(parent)
    assert len(found) == 4
    assert len(runs()) == 5
    for run in found:
        assert run.data.params["strength"] == run.data.params["C"] == str(run.data.metrics["mine"])
        assert run.info.status == "FINISHED"
    (best,) = [run for run in found if run.info.run_id == parent.data.tags["nbtrack.best"]]
    assert best.data.metrics["value"] == study.best_value
    assert parent.data.params["best_strength"] == str(study.best_params["strength"])


def test_of_equally_good_trials_the_best_is_the_one_that_the_study_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads end their trials in one order for the study, and in the other for whoever hears of it."""
    nbtrack.autolog()
    told, heard = threading.Event(), threading.Event()
    end = optuna_study._Study._end

    def late(self: Any, study: Any, frozen: Any) -> None:
        if frozen.number == 0:
            told.set()
            assert heard.wait(30)
        end(self, study, frozen)
        heard.set()

    monkeypatch.setattr(optuna_study._Study, "_end", late)

    def objective(trial: optuna.Trial) -> float:
        trial.suggest_float("x", 0, 1)
        if trial.number == 1:
            assert told.wait(30)
        return 0.5

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=2, n_jobs=2)
    parent = study_run()
    (best,) = [run for run in children(parent) if run.info.run_id == parent.data.tags["nbtrack.best"]]
    assert study.best_trial.number == 0
    assert best.data.tags["nbtrack.trial"] == "0"
    assert parent.data.params["best_x"] == best.data.params["x"] == str(study.best_params["x"])


def test_intermediate_values_pruned_and_failed_trials_are_told_as_such() -> None:
    nbtrack.autolog()

    def objective(trial: optuna.Trial) -> float:
        for step in range(3):
            trial.report(step * 1.5, step)
        if trial.number == 1:
            raise optuna.TrialPruned
        if trial.number == 2:
            raise ZeroDivisionError
        return 1.0

    study = optuna.create_study()
    with pytest.raises(ZeroDivisionError):
        study.optimize(objective, n_trials=5)
    parent = study_run()
    found = {run.data.tags["nbtrack.trial"]: run for run in children(parent)}
    assert {key: run.data.tags["nbtrack.trial_state"] for key, run in found.items()} == {
        "0": "COMPLETE", "1": "PRUNED", "2": "FAIL",
    }  # fmt: skip
    assert [found[key].info.status for key in "012"] == ["FINISHED", "KILLED", "FAILED"]
    assert history(found["1"], "intermediate_value") == [(0, 0.0), (1, 1.5), (2, 3.0)]
    assert parent.info.status == "FAILED"


def test_the_best_of_a_study_that_is_opened_again_is_among_the_trials_of_this_time(tmp_path: Path) -> None:
    nbtrack.autolog()
    kept = f"sqlite:///{tmp_path / 'study.db'}"
    for more in (0, 1):
        study = optuna.create_study(study_name="again", storage=kept, load_if_exists=True)
        study.optimize(lambda trial, more=more: trial.suggest_int("x", 2, 2) + more, n_trials=2)  # type: ignore[misc]
    parents = [run for run in runs() if "nbtrack.study" in run.data.tags]
    assert [run.data.metrics["best_value"] for run in parents] == [2.0, 3.0]
    for parent, number in zip(parents, "02", strict=True):
        (best,) = [run for run in children(parent) if run.info.run_id == parent.data.tags["nbtrack.best"]]
        assert best.data.tags["nbtrack.trial"] == number


def test_of_several_objectives_every_trial_that_none_is_better_than_is_marked() -> None:
    nbtrack.autolog()
    study = optuna.create_study(directions=["minimize", "maximize"])
    given = [(1.0, 1.0), (2.0, 3.0), (2.0, 2.0)]
    study.optimize(lambda trial: given[trial.number], n_trials=3)
    parent = study_run()
    found = {run.data.tags["nbtrack.trial"]: run for run in children(parent)}
    assert [run.data.metrics["value_1"] for run in (found["0"], found["1"])] == [1.0, 3.0]
    assert [key for key, run in sorted(found.items()) if "nbtrack.best" in run.data.tags] == ["0", "1"]
    assert set(parent.data.tags["nbtrack.best"].split(",")) == {found[key].info.run_id for key in "01"}


def test_a_trial_that_breaks_a_constraint_is_not_the_best() -> None:
    nbtrack.autolog()

    def objective(trial: optuna.Trial) -> float:
        trial.set_constraint("not the first", 1.0 - trial.number)
        return float(trial.number)

    study = optuna.create_study()
    study.optimize(objective, n_trials=3)
    assert study_run().data.metrics["best_value"] == study.best_value == 1.0

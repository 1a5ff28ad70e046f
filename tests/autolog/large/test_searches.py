"""Searches of keras-tuner and Ray Tune: a child run for each trial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import keras_tuner
import pytest

import nbtrack
from nbtrack.tracking.client import PARENT
from tests.autolog.found import children, history, runs

pytestmark = [
    pytest.mark.large,
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # theirs
]
Rows = tuple[Any, Any]


def build(hp: Any) -> Any:
    units = hp.Int("units", 2, 4)
    if units == 3:
        raise ValueError("three units are too many")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


def test_each_trial_of_keras_tuner_is_a_child_with_its_epochs_and_the_best_is_marked(
    rows: Rows, tmp_path: Path
) -> None:
    nbtrack.autolog()
    tuner = keras_tuner.GridSearch(
        build, objective="val_accuracy", max_trials=3, directory=tmp_path, project_name="search", overwrite=True,
        max_consecutive_failed_trials=9,
    )  # fmt: skip
    tuner.search(*rows, epochs=2, validation_split=0.25, verbose=0)
    (parent,) = [run for run in runs() if PARENT not in run.data.tags]
    found = {run.data.params["units"]: run for run in children(parent)}
    assert {units: run.data.tags["nbtrack.trial_state"] for units, run in found.items()} == {
        "2": "COMPLETE", "3": "FAIL", "4": "COMPLETE",
    }  # fmt: skip
    assert found["3"].info.status == "FAILED"
    assert len(history(found["2"], "val_accuracy")) == 2
    best = tuner.get_best_hyperparameters()[0]["units"]
    assert parent.data.params["best_units"] == str(best)
    assert parent.data.tags["nbtrack.best"] == found[str(best)].info.run_id
    assert parent.data.metrics["best_value"] == found[str(best)].data.metrics["score"]
    assert parent.info.status == "FINISHED"


def test_a_search_that_is_broken_off_keeps_its_trials(rows: Rows, tmp_path: Path) -> None:
    nbtrack.autolog()

    class Broken(keras_tuner.RandomSearch):
        def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> Any:
            nbtrack.log_metric("mine", 1.0)
            raise KeyboardInterrupt

    tuner = Broken(build, objective="val_loss", max_trials=2, directory=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        tuner.search(*rows, verbose=0)
    (parent,) = [run for run in runs() if PARENT not in run.data.tags]
    (child,) = children(parent)
    assert (parent.info.status, child.info.status) == ("KILLED", "KILLED")
    assert child.data.metrics == {"mine": 1.0}

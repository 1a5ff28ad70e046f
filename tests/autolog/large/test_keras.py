from __future__ import annotations

import threading
from typing import Any

import keras
import pytest

import nbtrack
from nbtrack.capture import progress
from nbtrack.errors import NbtrackWarning
from nbtrack.tracking.events import subscribe
from tests.autolog.found import children, history, only_run, runs

pytestmark = [
    pytest.mark.large,
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's, of reading with torch
]
Rows = tuple[Any, Any]


class Stopping(keras.callbacks.Callback):
    """A callback of the person's, which ends training in its own way."""

    def __init__(self, error: BaseException, epoch: int = 1) -> None:
        super().__init__()
        self.error = error
        self.epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            raise self.error


def test_epochs_are_points_by_the_time_the_next_begins_and_callbacks_stay_the_persons(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    feed, seen = subscribe(), []
    callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(len(feed.points)))
    mine = (callback,)
    told = network.fit(*rows, 16, 3, 0, mine)
    feed.close()
    assert seen == [2, 4, 6]
    assert mine == (callback,)
    run = only_run()
    assert history(run, "loss") == list(enumerate(told.history["loss"]))
    assert run.data.params["batch_size"] == "16"
    assert run.data.params["epochs"] == "3"
    assert float(run.data.params["optimizer_learning_rate"]) == pytest.approx(0.01)
    assert [file.path for file in nbtrack.artifacts.list_artifacts(run_id=run.info.run_id)] == ["model_summary.txt"]


def test_what_other_callbacks_add_to_an_epoch_is_logged_once(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    network.fit(
        *rows, epochs=3, verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / 2**epoch)]
    )
    run = only_run()
    assert [value for _, value in history(run, "learning_rate")] == pytest.approx([0.1, 0.05, 0.025])
    assert len(history(run, "loss")) == 3


def test_a_list_that_keras_has_made_is_used_and_left_as_it_was(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    mine = keras.callbacks.CallbackList([], add_history=True, model=network, epochs=2, steps=2, verbose=0)
    before = list(mine.callbacks)
    network.fit(*rows, epochs=2, verbose=0, callbacks=mine)
    assert mine.callbacks == before
    assert len(history(only_run(), "loss")) == 2


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), "KILLED"), (ValueError("mine"), "FAILED")])
def test_a_callback_that_ends_the_training_hides_no_epoch(
    error: BaseException, status: str, network: Any, rows: Rows
) -> None:
    nbtrack.autolog()
    with pytest.raises(type(error)) as raised:
        network.fit(*rows, epochs=4, verbose=0, callbacks=[Stopping(error)])
    assert raised.value is error
    run = only_run()
    assert run.info.status == status
    assert len(history(run, "loss")) == 2


def test_validation_and_early_stopping_are_told_as_in_mlflow(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    stop = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=9, restore_best_weights=True)
    network.fit(*rows, epochs=9, validation_split=0.25, callbacks=[stop], verbose=0)
    run = only_run()
    assert run.data.metrics["stopped_epoch"] == 1
    assert run.data.metrics["restored_epoch"] == 0
    assert history(run, "validation_loss") == history(run, "val_loss")


def test_two_fits_in_a_run_are_two_children_and_resumed_epochs_go_on_counting(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as parent:
        network.fit(*rows, epochs=2, verbose=0)
        network.fit(*rows, epochs=4, initial_epoch=2, verbose=0)
    found = children(parent)
    assert [[step for step, _ in history(run, "loss")] for run in found] == [[0, 1], [2, 3]]


def test_fits_in_threads_are_a_run_each(rows: Rows) -> None:
    nbtrack.autolog()

    def fit(units: int) -> None:
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(*rows, epochs=units, verbose=0)

    threads = [threading.Thread(target=fit, args=(units,)) for units in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(history(run, "loss")) for run in runs()) == [2, 3]


@pytest.mark.filterwarnings("ignore:Your input ran out of data:UserWarning")
def test_a_generator_is_not_touched_before_keras_does(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    taken = []

    def batches() -> Any:
        for start in range(0, 64, 16):
            taken.append(start)
            yield rows[0][start : start + 16], rows[1][start : start + 16]

    network.fit(batches(), shuffle=False, verbose=0)
    assert taken == [0, 16, 32, 48]


def test_a_wrong_call_says_what_keras_says(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    with pytest.raises(TypeError, match="bogus"):
        network.fit(*rows, bogus=1)
    assert runs() == []


def test_a_store_that_cannot_be_written_costs_a_warning_and_no_fit(
    network: Any, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbtrack.autolog()
    store = type(nbtrack.open_store(nbtrack.get_tracking_uri()))
    monkeypatch.setattr(store, "create_run", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.warns(NbtrackWarning, match="disk full") as told:
        history = network.fit(*rows, epochs=2, verbose=0)
    assert len([each for each in told if each.category is NbtrackWarning]) == 1
    assert len(history.history["loss"]) == 2


def test_the_run_that_a_fit_is_in_knows_how_far_it_is(network: Any, rows: Rows) -> None:
    nbtrack.autolog()
    seen = []
    with nbtrack.start_run() as run:
        look = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda e, logs: seen.append(progress.told(run.info.run_id))
        )
        network.fit(*rows, epochs=3, callbacks=[look], verbose=0)
        assert progress.told(run.info.run_id) is None
    assert seen == [None, (1, 3), (2, 3)]


def test_switched_off_keras_is_as_it_was(network: Any, rows: Rows) -> None:
    before = type(network).fit
    nbtrack.tensorflow.autolog()
    assert type(network).fit is not before
    nbtrack.keras.autolog(disable=True)
    assert type(network).fit is before
    network.fit(*rows, verbose=0)
    assert runs() == []

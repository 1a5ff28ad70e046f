from __future__ import annotations

import importlib
from typing import Any

import pytest
import torch

import nbtrack
from nbtrack.capture import progress
from nbtrack.tracking.events import subscribe
from tests.autolog.found import children, history, only_run

pytestmark = [
    pytest.mark.large,
    pytest.mark.usefixtures("store"),
    # Lightning's advice about workers and loggers for such small data.
    pytest.mark.filterwarnings("ignore"),
]
QUIET = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False, "enable_checkpointing": False}


@pytest.fixture(params=["lightning.pytorch", "pytorch_lightning"])
def pl(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


def module(pl: Any, stop_at: int | None = None, error: BaseException | None = None) -> Any:
    class Classifier(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 2)

        def _loss(self, batch: Any) -> Any:
            return torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])

        def training_step(self, batch: Any, index: int) -> Any:
            if error is not None and self.current_epoch == stop_at:
                raise error
            loss = self._loss(batch)
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch: Any, index: int) -> None:
            self.log("val_loss", self._loss(batch))

        def test_step(self, batch: Any, index: int) -> None:
            self.log("test_loss", self._loss(batch))

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.05)

    return Classifier()


def test_epochs_are_points_during_the_fit_and_the_trainer_is_left_as_it_was(pl: Any, loader: Any) -> None:
    nbtrack.autolog()
    feed, seen = subscribe(), []

    class Mine(pl.Callback):  # type: ignore[misc]
        def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
            seen.append(len(feed.points))

    trainer = pl.Trainer(max_epochs=3, accelerator="cpu", callbacks=[Mine()], **QUIET)
    before = list(trainer.callbacks)
    trainer.fit(module(pl), loader, loader)
    feed.close()
    assert seen == [0, 2, 4]
    assert trainer.callbacks == before
    run = only_run()
    assert [step for step, _ in history(run, "train_loss")] == [0, 1, 2]
    assert run.data.params["optimizer_name"] == "SGD"
    assert run.data.params["epochs"] == "3"
    assert run.data.tags["Mode"] == "training"
    assert run.info.status == "FINISHED"


def test_what_is_tested_afterwards_belongs_to_the_run_of_the_fit(pl: Any, loader: Any) -> None:
    nbtrack.autolog()
    trainer = pl.Trainer(max_epochs=1, accelerator="cpu", **QUIET)
    trainer.fit(model := module(pl), loader)
    (told,) = trainer.test(model, loader, verbose=False)
    run = only_run()
    assert run.data.metrics["test_loss"] == pytest.approx(told["test_loss"])
    assert run.data.tags["Mode"] == "testing"


def test_the_persons_exception_is_theirs_and_the_run_failed(pl: Any, loader: Any) -> None:
    nbtrack.autolog()
    trainer = pl.Trainer(max_epochs=3, accelerator="cpu", **QUIET)
    before = list(trainer.callbacks)
    with pytest.raises(ZeroDivisionError):
        trainer.fit(module(pl, 1, ZeroDivisionError()), loader)
    run = only_run()
    assert run.info.status == "FAILED"
    assert len(history(run, "train_loss")) == 1
    assert trainer.callbacks == before


def test_an_interrupted_fit_is_killed(pl: Any, loader: Any) -> None:
    nbtrack.autolog()
    trainer = pl.Trainer(max_epochs=3, accelerator="cpu", **QUIET)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        trainer.fit(module(pl, 1, KeyboardInterrupt()), loader)
    assert only_run().info.status == "KILLED"


def test_two_fits_in_a_run_are_two_children_and_tell_how_far_they_are(pl: Any, loader: Any) -> None:
    nbtrack.autolog()
    seen = []
    with nbtrack.start_run() as parent:

        class Look(pl.Callback):  # type: ignore[misc]
            def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
                seen.append(progress.told(parent.info.run_id))

        for _ in range(2):
            pl.Trainer(max_epochs=2, accelerator="cpu", callbacks=[Look()], **QUIET).fit(module(pl), loader)
    assert seen == [None, (4, 8), None, (4, 8)]
    found = children(parent)
    assert [len(history(run, "train_loss")) for run in found] == [2, 2]

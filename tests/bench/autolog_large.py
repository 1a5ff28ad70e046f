"""What does it cost that networks log themselves? One side of it, on MLflow and on nbtrack.

    python -m tests.bench.autolog_large mlflow|nbtrack STORE

Prints one JSON object, by task and clock the least and the median: what logging adds to an epoch of Keras, to one of
Lightning, and to a step of a loop around torch. MLflow sees nothing of such a loop.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import warnings
from typing import Any

import keras
import lightning.pytorch as pl
import numpy as np
import torch

from tests.bench.marks import Mark, Turns, added, extend, mark, turns

ROUNDS = 4  # without and with it in turn, so that a busy moment meets both
EPOCHS = 60
TOGETHER = 10  # epochs or steps: MLflow writes its own in batches
STEPS = 1500
QUIET = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False, "enable_checkpointing": False}
X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
y = (X[:, 0] > 0).astype("float32")


class Module(pl.LightningModule):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def training_step(self, batch: Any, index: int) -> Any:
        loss = torch.nn.functional.mse_loss(self.layer(batch[0])[:, 0], batch[1])
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.01)


def fit_keras() -> list[Mark]:
    marks: list[Mark] = []
    look = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: marks.append(mark()))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, y, epochs=EPOCHS, verbose=0, callbacks=[look])
    return marks


def fit_lightning() -> list[Mark]:
    marks: list[Mark] = []

    class Look(pl.Callback):  # type: ignore[misc]
        def on_train_epoch_start(self, *_: Any) -> None:
            marks.append(mark())

    rows = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    trainer = pl.Trainer(max_epochs=EPOCHS, accelerator="cpu", callbacks=[Look()], **QUIET)
    trainer.fit(Module(), torch.utils.data.DataLoader(rows, batch_size=32))
    return marks


def loop() -> list[Mark]:
    features, target, model = torch.from_numpy(X), torch.from_numpy(y), torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    marks: list[Mark] = []
    for _ in range(STEPS):
        marks.append(mark())
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(features)[:, 0], target).backward()
        optimizer.step()
    return marks


TASKS = {"keras_epoch": fit_keras, "lightning_epoch": fit_lightning, "torch_step": loop}


def main(name: str, store: str) -> None:
    for logger in ("lightning.pytorch", "pytorch_lightning", "mlflow"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    tracker = importlib.import_module(name)
    tracker.set_tracking_uri(store)
    bare: dict[str, Turns] = {}
    logged: dict[str, Turns] = {}
    for _ in range(ROUNDS):
        switch(tracker, name, on=False)
        extend(bare, {task: turns(run(), TOGETHER) for task, run in TASKS.items()})
        switch(tracker, name, on=True)
        some = {task: turns(run(), TOGETHER) for task, run in TASKS.items() if task != "torch_step"}
        if name == "nbtrack":
            with tracker.start_run():
                some["torch_step"] = turns(loop(), TOGETHER)
        extend(logged, some)
    print(json.dumps({"costs": {task: added(logged[task], bare[task]) for task in logged}}))


def switch(tracker: Any, name: str, *, on: bool) -> None:
    for library in ("keras", "pytorch"):
        part = importlib.import_module(f"mlflow.{library}") if name == "mlflow" else getattr(tracker, library)
        options = {"checkpoint": False} if library == "pytorch" else {}
        part.autolog(disable=not on, log_models=False, log_datasets=False, silent=True, **options)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2])

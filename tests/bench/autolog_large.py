"""What does it cost that networks log themselves? One side of `make bench-all`, on MLflow and on nbtrack.

    python autolog_large.py mlflow|nbtrack STORE

Prints one JSON object of seconds of the processor, in all threads (a fit of milliseconds is lost in what else a machine
does): what logging adds to an epoch of Keras, to one of Lightning, and to a step of a loop
around torch, each the least of several, less the same without autolog. MLflow sees nothing of such a loop.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import keras
import lightning.pytorch as pl
import numpy as np
import torch

EPOCHS = 40
STEPS = 1000
TIMES = 4
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


def fit_keras(epochs: int) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, y, epochs=epochs, verbose=0)


def fit_lightning(epochs: int) -> None:
    rows = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    trainer = pl.Trainer(max_epochs=epochs, accelerator="cpu", **QUIET)
    trainer.fit(Module(), torch.utils.data.DataLoader(rows, batch_size=32))


def loop(steps: int) -> None:
    features, target, model = torch.from_numpy(X), torch.from_numpy(y), torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(features)[:, 0], target).backward()
        optimizer.step()


def each(task: Callable[[int], None], count: int) -> float:
    """Seconds of one of `count`, without what a call takes however many there are."""
    found = []
    for _ in range(TIMES):
        marks = [time.process_time()]
        for number in (1, count + 1):
            task(number)
            marks.append(time.process_time())
        found.append(((marks[2] - marks[1]) - (marks[1] - marks[0])) / count)
    return min(found)


def measured(tracker: Any) -> dict[str, float]:
    seconds = {"keras_epoch": each(fit_keras, EPOCHS), "lightning_epoch": each(fit_lightning, EPOCHS)}
    if tracker is None:
        return {**seconds, "torch_step": each(loop, STEPS)}
    with tracker.start_run():
        return {**seconds, "torch_step": each(loop, STEPS)}


def main(name: str, store: str) -> None:
    for logger in ("lightning.pytorch", "pytorch_lightning", "mlflow"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    fit_keras(1)
    fit_lightning(1)
    bare = measured(None)
    tracker = importlib.import_module(name)
    tracker.set_tracking_uri(store)
    for library in ("keras", "pytorch"):
        part = importlib.import_module(f"mlflow.{library}") if name == "mlflow" else getattr(tracker, library)
        options = {"checkpoint": False} if library == "pytorch" else {}
        part.autolog(log_models=False, log_datasets=False, silent=True, **options)
    logged = measured(tracker)
    print(json.dumps({"seconds": {task: logged[task] - bare[task] for task in bare}}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2])

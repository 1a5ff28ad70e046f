"""What does it cost that networks log themselves? One side of `make bench-networks`, on MLflow and on nbtrack.

    python autolog_large.py mlflow|nbtrack STORE

Prints one JSON object of seconds: what logging adds to an epoch of Keras, to one of Lightning, and to a step of a loop
around torch, each as the quickest of many with autolog, less the same without. MLflow sees nothing of such a loop.
"""

from __future__ import annotations

import importlib
import itertools
import json
import logging
import sys
import time
import warnings
from typing import Any

import keras
import lightning.pytorch as pl
import numpy as np
import torch

EPOCHS = 150
STEPS = 4000
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


def fit_keras() -> list[float]:
    marks: list[float] = []
    look = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: marks.append(time.perf_counter()))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, y, epochs=EPOCHS, verbose=0, callbacks=[look])
    return marks


def fit_lightning() -> list[float]:
    marks: list[float] = []

    class Look(pl.Callback):  # type: ignore[misc]
        def on_train_epoch_start(self, *_: Any) -> None:
            marks.append(time.perf_counter())

    rows = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    trainer = pl.Trainer(max_epochs=EPOCHS, accelerator="cpu", callbacks=[Look()], **QUIET)
    trainer.fit(Module(), torch.utils.data.DataLoader(rows, batch_size=32))
    return marks


def loop() -> list[float]:
    features, target, model = torch.from_numpy(X), torch.from_numpy(y), torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    marks = []
    for _ in range(STEPS):
        marks.append(time.perf_counter())
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(features)[:, 0], target).backward()
        optimizer.step()
    return marks


def quick(marks: list[float]) -> float:
    """Seconds from mark to mark, the least of all: the others say what else the machine had to do."""
    return min(after - before for before, after in itertools.pairwise(marks))


def measured() -> dict[str, float]:
    return {
        "keras_epoch": quick(fit_keras()),
        "lightning_epoch": quick(fit_lightning()),
        "torch_step": quick(loop()),
    }


def main(name: str, store: str) -> None:
    for logger in ("lightning.pytorch", "pytorch_lightning", "mlflow"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    loop()  # the first of all is slower
    bare = measured()
    tracker = importlib.import_module(name)
    tracker.set_tracking_uri(store)
    for library in ("keras", "pytorch"):
        part = importlib.import_module(f"mlflow.{library}") if name == "mlflow" else getattr(tracker, library)
        options = {"checkpoint": False} if library == "pytorch" else {}
        part.autolog(log_models=False, log_datasets=False, silent=True, **options)
    logged = measured()
    with tracker.start_run():
        logged["torch_step"] = quick(loop())
    seen = [task for task in bare if name == "nbtrack" or task != "torch_step"]
    print(json.dumps({"seconds": {task: logged[task] - bare[task] for task in seen}}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2])

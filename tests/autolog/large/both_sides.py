"""What does one library's autolog log of these trainings? Run once with MLflow and once with nbtrack.

    KERAS_BACKEND=torch python both_sides.py mlflow|nbtrack STORE

Prints one JSON object: by training, the params, the metrics' histories and the tags that autolog writes.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

warnings.simplefilter("ignore")
generator = np.random.default_rng(0)
X = generator.normal(size=(96, 4)).astype("float32")
y = (X[:, 0] + 0.5 * X[:, 1] > 0).astype("int64")
FOR_KERAS, FOR_TORCH = ("keras",), ("pytorch", "transformers", "statsmodels")


def network() -> Any:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss, metrics=["accuracy"])
    return model


def keras_validation() -> None:
    network().fit(X, y, epochs=3, batch_size=16, validation_split=0.25, verbose=0)


def keras_without_validation() -> None:
    network().fit(x=X, y=y, epochs=2, verbose=0, shuffle=False)


def keras_early_stopping() -> None:
    stop = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=10, restore_best_weights=True)
    slower = keras.callbacks.ReduceLROnPlateau("loss", patience=1)
    network().fit(X, y, epochs=6, validation_data=(X[:32], y[:32]), callbacks=[stop, slower], verbose=0)


def keras_data_set() -> None:
    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        batch_size = 24

        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            return X[index * 24 : index * 24 + 24], y[index * 24 : index * 24 + 24]

    network().fit(Batches(), epochs=2, verbose=0)


def _lightning(package: str, epochs: int, *, stopping: bool = False, test: bool = False) -> None:
    import torch

    pl = importlib.import_module(package)
    torch.manual_seed(0)

    class Classifier(pl.LightningModule):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 2)

        def _loss(self, batch: Any) -> Any:
            return torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])

        def training_step(self, batch: Any, index: int) -> Any:
            loss = self._loss(batch)
            self.log("train_loss", loss, on_step=True, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, index: int) -> None:
            self.log("val_loss", self._loss(batch))

        def test_step(self, batch: Any, index: int) -> None:
            self.log("test_loss", self._loss(batch))

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=0.05)

    rows = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    loader = torch.utils.data.DataLoader(rows, batch_size=16)
    callbacks = [pl.callbacks.EarlyStopping("val_loss", patience=1, min_delta=10)] if stopping else []
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}
    trainer = pl.Trainer(max_epochs=epochs, accelerator="cpu", callbacks=callbacks, enable_checkpointing=False, **quiet)
    module = Classifier()
    trainer.fit(module, loader, loader)
    if test:
        trainer.test(module, loader, verbose=False)


def lightning() -> None:
    _lightning("lightning.pytorch", 3)


def lightning_tested() -> None:
    _lightning("lightning.pytorch", 1, test=True)


def lightning_early_stopping() -> None:
    _lightning("pytorch_lightning", 5, stopping=True)


def transformers() -> None:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=16,
    )  # fmt: skip
    data = [{"input_ids": torch.arange(i, i + 6) % 20, "labels": torch.tensor(i % 2)} for i in range(16)]
    arguments = TrainingArguments(
        output_dir="out", num_train_epochs=2, per_device_train_batch_size=4, logging_steps=2, eval_strategy="epoch",
        save_strategy="no", use_cpu=True, disable_tqdm=True,
    )  # fmt: skip
    trainer = Trainer(BertForSequenceClassification(config), arguments, train_dataset=data, eval_dataset=data)
    trainer.train()
    trainer.evaluate()


def least_squares() -> None:
    import statsmodels.api as sm

    sm.OLS(X[:, 3], sm.add_constant(X[:, :3])).fit(cov_type="HC1")


def logit() -> None:
    import statsmodels.api as sm

    noisy = (y + (X[:, 2] > 1)) % 2
    sm.Logit(noisy, sm.add_constant(X)).fit(disp=0, maxiter=50)


def time_series() -> None:
    from statsmodels.tsa.arima.model import ARIMA

    ARIMA(np.cumsum(X[:, 0].astype("float64")), order=(1, 0, 1)).fit()


KERAS: list[Callable[[], None]] = [
    keras_validation, keras_without_validation, keras_early_stopping, keras_data_set,
]  # fmt: skip
TORCH: list[Callable[[], None]] = [
    lightning, lightning_tested, lightning_early_stopping, transformers, least_squares, logit, time_series,
]  # fmt: skip


def told(client: Any, run: Any) -> dict[str, Any]:
    points = {
        key: [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, key)]
        for key in run.data.metrics
    }
    tags = {key: value for key, value in run.data.tags.items() if key == "Mode"}
    files = sorted(file.path for file in client.list_artifacts(run.info.run_id))
    return {
        "params": dict(run.data.params), "metrics": points, "tags": tags, "status": run.info.status, "files": files,
    }  # fmt: skip


def main(name: str, store: str) -> None:
    logging.disable(logging.WARNING)
    tracker = importlib.import_module(name)
    tracker.set_tracking_uri(store)
    torch = keras.backend.backend() == "torch"
    options = {"log_models": False, "log_datasets": False, "silent": True}
    for library in (*FOR_KERAS, *(FOR_TORCH if torch else ())):
        importlib.import_module(f"{name}.{library}") if name == "mlflow" else None
        given = {**options, "checkpoint": False} if library == "pytorch" else options
        getattr(tracker, library).autolog(**given)
    client, found = tracker.MlflowClient(), {}
    for training in KERAS + (TORCH if torch else []):
        with tracker.start_run() as run:
            training()
        if name == "mlflow":
            tracker.flush_async_logging()
        found[training.__name__] = told(client, client.get_run(run.info.run_id))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

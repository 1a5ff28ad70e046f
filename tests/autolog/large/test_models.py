"""Models that autolog keeps are loaded by the real MLflow, and predict what they predicted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import catboost
import lightning.pytorch as pl
import numpy as np
import pytest
import statsmodels.api as sm
import torch

import nbtrack
from tests.autolog.found import children, only_run
from tests.autolog.loading import loaded

pytestmark = [
    pytest.mark.large,
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore"),  # theirs, of what they will change
    pytest.mark.timeout(900),
]
Rows = tuple[Any, Any]


class Module(pl.LightningModule):  # type: ignore[misc]
    """Of a module that is no notebook's, as MLflow's process imports it too."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def forward(self, rows: Any) -> Any:
        return self.layer(rows)[:, 0]

    def training_step(self, batch: Any, index: int) -> Any:
        return torch.nn.functional.mse_loss(self(batch[0]), batch[1].float())

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.01)


def test_mlflow_loads_the_models_of_large_libraries_and_predicts_the_same(
    rows: Rows, network: Any, loader: Any, tmp_path: Path
) -> None:
    from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

    nbtrack.autolog(log_models=True)
    X, y = rows
    torch.manual_seed(0)
    module, expected = Module(), []
    config = BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=16,
    )  # fmt: skip
    words = BertForSequenceClassification(config)
    batches = [{"input_ids": torch.arange(i, i + 4) % 20, "labels": torch.tensor(i % 2)} for i in range(8)]
    plan = TrainingArguments("out", num_train_epochs=1, save_strategy="no", use_cpu=True, disable_tqdm=True)
    with nbtrack.start_run() as parent:
        network.fit(X, y, verbose=0)
        expected.append(network.predict(X, verbose=0))
        quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}
        pl.Trainer(max_epochs=1, accelerator="cpu", enable_checkpointing=False, **quiet).fit(module, loader)
        expected.append(module(torch.from_numpy(X)).detach().numpy())
        boosted = catboost.CatBoostRegressor(iterations=3, verbose=False, allow_writing_files=False).fit(X, y)
        expected.append(boosted.predict(X))
        expected.append(sm.OLS(y, X).fit().predict(X))
        Trainer(words, plan, train_dataset=batches).train()
        words.eval()
        expected.append(words(torch.from_numpy(abs(X).astype("int64"))).logits.detach().numpy())
    flavors = ("keras", "pytorch", "catboost", "statsmodels", "pytorch")
    uris = [f"runs:/{run.info.run_id}/model" for run in children(parent)]
    answers = loaded(sys.executable, tmp_path, X, list(zip(flavors, uris, strict=True)))
    for (plain, native), predicted in zip(answers, expected, strict=True):
        assert np.asarray(native) == pytest.approx(predicted, rel=1e-5, abs=1e-6)
        if predicted is not expected[-1]:  # MLflow's plain function of torch wants a tensor, and it gives an object
            assert np.asarray(plain) == pytest.approx(predicted, rel=1e-5, abs=1e-6)


def test_a_model_that_cannot_be_kept_costs_a_warning_and_no_fit(rows: Rows, network: Any) -> None:
    nbtrack.keras.autolog(log_models=True)
    network.save = None
    with pytest.warns(UserWarning, match="could not keep the model of keras"):
        history = network.fit(*rows, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert only_run().info.status == "FINISHED"


def test_a_network_of_torch_is_kept_with_its_class(rows: Rows, tmp_path: Path) -> None:
    class Twice(torch.nn.Module):
        def forward(self, rows: Any) -> Any:
            return rows * 2

    with nbtrack.start_run():
        info = nbtrack.log_model(Twice())
    assert info is not None
    ((plain, native),) = loaded(sys.executable, tmp_path, rows[0], [("pytorch", info.model_uri)])
    assert np.asarray(plain) == pytest.approx(rows[0] * 2)
    assert plain == native

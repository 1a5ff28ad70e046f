from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainerCallback, TrainingArguments

import nbtrack
from nbtrack.capture import progress
from nbtrack.tracking.events import subscribe
from tests.autolog.found import children, history, only_run

pytestmark = [
    pytest.mark.large,
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore"),  # of torch's loader, that there is no accelerator to pin memory for
]


def trainer(folder: Path, *callbacks: Any) -> Any:
    config = BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=16,
    )  # fmt: skip
    data = [{"input_ids": torch.arange(i, i + 6) % 20, "labels": torch.tensor(i % 2)} for i in range(8)]
    arguments = TrainingArguments(
        output_dir=str(folder), num_train_epochs=1, per_device_train_batch_size=4, logging_steps=1,
        save_strategy="no", use_cpu=True, disable_tqdm=True, hub_token="very secret",
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    return Trainer(model, arguments, train_dataset=data, eval_dataset=data, callbacks=list(callbacks))


def test_what_the_trainer_logs_is_logged_while_it_trains_and_its_evaluation_with_it(tmp_path: Path) -> None:
    nbtrack.autolog()
    feed, seen = subscribe(), []

    class Mine(TrainerCallback):  # type: ignore[misc]
        def on_step_begin(self, *args: Any, **kwargs: Any) -> None:
            seen.append({point.key for point in feed.points})

    training = trainer(tmp_path, Mine)
    before = list(training.callback_handler.callbacks)
    training.train()
    told = training.evaluate()
    feed.close()
    assert training.callback_handler.callbacks == before
    assert "loss" in seen[1]
    run = only_run()
    assert [step for step, _ in history(run, "loss")] == [1, 2]
    assert run.data.metrics["eval_loss"] == pytest.approx(told["eval_loss"])
    assert run.data.params["hidden_size"] == "8"
    assert run.data.params["per_device_train_batch_size"] == "4"
    assert "very secret" not in str(run.data.params)
    assert run.info.status == "FINISHED"


def test_two_trainings_in_a_run_are_two_children_and_an_error_is_the_persons(tmp_path: Path) -> None:
    nbtrack.autolog()
    seen = []
    with nbtrack.start_run() as parent:

        class Fails(TrainerCallback):  # type: ignore[misc]
            def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
                seen.append(progress.told(parent.info.run_id))
                if state.global_step == 1:
                    raise ZeroDivisionError

        trainer(tmp_path).train()
        with pytest.raises(ZeroDivisionError):
            trainer(tmp_path, Fails).train()
    assert [run.info.status for run in children(parent)] == ["FINISHED", "FAILED"]
    assert seen == [None, (1, 2)]

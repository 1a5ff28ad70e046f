"""Metrics and progress that training loops print."""

from __future__ import annotations

import pytest

from nbtrack.capture.printed import Printed, read_line
from nbtrack.capture.system import System
from nbtrack.capture.tee import Lines


@pytest.mark.parametrize(
    ("line", "step", "metrics"),
    [
        ("epoch 3 loss=0.12", 3, {"loss": 0.12}),
        ("Epoch 3/10: loss: 0.12 - acc: 98.5%", 3, {"loss": 0.12, "acc": 98.5}),
        ("Epoch [2/5], Step [30/100], Loss: 1e-3", 230, {"Loss": 0.001}),
        ("step 40 | val loss 0.31 | lr 1e-4", 40, {"val_loss": 0.31, "lr": 1e-4}),
        ("[12:01] step=7 loss=nan, time: 3.2s eta: 12", 7, {"loss": float("nan")}),
        ("\x1b[32mEpoch 1\x1b[0m train_loss=2", 1, {"train_loss": 2.0}),
        ("Version: 3.2 epoch 7", 7, {}),
        ("epoch 4 took 12", 4, {}),
    ],
)
def test_what_stands_behind_the_count_is_a_metric(line: str, step: int, metrics: dict[str, float]) -> None:
    said = read_line(line)
    assert said is not None
    assert said.step == step
    assert str(said.metrics) == str(metrics)


@pytest.mark.parametrize("line", ["loss=0.5", "stepped on 3 toes: 4", "Version 3.2", "a[3] = 4.0", "http://x/epoch"])
def test_other_lines_say_nothing(line: str) -> None:
    assert read_line(line) is None


def test_progress_is_read_from_epochs_and_bars() -> None:
    for line, progress in [
        ("Epoch 3/10 loss=1.0", (3, 10)),
        (" 40%|████      | 40/100 [00:04<00:06, 9.8it/s]", (40, 100)),
        ("epoch 3", None),
    ]:
        said = read_line(line)
        assert said is not None
        assert said.progress == progress


def test_kerass_two_lines_belong_together() -> None:
    printed = Printed()
    for line in ("Epoch 2/5", "100/313 ━━ 0s 2ms/step - loss: 9.0", "313/313 ━━━━ 1s 2ms/step - loss: 0.3 - acc: 0.9"):
        printed.add(line)
    assert printed.take({}, last=True) == [("loss", 0.3, 2), ("acc", 0.9, 2)]
    assert printed.progress == (2, 5)


def test_keras_counts_batches_inside_its_epochs() -> None:
    printed = Printed()
    seen = []
    for line in ("Epoch 1/4", "50/100 ━━ 0s", "100/100 ━━ 1s - loss: 0.3", "Epoch 2/4", "25/100 ━━ 0s"):
        printed.add(line)
        seen.append(printed.progress)
    assert seen[1:] == [(0.5, 4), (1.0, 4), (1.0, 4), (1.25, 4)]


def test_what_the_code_logs_itself_is_left_to_it() -> None:
    printed = Printed()
    printed.add("epoch 1 loss=1.0 acc=0.5")
    assert printed.take({"loss": 1}, last=True) == [("acc", 0.5, 1)]
    printed.add("epoch 2 loss=1.0 acc=0.6")
    assert printed.take({"loss": 2, "acc": 1}) == [("acc", 0.6, 2)]


def test_code_that_prints_before_it_logs_is_noticed() -> None:
    printed = Printed()
    printed.add("epoch 1 loss=1.0 acc=0.5")
    assert printed.take({}) == []
    assert printed.take({"loss": 1}) == [("acc", 0.5, 1)]
    printed.add("epoch 2 loss=1.0 acc=0.6")
    assert printed.take({"loss": 2, "acc": 2}) == []  # it logs acc as well, from the second epoch on
    printed.add("epoch 3 loss=1.0 acc=0.7")
    assert printed.take({"loss": 3, "acc": 3}, last=True) == []


def test_pieces_become_lines() -> None:
    lines = Lines()
    assert [lines.split(piece) for piece in ("ep", "och 1", "\n\n", "\r 10%", "\r 20%", "\n")] == [
        [], [], ["epoch 1"], [], [" 10%"], [" 20%"],
    ]  # fmt: skip


def test_the_machine_is_measured_by_mlflows_names() -> None:
    sample = System().sample()
    assert {"system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"} <= sample.keys()
    assert 0 < sample["system/system_memory_usage_percentage"] < 100


@pytest.mark.parametrize(
    ("line", "step", "metrics"),
    [
        ("Epoch 7 loss=0.25 (best epoch 4)", 7, {"loss": 0.25}),
        ("epoch 5, train loss: 0.4, val loss: 0.6 (epoch 2)", 5, {"train_loss": 0.4, "val_loss": 0.6}),
        ("Epoch 9 | loss 0.31 | patience 2/5 since epoch 6", 9, {"loss": 0.31}),
        ("step 10 loss 0.5 next eval at step 20", 10, {"loss": 0.5}),
        ("epoch 2: acc = 0,95", 2, {"acc": 0.95}),
        ("epoch 2: acc = -1,5, loss = 0,250", 2, {"acc": -1.5, "loss": 0.25}),
        ("Epoch 3: loss: 1.234,5", 3, {"loss": 1234.5}),
        ("step 100/1000 loss=1,234.5", 100, {"loss": 1234.5}),
        ("epoch 3 size_of=1,234 loss 0.5", 3, {"loss": 0.5}),
        ("epoch 1 mean loss 0.5 - learning rate: 1e-4", 1, {"loss": 0.5, "rate": 1e-4}),
        ("Epoch 3: val_loss improved from 0.7 to 0.5, saving model to m-03.keras", 3, {}),
        ("Epoch 00003: val_loss did not improve from 0.45", 3, {}),
        ("Epoch 4: reducing learning rate to 0.001", 4, {}),
        ("Epoch 5 finished in 12.3 s", 5, {}),
        ("epoch 3: the model reached 0.95 accuracy", 3, {}),
        ("Epoch 8: no improvement of 0.001 for 3 epochs", 8, {}),
    ],
)
def test_a_line_counts_itself_and_its_sentences_are_no_metrics(line: str, step: int, metrics: dict[str, float]) -> None:
    said = read_line(line)
    assert said is not None
    assert (said.step, said.metrics) == (step, metrics)


def test_the_best_epoch_alone_is_no_count_of_the_line() -> None:
    assert read_line("best epoch 4: loss=0.5") is None

"""A loop that somebody wrote themselves: nothing in it knows of nbtrack."""

from __future__ import annotations

import copy
import gc
import threading
import time
import warnings
import weakref
from typing import Any

import pytest
import torch
from sklearn.base import BaseEstimator
from torch import nn

import nbtrack
from nbtrack.tracking.events import subscribe
from tests.autolog.found import children, history, runs

pytestmark = [pytest.mark.large, pytest.mark.usefixtures("store")]
Rows = tuple[Any, Any]
squared = nn.functional.mse_loss


def train(rows: Rows, lr: float = 0.1, steps: int = 4, schedule: bool = False) -> list[float]:
    """The losses of each step."""
    features, target = torch.from_numpy(rows[0]), torch.from_numpy(rows[1]).float()
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.5)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2) if schedule else None
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = squared(model(features)[:, 0], target)
        loss.backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        losses.append(loss.item())
    return losses


def test_each_step_has_the_loss_that_was_sent_backward_and_the_optimizer_is_told(rows: Rows) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as run:
        losses = train(rows)
    found = nbtrack.get_run(run.info.run_id)
    assert history(found, "loss") == list(enumerate(losses))
    assert found.data.params["optimizer_name"] == "SGD"
    assert found.data.params["momentum"] == "0.5"
    assert set(found.data.metrics) == {"loss"}
    assert found.data.tags["nbtrack.autologging"] == "1 training of PyTorch"


def test_points_are_there_while_the_loop_does_something_else(rows: Rows) -> None:
    nbtrack.autolog()
    parameter = nn.Parameter(torch.ones(1))
    optimizer, seen = torch.optim.SGD([parameter], lr=0.1), []
    with nbtrack.start_run():
        feed = subscribe()
        for _ in range(3):
            (parameter * 2).backward()
            optimizer.step()
            time.sleep(0.2)
            seen.append(len(feed.points))
        feed.close()
    assert seen == [1, 2, 3]


def test_a_learning_rate_is_a_metric_where_it_changes(rows: Rows) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as run:
        train(rows, steps=5, schedule=True)
    found = nbtrack.get_run(run.info.run_id)
    assert [(step, pytest.approx(value)) for step, value in history(found, "lr")] == [(0, 0.1), (2, 0.01), (4, 0.001)]


def test_two_loops_in_a_run_are_two_children_which_end_with_it(rows: Rows) -> None:
    nbtrack.autolog()
    losses = []
    with pytest.raises(ZeroDivisionError), nbtrack.start_run() as parent:  # noqa: PT012
        losses.append(train(rows, lr=0.1))
        losses.append(train(rows, lr=0.2))
        raise ZeroDivisionError
    found = children(parent)
    assert [run.data.params["lr"] for run in found] == ["0.1", "0.2"]
    assert [[value for _, value in history(run, "loss")] for run in found] == losses
    assert [run.info.status for run in found] == ["FINISHED", "FAILED"]


def test_the_two_optimizers_of_a_gan_are_one_training(rows: Rows) -> None:
    nbtrack.autolog()
    torch.manual_seed(0)
    makes, judges = nn.Linear(2, 4), nn.Linear(4, 1)
    for_makes = torch.optim.Adam(makes.parameters(), lr=0.01)
    for_judges = torch.optim.SGD(judges.parameters(), lr=0.02)
    judged, made = [], []
    with nbtrack.start_run() as run:
        for _ in range(3):
            for_judges.zero_grad()
            real = judges(torch.from_numpy(rows[0])).mean()
            real.backward()
            fake = -judges(makes(torch.randn(8, 2)).detach()).mean()
            fake.backward()
            for_judges.step()
            judged.append(real.item() + fake.item())
            for_makes.zero_grad()
            loss = judges(makes(torch.randn(8, 2))).mean()
            loss.backward()
            for_makes.step()
            made.append(loss.item())
    found = nbtrack.get_run(run.info.run_id)
    assert children(run) == []
    assert [value for _, value in history(found, "loss")] == judged
    assert [value for _, value in history(found, "loss-2")] == made
    assert (found.data.params["optimizer_name"], found.data.params["optimizer_name-2"]) == ("SGD", "Adam")


def test_gathered_gradients_are_one_step_and_a_closure_tries_several(rows: Rows) -> None:
    nbtrack.autolog()
    parameter = nn.Parameter(torch.ones(1))
    gathering = torch.optim.SGD([parameter], lr=0.1)
    with nbtrack.start_run() as run:
        for _ in range(4):
            (parameter.detach() * 0 + parameter / parameter.detach() / 4).sum().backward()
        gathering.step()
    assert [value for _, value in history(run, "loss")] == [pytest.approx(1.0)]
    tried: list[float] = []
    newton = torch.optim.LBFGS([parameter], max_iter=3)

    def closure() -> Any:
        newton.zero_grad()
        loss = (parameter**2).sum()
        loss.backward()
        tried.append(loss.item())
        return loss

    with nbtrack.start_run() as run:
        newton.step(closure)
    assert [value for _, value in history(run, "loss")] == tried[-1:]
    assert len(tried) > 1


class Inner(BaseEstimator):  # type: ignore[misc]
    """Learns by what it is handed."""

    def fit(self, X: Any, y: Any = None) -> Inner:
        X()
        return self


def test_steps_inside_a_fit_and_of_a_run_inside_are_not_those_of_the_loop_around(rows: Rows) -> None:
    nbtrack.autolog()
    parameter = nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([parameter], lr=0.0)

    def step(loss: float) -> None:
        optimizer.zero_grad()
        (parameter * loss).sum().backward()
        optimizer.step()

    with nbtrack.start_run() as outer:
        step(1.0)
        Inner().fit(lambda: step(2.0))
        step(3.0)
        with nbtrack.start_run(nested=True) as inner:
            step(4.0)
    training = next(
        run for run in children(outer) if "loss" in run.data.metrics and run.info.run_id != inner.info.run_id
    )
    assert history(training, "loss") == [(0, 1.0), (1, 3.0)]
    assert history(inner, "loss") == [(0, 4.0)]


def test_the_loss_is_the_one_before_it_was_scaled(rows: Rows) -> None:
    nbtrack.autolog()
    parameter = nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([parameter], lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with nbtrack.start_run() as run:
        scaler.scale((parameter * 3).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
    assert history(run, "loss") == [(0, 3.0)]


def test_without_an_active_run_a_loop_is_none(rows: Rows) -> None:
    nbtrack.autolog()
    assert len(train(rows)) == 4
    assert runs() == []


def test_nothing_of_the_persons_is_kept_alive_or_changed(rows: Rows) -> None:
    nbtrack.autolog()
    with nbtrack.start_run():
        model = nn.Linear(4, 1)
        optimizer = torch.optim.Adam(model.parameters())
        model(torch.from_numpy(rows[0])).sum().backward()
        optimizer.step()
        copy.deepcopy(optimizer).step()
        state = set(optimizer.state_dict()), optimizer._optimizer_step_post_hooks
        kept = weakref.ref(optimizer)
        del optimizer, model
        gc.collect()
        assert kept() is None
    assert state == ({"state", "param_groups"}, {})


def test_switched_off_torch_is_as_it_was(rows: Rows) -> None:
    before = torch.Tensor.backward, torch.optim.Optimizer.__init__, torch.optim.Optimizer.zero_grad
    nbtrack.autolog()
    assert torch.Tensor.backward is not before[0]
    nbtrack.autolog(disable=True)
    assert before == (torch.Tensor.backward, torch.optim.Optimizer.__init__, torch.optim.Optimizer.zero_grad)
    with nbtrack.start_run() as run:
        train(rows)
    assert nbtrack.get_run(run.info.run_id).data.metrics == {}


def test_a_compiled_model_and_a_compiled_step_train_as_before(rows: Rows) -> None:
    nbtrack.autolog()
    model = torch.compile(nn.Linear(4, 1), backend="eager")
    optimizer = torch.optim.SGD(model.parameters(), lr=torch.tensor(0.1))
    step = torch.compile(lambda: optimizer.step(), backend="eager")
    with nbtrack.start_run() as run, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(2):
            optimizer.zero_grad()
            model(torch.from_numpy(rows[0])).mean().backward()
            step()
    assert len(history(run, "loss")) == 2
    assert not [each for each in told if "recording.py" in str(each.message)]  # what Dynamo says of code it compiles


def test_loops_in_two_threads_are_a_training_each(rows: Rows) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as parent:
        threads = [threading.Thread(target=train, args=(rows, lr, 30)) for lr in (0.1, 0.2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = children(parent)
    assert sorted(run.data.params["lr"] for run in found) == ["0.1", "0.2"]
    assert [len(history(run, "loss")) for run in found] == [30, 30]
    assert {run.info.status for run in found} == {"FINISHED"}

"""What do the steps of one training loop come to, as points of a run?"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.recording import Recording
from nbtrack.entities import RunStatus

APART = 0.5  # seconds between two losses that are fetched from a device: fetching one waits for all work queued on it


class Losses(threading.local):
    """What was sent backward in this thread since gradients were last cleared.

    Several before one step are added up, as their gradients are; several steps after one share it.
    """

    def __init__(self) -> None:
        self.total: Any = None  # a number, or a tensor on a device; None where nothing was sent
        self._stepped = False

    def clear(self) -> None:
        self.total, self._stepped = None, False

    def add(self, loss: Any) -> None:
        if self._stepped:
            self.clear()
        detached = loss.detach()
        value = detached.item() if detached.device.type == "cpu" else detached
        self.total = value if self.total is None else self.total + value

    def stepped(self) -> Any:
        self._stepped = True
        return self.total


@dataclass(eq=False, slots=True)
class _Optimizer:
    """How far one optimizer is, and what was last seen of it."""

    number: int
    steps: int = 0
    rates: list[float] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)  # groups whose learning rate has changed
    fetched: float = 0.0
    waiting: tuple[int, Any] | None = None  # the newest loss that was not fetched, and its step

    def name(self, key: str) -> str:
        """Of several optimizers, the second's loss is `loss-2`."""
        return key if self.number == 1 else f"{key}-{self.number}"


class Loop:
    """One training: the run it goes to and its optimizers, `began` in the order in which optimizers are made."""

    def __init__(self, recording: Recording, began: int) -> None:
        self.began = began
        self._recording = recording
        self._known: ByIdentity[_Optimizer] = ByIdentity()  # they and their models may go before the run does
        self._optimizers: list[_Optimizer] = []

    def has(self, optimizer: Any) -> bool:
        return self._known.get(optimizer) is not None

    def step(self, optimizer: Any, loss: Any) -> None:
        seen = self._known.get(optimizer) or self._first(optimizer)
        step, seen.steps = seen.steps, seen.steps + 1
        if loss is not None:
            self._log_loss(seen, step, loss)
        for group, rate in enumerate(each["lr"] for each in optimizer.param_groups):
            if group == len(seen.rates):
                seen.rates.append(rate)
            elif rate is not seen.rates[group]:
                self._log_rate(seen, step, group, rate)

    def _first(self, optimizer: Any) -> _Optimizer:
        seen = self._known[optimizer] = _Optimizer(len(self._optimizers) + 1)
        self._optimizers.append(seen)
        params = {"optimizer_name": type(optimizer).__name__, **optimizer.defaults}
        self._recording.params({seen.name(key): value for key, value in params.items()})
        return seen

    def _log_loss(self, seen: _Optimizer, step: int, loss: Any) -> None:
        if not isinstance(loss, float):
            if time.monotonic() - seen.fetched < APART:
                seen.waiting = step, loss
                return
            loss = float(loss)
            seen.fetched, seen.waiting = time.monotonic(), None
        self._recording.point(seen.name("loss"), loss, step)

    def _log_rate(self, seen: _Optimizer, step: int, group: int, rate: Any) -> None:
        """Where it never changes it is a param and no metric."""
        before, seen.rates[group] = float(seen.rates[group]), rate
        if before == float(rate):
            return
        key = seen.name("lr" if group == 0 else f"lr/pg{group + 1}")
        if group not in seen.moved:
            seen.moved.add(group)
            self._recording.point(key, before, 0)
        self._recording.point(key, float(rate), step)

    def end(self, status: RunStatus) -> None:
        for seen in self._optimizers:
            if seen.waiting is not None:
                step, loss = seen.waiting
                seen.waiting = None
                self._recording.point(seen.name("loss"), float(loss), step)
        self._recording.end(status)

"""What do the steps of one training loop come to, as points of a run?"""

from __future__ import annotations

import threading
import weakref
from time import monotonic, time_ns
from typing import Any

from nbtrack.autolog.defaults import unchosen
from nbtrack.autolog.recording import Recording
from nbtrack.entities import RunStatus
from nbtrack.errors import guard

SOON = 50  # ms in which a step's points are written
APART = 0.5  # seconds between two losses that are fetched from a device: fetching one waits for all work queued on it


class Sent:
    """What was sent backward in one thread since gradients were last cleared, and whose step was the last there.

    Several before one step are added up, as their gradients are; several steps after one share it.
    """

    __slots__ = ("changes", "on_cpu", "stepped", "steps", "total")

    def __init__(self) -> None:
        self.total: Any = None  # a number, or a tensor on a device; None where nothing was sent
        self.stepped = False  # since the last was sent
        self.steps: Steps | None = None
        self.on_cpu = False  # are its weights there? Then so is the loss, which is not asked each time
        self.changes = -1  # how often the active run had changed then


class Here(threading.local):
    """Of each thread its own. To be looked up once a call: between two calls of torch it takes a microsecond."""

    def __init__(self) -> None:
        self.sent = Sent()


class Loop:
    """One training: the run it goes to, inside the run `run_id`; `began` in the order in which optimizers are made.

    A point goes to the store 50 ms after its step at the latest: to write each on its own takes as long as all else.
    """

    def __init__(self, recording: Recording, run_id: str, began: int) -> None:
        self.recording = recording
        self.run_id = run_id
        self.began = began
        self.thread = threading.get_ident()
        self._optimizers: list[Steps] = []
        self._waiting: dict[str, list[tuple[float, int, int]]] = {}  # by key: value, ms since 1970, step
        self.written = 0  # when, in ms since 1970
        self._writing = threading.Lock()
        self._over = threading.Event()

    def first(self, optimizer: Any) -> Steps:
        """One more optimizer. Of several the second's loss is `loss-2`."""
        number = len(self._optimizers) + 1
        steps = Steps(self, optimizer, "" if number == 1 else f"-{number}")
        if not self._optimizers:
            threading.Thread(target=self._write_late, name="nbtrack-steps", daemon=True).start()
        self._optimizers.append(steps)
        params = {"optimizer_name": type(optimizer).__name__, **optimizer.defaults}
        with guard("log the params of this training"):
            alike = unchosen(type(optimizer), optimizer.defaults, suffix=steps.suffix)
            self.recording.params({key + steps.suffix: value for key, value in params.items()}, defaults=alike)
        return steps

    def waiting(self, key: str) -> list[tuple[float, int, int]]:
        """Where the metric's points are put, in turn with a look at whether it is time to write them."""
        return self._waiting.setdefault(key, [])

    def point(self, key: str, value: float, step: int) -> None:
        when = time_ns() // 1_000_000
        self.waiting(key).append((value, when, step))
        if when - self.written >= SOON:
            self.write()

    def write(self) -> None:
        """Write what waits, the oldest of each metric first."""
        self.written = time_ns() // 1_000_000
        with self._writing:
            for key, waiting in list(self._waiting.items()):
                if points := waiting[:]:  # others may come meanwhile
                    self.recording.points(key, points)
                    del waiting[: len(points)]

    def _write_late(self) -> None:
        """What waits while the loop does something else, such as validating."""
        while not self._over.wait(SOON / 1000):
            if any(self._waiting.values()) and time_ns() // 1_000_000 - self.written >= SOON:
                with guard("log these steps of torch"):
                    self.write()

    def end(self, status: RunStatus) -> None:
        """One that has ended may have gone on: then its points are written and it stays as it ended."""
        over = self._over.is_set()
        self._over.set()
        for steps in self._optimizers:
            steps.fetch()
        self.write()
        if not over:
            self.recording.end(status)


class Steps:
    """How far one optimizer of a training is, and what was last seen of it. `step` is called from the person's loop."""

    __slots__ = (
        "_count",
        "_fetched",
        "_key",
        "_losses",
        "_moved",
        "_rates",
        "_waiting",
        "loop",
        "of",
        "on_cpu",
        "suffix",
    )

    def __init__(self, loop: Loop, optimizer: Any, suffix: str) -> None:
        self.loop = loop
        self.of = weakref.ref(optimizer)
        self.on_cpu = all(each.is_cpu for group in optimizer.param_groups for each in group["params"])
        self.suffix = suffix
        self._key = f"loss{suffix}"
        self._losses = loop.waiting(self._key)
        self._count = 0
        self._rates: list[Any] = []
        self._moved: set[int] = set()  # groups whose learning rate has changed
        self._fetched = 0.0
        self._waiting: tuple[int, Any] | None = None  # the newest loss that was not fetched, and its step

    def step(self, optimizer: Any, loss: Any) -> None:
        step = self._count
        self._count = step + 1
        if type(loss) is float:
            when = time_ns() // 1_000_000
            self._losses.append((loss, when, step))
            if when - self.loop.written >= SOON:
                self.loop.write()
        elif loss is not None:
            self._waiting = step, loss
            if monotonic() - self._fetched > APART:
                self.fetch()
        rates = self._rates
        for group, each in enumerate(optimizer.param_groups):
            rate = each["lr"]
            if group == len(rates):
                rates.append(rate if type(rate) is float else _as_float(rate))
            elif rate is not rates[group]:
                self._log_rate(step, group, _as_float(rate))

    def fetch(self) -> None:
        if self._waiting is not None:
            step, loss = self._waiting
            self._waiting = None
            self.loop.point(self._key, float(loss), step)
            self._fetched = monotonic()

    def _log_rate(self, step: int, group: int, rate: float | None) -> None:
        """Where it never changes it is a param and no metric."""
        before = self._rates[group]
        if rate is None or before is None or before == rate:
            return
        self._rates[group] = rate
        key = f"lr{self.suffix}" if group == 0 else f"lr/pg{group + 1}{self.suffix}"
        if group not in self._moved:
            self._moved.add(group)
            self.loop.point(key, before, 0)
        self.loop.point(key, rate, step)


def _as_float(rate: Any) -> float | None:
    """None for one on a device, which a capturable optimizer may have: to fetch it at each step would hold all up."""
    return float(rate) if getattr(rate, "is_cpu", True) else None

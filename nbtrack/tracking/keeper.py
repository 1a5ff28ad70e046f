"""What is done for the open runs of this process again and again, whatever its code is busy with?

A heartbeat, so that a killed process is told from a busy one, and for runs that asked for it a look at how busy the
machine is. One thread does it for all of them; it is started with the first run and ends when none is open any more.
"""

from __future__ import annotations

import os
import threading
import time

from nbtrack.capture.alive import BEAT, HEARTBEAT
from nbtrack.capture.system import PREFIX, System
from nbtrack.entities import Metric, RunTag
from nbtrack.errors import guard
from nbtrack.tracking import active
from nbtrack.tracking.active import Held
from nbtrack.tracking.system_metrics import node, samples_together, seconds_between


class Samples:
    """The machine as one run sees it: a point at every so many samples, each the mean of those before it."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._system: System | None = None
        self._gathered: list[dict[str, float]] = []
        # A run that goes on keeps counting where it was.
        key = f"{self._prefix()}cpu_utilization_percentage"
        steps = held.client.store.history(held.run_id, key).step if key in held.run.data.metrics else ()
        self._step = int(max(steps, default=-1)) + 1
        self.due = time.monotonic() + seconds_between()

    def take(self) -> None:
        self.due = time.monotonic() + seconds_between()
        self._system = self._system or System()
        self._gathered.append(self._system.sample())
        if len(self._gathered) >= samples_together():
            self.log()

    def log(self) -> None:
        """Write what was gathered."""
        gathered, self._gathered = self._gathered, []
        now = time.time_ns() // 1_000_000
        keys = dict.fromkeys(key for sample in gathered for key in sample)
        points = []
        for key in keys:
            values = [sample[key] for sample in gathered if key in sample]
            name = self._prefix() + key.removeprefix(PREFIX)
            points.append(Metric(name, sum(values) / len(values), now, self._step))
        if points:
            self._step += 1
            self._held.client.log_batch(self._held.run_id, points)

    def _prefix(self) -> str:
        return f"{PREFIX}{node()}/" if node() else PREFIX


_sampled: dict[str, Samples] = {}
_changing = threading.Lock()
_news = threading.Event()  # set when a run asks for samples, and the thread may have to wake earlier
_thread: threading.Thread | None = None


def watch(held: Held, *, system: bool = False) -> None:
    """Keep the heart of a run beating while it is open, and measure the machine for it where `system` says so."""
    global _thread
    if system:
        with guard("measure the machine"):
            _sampled[held.run_id] = Samples(held)
            _news.set()
    with _changing:
        if _thread is None:
            _thread = threading.Thread(target=_keep, name="nbtrack-keeper", daemon=True)
            _thread.start()


def _keep() -> None:
    global _thread
    beat = time.monotonic() + BEAT
    while True:
        due = min([beat, *(samples.due for samples in list(_sampled.values()))])
        _news.wait(max(0.0, due - time.monotonic()))
        _news.clear()
        _measure()
        if time.monotonic() < beat:
            continue
        beat = time.monotonic() + BEAT
        with _changing:
            if not (runs := active.open_runs()):
                _thread = None
                return
        for held in runs:
            _beat(held)


def _measure() -> None:
    now, open_now = time.monotonic(), {held.run_id for held in active.open_runs()}
    for run_id, samples in list(_sampled.items()):
        with guard("measure the machine"):
            if run_id not in open_now:
                del _sampled[run_id]
                samples.log()
            elif samples.due <= now:
                samples.take()


def _beat(held: Held) -> None:
    with guard("keep the run's heartbeat"):
        if held in active.open_runs():  # it may have ended, and been deleted, since
            tag = RunTag(HEARTBEAT, str(time.time_ns() // 1_000_000))
            held.client.store.log_batch(held.run_id, tags=[tag])


def _forget() -> None:
    """A forked child has neither the thread nor the runs."""
    global _thread, _changing, _news
    _thread, _changing, _news = None, threading.Lock(), threading.Event()
    _sampled.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

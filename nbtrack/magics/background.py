"""How is slow, unimportant work kept out of the cell's way?

Threads that have nothing to do wait for the next work: to start one costs a busy machine 10 ms of the cell's time.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

_Work = Callable[[], None]
_idle: list[SimpleQueue[_Work]] = []  # of threads that wait
NEXT_CELL_WAITS = 2.0  # s at most for what the cell before it is still noting
PATIENCE = 10.0  # s that a person waits for what a run that has just ended is still keeping
_going_on: set[Background] = set()
_hurry = threading.Event()  # somebody waits


class Background:
    """Runs `work` beside its caller. The interpreter waits for it when it ends, so that nothing is half written."""

    def __init__(self, work: _Work) -> None:
        self._work = work
        self._done = threading.Event()
        self.was_waited_for = False
        _going_on.add(self)
        beside(self._run)

    def _run(self) -> None:
        try:
            self._work()
        finally:
            _going_on.discard(self)
            self._done.set()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the work, but not longer than this."""
        self._done.wait(seconds)


def beside(work: _Work) -> None:
    """Run `work` in a thread that is not waited for."""
    try:
        queue = _idle.pop()
    except IndexError:
        queue = SimpleQueue()
        threading.Thread(target=_serve, args=(queue,), name="nbtrack-background", daemon=True).start()
    queue.put(work)


def _serve(queue: SimpleQueue[_Work]) -> None:
    while True:
        queue.get()()
        _idle.append(queue)


def settle(seconds: float = 60) -> None:
    """Wait for all that goes on in the background."""
    until = time.monotonic() + seconds
    for each in list(_going_on):
        each.wait(until - time.monotonic())


def settle_once(seconds: float) -> None:
    """Wait for what goes on in the background, and never again for work that was waited for in vain."""
    until = time.monotonic() + seconds
    waiting = [each for each in list(_going_on) if not each.was_waited_for]
    if not waiting:
        return
    _hurry.set()
    try:
        for each in waiting:
            each.was_waited_for = True
            each.wait(until - time.monotonic())
    finally:
        _hurry.clear()


def calm(seconds: float) -> None:
    """Let the cell have Python's time for so long, or until somebody waits for the background."""
    _hurry.wait(seconds)


def _forget() -> None:
    """A forked child has no thread but its own."""
    global _hurry
    _hurry = threading.Event()
    _idle.clear()
    _going_on.clear()


atexit.register(settle)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

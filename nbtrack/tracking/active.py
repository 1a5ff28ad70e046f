"""Which run is active here?

Each thread has its own stack of runs, as in MLflow. A thread that started none (a data loader, a worker of a pool, a
callback) logs into the one run that the rest of the process has open; where several are open there is no telling which
is meant, and it starts a run of its own, as MLflow does. The main thread never borrows a run. A forked child starts
with no run: what it would log into belongs to its parent.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from nbtrack.entities import Run, RunStatus
from nbtrack.errors import guard
from nbtrack.stores import RunWriter
from nbtrack.tracking.client import MlflowClient


class ActiveRun(Run):
    """A run as it was when it started, and the block in which it is active: `with start_run() as run:`.

    Leaving the block ends the run: FINISHED, or FAILED when an exception leaves with it, a KeyboardInterrupt too, as in
    MLflow. Runs started inside and left open end with it.
    """

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        status = RunStatus.FINISHED if error is None else RunStatus.FAILED
        while any(held.run_id == self.info.run_id for held in _own.stack):
            if _own.stack[-1].kept:
                _own.stack[-1].asked = status
                return
            if error is None:
                end_top(status)
            else:  # the person's exception must be the one that is seen
                with guard(f"mark run '{self.info.run_id}' as {status.name}"):
                    end_top(status)


class Held:
    """A run on a stack, with what the next call needs at hand.

    `kept` says that whoever pushed it (a tracked cell) ends it: `end_run` and leaving a `with` only note in `asked` how
    it should end. `adopted` says that a `start_run()` without a name has been given it. What is in `leaving` is called
    with how the run ends, the last one first, before the run is taken off the stack. `reserved` are params that
    the cell writes when it ends, and autolog leaves to it.
    """

    __slots__ = ("adopted", "asked", "client", "kept", "known", "leaving", "reserved", "run", "run_id", "uri", "writer")

    def __init__(self, run: Run, client: MlflowClient, *, kept: bool = False) -> None:
        self.kept = kept
        self.adopted = False
        self.asked: RunStatus | None = None
        self.leaving: list[Callable[[RunStatus], None]] = []
        self.reserved: frozenset[str] = frozenset()
        self.run = ActiveRun(run.info, run.data, run.inputs)
        self.run_id = run.info.run_id
        self.client = client
        self.uri = client.store.uri
        self.writer: RunWriter = client.store.writer(self.run_id)
        self.known: set[str] = set()  # keys that log_metrics has had checked by the store


class _Own(threading.local):
    def __init__(self) -> None:
        self.stack: list[Held] = []
        self.last: tuple[MlflowClient, str] | None = None


_own = _Own()
_stacks: list[list[Held]] = []  # those that hold a run, of all threads
_changing = threading.Lock()
_newest: tuple[MlflowClient, str] | None = None
_count = itertools.count(1)
changes = 0  # another number after each change of a stack: as long as it is the same, `current` is what it was


def current() -> Held | None:
    """The run that logging goes to from this thread, or None."""
    if _own.stack:
        return _own.stack[-1]
    if threading.current_thread() is threading.main_thread():
        return None
    with _changing:
        return _stacks[0][-1] if len(_stacks) == 1 else None


def changed() -> None:
    """Whoever holds what `current` was is to ask again."""
    global changes
    changes = next(_count)


def own_stack() -> list[Held]:
    """This thread's runs, the active one last. Only `push` and `end_top` may change it."""
    return _own.stack


def push(held: Held) -> None:
    """Make `held` the active run of this thread."""
    global _newest, changes
    with _changing:
        changes = next(_count)
        if not _own.stack:
            _stacks.append(_own.stack)
        _own.stack.append(held)
        _newest = (held.client, held.run_id)


def end_top(status: RunStatus) -> None:
    """End this thread's active run. It is active no more even where the store refuses to hear of it."""
    held = _own.stack[-1]
    _end(_own.stack, status)
    _own.last = (held.client, held.run_id)


def _end(stack: list[Held], status: RunStatus) -> None:
    global changes
    _leave(stack[-1], status)
    with _changing:
        changes = next(_count)
        held = stack.pop()
        if not stack:
            _stacks[:] = [other for other in _stacks if other is not stack]
    held.client.set_terminated(held.run_id, status.name)
    held.writer.close()


def _leave(held: Held, status: RunStatus) -> None:
    while held.leaving:
        with guard(f"leave run '{held.run_id}'"):
            held.leaving.pop()(status)


def release_top(status: RunStatus = RunStatus.FINISHED) -> Held:
    """Take this thread's active run off the stack; setting its status is left to the caller, who kept it."""
    global changes
    _leave(_own.stack[-1], status)
    with _changing:
        changes = next(_count)
        held = _own.stack.pop()
        if not _own.stack:
            _stacks[:] = [other for other in _stacks if other is not _own.stack]
    _own.last = (held.client, held.run_id)
    return held


def last_ended() -> tuple[MlflowClient, str] | None:
    """Client and id of the run that this thread ended last."""
    return _own.last


def open_runs() -> list[Held]:
    """Every run that is open in this process, of all threads."""
    with _changing:
        return [held for stack in _stacks for held in stack]


def newest() -> tuple[MlflowClient, str] | None:
    """Client and id of the run that this process started last, in whatever thread."""
    return _newest


def end_all(status: RunStatus) -> None:
    """End every run of every thread, inner ones first. One that cannot be ended is told in a warning."""
    while _stacks:
        stack = _stacks[-1]
        with guard(f"mark run '{stack[-1].run_id}' as {status.name}"):
            _end(stack, status)


def _forget() -> None:
    global _changing, changes
    changes = next(_count)
    _changing = threading.Lock()  # the parent's may have been held at the moment of the fork
    _stacks.clear()
    _own.stack = []


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

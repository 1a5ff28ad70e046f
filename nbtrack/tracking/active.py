"""Which run is active here?

Each thread and each asyncio task has its own stack of runs (see `lines`). A task that started none logs into the run
that was active where it was created, also when that has ended since. A thread that started none (a data loader, a
worker of a pool, a callback) logs into the run of the code that called `to_thread`, else into the one run that the rest
of the process has open; where several are open there is no telling which is meant, and it starts a run of its own, as
MLflow does. The main thread never borrows a run. A forked child starts with no run: what it would log into belongs to
its parent.
"""

from __future__ import annotations

import functools
import itertools
import os
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from nbtrack.entities import DatasetInput, Run, RunStatus
from nbtrack.errors import guard
from nbtrack.stores import RunWriter
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.lines import Line, Lines


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
        stack = own_stack()
        while any(held.run_id == self.info.run_id for held in stack):
            if stack[-1].kept:
                stack[-1].asked = status
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

    The run of a tracked cell, block or script `is_cell`. `children` is where runs that start in it go: a client and an
    experiment. What is in it without having been logged are `given_params` and `own_inputs`; `settle` waits so many
    seconds for what is noted beside it. `kept_files` are artifacts that are files which its code wrote.
    """

    __slots__ = (
        "adopted", "asked", "children", "client", "given_params", "is_cell", "kept", "kept_files", "known", "leaving",
        "mlflow_experiment", "movable", "open", "own_inputs", "reserved", "run", "run_id", "settle", "uri", "writer",
    )  # fmt: skip

    def __init__(self, run: Run, client: MlflowClient, *, kept: bool = False) -> None:
        self.kept = kept
        self.open = True  # on a stack
        self.adopted = False
        self.asked: RunStatus | None = None
        self.leaving: list[Callable[[RunStatus], None]] = []
        self.reserved: frozenset[str] = frozenset()
        self.run = ActiveRun(run.info, run.data, run.inputs)
        self.run_id = run.info.run_id
        self.client = client
        self.uri = client.store.uri
        self.writer: RunWriter = client.store.writer(self.run_id)
        self.kept_files: set[str] = set()
        self.known: set[str] = set()  # keys that log_metrics has had checked by the store
        self.is_cell = False
        self.movable = True
        self.mlflow_experiment: str | None = None  # what MLflow had chosen when it started
        self.children = client, run.info.experiment_id
        self.given_params: frozenset[str] = frozenset()
        self.own_inputs: Sequence[DatasetInput] = ()
        self.settle: Callable[[float], object] = lambda _: None

    def renew(self, run: Run) -> None:
        """The run has moved: whoever was given it is to see where it is now."""
        object.__setattr__(self.run, "info", run.info)


_lines: Lines[Held] = Lines()
here = _lines.here  # the line of the code that calls it
_stacks: list[list[Held]] = []  # those that hold a run, of all lines
_suspended: list[list[Held]] = []  # runs of generators that wait to be asked for their next value
_changing = threading.Lock()
_newest: tuple[MlflowClient, str] | None = None
_count = itertools.count(1)
changes = 0  # another number after each change of a stack: as long as it is the same, `current` is what it was


def current() -> Held | None:
    """The run that logging goes to from here, or None."""
    line = here()
    return line.stack[-1] if line.stack else _borrowed(line)


def _borrowed(line: Line[Held]) -> Held | None:
    """The run that a line without one of its own logs into."""
    if origin := _lines.origin(line):
        return next((held for held in reversed(origin) if held.open), origin[-1])
    if line.task is not None:
        main = _lines.main().stack
        return main[-1] if main else None
    if threading.current_thread() is threading.main_thread():
        return None
    with _changing:
        return _stacks[0][-1] if len(_stacks) == 1 else None


def chain() -> list[Held]:
    """The open runs that what starts here lies in, the innermost last: this line's, below those of its origin."""
    line = here()
    return [*(held for held in _lines.origin(line) or () if held.open), *line.stack]


def cell() -> Held | None:
    """The run of the innermost tracked cell or block that the code here belongs to."""
    found = current()
    among = [found] if found is not None and found.kept else chain()
    return next((held for held in reversed(among) if held.kept), None)


def is_within(held: Held) -> bool:
    """Does the code that calls this belong to `held`? A thread of which nothing is known does."""
    line, runs = here(), chain()
    if any(one is held for one in runs) or current() is held:
        return True
    return not runs and line.task is None and threading.current_thread() is not threading.main_thread()


def changed() -> None:
    """Whoever holds what `current` was is to ask again."""
    global changes
    changes = next(_count)


def own_stack() -> list[Held]:
    """The runs that this thread or task has started, the active one last. Only this module may change it."""
    return here().stack


def refresh() -> None:
    """A cell begins: what it creates is to know which runs are active now, not those of an earlier cell."""
    _lines.note(here())


def push(held: Held) -> None:
    """Make `held` the active run of this thread or task."""
    global _newest, changes
    line = here()
    with _changing:
        changes = next(_count)
        if not line.stack:
            _stacks.append(line.stack)
        line.stack.append(held)
        _newest = (held.client, held.run_id)
    _lines.note(line)
    if line.task is not None and len(line.stack) == 1 and (task := line.task()) is not None:
        task.add_done_callback(functools.partial(_end_left_open, line))


def _end_left_open(line: Line[Held], task: Any) -> None:
    """End the runs that a task has left open: nobody else can."""
    failed = RunStatus.KILLED if task.cancelled() else RunStatus.FAILED
    status = RunStatus.FINISHED if not task.cancelled() and task.exception() is None else failed
    while line.stack:
        with guard(f"end run '{line.stack[-1].run_id}'"):
            _end(line.stack, status)


def end_top(status: RunStatus) -> None:
    """End this line's active run. It is active no more even where the store refuses to hear of it."""
    line = here()
    held = line.stack[-1]
    try:
        _end(line.stack, status)
    finally:
        line.last = (held.client, held.run_id)
        _lines.note(line)


def _end(stack: list[Held], status: RunStatus) -> None:
    held = _pop(stack, status)
    held.client.set_terminated(held.run_id, status.name)
    held.writer.close()


def _pop(stack: list[Held], status: RunStatus) -> Held:
    global changes
    _leave(stack[-1], status)
    with _changing:
        changes = next(_count)
        held = stack.pop()
        held.open = False
        if not stack:
            _stacks[:] = [other for other in _stacks if other is not stack]
    return held


def _leave(held: Held, status: RunStatus) -> None:
    while held.leaving:
        with guard(f"leave run '{held.run_id}'"):
            held.leaving.pop()(status)


def end_inside(held: Held, status: RunStatus = RunStatus.FINISHED) -> None:
    """End what was started inside `held` and is open still. Nothing where it was taken off its stack before."""
    stack = _stack_of(held)
    while stack and stack[-1] is not held:
        with guard(f"end run '{stack[-1].run_id}'"):
            _end(stack, status)
    _lines.note(here())


def take_off(held: Held, status: RunStatus = RunStatus.FINISHED) -> None:
    """End what was started inside `held`, then take `held` itself off its stack; setting its status is left to the
    caller, who kept it."""
    end_inside(held, status)
    if stack := _stack_of(held):
        _pop(stack, status)
    line = here()
    line.last = (held.client, held.run_id)
    _lines.note(line)


def _stack_of(held: Held) -> list[Held]:
    """The stack that `held` lies on, most often the one here; an empty one where it is not open."""
    among = [here().stack, *_stacks]
    return next((stack for stack in among if any(one is held for one in stack)), [])


def suspend(held: Held) -> list[Held]:
    """Take `held` and what was started inside it off the stack for a while; `resume` makes them active again."""
    global changes
    line = here()
    with _changing:
        changes = next(_count)
        place = next((i for i, one in enumerate(line.stack) if one is held), len(line.stack))
        runs = line.stack[place:]
        del line.stack[place:]
        if runs:
            _suspended.append(runs)
        if not line.stack:
            _stacks[:] = [other for other in _stacks if other is not line.stack]
    _lines.note(line)
    return runs


def resume(runs: list[Held]) -> None:
    """Make the runs active here that `suspend` has taken off a stack."""
    global changes
    line = here()
    with _changing:
        changes = next(_count)
        _suspended[:] = [other for other in _suspended if other is not runs]
        if runs and not line.stack:
            _stacks.append(line.stack)
        line.stack.extend(runs)
    _lines.note(line)


def last_ended() -> tuple[MlflowClient, str] | None:
    """Client and id of the run that this thread or task ended last."""
    last: tuple[MlflowClient, str] | None = here().last
    return last


def open_runs() -> list[Held]:
    """Every run that is open in this process, of all threads."""
    with _changing:
        return [held for stack in (*_stacks, *_suspended) for held in stack]


def newest() -> tuple[MlflowClient, str] | None:
    """Client and id of the run that this process started last, in whatever thread."""
    return _newest


def end_all(status: RunStatus) -> None:
    """End every run of every thread and task, inner ones first. One that cannot be ended is told in a warning."""
    _stacks.extend(_suspended)
    _suspended.clear()
    while _stacks:
        stack = _stacks[-1]
        with guard(f"mark run '{stack[-1].run_id}' as {status.name}"):
            _end(stack, status)


def _forget() -> None:
    global _changing, changes
    changes = next(_count)
    _changing = threading.Lock()  # the parent's may have been held at the moment of the fork
    _stacks.clear()
    _suspended.clear()
    _lines.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

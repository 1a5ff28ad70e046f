"""Each thread and each asyncio task has its own stack of active runs: a `Line`.

A task that a person starts (`asyncio.gather`, `create_task`) has a line of its own. A cell of a notebook, a callback of
a widget and what `run_until_complete` waits for are the main line of their thread, whatever task they run in: a run
that one cell starts is active in the next. Where a line began, in which runs, follows it through a context variable, as
asyncio copies contexts for tasks, callbacks and `to_thread`.
"""

from __future__ import annotations

import sys
import threading
import weakref
from contextvars import ContextVar
from dataclasses import dataclass
from types import FrameType
from typing import Any, Generic, TypeVar

R = TypeVar("R")
_modules = sys.modules
_HOSTS = ("IPython.core.interactiveshell", "ipykernel.", "comm.")  # they call cells and callbacks of widgets


class Line(Generic[R]):
    """The runs that one thread or task has started, the active one last; `last` is the run that it ended last.

    `origin` are the runs that were active where a task was created, None where that is not known.
    """

    __slots__ = ("last", "origin", "stack", "task")

    def __init__(self, task: weakref.ref[Any] | None = None, origin: tuple[R, ...] | None = None) -> None:
        self.stack: list[R] = []
        self.last: Any = None
        self.task = task
        self.origin = origin


@dataclass(eq=False, slots=True)
class _Place:
    """What a context knows: whose line it is, of which task, and which runs are active for what is created in it.

    `outer` is what the context of a thread knew whose main line a task has taken over: once that has changed anything,
    what the outer one knows is stale.
    """

    line: Line[Any]
    task: weakref.ref[Any] | None
    origin: tuple[Any, ...] | None
    runs: tuple[Any, ...]
    outer: _Place | None = None
    stale: bool = False

    def known(self) -> tuple[Any, ...] | None:
        return None if self.stale else self.runs


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.line: Line[Any] = Line()


class Lines(Generic[R]):
    """All lines of the process."""

    def __init__(self) -> None:
        self._of_thread = _OfThread()
        self._place: ContextVar[_Place | None] = ContextVar("nbtrack_place", default=None)

    def here(self) -> Line[R]:
        """The line of the code that calls this."""
        asyncio: Any = _modules.get("asyncio")  # not imported for this: it takes long
        try:
            if asyncio is None or (loop := asyncio._get_running_loop()) is None:
                return self._of_thread.line
        except AttributeError:  # another thread is importing it
            return self._of_thread.line
        task, place = asyncio.current_task(loop), self._place.get()
        if place is not None and place.task is not None and place.task() is task:
            return place.line
        if task is None:
            return self._of_callback(place)
        return self._of_new_task(task, place)

    def _of_callback(self, place: _Place | None) -> Line[R]:
        """A callback of the loop belongs to the task that has asked for it."""
        if place is None or place.line.task is None or _is_called_by_host(None):
            return self._of_thread.line
        return place.line

    def _of_new_task(self, task: Any, place: _Place | None) -> Line[R]:
        owner = weakref.ref(task)
        if _is_main(task):
            line = self._of_thread.line
            self._place.set(_Place(line, owner, None, tuple(line.stack), outer=_of_no_task(place)))
            return line
        origin = None if place is None else place.known()
        line = Line(owner, origin)
        self._place.set(_Place(line, owner, origin, origin or ()))
        return line

    def origin(self, line: Line[R]) -> tuple[R, ...] | None:
        """The runs that were active where this line, the one here, began; None where that is not known."""
        if line.task is not None:
            return line.origin
        place = self._place.get()
        if place is None:
            return None
        return place.origin if place.line is line else place.known()

    def main(self) -> Line[R]:
        """The line of this thread itself."""
        return self._of_thread.line

    def note(self, line: Line[R]) -> None:
        """Let what is created here from now on know which runs are active in `line`, the one here."""
        place, origin = self._place.get(), self.origin(line)
        new = _Place(line, None, origin, (*(origin or ()), *line.stack))
        if place is not None and place.line is line:
            new.task, new.outer = place.task, place.outer
            if new.outer is not None:
                new.outer.stale = True
        self._place.set(new)

    def forget(self) -> None:
        """A forked child has none of its parent's runs."""
        self._of_thread = _OfThread()
        self._place = ContextVar("nbtrack_place", default=None)


def _of_no_task(place: _Place | None) -> _Place | None:
    """A cell's place, which later cells may inherit, stays as it was: tasks of that cell refer to it."""
    return place if place is not None and place.task is None else None


def _is_main(task: Any) -> bool:
    """Is the task a cell, or what its thread waits for?"""
    if _is_called_by_host(task):
        return True
    coroutine = task.get_coro()
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "run_until_complete":
            return frame.f_locals.get("future") in (task, coroutine)
        frame = frame.f_back
    return False


def _is_called_by_host(task: Any) -> bool:
    """Does a host of notebooks call this code, inside of this very task?"""
    first = getattr(task.get_coro(), "cr_frame", None) if task is not None else None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__") or ""
        if name.startswith(_HOSTS):
            return True
        if frame is first or name in ("asyncio.events", "asyncio.runners"):
            return False
        frame = frame.f_back
    return False

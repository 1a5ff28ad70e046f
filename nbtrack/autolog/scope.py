"""Does a call come from the person, or from inside a fit that is watched already?

A pipeline fits its steps, a search its candidates, a metric calls another metric: only the outermost call is the
person's. The answer follows the call through a ContextVar. Threads of sklearn's own worker pools start without it, and
are recognised by the function that sklearn runs every piece of its parallel work through.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from nbtrack.tracking import active

_inside: ContextVar[bool] = ContextVar("nbtrack_inside_a_fit", default=False)
_WORKER = "sklearn.utils.parallel"
in_fit = _inside.get  # the quick question, which takes a worker thread of sklearn's for the person's


def is_inside() -> bool:
    return in_fit() or (threading.current_thread() is not threading.main_thread() and _is_worker())


def _is_worker() -> bool:
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == _WORKER:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


@contextmanager
def inside(value: bool = True) -> Iterator[None]:
    """What is called in this block is part of the call that opened it; with False it is the person's again."""
    token = _inside.set(value)
    active.changed()
    try:
        yield
    finally:
        _inside.reset(token)
        active.changed()

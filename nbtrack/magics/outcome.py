"""How did a cell end, and what does its traceback say?"""

from __future__ import annotations

import asyncio
import traceback
from types import TracebackType
from typing import Any

from nbtrack.entities import RunStatus
from nbtrack.magics.files import kept
from nbtrack.magics.words import short

LONGEST = 200_000  # characters of traceback.txt; a deep recursion's is long and says little more


def error_of(result: Any) -> BaseException | None:
    """What the cell raised. A result that is missing altogether means that the cell was cancelled."""
    if result is None:
        return KeyboardInterrupt()
    error = result.error_before_exec or result.error_in_exec
    return error if isinstance(error, BaseException) else None


def status_after(error: BaseException | None) -> RunStatus:
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return RunStatus.FINISHED
    interrupted = isinstance(error, KeyboardInterrupt | asyncio.CancelledError)
    return RunStatus.KILLED if interrupted else RunStatus.FAILED


def error_line(error: BaseException) -> str:
    """`ZeroDivisionError: division by zero`, on one line."""
    try:
        said = str(error)
    except Exception:  # a person's exception may fail to say what it is
        said = "(its message cannot be shown)"
    return short(kept(f"{type(error).__name__}: {said}") if said else type(error).__name__, 240)


def traceback_text(error: BaseException) -> str:
    """The traceback from the cell's first line on, without IPython's own frames above it."""
    lines = traceback.format_exception(type(error), error, _own_part(error.__traceback__))
    text = "".join(lines)
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n…\n{text[-LONGEST // 2 :]}"


def _own_part(trace: TracebackType | None) -> TracebackType | None:
    first = trace
    while first is not None and "IPython" in first.tb_frame.f_code.co_filename.replace("\\", "/").split("/"):
        first = first.tb_next
    return first if first is not None else trace

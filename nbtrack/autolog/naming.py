"""What does the person call this object?"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

UNKNOWN = "unknown_dataset"  # MLflow's word
_LIBRARIES = ("nbtrack.", "sklearn.", "contextlib")


def name_of(thing: Any) -> str:
    """The variable that holds `thing` where it comes from: the person's function that was not handed it by another."""
    frame: FrameType | None = sys._getframe(1)
    found = UNKNOWN
    while frame is not None:
        if not str(frame.f_globals.get("__name__", "")).startswith(_LIBRARIES):
            name = _name_in(frame, thing)
            if name is None:
                break
            found = name
            if not _is_argument(frame, name):
                break
        frame = frame.f_back
    return found


def _name_in(frame: FrameType, thing: Any) -> str | None:
    """Names that begin with an underscore only where there is no other: IPython has many."""
    for space in (frame.f_locals, frame.f_globals):
        names = [name for name, value in list(space.items()) if value is thing]
        if names:
            return min(names, key=lambda name: name.startswith("_"))
    return None


def _is_argument(frame: FrameType, name: str) -> bool:
    code = frame.f_code
    return name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

"""Which cell is running now, and inside which other?

IPython announces every cell, also those that a cell runs itself (`%%capture`, `get_ipython().run_cell`), so the running
cells of a thread are a stack. ipykernel may run cells in several threads at once (subshells): each has its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False, slots=True)
class Frame:
    """One running cell. `inner_error` is what a cell inside it raised last; IPython's `%%capture` hides that."""

    info: Any  # IPython's ExecutionInfo
    request: str
    tracked: Any = None
    inner_error: BaseException | None = None
    end_autolog: Callable[[Mapping[str, Any]], None] | None = None

    @property
    def raw(self) -> str:
        return str(self.info.raw_cell)


class Frames(threading.local):
    def __init__(self) -> None:
        self._stack: list[Frame] = []

    def enter(self, info: Any, request: str) -> list[Frame]:
        """Note that a cell starts. Returns the frames, innermost first, of cells that ended without saying so."""
        lost = []
        while self._stack and self._stack[-1].request != request:
            lost.append(self._stack.pop())
        self._stack.append(Frame(info, request))
        return lost

    def leave(self, result: Any) -> list[Frame]:
        """The frames that end with this result, innermost first; none for a cell that never started (an empty one)."""
        info = getattr(result, "info", None)
        known = any(frame.info is info for frame in self._stack)
        # An interrupt between two steps of IPython makes a result of its own, or none at all.
        if not known and info is not None and not (self._stack and self._stack[-1].raw == info.raw_cell):
            return []
        ended = []
        while self._stack:
            ended.append(self._stack.pop())
            if not known or ended[-1].info is info:
                break
        return ended

    def top(self) -> Frame | None:
        return self._stack[-1] if self._stack else None

    @property
    def depth(self) -> int:
        return len(self._stack)

    def source(self) -> str:
        """The cell as the person wrote it: that of the widest running cell which ends with the innermost one's text."""
        inner = self._stack[-1].raw
        ending = inner.rstrip("\n")  # IPython ends the body of a cell magic with a line break of its own
        return next((frame.raw for frame in self._stack if frame.raw.rstrip("\n").endswith(ending)), inner)

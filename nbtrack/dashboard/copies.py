"""Which output of a notebook holds the code of the front end for all the others?

The first that this kernel shows, or the one that an earlier kernel left in the notebook; the others find it in the
page. When the holder's cell runs again, what it shows then takes over, or else another output does. A notebook does not
tell when a cell is deleted, so a live view that misses the code asks for it. Without a kernel an output whose holder is
gone shows its plain table, and says why.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import NamedTuple

from nbtrack.capture.notebook import notebook_path
from nbtrack.dashboard.earlier import earlier_holder

LASTS = 10.0  # s; views of one page that miss the code ask together, and one copy is enough for them


class Cell(NamedTuple):
    id: str
    turn: int  # execution count: tells one run of the cell from the next

    def follows(self, other: Cell | None) -> bool:
        """Whether this is the same cell, run again."""
        return other is not None and self.id == other.id and self.turn != other.turn


class Holder(NamedTuple):
    display: str
    cell: Cell | None
    since: float


_group = uuid.uuid4().hex  # the outputs that share one copy: those of this kernel, and of earlier ones in the notebook
_holder: Holder | None = None
_begun = False
_lock = threading.Lock()  # requests come from other threads than the cell


def group() -> str:
    return _group


def begin(cell: Cell | None, version: str) -> None:
    """Before the first output of this kernel: go on with the copy that an earlier kernel has left in the notebook."""
    global _begun, _group, _holder
    with _lock:
        if _begun or cell is None:
            return
        _begun = True
        if earlier := earlier_holder(notebook_path({}), cell.id, version):
            _group = earlier.group
            _holder = Holder("", Cell(earlier.cell_id, 0), 0.0)


def holds(display: str, cell: Cell | None) -> bool:
    """Whether this output carries the code. An output that takes the holder's place becomes the holder."""
    global _holder
    with _lock:
        if _holder is None or (cell is not None and cell.follows(_holder.cell)):
            _holder = Holder(display, cell, time.monotonic())
        return _holder.display == display


def is_gone(cell: Cell) -> bool:
    """After a run of a cell: whether the code stood in its earlier output, and nobody holds it now."""
    global _holder
    with _lock:
        if _holder is not None and cell.follows(_holder.cell):
            _holder = None
        return _holder is None


def take(display: str, cell: Cell | None) -> bool:
    """Make this output the holder, because its page misses the code. False where another one has just been made it."""
    global _holder
    with _lock:
        if _holder is not None and _holder.display != display and time.monotonic() - _holder.since < LASTS:
            return False
        _holder = Holder(display, cell, time.monotonic())
        return True

"""Which cell shows which dashboard, and when does a cell end?

At the end of a cell what is saved with it is made the newest. A cell that ran again has replaced its output: the
dashboards that it had shown before are told, so that they can close.
"""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple, Protocol

from nbtrack.dashboard import live
from nbtrack.errors import guard

QUICK = 20_000  # runs; a larger store is written into the traits by the hub's thread, not while the person waits


class Cell(NamedTuple):
    id: str
    turn: int  # execution count: tells one run of the cell from the next


class Shown(Protocol):
    def replaced_in(self, cell: Cell) -> None:
        """The output of this run of the cell is no more."""


_watched: set[int] = set()
_shown: dict[str, dict[Cell, weakref.WeakSet[Shown]]] = {}


def watch() -> None:
    """Hear of the ends of cells, where there is an IPython."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and id(shell) not in _watched:
        _watched.add(id(shell))
        shell.events.register("post_run_cell", _cell_ended)


def showing(dashboard: Shown) -> Cell | None:
    """The running cell, which is about to show it; None where the front end does not name cells."""
    cell = _running()
    if cell is not None:
        _shown.setdefault(cell.id, {}).setdefault(cell, weakref.WeakSet()).add(dashboard)
    return cell


def _running() -> Cell | None:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if shell is None or kernel is None:
        return None
    cell_id = kernel.get_parent("shell").get("metadata", {}).get("cellId")
    return Cell(cell_id, shell.execution_count) if isinstance(cell_id, str) else None


def _cell_ended(result: Any) -> None:
    with guard("refresh the dashboards"):
        _tell_replaced()
        for hub in live.hubs():
            hub.cell_ended(quick=QUICK)


def _tell_replaced() -> None:
    cell = _running()
    if cell is None or cell.id not in _shown:
        return
    runs = _shown[cell.id]
    for earlier in [run for run in runs if run != cell]:
        for dashboard in list(runs.pop(earlier)):
            dashboard.replaced_in(earlier)
    if not runs:
        del _shown[cell.id]

"""Which cell shows which dashboard, and when does a cell end?

At the end of a cell what is saved with it is made the newest. A cell that ran again has replaced its output: the
dashboards that it had shown before are told, so that they can close.
"""

from __future__ import annotations

import weakref
from typing import Any, Protocol

from nbtrack.dashboard import copies, live
from nbtrack.dashboard.copies import Cell
from nbtrack.errors import guard

QUICK = 20_000  # runs; a larger store is written into the traits by the hub's thread, not while the person waits


class Shown(Protocol):
    def replaced_in(self, cell: Cell) -> None:
        """The output of this run of the cell is no more."""

    def carry(self) -> bool:
        """Put the code of the front end into an output; False where there is none."""


_watched: set[int] = set()
_made: dict[str, tuple[Cell, int]] = {}  # by cell id: its last run that made dashboards, and how many
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
    cell = running()
    if cell is not None:
        _shown.setdefault(cell.id, {}).setdefault(cell, weakref.WeakSet()).add(dashboard)
    return cell


def making() -> tuple[Cell | None, int]:
    """The running cell, which makes a dashboard, and how many it had made before in this run."""
    cell = running()
    if cell is None:
        return None, 0
    last, count = _made.get(cell.id, (cell, 0))
    number = count if last == cell else 0
    _made[cell.id] = cell, number + 1
    return cell, number


def running() -> Cell | None:
    """The running cell; None where the front end does not name cells."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if shell is None or kernel is None:
        return None
    cell_id = kernel.get_parent("shell").get("metadata", {}).get("cellId")
    return Cell(cell_id, shell.execution_count) if isinstance(cell_id, str) else None


def _cell_ended(result: Any) -> None:
    with guard("refresh the dashboards"):
        cell = running()
        if cell is not None:
            _tell_replaced(cell)
        for hub in live.hubs():
            hub.cell_ended(quick=QUICK)


def _tell_replaced(cell: Cell) -> None:
    runs = _shown.get(cell.id, {})
    for earlier in [run for run in runs if run != cell]:
        for dashboard in list(runs.pop(earlier)):
            dashboard.replaced_in(earlier)
    if not runs:
        _shown.pop(cell.id, None)
    if copies.is_gone(cell):
        any(dashboard.carry() for runs in _shown.values() for each in runs.values() for dashboard in list(each))

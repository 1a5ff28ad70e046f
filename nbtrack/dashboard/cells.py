"""When does a cell end, so that what is saved with it is the newest?"""

from __future__ import annotations

from typing import Any

from nbtrack.dashboard import live
from nbtrack.errors import guard

QUICK = 20_000  # runs; a larger store is written into the traits by the hub's thread, not while the person waits
_watched: set[int] = set()


def watch() -> None:
    """Hear of the ends of cells, where there is an IPython."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and id(shell) not in _watched:
        _watched.add(id(shell))
        shell.events.register("post_run_cell", _cell_ended)


def _cell_ended(result: Any) -> None:
    with guard("refresh the dashboards"):
        for hub in live.hubs():
            hub.cell_ended(quick=QUICK)

"""What is loaded while the kernel of a notebook has nothing to do, so that its first dashboard need not wait for it?

The widget libraries and numpy take some hundred milliseconds to import. When the cell that imported nbtrack has ended
and nothing else is asked for, they are imported one by one in the kernel's own loop: a cell that comes meanwhile waits
for one of them at most, and no other thread imports beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from collections.abc import Iterator
from typing import Any

IDLE = 0.2  # s without a cell
MODULES = ("numpy", "ipywidgets", "anywidget", "nbtrack.query", "nbtrack.stores.files", "nbtrack.dashboard.api")


def load_when_idle() -> None:
    """In a kernel, from the end of the running cell on; elsewhere nothing."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()  # type: ignore[no-untyped-call,unused-ignore]
    if getattr(shell, "kernel", None) is None:
        return

    def ended(_: Any) -> None:
        shell.events.unregister("post_run_cell", ended)
        with contextlib.suppress(RuntimeError):  # a kernel without a loop, that runs cells in another way
            asyncio.get_running_loop().call_later(IDLE, _step, shell, iter(MODULES), shell.execution_count)

    shell.events.register("post_run_cell", ended)
    shell.events.register("pre_run_cell", _begins)


def _begins(_: Any) -> None:
    """What a cell creates (tasks, threads) is to know which runs are active then."""
    if active := sys.modules.get("nbtrack.tracking.active"):
        active.refresh()


def _step(shell: Any, modules: Iterator[str], cells: int) -> None:
    """Import the next one, unless a cell was run meanwhile: then wait once more."""
    name = next(modules, None) if shell.execution_count == cells else ""
    if name is None:
        return
    if name:
        with contextlib.suppress(ImportError):  # whoever uses it is told
            importlib.import_module(name)
    asyncio.get_running_loop().call_later(0.01 if name else IDLE, _step, shell, modules, shell.execution_count)

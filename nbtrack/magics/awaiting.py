"""How does `%track rerun` run a cell that awaits at its top level?

In a kernel the loop is running already, so a magic, an ordinary call, cannot wait for the cell. Alone in its cell the
magic's line is therefore swapped for one that awaits. Only where the old cell awaits: ipykernel's interrupt does not
reach plain code inside a cell that does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from IPython.core.error import UsageError

RERUN = "_nbtrack_rerun"  # the line magic that is awaited
_LINE = re.compile(r"%track[ \t]+rerun[ \t]+(?P<line>[^\r\n]+?)[ \t]*[\r\n]*")


class Awaiting:
    """An input transformer. `again` tells the source that a line stands for."""

    has_side_effects = True  # it reads the store, so it is not asked at each key whether a cell is complete

    def __init__(self, ip: Any, again: Callable[[str], tuple[str, str]]) -> None:
        self._ip = ip
        self._again = again

    def __call__(self, lines: list[str]) -> list[str]:
        code = [i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
        match = _LINE.fullmatch(lines[code[0]]) if len(code) == 1 else None
        if match is None or not self._awaits(match["line"]):
            return lines
        call = f"await get_ipython().run_line_magic({RERUN!r}, {match['line']!r})\n"
        return [*lines[: code[0]], call, *lines[code[0] + 1 :]]

    def _awaits(self, line: str) -> bool:
        try:
            source, _ = self._again(str(self._ip.var_expand(line)))
        except UsageError:  # the magic itself will say it, when it runs
            return False
        return awaits(self._ip, source)


def awaits(ip: Any, source: str) -> bool:
    return bool(ip.should_run_async(source, transformed_cell=ip.transform_cell(source)))


def refuse_to_wait(ip: Any, source: str) -> None:
    """Raises UsageError where a cell would have to be awaited by a call that cannot wait."""
    if asyncio._get_running_loop() is not None and awaits(ip, source):
        raise UsageError("%track rerun: the run's cell awaits. Put the command alone in a cell of its own.")


async def run_awaited(ip: Any, source: str) -> Any:
    """`run_cell` for a running loop: IPython leaves it to the caller to tell those who listen for its end."""
    result = None
    try:
        result = await ip.run_cell_async(source, store_history=False, transformed_cell=ip.transform_cell(source))
    finally:
        ip.events.trigger("post_execute")
        ip.events.trigger("post_run_cell", result)
    return result

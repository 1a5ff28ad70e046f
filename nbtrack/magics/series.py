"""How do several cells make one run? `%track start NAME`, the cells, `%track end`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.error import UsageError

from nbtrack.entities import RunStatus
from nbtrack.magics.arguments import Options
from nbtrack.magics.cell import TrackedCell
from nbtrack.magics.opening import checked, source_tags
from nbtrack.magics.rewrite import rewrite
from nbtrack.magics.source import python_of
from nbtrack.tracking import active
from nbtrack.tracking.client import status_of


class Series:
    """The run that is open across cells, where there is one."""

    def __init__(self, ip: Any) -> None:
        self._ip = ip
        self._held: active.Held | None = None
        self._options = Options()
        self._cells: list[TrackedCell] = []

    def start(self, options: Options) -> active.Held:
        """Open the run. Raises UsageError, and then there is none."""
        if self._open() is not None:
            raise UsageError("%track start: a run is open already. `%track end` ends it.")
        self._held = checked(options, source_tags(self._ip.user_ns, None))()
        self._options, self._cells = options, []
        return self._held

    def end(self, status: str = "") -> active.Held:
        """End the run: as its last cell ended, or as the person says. Raises UsageError where none is open."""
        held = self._open()
        if held is None:
            raise UsageError("%track end: no run was started by `%track start NAME`.")
        last = next((cell.status for cell in reversed(self._cells) if cell.status), RunStatus.FINISHED)
        named = status_of(status.upper()) if status else held.asked or last
        active.take_off(held, named)
        self._held = None
        if named == RunStatus.FINISHED and "nbtrack.error" in held.client.get_run(held.run_id).data.tags:
            held.client.delete_tag(held.run_id, "nbtrack.error")  # its traceback stays; the run came through
        held.client.set_terminated(held.run_id, named.name)
        held.writer.close()
        return held

    def cell(self, raw: str, cell_id: str | None) -> Callable[[], TrackedCell] | None:
        """What begins to record this cell; None where it is not recorded: nothing is open, or it is nbtrack's own."""
        held = self._open()
        lines = raw.splitlines(keepends=True)
        if held is None or raw.lstrip().startswith("%track") or rewrite(lines) != lines:
            return None

        def record() -> TrackedCell:
            held.adopted = False
            tree = python_of(self._ip, raw)
            cell = TrackedCell(self._ip, self._options, raw, tree, cell_id, part=len(self._cells) + 1)
            self._cells.append(cell)
            cell.began(held, None)
            return cell

        return record

    def _open(self) -> active.Held | None:
        """The run, unless somebody has taken it off the stack since."""
        return self._held if any(held is self._held for held in active.own_stack()) else None

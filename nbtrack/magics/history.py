"""What ran before in the same cell, and what has changed since?"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from nbtrack.entities import Run
from nbtrack.magics.diff import metric_changes, source_changes, text_changes
from nbtrack.tracking.active import Held

ALIKE = 0.6  # of the lines: below it, two sources are two cells
MOST = 200  # cells remembered


class Memory:
    """The last run of each cell of this session, known by the cell's id, else by its text."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, Run, str]] = {}  # key: (store, run, source)

    def compare(self, held: Held, run: Run, source: str, cell_id: str | None, ways: Mapping[str, str]) -> list[str]:
        """What is different from the run before, a line each; empty for the first run of a cell. Remembers this one."""
        uri = held.client.store.uri
        key = cell_id or self._alike(source)
        before = self._last.pop(key, None)
        self._last[key] = uri, run, source
        while len(self._last) > MOST:
            self._last.pop(next(iter(self._last)))
        if before is None or before[0] != uri or before[1].info.run_id == run.info.run_id:
            return []
        return changes(before[1], before[2], run, source, ways)

    def _alike(self, source: str) -> str:
        """The key of the remembered source that is most alike, or the source itself."""
        lines = source.splitlines()
        best, key = ALIKE, source
        for other, (_, _, text) in self._last.items():
            alike = difflib.SequenceMatcher(None, lines, text.splitlines(), autojunk=False).ratio()
            if alike >= best:
                best, key = alike, other
        return key


def changes(old: Run, old_source: str, new: Run, new_source: str, ways: Mapping[str, str]) -> list[str]:
    """Params one by one, code as a count of lines, metrics one by one."""
    lines = [str(change) for change in text_changes(old.data.params, new.data.params)]
    written = source_changes(old_source, new_source)
    added, removed = (sum(line.startswith(sign) for line in written) for sign in "+-")
    if added or removed:
        lines.append(f"code +{added} −{removed} lines")
    return lines + [str(change) for change in metric_changes(old.data.metrics, new.data.metrics, ways)]

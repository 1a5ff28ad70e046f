"""Under which names does a cell keep its texts in a run's artifacts?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from nbtrack.capture import options
from nbtrack.capture.secrets import MASK, MASK_NAME, masked
from nbtrack.entities import Run
from nbtrack.errors import NotFoundError
from nbtrack.stores import Store
from nbtrack.tracking.active import Held

SOURCE = "cell.py"
INPUTS = "inputs.json"
TRACEBACK = "traceback.txt"
OUTPUT = "output.txt"
PACKAGES = "requirements.txt"
_NUMBERED = re.compile(r"(?:cell|inputs|traceback|output)(?:-(\d+))?\.\w+")


class Files:
    """`fresh` says that the run is new, so that no name can be taken yet and nobody has to look."""

    def __init__(self, held: Held, *, fresh: bool) -> None:
        self._held = held
        self._number = 1 if fresh else self._next()

    def write(self, name: str, text: str) -> None:
        """Keep a text as `name`; as `cell-2.py`, `output-2.txt` where an earlier cell of the run has kept some."""
        text = kept(text)
        # A cell may hold a lone surrogate; the file must hold it too, so that the cell comes back as it was.
        data = text.encode("utf-8", "surrogatepass")
        self._held.client.store.write_artifact(self._held.run_id, self.path(name), data)

    def path(self, name: str) -> str:
        stem, _, ending = name.rpartition(".")
        return name if self._number == 1 else f"{stem}-{self._number}.{ending}"

    def _next(self) -> int:
        """The number after the last one: a run that goes on in another kernel has cells already."""
        entries = self._held.client.store.list_artifacts(self._held.run_id)
        taken = [int(match[1] or 1) for entry in entries if (match := _NUMBERED.fullmatch(entry.path))]
        return max(taken, default=0) + 1


def kept(text: str) -> str:
    """The text as it is kept: with its secrets masked, unless that is switched off."""
    return masked(text) if options.masking else text


def masks_in(source: str) -> str:
    """A sentence about the secrets that a kept cell lacks; empty where it is as it was."""
    lines = [str(number) for number, line in enumerate(source.splitlines(), 1) if MASK in line or MASK_NAME in line]
    if not lines:
        return ""
    where = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(lines)}"
    return f"A secret in {where} of this cell was masked when it was kept."


def inputs_text(inputs: Sequence[tuple[int, str]]) -> str:
    """Earlier inputs as `inputs.json`; empty where there are none."""
    return json.dumps([{"in": number, "source": kept(source)} for number, source in inputs], indent=1) if inputs else ""


def cell_of(store: Store, run: Run) -> str:
    """The cell of a run, exactly as it ran; the cells of a run that has several, one after the other.

    Raises NotFoundError for a run that kept none.
    """
    found = [store.read_artifact(run.info.run_id, path) for path in _numbered(store, run, SOURCE)]
    if not found:
        raise NotFoundError(f"Run '{run.info.run_name}' has kept no cell: it was not made by %%track.")
    return "\n\n".join(source.decode("utf-8", "surrogatepass") for source in found)


def inputs_of(store: Store, run: Run) -> list[str]:
    """The sources of the earlier inputs that the run's cells need, oldest first; empty where none were kept."""
    own = {store.read_artifact(run.info.run_id, path) for path in _numbered(store, run, SOURCE)}
    rows: dict[int, str] = {}
    for path in _numbered(store, run, INPUTS):
        try:
            kept = json.loads(store.read_artifact(run.info.run_id, path))
        except ValueError:
            continue
        for row in kept if isinstance(kept, list) else []:
            if isinstance(row, dict) and isinstance(row.get("source"), str) and isinstance(row.get("in"), int):
                rows[row["in"]] = row["source"]
    wanted = [source for _, source in sorted(rows.items())]
    return [source for source in wanted if source.encode("utf-8", "surrogatepass") not in own]


def _numbered(store: Store, run: Run, name: str) -> list[str]:
    """`cell.py`, `cell-2.py`, …: those that are there, in order."""
    stem, _, ending = name.rpartition(".")
    named = re.compile(rf"{re.escape(stem)}(?:-(\d+))?\.{re.escape(ending)}")
    matches = [named.fullmatch(entry.path) for entry in store.list_artifacts(run.info.run_id)]
    return [path for _, path in sorted((int(match[1] or 1), match[0]) for match in matches if match)]


def with_inputs(inputs: Sequence[str], run_id: str) -> str:
    """One cell that does what the earlier inputs did, and then asks for the run's own cell.

    A front end takes one next input at a time, and `%%track` must stand at the top of its own.
    """
    parts = [f"get_ipython().run_cell({source!r})" if source.lstrip().startswith("%%") else source for source in inputs]
    return "\n\n".join([*parts, f"%track load {run_id}"])

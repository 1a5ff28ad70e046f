"""Under which names does a cell keep its texts in a run's artifacts?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from nbtrack.entities import Run
from nbtrack.errors import NotFoundError
from nbtrack.stores import Store
from nbtrack.tracking.active import Held

SOURCE = "cell.py"
INPUTS = "inputs.json"
TRACEBACK = "traceback.txt"
OUTPUT = "output.txt"
PACKAGES = "requirements.txt"


class Files:
    """`fresh` says that the run is new, so that no name can be taken yet and nobody has to look."""

    def __init__(self, held: Held, *, fresh: bool) -> None:
        self._held = held
        self._fresh = fresh

    def write(self, name: str, text: str) -> None:
        """Keep a text as `name`, or as `cell-2.py` where an earlier cell of the run has `cell.py`."""
        # A cell may hold a lone surrogate; the file must hold it too, so that the cell comes back as it was.
        data = text.encode("utf-8", "surrogatepass")
        path = name if self._fresh else self._free(name)
        self._held.client.store.write_artifact(self._held.run_id, path, data)

    def _free(self, name: str) -> str:
        taken = {entry.path for entry in self._held.client.store.list_artifacts(self._held.run_id)}
        stem, _, ending = name.rpartition(".")
        candidates = (f"{stem}-{n}.{ending}" for n in range(2, 100_000))
        return name if name not in taken else next(path for path in candidates if path not in taken)


def inputs_text(inputs: Sequence[tuple[int, str]]) -> str:
    """Earlier inputs as `inputs.json`; empty where there are none."""
    return json.dumps([{"in": number, "source": source} for number, source in inputs], indent=1) if inputs else ""


def cell_of(store: Store, run: Run) -> str:
    """The cell of a run, exactly as it ran; the cells of a run that has several, one after the other.

    Raises NotFoundError for a run that kept none.
    """
    try:
        first = store.read_artifact(run.info.run_id, SOURCE)
    except NotFoundError as error:
        raise NotFoundError(f"Run '{run.info.run_name}' has kept no cell: it was not made by %%track.") from error
    found = [re.fullmatch(r"cell-(\d+)\.py", entry.path) for entry in store.list_artifacts(run.info.run_id)]
    later = sorted((int(match[1]), match[0]) for match in found if match)
    sources = [first, *(store.read_artifact(run.info.run_id, path) for _, path in later)]
    return "\n\n".join(source.decode("utf-8", "surrogatepass") for source in sources)


def inputs_of(store: Store, run: Run) -> list[str]:
    """The sources of the earlier inputs that the run's cell needs, oldest first; empty where none were kept."""
    try:
        kept = json.loads(store.read_artifact(run.info.run_id, INPUTS))
    except (NotFoundError, ValueError):
        return []
    rows = kept if isinstance(kept, list) else []
    return [row["source"] for row in rows if isinstance(row, dict) and isinstance(row.get("source"), str)]


def with_inputs(inputs: Sequence[str], run_id: str) -> str:
    """One cell that does what the earlier inputs did, and then asks for the run's own cell.

    A front end takes one next input at a time, and `%%track` must stand at the top of its own.
    """
    parts = [f"get_ipython().run_cell({source!r})" if source.lstrip().startswith("%%") else source for source in inputs]
    return "\n\n".join([*parts, f"%track load {run_id}"])

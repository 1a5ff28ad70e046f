"""Under which names does a cell keep its texts in a run's artifacts?"""

from __future__ import annotations

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

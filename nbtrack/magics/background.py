"""How is slow, unimportant work kept out of the cell's way?"""

from __future__ import annotations

import threading
from collections.abc import Callable

PATIENCE = 0.02  # seconds that the end of a cell waits; what takes longer goes on beside the next cell


class Background:
    """Runs `work` on a thread that the interpreter waits for when it ends, so that nothing is half written."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=work, name="nbtrack-background")
        self._thread.start()

    def wait(self) -> None:
        self._thread.join(PATIENCE)

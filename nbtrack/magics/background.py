"""How is slow, unimportant work kept out of the cell's way?"""

from __future__ import annotations

import threading
from collections.abc import Callable

NAME = "nbtrack-background"


class Background:
    """Runs `work` on a thread that the interpreter waits for when it ends, so that nothing is half written."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=work, name=NAME)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the work, but not longer than this."""
        self._thread.join(seconds)


def settle(seconds: float = 60) -> None:
    """Wait for all that goes on in the background."""
    for thread in threading.enumerate():
        if thread.name == NAME:
            thread.join(seconds)

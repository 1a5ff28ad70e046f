"""What did the cell print?

The streams' own `write` is wrapped while a cell is tracked: ipykernel's streams serve every thread, and its hook for
outgoing messages serves one only. The text still goes where it went.
"""

from __future__ import annotations

import sys
import threading
from typing import Any, TextIO

CAP = 1_000_000  # bytes of one run's output


class Tee:
    """Keeps the first `CAP` bytes of what is written, and counts the rest."""

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._parts: list[str] = []
        self._kept = 0
        self._lost = 0
        self._lock = threading.Lock()
        self._wrapped: list[tuple[TextIO, Any]] = []

    def start(self) -> None:
        """Listen to sys.stdout and sys.stderr as they are now."""
        for stream in dict.fromkeys((sys.stdout, sys.stderr)):
            self._wrap(stream)

    def _wrap(self, stream: TextIO) -> None:
        plain = stream.write

        def write(text: str) -> int:
            self.add(text)
            return plain(text)

        try:
            stream.write = write  # type: ignore[method-assign]
        except AttributeError:  # a stream written in C takes no attributes: its text is not kept
            return
        self._wrapped.append((stream, write))

    def stop(self) -> None:
        """Give the streams their own `write` back, unless somebody has wrapped them since."""
        for stream, write in self._wrapped:
            if vars(stream).get("write") is write:
                del stream.write
        self._wrapped = []

    def add(self, text: str) -> None:
        size = len(text.encode(errors="replace"))
        with self._lock:
            if self._kept + size <= self._cap and not self._lost:
                self._parts.append(text)
                self._kept += size
            else:
                self._lost += size

    def text(self) -> str:
        """What was kept; its last line says how much was not."""
        with self._lock:
            kept = "".join(self._parts)
            return f"{kept}\n… {self._lost:,} more bytes were not kept\n" if self._lost else kept

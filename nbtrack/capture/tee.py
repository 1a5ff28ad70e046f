"""What did the cell print?

The streams' own `write` is wrapped while a cell is tracked: ipykernel's streams serve every thread, and its hook for
outgoing messages serves one only. The text still goes where it went.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

from nbtrack.errors import guard

CAP = 1_000_000  # bytes of one run's output
LONGEST = 10_000  # characters of a line that is put together


class Tee:
    """Keeps the first `CAP` bytes of what is written, and counts the rest."""

    def __init__(self, cap: int = CAP, hear: Callable[[str], None] | None = None) -> None:
        """`hear` is told every line; a bar that is drawn over counts as a line each time."""
        self.is_mine: Callable[[], bool] = lambda: True  # does the code that prints now belong here?
        self._cap = cap
        self._hear = hear
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
        lines = Lines()

        def write(text: str) -> int:
            with guard("keep what the cell prints"):
                if not self.is_mine():
                    return plain(text)
                self.add(text)
                if self._hear:
                    for line in lines.split(text):
                        self._hear(line)
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


class Lines:
    """Puts the pieces that one stream is given together."""

    def __init__(self) -> None:
        self._rest = ""

    def split(self, text: str) -> list[str]:
        """The lines that are whole now, without blank ones."""
        if "\n" not in text and "\r" not in text:
            self._rest = (self._rest + text)[-LONGEST:]
            return []
        *whole, self._rest = (self._rest + text).replace("\r", "\n").split("\n")
        return [line for line in whole if line.strip()]

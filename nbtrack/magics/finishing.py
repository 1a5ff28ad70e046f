"""How does what has to be finished outlast an interrupt that comes in the middle of it?"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class finishing:
    """Hold the first interrupt that comes inside back to the end; the next one counts at once.

    A run whose ending is cut off would stay as running. `late` is for the end of a cell: the code that the interrupt
    was meant for has ended, so it is dropped. Only the main thread is interrupted, and only there can this be changed.
    """

    __slots__ = ("_before", "_held_back", "_late")

    def __init__(self, *, late: bool = False) -> None:
        self._late = late

    def __enter__(self) -> None:
        self._before = signal.getsignal(signal.SIGINT)
        self._held_back = False
        if self._is_ours():
            signal.signal(signal.SIGINT, self._interrupted)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_ours():
            signal.signal(signal.SIGINT, self._before)
        if self._held_back and not self._late and error is None:
            raise KeyboardInterrupt

    def _is_ours(self) -> bool:
        return callable(self._before) and threading.current_thread() is threading.main_thread()

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._held_back and callable(self._before):
            self._before(number, frame)
        self._held_back = True

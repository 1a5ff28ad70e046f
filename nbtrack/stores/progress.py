"""How does a person see how far the reading or the copying of many runs is?"""

from __future__ import annotations

import importlib
import sys
import threading
import time
from types import TracebackType
from typing import Any

PATIENCE = 2.0  # s before a bar appears
SELDOM = 64  # steps between looks at the clock


class Progress:
    """A bar by tqdm, where that is installed, once something takes long. Other threads than the main one show none."""

    def __init__(self, title: str, *, at_once: bool = False, silent: bool = False) -> None:
        self._title = title
        self._patience, self._seldom = (0.0, 1) if at_once else (PATIENCE, SELDOM)
        self._began = time.monotonic()
        self._total = self._done = 0
        self._bar: Any = None
        unseen = at_once and not sys.stderr.isatty()  # of a command whose remarks go to a file
        self._silent = silent or unseen or threading.current_thread() is not threading.main_thread()

    def expect(self, more: int) -> None:
        self._total += more

    def step(self, by: int = 1) -> None:
        before, self._done = self._done, self._done + by
        if before // self._seldom < self._done // self._seldom and not self._silent:
            self._show()

    def _show(self) -> None:
        if self._bar is None:
            if time.monotonic() - self._began < self._patience:
                return
            try:
                tqdm = importlib.import_module("tqdm.auto").tqdm
            except ImportError:
                self._silent = True
                return
            self._bar = tqdm(desc=self._title, unit="run", initial=self._done, total=self._total, leave=False)
        self._bar.total = self._total
        self._bar.update(self._done - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

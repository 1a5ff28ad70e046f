"""How do several processes look at many runs, so that a person waits for less?

Python works on one processor only, so the runs of a large store are shared out: this process takes parts of them, and
so do helpers, which are Pythons of their own that end with it. A helper that cannot be started, or dies, costs nothing
but time: what it did not hand back is done here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from nbtrack.stores.files import stamps
from nbtrack.stores.files.packed import WRONG, gathered, pack, unpack
from nbtrack.stores.files.reader import Reading, open_run, read_runs, unchanged
from nbtrack.stores.files.stamps import answer, receive, send
from nbtrack.stores.files.summaries import prepare

MOST = 3  # helpers; each takes some 100 MB while it reads
PART = 250  # runs that are handed out together
_READ = "import sys; sys.path[:] = sys.argv[1:]; from nbtrack.stores.files.parallel import serve; serve()"
R = TypeVar("R")


class Part(ABC, Generic[R]):
    """Some runs, and what is to be done with them."""

    enough: ClassVar[int]
    """Runs for each helper: so many take longer than it takes to start."""

    @staticmethod
    @abstractmethod
    def command() -> list[str]:
        """What a Python is told to become a helper for such parts."""

    @abstractmethod
    def told(self) -> Any:
        """What the helper must know; it is pickled."""

    @abstractmethod
    def heard(self, data: bytes) -> R:
        """What the helper handed back."""

    @abstractmethod
    def here(self) -> R:
        """The same without a helper."""


@dataclass(frozen=True, slots=True)
class Unread(Part[Mapping[str, Reading]]):
    """Runs of one experiment's folder to be read. Gives those that are there, as of now, by their folders."""

    enough = 2_000
    folder: str
    experiment_id: str
    run_ids: Sequence[str]

    @staticmethod
    def command() -> list[str]:
        # It finds what this Python finds, and takes nothing from the person's environment or folder.
        return ["-I", "-c", _READ, *(os.path.abspath(each) for each in sys.path if each)]

    def told(self) -> tuple[str, str, list[str]]:
        return self.folder, self.experiment_id, list(self.run_ids)

    def heard(self, data: bytes) -> Mapping[str, Reading]:
        found = unpack(data, []).readings()
        return {os.path.join(folder, run_id): now for (folder, run_id), now in found.items()}

    def here(self) -> Mapping[str, Reading]:
        opened = []
        for run_id in self.run_ids:
            try:
                opened.append((run_id, open_run(os.path.join(self.folder, run_id), run_id, self.experiment_id)))
            except FileNotFoundError:
                continue  # deleted since it was listed
        found = read_runs([each for _, each in opened])
        return {os.path.join(self.folder, run_id): now for (run_id, _), now in zip(opened, found, strict=True)}


@dataclass(frozen=True, slots=True)
class Unchecked(Part[list[str]]):
    """Runs as they were read, by their folders. Gives the folders that look the same still."""

    enough = 500
    readings: Sequence[tuple[str, Reading]]

    @staticmethod
    def command() -> list[str]:
        return ["-I", "-S", stamps.__file__]

    def told(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        return [(folder, reading.paths, reading.signature) for folder, reading in self.readings]

    def heard(self, data: bytes) -> list[str]:
        return [folder for (folder, _), same in zip(self.readings, data, strict=True) if same]

    def here(self) -> list[str]:
        return [folder for folder, reading in self.readings if unchanged(folder, reading)]


def serve() -> None:
    """What a helper for `Unread` does."""
    prepare(sys.maxsize)
    answer(_read)


def _read(told: tuple[str, str, list[str]]) -> bytes:
    found = Unread(*told).here()
    return pack(*gathered({os.path.split(path): now for path, now in found.items()}), [])


def _worth(runs: int, enough: int) -> int:
    """How many helpers are worth their start; none where nothing can be started."""
    if runs < enough or not sys.executable or getattr(sys, "frozen", False):  # a frozen program is no Python to start
        return 0
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(0, min(MOST, processors - 1, round(processors - _busy()), runs // enough))


def _busy() -> float:
    """So many processors others take: in the last minute, in which this process and its helpers count as well, or at
    this instant, whichever is less.
    """
    if not hasattr(os, "getloadavg"):
        return 0
    try:
        with open("/proc/loadavg", encoding="ascii") as file:  # "0.37 2.23 3.57 2/312 4711"
            now = int(file.read().split()[3].partition("/")[0]) - 1
    except (OSError, ValueError, IndexError):
        return os.getloadavg()[0]
    return min(os.getloadavg()[0], now)


class Helpers(Generic[R]):
    """Processes that do what is left of `parts`, about so many runs, while the caller does some; none for few."""

    def __init__(self, kind: type[Part[R]], parts: Iterable[Part[R]], runs: int) -> None:
        self._kind = kind
        self._count = _worth(runs, kind.enough)
        self._parts = deque(parts if self._count else ())
        self._done: deque[R] = deque()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Helpers[R]:
        try:
            for _ in range(min(self._count, len(self._parts))):
                self._processes.append(_started(self._kind.command()))
                thread = threading.Thread(target=self._feed, args=(self._processes[-1],), daemon=True)
                thread.start()
                self._threads.append(thread)
        except (OSError, RuntimeError):  # no more processes, or no more threads
            pass
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *left: object) -> None:
        """End the helpers, in the middle of their parts where they are not done."""
        self._parts.clear()
        for process in self._processes:
            process.kill()
            process.wait()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()

    def __iter__(self) -> Iterator[R]:
        """What came of the parts, here and there; a part whose helper failed is done here."""
        while True:
            yield from self.arrived()
            part = self._next()
            if part is not None:
                yield part.here()
                continue
            for thread in self._threads:
                thread.join()
            if not self._parts and not self._done:
                return

    def arrived(self) -> Iterator[R]:
        """What helpers have handed back and nobody has taken yet."""
        while self._done:
            yield self._done.popleft()

    def _next(self) -> Part[R] | None:
        try:
            return self._parts.popleft()
        except IndexError:
            return None

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        part = None
        try:
            while (part := self._next()) is not None:
                send(process.stdin, pickle.dumps(part.told()))
                self._done.append(part.heard(receive(process.stdout)))
        except (*WRONG, EOFError):
            if part is not None:
                self._parts.append(part)


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows has it
    return subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=no_window,
    )

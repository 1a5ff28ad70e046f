"""How do several processes read many new runs, so that a first open waits for less?

Python reads on one processor only, so a large store is shared out: this process reads parts of it, and so do helpers,
which are Pythons of their own that end with it. They hand back what the sidecar would remember, as columns. A helper
that cannot be started, or dies, costs nothing but time: whoever asked reads what did not come back.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from nbtrack.stores.files.packed import WRONG, gathered, pack, unpack
from nbtrack.stores.files.reader import Reading, open_run, read_runs
from nbtrack.stores.files.summaries import prepare

ENOUGH = 2_000  # new runs for each helper: so many take longer than a Python with its tables takes to start
MOST = 3  # helpers; each takes some 100 MB while it reads
PART = 250  # runs that are handed out together
_LENGTH = 8  # bytes
_SERVE = "import sys; sys.path[:] = sys.argv[1:]; from nbtrack.stores.files.parallel import serve; serve()"


@dataclass(frozen=True, slots=True)
class Part:
    """Runs of one experiment's folder, by their ids."""

    folder: str
    experiment_id: str
    run_ids: Sequence[str]


def parts_of(folder: str, experiment_id: str, run_ids: Sequence[str]) -> list[Part]:
    return [Part(folder, experiment_id, run_ids[at : at + PART]) for at in range(0, len(run_ids), PART)]


def _worth(runs: int) -> int:
    """How many helpers are worth their start; none where nothing can be started."""
    if runs < ENOUGH or not sys.executable or getattr(sys, "frozen", False):  # a frozen program is no Python to start
        return 0
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    idle = round(processors - os.getloadavg()[0]) if hasattr(os, "getloadavg") else processors
    return max(0, min(MOST, processors - 1, idle, runs // ENOUGH))


def read_part(part: Part) -> dict[str, Reading]:
    """The runs that are there, as of now, by their folders."""
    opened = []
    for run_id in part.run_ids:
        try:
            opened.append((run_id, open_run(os.path.join(part.folder, run_id), run_id, part.experiment_id)))
        except FileNotFoundError:
            continue  # deleted since it was listed
    found = read_runs([each for _, each in opened])
    return {os.path.join(part.folder, run_id): now for (run_id, _), now in zip(opened, found, strict=True)}


class Helpers:
    """Processes that read what is left of `parts`, about so many runs, while the caller reads too; none for few."""

    def __init__(self, parts: Iterable[Part], runs: int) -> None:
        self._count = _worth(runs)
        self._parts = deque(parts if self._count else ())
        self._read: deque[Mapping[str, Reading]] = deque()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Helpers:
        try:
            for _ in range(self._count):
                self._processes.append(_started())
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

    def __iter__(self) -> Iterator[Mapping[str, Reading]]:
        """What was read, part by part, here and there; a part whose helper failed is read here."""
        while True:
            yield from self.arrived()
            part = self._next()
            if part is not None:
                yield read_part(part)
                continue
            for thread in self._threads:
                thread.join()
            if not self._parts and not self._read:
                return

    def arrived(self) -> Iterator[Mapping[str, Reading]]:
        """What helpers have handed back and nobody has taken yet."""
        while self._read:
            yield self._read.popleft()

    def _next(self) -> Part | None:
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
                _send(process.stdin, pickle.dumps((part.folder, part.experiment_id, list(part.run_ids))))
                found = unpack(_receive(process.stdout), []).readings()
                self._read.append({os.path.join(folder, run_id): now for (folder, run_id), now in found.items()})
        except (*WRONG, EOFError):
            if part is not None:
                self._parts.append(part)


def _started() -> subprocess.Popen[bytes]:
    """A Python that finds what this one finds, and takes nothing from the person's environment or folder."""
    path = [os.path.abspath(each) for each in sys.path if each]
    no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows has it
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _SERVE, *path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=no_window,
    )


def serve() -> None:
    """What a helper does: read what it is told, until nothing more comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; who started it ends it
    prepare(sys.maxsize)
    here, back = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            part = Part(*pickle.loads(_receive(here)))
        except EOFError:
            return
        found = read_part(part)
        _send(back, pack(*gathered({os.path.split(path): now for path, now in found.items()}), []))


def _send(file: IO[bytes], data: bytes) -> None:
    file.write(len(data).to_bytes(_LENGTH, "little"))
    file.write(data)
    file.flush()


def _receive(file: IO[bytes]) -> bytes:
    """Raises EOFError where the other end has closed."""
    length = _exactly(file, _LENGTH)
    return _exactly(file, int.from_bytes(length, "little"))


def _exactly(file: IO[bytes], size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data

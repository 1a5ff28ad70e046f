"""Is a run that says RUNNING still being written, or has its kernel died?

Nobody can end the run of a killed process, so it says RUNNING for ever. It carries the process that wrote it and a
heartbeat; whoever reads it can tell, and the run itself is left as it is.
"""

from __future__ import annotations

import os
import platform
import time
from functools import cache
from pathlib import Path

from nbtrack.entities import Run

PROCESS = "nbtrack.process"  # host, process id and the process's start in ms, e.g. "mill:4711:1790000000000"
HEARTBEAT = "nbtrack.heartbeat"  # ms since 1970
BEAT = 30.0  # seconds
MISSED = 10  # beats after which a run of another machine counts as left: its clock may differ from ours
SAME = 2_000  # ms in which two readings of a process's start agree


def process_tags() -> dict[str, str]:
    """What a new run is given, so that it can be told later whether its process lives."""
    pid = os.getpid()
    return {PROCESS: f"{platform.node()}:{pid}:{_own_start(pid)}", HEARTBEAT: str(time.time_ns() // 1_000_000)}


@cache
def _own_start(pid: int) -> int:
    return started(pid) or 0


def is_abandoned(run: Run, now: int | None = None) -> bool:
    """Was the run left open by a process that is gone? False where nothing is known. `now` in ms since 1970."""
    if run.info.status != "RUNNING":
        return False
    words = run.data.tags.get(PROCESS, "").rsplit(":", 2)
    if len(words) == 3 and words[0] == platform.node() and words[1].isdigit() and words[2].isdigit():
        return not _lives(int(words[1]), int(words[2]))
    beat = run.data.tags.get(HEARTBEAT, "")
    if not beat.isdigit():
        return False
    return (time.time_ns() // 1_000_000 if now is None else now) - int(beat) > MISSED * BEAT * 1000


def last_sign(run: Run) -> int | None:
    """When the run's process was last heard of, in ms since 1970; None where it left no heartbeat."""
    beat = run.data.tags.get(HEARTBEAT, "")
    return int(beat) if beat.isdigit() and len(beat) < 16 else None


def _lives(pid: int, start: int) -> bool:
    """The same process, not another that has got its number since."""
    found = started(pid)
    return found is not None and (not start or not found or abs(found - start) <= SAME)


def started(pid: int) -> int | None:
    """When the process started, in ms since 1970; 0 where that cannot be told, None where there is no such process."""
    if Path("/proc/self/stat").exists():  # without loading psutil, which costs the first run 10 ms
        return _started_by_proc(pid)
    try:
        import psutil  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        return _is_there(pid)
    try:
        return int(psutil.Process(pid).create_time() * 1000)
    except psutil.NoSuchProcess:
        return None
    except (psutil.Error, OverflowError):
        return 0


def _started_by_proc(pid: int) -> int | None:
    """Linux tells it in clock ticks since the machine's start."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        booted = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None
    return int(booted.split()[1]) * 1000 + ticks * 1000 // os.sysconf("SC_CLK_TCK")


def _is_there(pid: int) -> int | None:
    if os.name == "nt":  # os.kill would end the process there
        return 0
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return 0
    return 0

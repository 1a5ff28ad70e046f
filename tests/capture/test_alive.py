"""Runs left open by a process that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from nbtrack.capture import alive
from nbtrack.entities import Run, RunData, RunInfo


def run(**tags: str) -> Run:
    return Run(RunInfo("r", "0"), RunData(tags=tags))


def test_a_run_of_this_process_is_not_abandoned() -> None:
    assert not alive.is_abandoned(Run(RunInfo("r", "0"), RunData(tags=alive.process_tags())))


def test_a_run_of_a_process_that_has_ended_is_abandoned() -> None:
    code = "from nbtrack.capture.alive import *; print(process_tags()[PROCESS])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    dead = run(**{alive.PROCESS: said})
    assert alive.is_abandoned(dead)
    assert not alive.is_abandoned(replace(dead, info=replace(dead.info, status="FINISHED")))


def test_another_process_with_the_same_number_is_not_taken_for_the_old_one() -> None:
    host, pid, start = alive.process_tags()[alive.PROCESS].rsplit(":", 2)
    assert int(pid) == os.getpid()
    assert alive.is_abandoned(run(**{alive.PROCESS: f"{host}:{pid}:{int(start) - 60_000}"}))


def test_a_run_of_another_machine_is_judged_by_its_heartbeat() -> None:
    now = int(time.time() * 1000)
    tags = {alive.PROCESS: "elsewhere:1:1", alive.HEARTBEAT: str(now)}
    assert not alive.is_abandoned(run(**tags), now + 60_000)
    assert alive.is_abandoned(run(**tags), now + 3_600_000)


def test_nothing_is_said_of_a_run_that_carries_no_process() -> None:
    assert not alive.is_abandoned(run())
    assert not alive.is_abandoned(run(**{alive.PROCESS: "a stranger's text", alive.HEARTBEAT: "soon"}))


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="only Linux has /proc")
def test_a_process_start_is_told_as_psutil_tells_it() -> None:
    own = psutil.Process().create_time() * 1000
    assert abs((alive.started(os.getpid()) or 0) - own) <= alive.SAME

"""What does one turn of a loop take, told apart from what else the machine had to do?

Each turn is taken on two clocks: of a processor, which stands still while others run, and of the wall.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

Mark = tuple[float, float]
CLOCKS = ("cpu", "wall")
Turns = dict[str, list[float]]  # by clock, seconds of each turn


def mark() -> Mark:
    return time.process_time(), time.perf_counter()


def turns(marks: Sequence[Mark], of: int = 1) -> Turns:
    """The mean of each `of` turns in a row: what is only done now and then belongs to each of them."""
    some = marks[::of]
    pairs = list(itertools.pairwise(some))
    return {clock: [(after[at] - before[at]) / of for before, after in pairs] for at, clock in enumerate(CLOCKS)}


def taken(task: Callable[[], Any], times: int) -> Turns:
    marks = [mark()]
    for _ in range(times):
        task()
        marks.append(mark())
    return turns(marks)


def extend(all_turns: dict[str, Turns], more: dict[str, Turns]) -> None:
    """By task, what another round took."""
    for task, seen in more.items():
        for clock, seconds in seen.items():
            all_turns.setdefault(task, {}).setdefault(clock, []).extend(seconds)


def added(logged: Turns, bare: Turns) -> dict[str, list[float]]:
    """By clock: the least of all turns and their median, each less that of the bare ones."""
    return {clock: [how(logged[clock]) - how(bare[clock]) for how in (min, statistics.median)] for clock in CLOCKS}

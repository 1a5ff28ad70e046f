"""How are the figures told? Markdown tables of medians, with the machine's floor and MLflow beside them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

Rounds = Sequence[dict[str, float]]
CLOCKS = {"wall": "time passed", "cpu": "time of a processor"}
TASKS = {
    "log_metric": "`log_metric` in a loop, a call",
    "by_id": "`client.log_metric`, a call",
    "log_batch": "`log_batch` of 1,000, a point",
    "small_run": "a run: 10 params, 6 tags, 5 × 100 points",
    "open": "first open, all runs to a DataFrame",
    "shown": "new process: the remembered rows, packed for the screen",
    "reopen": "new process: all runs checked, to a DataFrame",
    "again": "open store: all runs to a DataFrame",
    "filter": "open store: filter, order, best 100",
    "ask": "the same without a look at the store",
    "change": "open store: one run changed, seen",
    "history": "10 histories of 100 points",
    "long": "10 histories of 10,000 points, as objects",
    "columns": "the same as columns",
}
SIDES = {"mlflow": "MLflow, files", "mlflow-sqlite": "MLflow, SQLite"}


def page(results: Sequence[dict[str, Any]], cells: dict[str, Any] | None, clock: str) -> str:
    """All sizes, the smallest first, and what tracked cells and autolog cost."""
    parts = [
        _size(_by(clock, result), CLOCKS[clock]) for result in sorted(results, key=lambda result: int(result["runs"]))
    ]
    if cells is not None:
        parts.append(_cells(cells))
    return "\n\n".join(parts) + "\n"


def _by(clock: str, result: dict[str, Any]) -> dict[str, Any]:
    """The same with the seconds of one clock."""
    at = list(CLOCKS).index(clock)
    seconds = {
        side: [{task: spent[at] for task, spent in each.items()} for each in rounds]
        for side, rounds in result["seconds"].items()
    }
    return {**result, "seconds": seconds}


def _size(result: dict[str, Any], clock: str) -> str:
    seconds, machine = result["seconds"], result["machine"]
    sides = [side for side in SIDES if side in seconds]
    version = next((result["versions"][side] for side in sides), "")
    head = ["", "plain Python", "nbtrack", "× plain", *(f"{SIDES[side]}" for side in sides)]
    lines = [_line(head), _line(["---", *("---:" for _ in head[1:])])]
    lines += [
        _line(_row(task, title, seconds, sides))
        for task, title in TASKS.items()
        if all(task in each for each in seconds["nbtrack"])
    ]
    against = f"MLflow {version}" if sides else "MLflow left out: it takes minutes here"
    return "\n".join(
        [
            f"**{result['runs']:,} runs** · {clock}, {_rounds(result['rounds'])} · Python "
            f"{machine['python']}, {machine['cpus']} CPUs, load {machine['load']:.1f} · {against} · "
            f"{result['memory']:,.0f} bytes a run in memory beyond the table's columns",
            "",
            *lines,
        ]
    )


def _rounds(number: int) -> str:
    return "one round" if number == 1 else f"medians of {number} rounds (least–most)"


def _row(task: str, title: str, seconds: dict[str, Rounds], sides: Sequence[str]) -> list[str]:
    ours = median(seconds["nbtrack"], task)
    assert ours is not None
    bare = median(seconds["floor"], task)
    spread = f" ({_spread(seconds['nbtrack'], task)})" if len(seconds["nbtrack"]) > 1 else ""
    cells = [title, told(bare), f"**{told(ours)}**{spread}"]
    cells.append("" if bare is None else f"{ours / bare:.1f}")
    for side in sides:
        theirs = median(seconds[side], task)
        cells.append("" if theirs is None else f"{told(theirs)} ({_times(theirs / ours)})")
    return cells


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} ×" if ratio >= 10 else f"{ratio:.1f} ×"


def _spread(rounds: Rounds, task: str) -> str:
    seen = [each[task] for each in rounds]
    return f"{told(min(seen))}–{told(max(seen))}"


def _cells(cells: dict[str, Any]) -> str:
    lines = [
        f"- `%%track` adds {told(added)} to a short cell ({where}), which takes {told(bare)} without it."
        for where, bare, added in cells["track"]
    ]
    return "\n".join([*lines, "", cells["autolog"]])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def median(rounds: Rounds, task: str) -> float | None:
    return statistics.median(each[task] for each in rounds) if rounds and task in rounds[0] else None


def told(seconds: float | None) -> str:
    """Three digits in the unit that fits."""
    if seconds is None:
        return ""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1 or unit == "µs":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError

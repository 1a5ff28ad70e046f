"""What does autolog cost beside MLflow's, and what is it to cost?

    python -m tests.bench.autolog_costs [--networks] [ROUNDS]

Each side is a process of its own, several in turn. A table of the least and the median, on the clock of a processor and
on that of the wall: what others do at the same time shows in the second.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.marks import CLOCKS
from tests.bench.table import told

ROOT = Path(__file__).parents[2]
LARGE = ROOT / ".venvs" / "large" / "bin" / "python"
TASKS = {  # what it is called, and what it may take at most
    "enable": ("switch it on, libraries imported", 50e-3),
    "fit": ("a small fit of scikit-learn", 10e-3),
    "round": ("a round of boosting", 50e-6),
    "keras_epoch": ("an epoch of Keras", 1e-3),
    "lightning_epoch": ("an epoch of Lightning", None),
    "torch_step": ("a step of a loop around torch", 20e-6),
}
Costs = dict[str, dict[str, list[float]]]  # by task and clock, the least and the median


def measure(rounds: int, *, networks: bool = False) -> dict[str, Costs]:
    """By side; of several rounds the least of what was least, and the median of the medians."""
    worker = "tests.bench.autolog_large" if networks else "tests.bench.autolog"
    three = LARGE if networks else os.environ["NBTRACK_MLFLOW3_PYTHON"]
    sides = {"nbtrack": LARGE if networks else sys.executable, "mlflow": three}
    seen: dict[str, list[Costs]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, python in sides.items():
            seen[side].append(_ask(str(python), worker, side))
    return {side: _together(costs) for side, costs in seen.items()}


def _ask(python: str, worker: str, side: str) -> Costs:
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment |= {"DO_NOT_TRACK": "true", "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    environment |= {"PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles a package anew at each import
    with tempfile.TemporaryDirectory() as folder:
        words = [python, "-m", worker, side, Path(folder, "mlruns").as_uri()]
        done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stderr}")
    costs: Costs = json.loads(done.stdout.splitlines()[-1])["costs"]
    return costs


def _together(rounds: list[Costs]) -> Costs:
    return {task: {clock: _both([each[task][clock] for each in rounds]) for clock in CLOCKS} for task in rounds[0]}


def _both(seen: list[list[float]]) -> list[float]:
    return [min(each[0] for each in seen), statistics.median(each[1] for each in seen)]


def table(sides: dict[str, Costs]) -> str:
    """The least, and in brackets the median."""
    head = ["autolog adds", "asked", "nbtrack, processor", "nbtrack, wall", "MLflow, processor", "MLflow, wall"]
    lines = [head, ["---", *("---:" for _ in head[1:])]]
    for task in sides["nbtrack"]:
        name, asked = TASKS[task]
        cells = [_cell(sides[side].get(task), clock) for side in ("nbtrack", "mlflow") for clock in CLOCKS]
        lines.append([name, f"< {told(asked)}" if asked else "", *cells])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(costs: Any, clock: str) -> str:
    return "sees none" if costs is None else f"{told(costs[clock][0])} ({told(costs[clock][1])})"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--networks", action="store_true", help="Keras, Lightning and torch, in .venvs/large")
    options.add_argument("rounds", type=int, nargs="?", default=3)
    given = options.parse_args()
    print(f"Load {os.getloadavg()[0]:.1f}; the least, and in brackets the median\n")
    print(table(measure(given.rounds, networks=given.networks)))


if __name__ == "__main__":
    main()

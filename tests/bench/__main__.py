"""What does `make bench` print? A table of medians of interleaved rounds; .bench/results.json has every figure."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.bench_track import measure as measure_track
from tests.bench.floor import floor
from tests.bench.generate import generate
from tests.bench.server import measure as measure_server

ROOT = Path(__file__).parents[2]
BENCH = ROOT / ".bench"
WORKER = Path(__file__).with_name("worker.py")
AUTOLOG = Path(__file__).with_name("autolog.py")
TASKS = {
    "log_metric": "log_metric in a loop, per call",
    "log_batch": "log_batch of 1,000, per point",
    "by_id": "client.log_metric, per call",
    "small_run": "a run: 10 params, 6 tags, 500 points",
    "open": "first open, all runs to a DataFrame",
    "reopen": "the same in a new process",
    "again": "the same on the open store",
    "filter": "filter, order, best 100",
    "history": "10 histories of 100 points",
    "long": "10 histories of 10,000 points",
    "autolog_on": "autolog: switch it on",
    "autolog_fit": "autolog: added to a small fit",
    "autolog_round": "autolog: added to a round",
}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    BENCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BENCH) as folder:
        result = measure(Path(folder), given.runs, given.rounds)
    result["track"] = [list(row) for row in measure_track()]
    result["server"] = measure_server(os.environ["NBTRACK_MLFLOW3_PYTHON"], given.runs)
    (BENCH / "results.json").write_text(json.dumps(result, indent=2) + "\n")
    print(table(result))
    for where, bare, added in result["track"]:
        print(f"a short cell, {where:18} {told(bare):>10}, and %%track adds {told(added)}")
    ours, theirs = result["server"]["nbtrack"], result["server"]["mlflow"]
    for task, seconds in ours.items():
        beside = f", MLflow {told(theirs[task])}" if task in theirs else ""
        print(f"over a server, {task:25} {told(seconds):>10}{beside}")


def measure(folder: Path, runs: int, rounds: int) -> dict[str, Any]:
    """Each round asks the three sides in turn, in new processes, so that a busy moment meets all of them alike."""
    print(f"Writing a store of {runs:,} runs three times", file=sys.stderr)
    generate(folder / "nbtrack", runs)
    for side in ("mlflow", "floor"):
        shutil.copytree(folder / "nbtrack", folder / side)
    pythons = {"nbtrack": sys.executable, "mlflow": os.environ["NBTRACK_MLFLOW3_PYTHON"]}
    seconds: dict[str, list[dict[str, float]]] = {"floor": [], "nbtrack": [], "mlflow": []}
    versions = {}
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds}", file=sys.stderr)
        seconds["floor"].append(floor(folder / "floor"))
        answers = []
        for side, python in pythons.items():
            cache = folder / f"cache{number}"  # empty at first, so that a first open is one
            said = ask(python, side, folder / side, "all", cache)
            seconds[side].append(said["seconds"] | ask(python, side, folder / side, "reopen", cache)["seconds"])
            seconds[side][-1] |= ask_fits(python, side, folder / f"{side}-fits")
            answers.append(said["answers"])
            versions[side] = said["version"]
        # Two new runs of random ids in each store; all else must be the same.
        assert answers[0][0] == answers[1][0], answers
        assert answers[0][2] == answers[1][2], "the same filter and order gave other runs"
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    return {"runs": runs, "rounds": rounds, "machine": machine, "versions": versions, "seconds": seconds}


def ask(python: str, side: str, store: Path, what: str, cache: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MLFLOW_ALLOW_FILE_STORE": "true"}
    environment["NBTRACK_CACHE_DIR"] = str(cache)
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [python, str(WORKER), side, str(store), what], env=environment, cwd=store.parent, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{side} failed:\n{done.stderr}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def ask_fits(python: str, side: str, store: Path) -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MLFLOW_ALLOW_FILE_STORE": "true", "OMP_NUM_THREADS": "1"}
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MPLBACKEND": "agg"}
    script = [python, str(AUTOLOG), side, store.as_uri()]
    done = subprocess.run(script, env=environment, cwd=store.parent, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{side} failed:\n{done.stderr}")
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])["seconds"]
    return said


def table(result: dict[str, Any]) -> str:
    versions, machine = result["versions"], result["machine"]
    lines = [
        f"{result['runs']:,} runs, rounds (medians): {result['rounds']}, Python {machine['python']}, "
        f"{machine['cpus']} CPUs, load {machine['load']:.1f}",
        f"{'':38}{'disk':>10}{'nbtrack':>10}{'MLflow ' + versions['mlflow']:>15}   nbtrack is",
    ]
    for task, title in TASKS.items():
        bare, ours, theirs = (median(result["seconds"][side], task) for side in ("floor", "nbtrack", "mlflow"))
        assert ours is not None
        assert theirs is not None
        ratio = f"{theirs / ours:,.1f} × as fast" + (f", {ours / bare:.1f} × the disk's time" if bare else "")
        lines.append(f"{title:38}{told(bare):>10}{told(ours):>10}{told(theirs):>15}   {ratio}")
    return "\n".join(lines)


def median(rounds: list[dict[str, float]], task: str) -> float | None:
    return statistics.median(each[task] for each in rounds) if task in rounds[0] else None


def told(seconds: float | None) -> str:
    """Three digits in the unit that fits."""
    if seconds is None:
        return "–"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1 or unit == "µs":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError


if __name__ == "__main__":
    main()

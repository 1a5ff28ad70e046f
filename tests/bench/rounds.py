"""How are the sides asked in turn, so that a busy moment meets all of them alike?"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.floor import floor
from tests.bench.stores import BENCH, MLFLOW, database_of, folder_of, forget, quiet
from tests.bench.worker import Spent

HERE = Path(__file__).parent
NBTRACK, FILES, DATABASE = "nbtrack", "mlflow", "mlflow-sqlite"
MOST_FOR_MLFLOW = 20_000  # runs; beyond, one reading of all takes MLflow minutes


def measure(runs: int, rounds: int, *, alone: bool) -> dict[str, Any]:
    """`alone` leaves MLflow out, as a store of very many runs does."""
    store = folder_of(runs)
    sides = {NBTRACK: store.as_uri()}
    if runs <= MOST_FOR_MLFLOW and not alone:
        sides |= {FILES: store.as_uri(), DATABASE: f"sqlite:///{database_of(runs)}"}
    seconds: dict[str, list[dict[str, Spent]]] = {"floor": [], **{side: [] for side in sides}}
    versions: dict[str, str] = {}
    for number in range(rounds):
        print(f"{runs:,} runs, round {number + 1} of {rounds}", file=sys.stderr)
        seconds["floor"].append(floor(store))
        answers = []
        with tempfile.TemporaryDirectory(dir=BENCH) as cache:  # empty at first, so that a first open is one
            for side, uri in sides.items():
                said = ask(side, uri, "all", cache)
                forget(Path(uri.partition("://")[2].replace("//", "/")), said["made"])
                if side == NBTRACK:
                    said["seconds"] |= ask(side, uri, "reopen", cache)["seconds"]
                seconds[side].append(said["seconds"])
                answers.append(said["answers"])
                versions[side] = said["version"]
        assert all(each == answers[0] for each in answers), "the sides answered differently"
    memory = float(run([sys.executable, str(HERE / "memory.py"), str(store)], quiet()))
    return {
        "runs": runs,
        "rounds": rounds,
        "machine": {"python": platform.python_version(), "cpus": os.cpu_count(), "load": os.getloadavg()[0]},
        "versions": versions,
        "seconds": seconds,
        "memory": memory,
    }


def ask(side: str, uri: str, what: str, cache: str) -> dict[str, Any]:
    python = sys.executable if side == NBTRACK else MLFLOW
    environment = {**quiet(), "NBTRACK_CACHE_DIR": cache}
    script = [python, str(HERE / "worker.py"), side.partition("-")[0], uri, what]
    said: dict[str, Any] = json.loads(run(script, environment).splitlines()[-1])
    return said


def run(script: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(script, env=environment, cwd=BENCH, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(script)} failed:\n{done.stderr}")
    return done.stdout

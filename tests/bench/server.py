"""What do logging to a server and reading from it take, beside MLflow's own client? Both ask the same real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.conftest import empty_database
from tests.servers import Forge, Server, environment, fill

POINTS = 300
SCRIPT = Path(__file__).with_name("server_worker.py")


def measure(python: str, runs: int) -> dict[str, dict[str, float]]:
    """Seconds by side and task."""
    forge = Forge(python)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(empty_database(3, folder), runs)
        server = Server(forge, folder).start()
        try:
            return {side: ask(with_, side, server.url, folder) for side, with_ in _sides(python)}
        finally:
            server.kill()
            forge.close()


def _sides(python: str) -> list[tuple[str, str]]:
    return [("nbtrack", sys.executable), ("mlflow", python)]


def ask(python: str, side: str, url: str, folder: Path) -> dict[str, float]:
    kept = {"NBTRACK_CACHE_DIR": str(folder / "cache"), "NBTRACK_UNSENT_DIR": str(folder / "unsent")}
    whole = {**environment(python), **kept, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [python, str(SCRIPT), side, url, str(POINTS)]
    done = subprocess.run(command, env=whole, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{side} failed:\n{done.stderr}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def told(runs: int, found: dict[str, dict[str, float]]) -> str:
    lines = [f"Over a server with {runs:,} runs:"]
    for task, seconds in found["nbtrack"].items():
        theirs = found["mlflow"].get(task)
        beside = f", MLflow {theirs * 1000:,.3f} ms" if theirs is not None else ""
        lines.append(f"{task:40}{seconds * 1000:>12,.3f} ms{beside}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(measure(os.environ["NBTRACK_MLFLOW3_PYTHON"], int(sys.argv[1])), indent=2))

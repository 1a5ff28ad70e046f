"""What does `%%track` add to a short cell? Both kinds run in turn in one real kernel, and medians are compared.

    python -m tests.bench.bench_track [ROUNDS]

The target is under 30 ms on an idle machine; `measure()` is what `make bench` prints.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BODY = "x = {n}\ny = x * 2"
WARM = 5  # rounds that are not counted: imports, the first run of a store


def measure(rounds: int = 60) -> list[tuple[str, float, float]]:
    """Name, seconds of the plain cell, seconds that `%%track` adds: outside a repository, and inside one."""
    with tempfile.TemporaryDirectory() as name:
        bare, repository = Path(name, "bare"), Path(name, "repository")
        bare.mkdir()
        _make_repository(repository)
        return [(folder.name, *_compare(folder, rounds)) for folder in (bare, repository)]


def _make_repository(folder: Path) -> None:
    """Two hundred files, one of them edited: a snapshot is taken before every cell."""
    folder.mkdir()
    for n in range(200):
        (folder / f"module_{n}.py").write_text(f"x = {n}\n" * 50)
    (folder / ".gitignore").write_text("mlruns\n.ipython\n")
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    (folder / "module_0.py").write_text("x = 'edited'\n")


def _compare(folder: Path, rounds: int) -> tuple[float, float]:
    plain, tracked = [], []
    with _kernel(folder) as client:
        _run(client, "%load_ext nbtrack")
        for n in range(WARM + rounds):
            plain.append(_run(client, BODY.format(n=n)))
            tracked.append(_run(client, f"%%track\n{BODY.format(n=n)}"))
    bare = statistics.median(plain[WARM:])
    return bare, statistics.median(tracked[WARM:]) - bare


def _run(client: Any, source: str) -> float:
    """Seconds from the request to the reply."""
    start = time.perf_counter()
    reply = client.execute_interactive(source, timeout=60, output_hook=lambda message: None)
    taken = time.perf_counter() - start
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"{source!r} failed: {reply['content'].get('evalue')}")
    return taken


@contextmanager
def _kernel(folder: Path) -> Iterator[Any]:
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = sys.executable  # this very Python, whatever else is installed
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / ".ipython")}
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID", "MLFLOW_RUN_ID"):
        environment.pop(name, None)
    manager.start_kernel(cwd=str(folder), env=environment)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for name, bare, added in measure(rounds):
        print(f"{name:16} {bare * 1e3:6.1f} ms, %%track adds {added * 1e3:6.1f} ms")


if __name__ == "__main__":
    main()

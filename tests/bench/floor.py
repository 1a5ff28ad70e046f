"""What is the least that the disk asks for the same work? Bare system calls, no parsing and no checks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tests.bench.worker import BATCH, CALLS, timed

LINE = b"1700000000000 0.5 12\n"


def floor(store: Path) -> dict[str, float]:
    """Seconds per task, by the names that worker.py has. A search that is in memory already has no floor."""
    folder = store / "0" / "floor"
    for name in ("metrics", "params", "tags"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    runs = sorted(path for path in (store / "1").iterdir() if path.is_dir())[:10]
    hot, _ = timed(lambda: _append(folder / "metrics/hot", [LINE] * CALLS))
    batch, _ = timed(lambda: [_append(folder / f"metrics/b{key}", [LINE * (BATCH // 5)]) for key in range(5)])
    small, _ = timed(lambda: _small_run(folder))
    opened, _ = timed(lambda: _read_all(str(store)))
    signed = list(_signed(store))
    checked, _ = timed(lambda: [os.stat(path) for path in signed])
    history, _ = timed(lambda: [_read(str(run / "metrics/m0")) for run in runs])
    long, _ = timed(lambda: [_read(str(path)) for path in sorted((store / "1").glob("*/metrics/long"))])
    return {
        "log_metric": hot / CALLS, "by_id": hot / CALLS, "log_batch": batch / BATCH, "small_run": small,
        "open": opened, "reopen": checked, "history": history, "long": long,
    }  # fmt: skip


def _signed(store: Path) -> Iterator[str]:
    """Every file and folder in which MLflow may change a run without another one telling."""
    for folder, folders, files in os.walk(store):
        for name in ("params", "artifacts"):
            if name in folders:
                folders.remove(name)
        yield folder
        yield from (os.path.join(folder, name) for name in files)


def _append(path: Path, lines: list[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for line in lines:
        os.write(descriptor, line)
    os.close(descriptor)


def _small_run(folder: Path) -> None:
    _append(folder / "meta.yaml", [b"x" * 400])
    for number in range(10):
        _append(folder / f"params/p{number}", [b"0.5"])
    for number in range(6):
        _append(folder / f"tags/t{number}", [b"text"])
    for _ in range(100):
        for number in range(5):
            _append(folder / f"metrics/m{number}", [LINE])


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 1 << 20)
    finally:
        os.close(descriptor)


def _read_all(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _read_all(entry.path)
            else:
                _read(entry.path)

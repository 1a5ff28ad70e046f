"""What is the least that plain Python asks for the same work? Bare system calls, no parsing and no checks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.bench.worker import BATCH, CALLS, Spent, each, timed

LINE = b"1700000000000 0.5 12\n"
MOST = 1 << 14  # bytes that one read asks for; a greater buffer takes longer to get than most files to read


def floor(store: Path) -> dict[str, Spent]:
    """Seconds per task, by the names that worker.py has. What is answered from memory has no floor."""
    folder = store.with_suffix(".floor")
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("metrics", "params", "tags", "artifacts"):
        (folder / name).mkdir(parents=True)
    hot, _ = timed(lambda: _append(folder / "metrics/hot", [LINE] * CALLS))
    batch, _ = timed(lambda: [_append(folder / f"metrics/b{key}", [LINE * (BATCH // 5)]) for key in range(5)])
    small, _ = timed(lambda: _small_run(folder / "run"))
    _read_all(str(store))  # so that no side waits for the disk
    opened, _ = timed(lambda: _read_all(str(store)))
    signed = list(_signed(store))
    checked, _ = timed(lambda: [os.stat(path) for path in signed])
    runs = sorted(path for path in (store / "1").iterdir() if path.is_dir())[:10]
    history, _ = timed(lambda: [_read(str(run / "metrics/m0")) for run in runs])
    long, _ = timed(lambda: [_read(str(path)) for path in sorted((store / "1").glob("*/metrics/long"))])
    shutil.rmtree(folder)
    return {
        "log_metric": each(hot, CALLS), "by_id": each(hot, CALLS), "log_batch": each(batch, BATCH), "small_run": small,
        "open": opened, "reopen": checked, "history": history, "long": long, "columns": long,
    }  # fmt: skip


def _signed(store: Path) -> Iterator[str]:
    """Every file and folder in which MLflow may change a run without another one telling."""
    for folder, folders, files in os.walk(store):
        if folder.endswith("params"):
            files = []
        if "artifacts" in folders:
            folders.remove("artifacts")
        yield folder
        yield from (os.path.join(folder, name) for name in files)


def _append(path: Path, lines: list[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for line in lines:
        os.write(descriptor, line)
    os.close(descriptor)


def _small_run(folder: Path) -> None:
    """The files of worker.small_run, opened and closed for each point."""
    for name in ("metrics", "params", "tags", "artifacts"):
        os.makedirs(folder / name)
    _put(f"{folder}/meta.yaml", "w", "x" * 400)
    for number in range(10):
        _put(f"{folder}/params/p{number}", "w", str(number))
    for number in range(6):
        _put(f"{folder}/tags/t{number}", "w", "text")
    for step in range(100):
        for number in range(5):
            _put(f"{folder}/metrics/m{number}", "a", f"1700000000000 0.5 {step}\n")
    _put(f"{folder}/meta.yaml", "w", "x" * 400)


def _put(path: str, mode: str, text: str) -> None:
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)


def _read(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    while len(os.read(descriptor, MOST)) == MOST:
        pass
    os.close(descriptor)


def _read_all(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _read_all(entry.path)
            else:
                _read(entry.path)

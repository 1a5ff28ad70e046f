"""How many acknowledged writes are on disk after `kill -9` at random moments? A program of its own.

`python -m tests.stores.killing ADDRESS KILLS LONGEST_MS SEED` prints what it counted, as JSON. It forks a writer, lets
it run a moment, kills it and looks with a newly opened store: everything that the writer had said was written must be
there. No thread and no store is open in the parent when it forks.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from nbtrack.entities import Metric, Param, Run, RunStatus, RunTag
from nbtrack.stores import Store
from nbtrack.stores.files import FileStore
from nbtrack.stores.sqlite import SqliteStore


def opened(address: str) -> Store:
    path = address.removeprefix("sqlite:///")
    return FileStore(path) if path == address else SqliteStore(Path(path))


def write(address: str, say: int) -> None:
    """Write until killed; each line says what has been written."""

    def done(what: str) -> None:
        os.write(say, what.encode() + b"\n")

    store = opened(address)
    found = store.experiment_by_name("killed")
    experiment = found.experiment_id if found else store.create_experiment("killed")
    while True:
        run_id = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={"a": "b"}).info.run_id
        done(f"run {run_id}")
        writer = store.writer(run_id)
        for step in range(60):
            writer.log_metric("loss", step / 7, 1000 + step, step)
            done(f"point {run_id} loss {step}")
            if step % 10 == 3:
                store.log_batch(run_id, [Metric("batch", i, i, step * 10 + i) for i in range(5)])
                done(f"batch {run_id} {step}")
            if step % 10 == 5:
                store.log_batch(run_id, params=[Param(f"p{step}", "value")], tags=[RunTag("t", str(step))])
                done(f"texts {run_id} {step}")
            if step % 30 == 7:
                store.write_artifact(run_id, f"files/{step}.bin", bytes([step]) * 20_000)
                done(f"file {run_id} {step}")
        store.update_run(run_id, status=RunStatus.FINISHED, end_time=5)
        done(f"ended {run_id}")


def kill_after(address: str, seconds: float, *, begun: bool) -> list[list[str]]:
    """What a writer had said until it was killed; `begun` counts the seconds from the first thing it said."""
    hear, say = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(hear)
        write(address, say)
    os.close(say)
    if begun:
        select.select([hear], [], [])
    time.sleep(seconds)
    os.kill(writer, signal.SIGKILL)
    with os.fdopen(hear) as file:
        said = [line.split() for line in file.read().split("\n")[:-1]]
    os.waitpid(writer, 0)
    return said


def lost(store: Store, said: list[list[str]]) -> Iterator[str]:
    """What was said to be written and is not there."""
    runs = {line[1]: store.run(line[1]) for line in said}
    for line in said:
        if not is_there(store, runs[line[1]], line[0], line[2:]):
            yield " ".join(line)


def is_there(store: Store, run: Run, what: str, rest: list[str]) -> bool:
    run_id, data = run.info.run_id, run.data
    match what:
        case "run":
            return data.tags["a"] == "b"
        case "point":
            return int(rest[1]) in steps_of(store, run_id, "loss")
        case "batch":
            return {int(rest[0]) * 10 + i for i in range(5)} <= steps_of(store, run_id, "batch")
        case "texts":
            return data.params.get(f"p{rest[0]}") == "value" and int(data.tags["t"]) >= int(rest[0])
        case "file":
            return store.read_artifact(run_id, f"files/{rest[0]}.bin") == bytes([int(rest[0])]) * 20_000
    return what == "ended" and run.info.status == "FINISHED"


@lru_cache(8)
def steps_of(store: Store, run_id: str, key: str) -> set[int]:
    return set(store.history(run_id, key).step.tolist()) if key in store.run(run_id).data.metrics else set()


def main(address: str, kills: int, longest_ms: int, seed: int) -> None:
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    gone: list[str] = []
    for _ in range(kills):
        said = kill_after(address, chance.uniform(0, longest_ms / 1000), begun=chance.random() < 0.9)
        store = opened(address)
        found["kills"] += 1
        found["hit"] += bool(said)
        found["acknowledged"] += len(said)
        found["points"] += sum(line[0] == "point" for line in said) + 5 * sum(line[0] == "batch" for line in said)
        gone += lost(store, said)
        store.close()
    store = opened(address)
    seen = store.snapshot()
    found["on_disk"] = sum(summary.count for row in seen.rows for summary in row.metrics.values())
    twice = sum(
        len(series) - len(set(series.step.tolist()))
        for row in seen.rows
        for series in (store.history(row.run.info.run_id, key) for key in row.metrics)
    )
    runs = len(seen.rows)
    damages = [f"{each.path} {each.problem}" for each in seen.damages]
    print(json.dumps({**found, "runs": runs, "lost": gone, "twice": twice, "damages": damages}))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

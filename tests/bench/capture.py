"""What does each thing cost that is captured of a cell? Each is timed for itself; the table is that of docs/capture.md.

    python -m tests.bench.capture

"In the cell" is time that the person waits. "Beside" is spent by a thread while the cell runs.
"""

from __future__ import annotations

import ast
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

import nbtrack
from nbtrack.capture.data import datasets_read
from nbtrack.capture.displays import Displays
from nbtrack.capture.environment import packages, system_tags
from nbtrack.capture.git import git_tags
from nbtrack.capture.inputs import needed_inputs
from nbtrack.capture.literals import literal_params
from nbtrack.capture.numbers import computed_numbers, read_scalars
from nbtrack.capture.printed import Printed
from nbtrack.capture.snapshot import take_snapshot
from nbtrack.capture.system import System
from nbtrack.capture.tee import Tee
from nbtrack.entities import RunTag
from nbtrack.git.command import isolated
from nbtrack.git.location import find_repository
from nbtrack.git.work_tree import read_state
from nbtrack.magics.files import inputs_text
from nbtrack.magics.written import Written
from nbtrack.stores import Store, open_store
from nbtrack.tracking import active
from nbtrack.tracking.client import MlflowClient
from tests.bench.bench_track import _make_repository

CELL = """lr = 0.1
depth = 3
config = {"width": 64, "dropout": 0.1}
for epoch in range(20):
    loss = train(model, data, lr, depth)
    total = loss * scale
accuracy = evaluate(model, data)
"""
EARLIER = [(n, f"a{n} = a{n - 1} + 1\ndef f{n}(x):\n    return x * a{n}\nscale = f{n}(2)") for n in range(1, 101)]
SPACE = {"scale": 2.0, "batch": 32, "name": "mnist", "loss": 0.1, "total": 0.2, "accuracy": 0.9}


@dataclass(frozen=True, slots=True)
class Row:
    """`where` is "cell" or "beside"; `times` tells how often, as "" for once a cell."""

    what: str
    switch: str
    seconds: float
    where: str
    times: str = ""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_repository(folder / "repository")
        store = open_store(folder / "mlruns")
        run_id = MlflowClient(str(folder / "mlruns")).create_run(store.create_experiment("bench")).info.run_id
        rows = [*_of_the_cell(store, run_id), *_of_fits(folder), *_of_what_it_says(store, run_id)]
        return [*rows, *_of_the_repository(store, run_id, folder / "repository"), *_of_the_machine(store, run_id)]


def _of_the_cell(store: Store, run_id: str) -> Iterator[Row]:
    tree = ast.parse(CELL)
    data = pd.DataFrame(np.random.default_rng(0).random((1_000_000, 20)))

    def inputs() -> None:
        found = needed_inputs(tree, EARLIER, lambda source: ast.parse(source))
        store.write_artifact(run_id, "inputs.json", inputs_text(found).encode())

    def values() -> None:
        params = literal_params(tree)
        read_scalars(tree, SPACE)
        computed_numbers(tree, SPACE, params)

    yield Row("the cell's source", "source", timed(lambda: store.write_artifact(run_id, "cell.py", b"x")), "cell")
    yield Row("earlier inputs that it needs, of 100", "inputs", timed(inputs, 20), "beside")
    every = inputs_text(EARLIER).encode()
    yield Row("all 100 earlier inputs", "session", timed(lambda: store.write_artifact(run_id, "i", every)), "beside")
    yield Row("params and metrics from its variables", "values", timed(values), "cell")
    read = ast.parse("data.sum()")
    yield Row(
        "fingerprint of a table, 1,000,000 × 20", "data", timed(lambda: datasets_read(read, {"data": data}, {})), "cell"
    )


def _of_fits(folder: Path) -> Iterator[Row]:
    """What is added to a small fit that becomes a child run: fits beyond a cell's first cost the most."""
    rng = np.random.default_rng(0)
    X, y = rng.random((100, 4)), rng.integers(0, 2, 100)
    bare = timed(lambda: LogisticRegression().fit(X, y))
    nbtrack.set_tracking_uri(str(folder / "fits"))
    nbtrack.autolog()
    try:
        with nbtrack.start_run(run_name="cell"):
            logged = timed(lambda: LogisticRegression().fit(X, y))
    finally:
        nbtrack.autolog(disable=True)
    yield Row("fits of scikit-learn, XGBoost, Keras, PyTorch, …", "autolog", logged - bare, "cell", "a small fit")


def _of_what_it_says(store: Store, run_id: str) -> Iterator[Row]:
    tee, printed, displays = Tee(), Printed(), Displays()
    yield Row("printed text", "output", timed(lambda: tee.add("a line of output\n"), 2000), "cell", "a line")
    line = "epoch 3/10 loss=0.12 acc=0.98"
    yield Row("metrics in printed lines", "printed", timed(lambda: printed.add(line), 2000), "cell", "such a line")
    figure = {"text/html": "<table>" + "x" * 20_000}

    def display() -> None:
        displays.add(figure)
        store.write_artifact(run_id, "displays/1.html", figure["text/html"].encode())
        displays.__init__()  # type: ignore[misc]

    yield Row("figures, tables and HTML displayed", "displays", timed(display), "cell", "each")
    yield Row("files that it writes below the working folder", "written_files", _of_files(), "cell", "a file of 100 kB")


def _of_files() -> float:
    """What is added to a tracked block by a file that it writes."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        try:
            nbtrack.set_tracking_uri(name + "/mlruns")
            run = nbtrack.start_run()
            held = active.own_stack()[-1]

            def kept() -> None:
                written = Written(held)
                written.start()
                Path("a.bin").write_bytes(b"x" * 100_000)
                written.stop()
                written.keep()

            with run:
                return timed(kept, 20) - timed(lambda: Path("a.bin").write_bytes(b"x" * 100_000), 20)
        finally:
            os.chdir(before)


def _of_the_repository(store: Store, run_id: str, root: Path) -> Iterator[Row]:
    repository = find_repository(root)
    assert repository is not None

    def noted() -> None:
        with isolated(repository) as git:
            state = read_state(git)
        assert state is not None
        store.log_batch(run_id, tags=[RunTag(key, value) for key, value in git_tags(state).items()])

    yield Row("commit, branch, remote, of 200 files", "git", timed(noted, 20), "beside")
    with isolated(repository) as git:
        state = read_state(git)
        assert state is not None
        snapshot = timed(lambda: take_snapshot(git, state, run_id, read=lambda: None), 10)
    yield Row("snapshot commit of the work tree", "snapshot", snapshot, "beside")


def _of_the_machine(store: Store, run_id: str) -> Iterator[Row]:
    def machine() -> None:
        system_tags.cache_clear()
        store.log_batch(run_id, tags=[RunTag(key, value) for key, value in system_tags().items()])

    yield Row("Python, OS, processor, memory, GPU", "", timed(machine), "beside")
    packages()
    listed = timed(lambda: store.write_artifact(run_id, "requirements.txt", packages().encode()))
    yield Row("names and versions of packages", "packages", listed, "beside")
    system = System()
    yield Row("system/* metrics", "system", timed(system.sample), "beside", "every 5 s, from 5 s on")


def timed(work: Callable[[], object], rounds: int = 50) -> float:
    """The fastest of the rounds: what other programs take is not counted."""
    taken = []
    with _quiet():
        for _ in range(rounds):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return min(taken)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the collector, whose turn may fall into any of them."""
    import gc

    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def table(rows: list[Row]) -> str:
    """Markdown, as docs/capture.md has it."""
    lines = ["| what | switch | costs | |", "|---|---|---:|---|"]
    for row in rows:
        where = "in the cell" if row.where == "cell" else "beside it"
        said = ", ".join(part for part in (row.times, where) if part)
        switch = f"`{row.switch}`" if row.switch else "always"
        lines.append(f"| {row.what} | {switch} | {_told(row.seconds)} | {said} |")
    return "\n".join(lines)


def _told(seconds: float) -> str:
    """Two digits in the unit that fits."""
    factor, unit = (1e3, "ms") if seconds >= 0.0001 else (1e6, "µs")
    value = seconds * factor
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}")
    print(table(measure()))

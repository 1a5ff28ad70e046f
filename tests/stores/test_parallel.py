"""Helpers read and check what one process would, and nothing hangs on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nbtrack.entities import Dataset, DatasetInput
from nbtrack.stores.files import FileStore, ahead, parallel, sidecar, ticks
from nbtrack.stores.files import index as indexing
from tests.waiting import until

RUNS = 112


class Shared:
    """Who read how much: a run at a time here, and only when a helper has handed back more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        self.here: list[str] = []
        self.back: list[bytes] = []
        self.then: Callable[[], None] = lambda: None  # what happens when a helper has handed back
        started = parallel._started
        monkeypatch.setattr(
            parallel, "_started", lambda command: self.processes.append(started(command)) or self.processes[-1]
        )
        self._heed(monkeypatch, parallel.Unread, lambda part: part.run_ids)
        self._heed(monkeypatch, parallel.Unchecked, lambda part: [folder for folder, _ in part.readings])
        monkeypatch.setattr(parallel, "_worth", lambda runs, enough: 2 if runs else 0)
        monkeypatch.setattr(ahead, "PART", 1)

    def _heed(self, monkeypatch: pytest.MonkeyPatch, kind: Any, runs: Callable[[Any], Sequence[str]]) -> None:
        here, heard = kind.here, kind.heard

        def done_here(part: Any) -> Any:
            until(lambda: len(self.back) > len(self.here) or all(each.poll() is not None for each in self.processes))
            self.then()
            self.here += runs(part)
            return here(part)

        monkeypatch.setattr(kind, "here", done_here)
        monkeypatch.setattr(kind, "heard", lambda part, data: self.back.append(data) or heard(part, data))


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shared:
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(ticks, "FINE_NS", 0)  # files written a moment ago count as settled
    return Shared(monkeypatch)


@pytest.fixture(scope="module")
def written(unpack: Callable[[str, Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the real MLflow wrote, with a data set and three kinds of damage."""
    folder = unpack("03", tmp_path_factory.mktemp("samples"))
    root = next(path.parent.parent for path in folder.rglob("meta.yaml") if path.parent.name == "0")
    runs = sorted(path.parent for path in root.glob("[1-9]*/*/meta.yaml") if (path.parent / "metrics").is_dir())
    FileStore(root).log_inputs(runs[0].name, [DatasetInput(Dataset("d", "1", "t", "s", None, "p"), ())])
    (runs[1] / "meta.yaml").write_bytes(b"\xff")
    (runs[2] / "meta.yaml").unlink()
    os.utime(runs[2], (1, 1))  # not in the making any more
    next((runs[3] / "metrics").iterdir()).write_text("not a point\n1 2.5 3\n")
    return root


@pytest.fixture
def store(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "mlruns", symlinks=True))


def told(store: FileStore) -> list[str]:
    """Everything but the order of keys, which is that of the columns that runs are kept in."""
    found = store.snapshot()
    runs = [(row.run.info, row.run.inputs, *map(sorted, (row.metrics.items(), row.run.data.params.items(),
             row.run.data.metrics.items(), row.run.data.tags.items()))) for row in found.rows]  # fmt: skip
    return sorted(map(repr, runs)) + sorted(map(repr, found.damages))  # repr, because NaN equals nothing


def told_by_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with monkeypatch.context() as alone:
        alone.setattr(parallel, "_worth", lambda runs, enough: 0)
        opened = FileStore(root)
        found = told(opened)
        opened.close()
        return found


def test_helpers_read_what_one_process_reads_and_end_with_it(
    store: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = told(FileStore(store))
    assert len(shared.back) > len(shared.here) > 0
    assert [process.poll() is not None for process in shared.processes] == [True, True]
    assert together == told_by_one(store, monkeypatch)
    assert any("name='d'" in each for each in together)
    assert any("has no meta.yaml" in each for each in together)


def test_what_helpers_that_died_did_not_read_is_read_here(
    store: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.then = lambda: [process.kill() for process in shared.processes] and None
    assert told(FileStore(store)) == told_by_one(store, monkeypatch)
    assert len(shared.here) > len(shared.back)


def test_an_interrupt_ends_the_helpers_and_keeps_what_they_read(
    store: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        if len(shared.back) > 10:
            raise KeyboardInterrupt

    shared.then = stop
    opened = FileStore(store)
    with pytest.raises(KeyboardInterrupt):
        opened.snapshot()
    assert [process.poll() is not None for process in shared.processes] == [True, True]
    read: list[str] = []
    real = indexing.open_run
    monkeypatch.setattr(parallel, "_worth", lambda runs, enough: 0)
    monkeypatch.setattr(indexing, "open_run", lambda *run: read.append(run[1]) or real(*run))
    whole = told(opened)
    assert len(read) < RUNS - 5, "most of what the helpers had read is looked at only"
    assert whole == told_by_one(store, monkeypatch)


@pytest.mark.parametrize("helpers", ["live", "die"])
def test_helpers_see_which_remembered_runs_have_changed(
    store: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch, helpers: str
) -> None:
    monkeypatch.setattr(sidecar, "WORTH", 1)
    before = told_by_one(store, monkeypatch)
    metrics = sorted(path for path in store.glob("[1-9]*/*/metrics/*") if path.is_file())
    with metrics[-1].open("a") as file:
        file.write("1700000000000 -7.5 99\n")
    read: list[str] = []
    real = indexing.open_run
    monkeypatch.setattr(indexing, "open_run", lambda *run: read.append(run[1]) or real(*run))
    if helpers == "die":
        monkeypatch.setattr(parallel.Unchecked, "command", staticmethod(lambda: ["-c", ""]))
    after = told(FileStore(store))
    assert len(shared.here if helpers == "die" else shared.back) > 10
    assert all(process.poll() is not None for process in shared.processes)
    assert metrics[-1].parent.parent.name in read
    assert len(read) < 10, "only what has changed, and what is damaged, is read again"
    assert len(set(after) - set(before)) == 1
    assert "-7.5" in (set(after) - set(before)).pop()
    assert after == told_by_one(store, monkeypatch)


def test_where_no_process_can_be_started_all_is_read_here(
    store: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/such/python")
    assert told(FileStore(store)) == told_by_one(store, monkeypatch)
    assert not shared.processes


def test_few_runs_start_no_process() -> None:
    assert parallel._worth(1000, parallel.Unread.enough) == 0
    assert parallel._worth(400, parallel.Unchecked.enough) == 0

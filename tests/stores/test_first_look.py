"""A store that is opened for the first time is read in parts, newest runs first."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from nbtrack.dashboard.live import Hub
from nbtrack.stores import open_store
from nbtrack.stores.files import first_look
from tests.bench.generate import generate

RUNS = 120


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its folders are dated in an order of their own, which has nothing to do with their names."""
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(first_look, "MIN_RUNS", 50)
    monkeypatch.setattr(first_look, "FIRST_RUNS", 10)
    root = tmp_path / "mlruns"
    generate(root, RUNS, place=root, steps=2)
    for number, run in enumerate(sorted(run_folders(root), key=lambda path: path.name[::-1])):
        os.utime(run, (1_700_000_000 + number, 1_700_000_000 + number))
    return root


def run_folders(root: Path) -> list[Path]:
    return [run for each in root.iterdir() for run in each.iterdir() if (run / "meta.yaml").exists()]


def test_the_newest_runs_come_first_and_each_part_is_larger(store: Path) -> None:
    parts = list(open_store(store).watch(None).first_look())
    sizes = [len(part.snapshot.rows) for part in parts]
    assert sizes == [10, 20, 40, 50]
    assert [(part.done, part.total) for part in parts] == [(10, RUNS), (30, RUNS), (70, RUNS), (RUNS, RUNS)]
    newest = sorted(run_folders(store), key=lambda path: -path.stat().st_mtime_ns)
    assert {row.run.info.run_id for row in parts[0].snapshot.rows} == {path.name for path in newest[:10]}


def test_after_it_all_is_as_if_it_had_been_read_at_once(store: Path, tmp_path: Path) -> None:
    watch = open_store(store).watch(None)
    for _ in watch.first_look():
        pass
    in_parts = watch.snapshot()
    at_once = open_store(f"file://{store}/.").watch(None).snapshot()
    assert sorted(row.run.info.run_id for row in in_parts.rows) == sorted(row.run.info.run_id for row in at_once.rows)
    assert {row.run.info.run_id: row for row in in_parts.rows} == {row.run.info.run_id: row for row in at_once.rows}
    assert list(watch.first_look()) == []  # nothing is unread


def test_what_changes_between_a_part_and_the_end_is_seen(store: Path) -> None:
    opened = open_store(store)
    watch = opened.watch(None)
    parts = watch.first_look()
    first = next(parts).snapshot.rows[0].run.info.run_id
    other = open_store(f"file://{store}/.")
    other.update_run(first, run_name="changed")
    list(parts)
    names = {row.run.info.run_id: row.run.info.run_name for row in watch.snapshot().rows}
    assert names[first] == "changed"


def test_a_small_store_is_read_at_once(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_look, "MIN_RUNS", RUNS + 1)
    assert list(open_store(store).watch(None).first_look()) == []


def test_a_dashboard_is_told_the_parts_with_a_count_and_the_time_left(store: Path) -> None:
    hub = Hub(open_store(store), None)
    told: list[tuple[int, list[str]]] = []

    class Listener:
        def hear(self, content: dict[str, object], packed: bytes) -> None:
            status = content.get("status")
            if isinstance(status, dict):
                told.append((len(hub.catalog.rows), status["notes"]))

        def replace_snapshot(self) -> None: ...
        def refresh_outputs(self, *, only_empty: bool) -> None: ...
        def save_changed_view(self, *, now: bool = False) -> None: ...

    listener = Listener()
    hub.listeners.add(listener)
    hub.load()
    assert [rows for rows, _ in told[:4]] == [10, 30, 70, RUNS]
    assert {rows for rows, _ in told[4:]} <= {RUNS}  # a run that was read in the tick of its last change is told again
    (note,) = told[0][1]
    assert re.fullmatch(r"Reading the store: 10 of 120 runs, newest first; about [1-9][0-9]* s left\.", note)
    assert hub.loaded
    assert len(hub.frame()) == RUNS
    hub.close()

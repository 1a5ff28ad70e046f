"""A damaged database: the healthy rest is shown, nothing raises or hangs, and the doctor names each damage."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from nbtrack.cli import main
from nbtrack.entities import Metric, Param, RunTag
from nbtrack.errors import NbtrackError
from nbtrack.stores.sqlite import SqliteStore
from nbtrack.stores.sqlite.damage import damages

DAMAGES = {
    "text for a value": ("UPDATE metrics SET value = 'abc' WHERE run_uuid = :run AND step = 0", "metric 'm'"),
    "a blob for a step": ("UPDATE metrics SET step = x'00ff' WHERE run_uuid = :run AND step = 1", "metric 'm'"),
    "a fraction for a time": ("UPDATE metrics SET timestamp = 1.5 WHERE run_uuid = :run AND step = 2", "metric 'm'"),
    "bytes for a param": ("UPDATE params SET value = CAST(x'636166e9' AS TEXT) WHERE run_uuid = :run", "param 'p'"),
    "a blob for a tag": ("UPDATE tags SET value = x'ff00' WHERE run_uuid = :run AND key = 't'", "tag 't'"),
    "no status": ("UPDATE runs SET status = NULL WHERE run_uuid = :run", "status"),
    "an unknown status": ("UPDATE runs SET status = 'SLEEPING' WHERE run_uuid = :run", "SLEEPING"),
    "text for a time": ("UPDATE runs SET start_time = 'yesterday' WHERE run_uuid = :run", "yesterday"),
    "no experiment": ("UPDATE runs SET experiment_id = 4711 WHERE run_uuid = :run", "4711"),
    "a blob for a run's name": ("UPDATE runs SET name = x'ff00' WHERE run_uuid = :run", "the name"),
    "a blob for a place": ("UPDATE runs SET artifact_uri = x'ff00' WHERE run_uuid = :run", "the place"),
    "text for an experiment's time": ("UPDATE experiments SET creation_time = 'x' WHERE name = 'e' OR :run = 0", "'x'"),
    "an absurd time of an experiment": (
        "UPDATE experiments SET creation_time = 9000000000000000000 WHERE name = 'e' OR :run = 0",
        "9000000000000000000",
    ),
    "a blob for an experiment's name": ("UPDATE experiments SET name = x'ff' WHERE name = 'e' OR :run = 0", "the name"),
    "a blob for a metric's name": ("UPDATE latest_metrics SET key = x'ff' WHERE run_uuid = :run", "metric 'm'"),
    "no newest point": ("DELETE FROM latest_metrics WHERE run_uuid = :run", "latest_metrics"),
}


@pytest.fixture
def database(new_database: Callable[[int, Path], Path], tmp_path: Path) -> tuple[Path, list[str]]:
    """Three runs; the first is there to be damaged."""
    path = new_database(3, tmp_path)
    store = SqliteStore(path)
    experiment = store.create_experiment("e")
    runs = []
    for name in ("one", "two", "three"):
        made = store.create_run(experiment, run_name=name, user_id="u", start_time=1, tags={})
        runs.append(made.info.run_id)
        points = [Metric("m", step / 2, step, step) for step in range(4)]
        store.log_batch(runs[-1], points, [Param("p", "1")], [RunTag("t", "v")])
    store.close()
    return path, runs


def healthy(path: Path, runs: list[str]) -> None:
    store = SqliteStore(path)
    rows = {row.run.info.run_id: row.run for row in store.snapshot().rows}
    for run_id in runs:
        assert (rows[run_id].data.metrics, rows[run_id].data.params) == ({"m": 1.5}, {"p": "1"})
        assert len(store.history(run_id, "m")) == 4


@pytest.mark.parametrize(("sql", "named"), DAMAGES.values(), ids=DAMAGES)
def test_a_bad_cell_costs_only_itself_and_the_doctor_names_it(
    sql: str, named: str, database: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    path, runs = database
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")  # older databases have none
        connection.execute(sql, {"run": runs[0]})
        connection.commit()
    healthy(path, runs[1:])
    store = SqliteStore(path)
    store.run(runs[0])
    store.watch().changes()
    (found,) = damages(store.database)
    assert runs[0] in found.path or "experiment" in found.path
    assert named in found.path + found.problem
    assert found.remedy
    for command in (["ls"], ["ls", "--json"], ["show", runs[1]]):
        assert main([*command, "--store", f"sqlite:///{path}"]) == 0
    assert main(["doctor", "--store", f"sqlite:///{path}"]) == 1
    assert "1 damaged place" in capsys.readouterr().out


def test_a_healthy_database_has_nothing_damaged(database: tuple[Path, list[str]]) -> None:
    assert main(["doctor", "--store", f"sqlite:///{database[0]}"]) == 0


@pytest.mark.parametrize("how", ["overwritten", "cut"])
def test_a_broken_file_is_named_with_what_can_be_saved_from_it(
    how: str, database: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = database
    size = path.stat().st_size
    if how == "cut":
        os.truncate(path, size // 2)
    else:
        with path.open("r+b") as file:
            file.seek(size // 4)
            file.write(os.urandom(size // 2))
    try:
        status = main(["doctor", "--store", f"sqlite:///{path}"])
    except NbtrackError:
        pytest.fail("a command tells, it does not raise")
    said = capsys.readouterr()
    assert status in (1, 2)
    assert str(path) in said.out + said.err
    assert ".recover" in said.out or "cannot be read as a SQLite database" in said.err


def test_a_pipe_and_a_folder_are_no_database_and_nobody_waits_for_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.db")
    (tmp_path / "folder.db").mkdir()
    for name in ("pipe.db", "folder.db"):
        with pytest.raises(NbtrackError, match=name):
            SqliteStore(tmp_path / name)

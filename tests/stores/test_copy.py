"""Runs get from any store into any other, whole and once, also when the copying is killed."""

from __future__ import annotations

import math
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nbtrack.cli import main
from nbtrack.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run, RunStatus, RunTag, ViewType
from nbtrack.frame import Row
from nbtrack.stores import Store, open_store
from nbtrack.stores.copying import Copier, Report
from nbtrack.stores.copying.runs import ORIGIN
from nbtrack.stores.files import FileStore
from tests.servers import Server as MlflowServer

ROOT = Path(__file__).parents[2]
ODD = [1.0, math.nan, math.inf, -math.inf, 1e-300, 0.1 + 0.2]
NewDatabase = Callable[[int, Path], Path]


def filled(store: Store) -> str:
    """Everything that the contract can write; returns the id of the fullest run."""
    experiment = store.create_experiment("e", tags={"owner/é": "ünï\ntwo"})
    run_id = store.create_run(experiment, run_name="full", user_id="me", start_time=1000, tags={"a/b": "c"}).info.run_id
    points = [Metric("val/loss ü", value, 2000 + step, step) for step, value in enumerate(ODD)]
    ties = [Metric("tie", 2.0, 5, 5), Metric("tie", math.nan, 5, 5)]
    store.log_batch(run_id, points + ties, [Param("lr", "0.1"), Param("text", "two\nlines")], [RunTag("t", "v")])
    given = DatasetInput(Dataset("grid", "abc", "local", "{}"), (InputTag("mlflow.data.context", "training"),))
    store.log_inputs(run_id, [given])
    store.write_artifact(run_id, "notes/a é.txt", b"hello")
    store.write_artifact(run_id, "big.bin", bytes(range(256)) * 10_000)
    child = {"mlflow.parentRunId": run_id}
    failed = store.create_run(experiment, run_name="child", user_id="me", start_time=5, tags=child).info.run_id
    store.update_run(failed, status=RunStatus.FAILED, end_time=99)
    gone = store.create_run(experiment, run_name="gone", user_id="me", start_time=2000, tags={}).info.run_id
    store.write_artifact(gone, "kept.txt", b"x")
    store.delete_run(gone)
    trashed = store.create_experiment("trashed")
    last = store.create_run(trashed, run_name="in the trash", user_id="me", start_time=1, tags={}).info.run_id
    store.write_artifact(last, "also.txt", b"y")
    store.delete_experiment(trashed)
    return run_id


def content(store: Store) -> dict[str, object]:
    """All that a reader sees, by names rather than ids of experiments."""
    experiments = {each.experiment_id: each for each in store.experiments(ViewType.ALL) if each.name != "Default"}
    found: dict[str, object] = {e.name: (e.lifecycle_stage, dict(e.tags)) for e in experiments.values()}
    for row in store.snapshot(list(experiments)).rows:
        info, run_id = row.run.info, row.run.info.run_id
        histories = {}
        for key in row.metrics:
            series = store.history(run_id, key)
            columns = series.step.tolist(), series.timestamp.tolist(), map(repr, series.value.tolist())
            histories[key] = sorted(zip(*columns, strict=True))
        found[run_id] = (
            experiments[info.experiment_id].name,
            *(info.run_name, info.status, info.start_time, info.end_time, info.lifecycle_stage, info.user_id),
            *(dict(row.run.data.params), dict(row.run.data.tags), row.run.inputs, histories),
            {key: repr(value) for key, value in row.run.data.metrics.items()},
            {path: store.read_artifact(run_id, path) for path in ("notes/a é.txt", "big.bin", "kept.txt", "also.txt")
             if path.rpartition("/")[2] in {f.path.rpartition("/")[2] for f in _files(store, run_id)}},
        )  # fmt: skip
    return found


def _files(store: Store, run_id: str) -> list[object]:
    return [f for folder in ("", "notes") for f in store.list_artifacts(run_id, folder)]  # type: ignore[misc]


def make(kind: str, folder: Path, new_database: NewDatabase) -> str:
    return str(folder / "mlruns") if kind == "files" else f"sqlite:///{new_database(int(kind[-1]), folder)}"


@pytest.mark.parametrize(("first", "second"), [("files", "sqlite 3"), ("sqlite 2", "files"), ("files", "files")])
def test_a_copy_has_everything_and_a_second_copy_writes_nothing(
    first: str, second: str, tmp_path: Path, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = (make(kind, tmp_path / str(n), new_database) for n, kind in enumerate((first, second)))
    filled(open_store(source))
    assert main(["copy", source, target]) == 0
    assert "4 runs (4 copied) in" in capsys.readouterr().out
    assert content(open_store(target)) == content(open_store(source))
    assert main(["copy", source, target]) == 0
    assert "(0 copied, 4 there already) in" in (out := capsys.readouterr().out)
    assert "0 points, 0 artifacts" in out
    assert main(["copy", "--check", source, target]) == 0
    assert main(["copy", "--check", target, source]) == 0


def test_what_came_since_is_brought_and_what_the_copy_has_more_stays(tmp_path: Path) -> None:
    source, target = FileStore(tmp_path / "a"), FileStore(tmp_path / "b")
    run_id = filled(source)
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    source.log_batch(run_id, [Metric("tie", 7.0, 9, 9)], [Param("new", "1")], [RunTag("t", "other")])
    source.write_artifact(run_id, "big.bin", b"changed")
    source.update_run(run_id, status=RunStatus.FINISHED, end_time=77)
    target.log_batch(run_id, [Metric("own", 1.0, 1, 1)])
    assert main(["copy", "--check", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    seen = target.run(run_id)
    assert (seen.data.metrics["tie"], seen.data.params["new"], seen.data.tags["t"]) == (7.0, "1", "other")
    assert (seen.info.status, seen.info.end_time, seen.data.metrics["own"]) == ("FINISHED", 77, 1.0)
    assert target.read_artifact(run_id, "big.bin") == b"changed"


def test_a_param_that_is_another_in_the_copy_is_named_and_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = FileStore(tmp_path / "a"), FileStore(tmp_path / "b")
    run_id = filled(source)
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    (path,) = (tmp_path / "b").glob(f"*/{run_id}/params/lr")
    path.unlink()
    path.write_text("0.2")
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    assert "'full'" in (told := capsys.readouterr().err)
    assert "param 'lr' is '0.1' and '0.2' in the copy" in told
    assert target.run(run_id).data.params["lr"] == "0.2"


def test_points_that_stand_twice_are_copied_once_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = FileStore(tmp_path / "a")
    run_id = filled(source)
    source.log_batch(run_id, [Metric("twice", 1.0, 1, 1)] * 2 + [Metric("twice", 2.0, 2, 2)])
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert "1 point of FROM repeated another" in capsys.readouterr().err
    assert FileStore(tmp_path / "b").history(run_id, "twice").value.tolist() == [1.0, 2.0]


def test_a_filter_and_an_experiment_choose_what_is_copied(tmp_path: Path) -> None:
    source = FileStore(tmp_path / "a")
    filled(source)
    other = source.create_experiment("other")
    source.create_run(other, run_name="o", user_id="me", start_time=1, tags={})
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "b"), "params.lr = '0.1'"]) == 0
    assert [row.run.info.run_name for row in FileStore(tmp_path / "b").snapshot().rows] == ["full"]
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "c"), "-e", "other"]) == 0
    assert [each.name for each in FileStore(tmp_path / "c").experiments(ViewType.ALL)] == ["other"]


def test_what_a_damaged_run_cannot_say_is_named_and_the_rest_comes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = FileStore(tmp_path / "a")
    run_id = filled(source)
    (meta,) = (tmp_path / "a").glob(f"*/{run_id}/meta.yaml")
    meta.write_bytes(b"")
    os.utime(meta, (1, 1))
    assert main(["copy", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    told = capsys.readouterr().err
    assert f"({run_id}): all of it: its meta.yaml cannot be read" in told
    assert "nbtrack doctor --store" in told
    assert len(FileStore(tmp_path / "b").snapshot().rows) == 2


def test_names_that_a_folder_cannot_hold_are_named_and_the_others_kept(
    tmp_path: Path, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = make("sqlite 3", tmp_path, new_database)
    source = open_store(uri)
    run_id = filled(source)
    source.log_batch(run_id, [Metric("x/y", 1, 1), Metric("x", 2, 1)], [Param("p", "1"), Param("p/q", "2")])
    for _ in range(2):
        assert main(["copy", uri, str(tmp_path / "b")]) == 1
        told = capsys.readouterr().err
        assert sum("'full'" in line for line in told.splitlines()) == 2, "one line for each name"
        seen = FileStore(tmp_path / "b").run(run_id)
        assert ("x" in seen.data.metrics) + ("x/y" in seen.data.metrics) == 1
        assert seen.data.params["p"] == "1"
        assert seen.data.metrics["tie"] == 2.0


def test_keys_of_a_strangers_database_never_leave_the_folder(tmp_path: Path, new_database: NewDatabase) -> None:
    uri = make("sqlite 3", tmp_path / "db", new_database)
    run_id = filled(open_store(uri))
    with sqlite3.connect(tmp_path / "db" / "mlflow.db") as connection:
        connection.execute("UPDATE tags SET key = '../../../../out' WHERE key = 't'")
        connection.execute("UPDATE params SET key = '/out' WHERE key = 'lr'")
        connection.execute("UPDATE runs SET run_uuid = '../escaped' WHERE name = 'child'")
        connection.execute("UPDATE tags SET run_uuid = '../escaped' WHERE value = 'child'")
    connection.close()
    assert main(["copy", uri, str(tmp_path / "b")]) == 1
    seen = FileStore(tmp_path / "b").run(run_id).data
    assert (set(seen.params), seen.tags["a/b"]) == ({"text"}, "c")
    assert not list(tmp_path.rglob("out")) + list(tmp_path.rglob("escaped"))


class Server:
    """A store that gives ids of its own: what a copy does there goes through the contract alone."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    def create_run(self, experiment_id: str, *, run_name: str, **given: Any) -> Run:
        assert run_name, "MLflow's server refuses an empty name"
        return self._store.create_run(experiment_id, run_name=run_name, **given)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def copied(source: Store, target: Store) -> Report:
    experiments = source.experiments(ViewType.ALL)
    rows = source.snapshot([each.experiment_id for each in experiments]).rows
    return Copier(source, target, experiments, rows).copy()


def test_where_ids_are_new_the_origin_is_tagged_and_children_find_their_parents(tmp_path: Path) -> None:
    source, kept = FileStore(tmp_path / "a"), FileStore(tmp_path / "b")
    run_id = filled(source)
    experiment = source.run(run_id).info.experiment_id
    unnamed = source.create_run(experiment, run_name="", user_id="me", start_time=1, tags={}).info.run_id
    target: Store = Server(kept)  # type: ignore[assignment]
    report = copied(source, target)
    assert (report.made, report.left_out, report.differences) == (5, [], [])
    by_name = {row.run.info.run_name: row.run for row in kept.snapshot().rows}
    assert by_name["full"].info.run_id != run_id
    assert by_name["full"].data.tags[ORIGIN] == run_id
    assert by_name["child"].data.tags["mlflow.parentRunId"] == by_name["full"].info.run_id
    assert by_name["gone"].info.lifecycle_stage == "deleted"
    assert [e.name for e in kept.experiments(ViewType.DELETED_ONLY)] == ["trashed"]
    again = copied(source, target)
    assert (again.made, again.completed, again.alike, again.points, again.differences) == (0, 0, 5, 0, [])
    assert by_name[unnamed[:8]].data.tags[ORIGIN] == unnamed


# killed


def copied_runs(target: Path) -> int:
    """How many there are by now, without nbtrack."""
    if target.suffix != ".db":
        return len(list(target.glob("*/*/meta.yaml")))
    with closing(sqlite3.connect(target, timeout=60)) as connection:
        return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])


def kill_while_copying(source: Path, target: str, more: int, delay: float) -> bool:
    """Copy in a process that is killed `delay` s after so many more runs are there; False where it was done before."""
    command = [sys.executable, "-m", "nbtrack.cli", "copy", str(source), target]
    place = Path(target.removeprefix("sqlite:///"))
    wanted = copied_runs(place) + more
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while copied_runs(place) < wanted and process.poll() is None:
        time.sleep(0.005)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def many(store: Store, runs: int) -> None:
    experiment = store.create_experiment("many")
    for number in range(runs):
        made = store.create_run(experiment, run_name=f"r{number}", user_id="u", start_time=number, tags={"n": "1"})
        run_id = made.info.run_id
        store.log_batch(run_id, [Metric("m", step / 7, step, step) for step in range(200)], [Param("p", str(number))])
        store.write_artifact(run_id, "big.bin", bytes(50_000))
        store.update_run(run_id, status=RunStatus.FINISHED, end_time=number + 1)


@pytest.mark.parametrize("kind", ["files", pytest.param("sqlite 3", marks=pytest.mark.slow)])
def test_a_copy_that_is_killed_goes_on_and_ends_equal(kind: str, tmp_path: Path, new_database: NewDatabase) -> None:
    source, target = FileStore(tmp_path / "a"), make(kind, tmp_path / "t", new_database)
    many(source, 40)
    assert kill_while_copying(tmp_path / "a", target, 5, 0.0)
    assert main(["copy", str(tmp_path / "a"), target]) == 0
    assert content(open_store(target)) == content(source)
    assert not list(open_store(target).snapshot().damages)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["files", "sqlite 3"])
def test_a_copy_that_is_killed_thirty_times_ends_equal(kind: str, tmp_path: Path, new_database: NewDatabase) -> None:
    source, target = FileStore(tmp_path / "a"), make(kind, tmp_path / "t", new_database)
    many(source, 300)
    chance = random.Random(1)
    kills = sum(kill_while_copying(tmp_path / "a", target, 5, chance.uniform(0, 0.05)) for _ in range(30))
    assert kills == 30
    assert main(["copy", str(tmp_path / "a"), target]) == 0
    assert content(open_store(target)) == content(source)
    assert not list(open_store(target).snapshot().damages)


# artifacts that lie elsewhere


@pytest.mark.parametrize("address", ["mlflow-artifacts:/1/{}/artifacts", "s3://bucket/1/{}/artifacts"])
@pytest.mark.parametrize("kind", ["files", "sqlite 3"])
def test_artifacts_on_a_server_or_in_a_bucket_stay_there_and_the_rest_is_copied(
    kind: str, address: str, tmp_path: Path, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    source = FileStore(tmp_path / "a")
    run_id = filled(source)
    uri = address.format(run_id)
    (meta,) = (tmp_path / "a").glob(f"*/{run_id}/meta.yaml")
    meta.write_text(re.sub("artifact_uri: .*", f"artifact_uri: {uri}", meta.read_text()))
    shutil.rmtree(meta.parent / "artifacts")
    target = make(kind, tmp_path / "t", new_database)
    for words in ("4 copied", "4 there already"):
        assert main(["copy", str(tmp_path / "a"), target]) == 0
        told = capsys.readouterr()
        assert words in told.out
        assert told.err == f"note: the artifacts of 1 run stay where they are, such as '{uri}'\n"
    copy = open_store(target).run(run_id)
    assert copy.info.artifact_uri == uri
    assert copy.data.params["lr"] == "0.1"


# a real server


def test_a_real_server_gets_everything_and_gives_it_back(
    server3: MlflowServer, tmp_path: Path, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(open_store(server3.url)) as server:
        server3.empty()
        source, back = str(tmp_path / "a"), str(tmp_path / "b")
        database = make("sqlite 3", tmp_path / "c", new_database)
        run_id = filled(FileStore(tmp_path / "a"))
        assert main(["copy", source, server3.url]) == 0, capsys.readouterr().err
        assert "4 runs (4 copied) in" in capsys.readouterr().out
        assert main(["copy", source, server3.url]) == 0, capsys.readouterr().err
        assert "(0 copied, 4 there already) in" in (out := capsys.readouterr().out)
        assert "0 points, 0 artifacts" in out
        for target in (back, database):
            assert main(["copy", server3.url, target]) == 0, capsys.readouterr().err
            assert content(open_store(target)) == content(server)
        (full,) = [r.run.info for r in open_store(back).snapshot().rows if r.run.data.tags.get(ORIGIN) == run_id]
        found = open_store(back).history(full.run_id, "val/loss ü").value.tolist()
        assert [repr(value) for value in found] == [repr(value) for value in ODD]
        server3.empty()
        assert main(["copy", database, server3.url]) == 0, capsys.readouterr().err
        capsys.readouterr()
        assert main(["copy", database, server3.url]) == 0, capsys.readouterr().err
        assert "(0 copied, 4 there already) in" in capsys.readouterr().out, "also of runs that were copied before"
        names = sorted(row.run.info.run_name for row in everything(server))
        assert names == ["child", "full", "gone", "in the trash"]


def everything(store: Store) -> Sequence[Row]:
    return store.snapshot([each.experiment_id for each in store.experiments(ViewType.ALL)]).rows

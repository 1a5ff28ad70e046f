"""Deleted runs are removed for good, and nothing else is."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbtrack.cli import main
from nbtrack.cli.gc import age
from nbtrack.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunStatus
from nbtrack.errors import InvalidValueError, NotFoundError, StoreError
from nbtrack.stores import Store, open_store
from nbtrack.stores.files import FileStore, runs
from nbtrack.stores.purging import find, purger, trash

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(params=["folder", "mlflow222", "mlflow317"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        opened = open_store(tmp_path / "mlruns")
    else:
        database = tmp_path / "mlflow.db"
        database.write_bytes(gzip.decompress((SAMPLES / f"empty_{request.param}.db.gz").read_bytes()))
        opened = open_store(f"sqlite:///{database}")
    yield opened
    opened.close()


def new_run(store: Store, name: str, *, ended: bool = True, experiment: str | None = None) -> str:
    where = experiment or store.default_experiment().experiment_id
    run_id = store.create_run(where, run_name=name, user_id="me", start_time=1000, tags={"t": "1"}).info.run_id
    store.log_batch(run_id, [Metric("m", 1.0, 1, 0)], [Param("p", "1")])
    store.log_inputs(run_id, [DatasetInput(Dataset("d", "1", "local", "x", None, None), (InputTag("a", "b"),))])
    store.write_artifact(run_id, "a/b.txt", b"x" * 1000)
    if ended:
        store.update_run(run_id, status=RunStatus.FINISHED, end_time=2000)
    return run_id


def names(store: Store) -> list[str]:
    return sorted(row.run.info.run_name for row in store.snapshot().rows)


def gc(store: Store, *words: str) -> int:
    return main(["gc", "--store", store.uri, *words])


def test_only_what_is_in_the_trash_goes_and_only_with_yes(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    kept, gone, running = new_run(store, "kept"), new_run(store, "gone"), new_run(store, "running", ended=False)
    folder = store.artifact_dir(gone)
    for run_id in (gone, running):
        store.delete_run(run_id)
    assert gc(store) == 0
    said = capsys.readouterr()
    assert f"{gone[:8]}  gone  1 file, 1 kB" in said.out
    assert "Nothing was removed: --yes" in said.err
    assert "still marked as running" in said.err
    assert names(store) == ["gone", "kept", "running"]
    assert gc(store, "--yes") == 0
    assert names(store) == ["kept", "running"]
    assert folder is not None
    assert not folder.exists()
    with pytest.raises(NotFoundError):
        store.run(gone)
    assert store.run(kept).data.params == {"p": "1"}
    assert store.read_artifact(kept, "a/b.txt")
    for run_id in (kept, running):
        with pytest.raises(StoreError, match="so it is kept"):
            purger(store).remove_run(run_id)


def test_files_alone_can_go(store: Store) -> None:
    run_id = new_run(store, "a")
    store.delete_run(run_id)
    assert gc(store, "--artifacts", "--yes") == 0
    store.restore_run(run_id)
    assert store.run(run_id).data.metrics == {"m": 1.0}
    assert store.list_artifacts(run_id) == []
    store.write_artifact(run_id, "again.txt", b"1")


def test_runs_are_chosen_by_age_filter_and_experiment(store: Store) -> None:
    other = store.create_experiment("other")
    one, two = new_run(store, "one"), new_run(store, "two", experiment=other)
    for run_id in (one, two):
        store.delete_run(run_id)
    rows = trash(store)
    at = purger(store).deleted_at(one)
    assert at is not None
    assert len(find(store, rows, 1000, at + 500)[0]) == 0
    assert {each.info.run_name for each in find(store, rows, 1000, at + 10**6)[0]} == {"one", "two"}
    assert gc(store, "--older-than", "30d", "--yes") == 0
    assert names(store) == ["one", "two"]
    assert gc(store, "-e", "other", "--yes") == 0
    assert names(store) == ["one"]
    assert gc(store, "--where", "run_name = 'nobody'", "--yes") == 0
    assert names(store) == ["one"]
    assert gc(store, one[:8], "--yes") == 0
    assert names(store) == []


def test_a_deleted_experiment_goes_with_its_last_run(store: Store) -> None:
    made = store.create_experiment("gone")
    new_run(store, "a", experiment=made)
    store.delete_experiment(made)
    assert gc(store, "--yes") == 0
    assert store.experiment_by_name("gone") is None
    assert store.create_experiment("gone")


def test_no_link_is_followed_and_other_places_are_left(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("mine")
    linked, whole = new_run(store, "linked"), new_run(store, "whole")
    inside, folder = store.artifact_dir(linked), store.artifact_dir(whole)
    assert inside is not None
    assert folder is not None
    (inside / "link").symlink_to(precious)
    (inside / "file").symlink_to(precious / "file")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    folder.symlink_to(precious)
    for run_id in (linked, whole):
        store.delete_run(run_id)
    assert gc(store, "--yes") == 0
    assert (precious / "file").read_text() == "mine"
    assert names(store) == []


def test_artifacts_outside_the_store_go_only_where_they_are_the_runs(tmp_path: Path) -> None:
    store = open_store(tmp_path / "mlruns")
    places = [tmp_path / "shared", tmp_path / "odd"]
    for place in places:
        place.mkdir()
    good = store.create_experiment("good", str(places[0] / "x"))
    run_id = new_run(store, "good", experiment=good)
    odd = new_run(store, "odd")
    (places[1] / "file").write_text("mine")
    assert isinstance(store, FileStore)
    for path in (Path(store.run_folder(odd)) / "artifacts").rglob("*"):
        path.unlink() if path.is_file() else None
    os.rmdir(Path(store.run_folder(odd)) / "artifacts" / "a")
    runs.change(store.run_folder(odd), artifact_uri=places[1].as_uri())
    assert (places[0] / "x" / run_id / "artifacts" / "a" / "b.txt").exists()
    for each in (run_id, odd):
        store.delete_run(each)
    assert gc(store, "--yes") == 0
    assert not (places[0] / "x" / run_id / "artifacts").exists()
    assert (places[1] / "file").read_text() == "mine"
    assert names(store) == []


KILLED = """
import os, shutil, sys
from nbtrack.stores import open_store, purging
count = [0]
def dying(real):
    def call(*arguments, **more):
        count[0] += 1
        if count[0] > int(sys.argv[2]):
            os.kill(os.getpid(), 9)
        return real(*arguments, **more)
    return call
os.unlink, os.rmdir = dying(os.unlink), dying(os.rmdir)
store = open_store(sys.argv[1])
for each in purging.find(store, purging.trash(store))[0]:
    purging.purger(store).remove_run(each.info.run_id)
"""


@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_a_purge_that_was_killed_goes_on(store: Store, after: int) -> None:
    run_id = new_run(store, "gone")
    kept = new_run(store, "kept")
    store.delete_run(run_id)
    subprocess.run([sys.executable, "-c", KILLED, store.uri, str(after)], check=False, timeout=120)
    if run_id in {row.run.info.run_id for row in trash(store)} and isinstance(store, FileStore):
        with pytest.raises(InvalidValueError, match="being removed for good"):
            store.restore_run(run_id)
    assert gc(store, "--yes") == 0
    assert names(store) == ["kept"]
    assert store.run(kept).data.metrics == {"m": 1.0}


def test_the_table_s_trash_says_how_much_goes_before_it_goes(store: Store) -> None:
    from nbtrack.dashboard.live import Hub
    from nbtrack.dashboard.requests import Request, answers

    gone, running, kept = new_run(store, "gone"), new_run(store, "running", ended=False), new_run(store, "kept")
    for run_id in (gone, running):
        store.delete_run(run_id)
    hub = Hub(store, None)
    asked = Request.of({"type": "need", "what": "purgeable", "runs": [gone, running, kept, "f" * 32]})
    (answer,) = answers(hub, asked)
    told = {"run": gone, "files": 1, "bytes": 1000, "elsewhere": ""}
    assert answer.body == {"runs": [told], "running": [running], "command": ""}
    assert names(store) == ["gone", "kept", "running"]
    purge = {"type": "edit", "what": "purge"}
    for _ in range(2):  # a change may come twice
        list(answers(hub, Request.of({**purge, "runs": [gone]})))
    assert names(store) == ["kept", "running"]
    for run_id in (running, kept):
        with pytest.raises(StoreError, match="so it is kept"):
            list(answers(hub, Request.of({**purge, "runs": [run_id]})))


@pytest.mark.parametrize(("text", "ms"), [("30d", 30 * 86_400_000), ("12h", 43_200_000), ("1d12h", 129_600_000)])
def test_an_age_is_read(text: str, ms: int) -> None:
    assert age(text) == ms


@pytest.mark.parametrize("text", ["", "x", "30", "3 weeks"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="expects an age"):
        age(text)

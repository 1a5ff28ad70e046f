"""A link in a store leads nowhere else: nothing is read, written or copied there, unless the user allows it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack.cli import main
from nbtrack.entities import Dataset, DatasetInput, Metric, Param, RunTag, ViewType
from nbtrack.errors import NbtrackError, NotFoundError, StoreError
from nbtrack.stores.copying.special import shelf
from nbtrack.stores.files import FileStore
from nbtrack.stores.files.links import LINKED, SETTING
from nbtrack.stores.sqlite import SqliteStore

OWN = ("artifacts", "metrics", "params", "tags")


class Place:
    """A store with one run, and a folder of the host beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "mlruns"
        self.host = folder / "host"
        self.host.mkdir()
        (self.host / "secret").write_text("1 0.5 1\n")
        store = FileStore(self.root)
        self.experiment = store.create_experiment("e")
        self.run = store.create_run(self.experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id
        store.log_batch(self.run, [Metric("loss", 0.5, 1, 1)], [Param("lr", "1")], [RunTag("note", "n")])
        store.write_artifact(self.run, "own.txt", b"own")
        store.close()

    @property
    def at(self) -> Path:
        return self.root / self.experiment / self.run

    def link(self, name: str, target: Path) -> None:
        shutil.rmtree(self.at / name, ignore_errors=True)
        (self.at / name).symlink_to(target)

    def open(self) -> FileStore:
        return FileStore(self.root)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv(SETTING, raising=False)
    return Place(tmp_path)


def writes(name: str) -> Callable[[FileStore, str], object]:
    def write(store: FileStore, run: str) -> object:
        if name == "artifacts":
            return store.write_artifact(run, "planted", b"1")
        if name == "metrics":
            return store.writer(run).log_metric("planted", 1.0, 1, 1)
        return store.log_batch(
            run, (), [Param("planted", "1")] * (name == "params"), [RunTag("planted", "1")] * (name == "tags")
        )

    return write


@pytest.mark.parametrize("name", OWN)
def test_a_folder_of_a_run_that_leads_out_is_neither_read_nor_written(place: Place, name: str) -> None:
    place.link(name, place.host)
    store = place.open()
    [row] = store.snapshot([place.experiment]).rows
    assert "secret" not in {**row.run.data.metrics, **row.run.data.params, **row.run.data.tags}
    assert [file.path for file in store.list_artifacts(place.run) if file.path != "own.txt"] == []
    for read in (store.read_artifact, store.history):
        with pytest.raises(StoreError):
            read(place.run, "secret")
    with pytest.raises(StoreError, match=f"lies outside the store.*{SETTING}='{place.host}'"):
        writes(name)(store, place.run)
    assert [each.name for each in place.host.iterdir()] == ["secret"]


@pytest.mark.parametrize("name", OWN)
def test_the_table_and_the_doctor_name_the_link_and_the_setting(
    place: Place, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place.link(name, place.host)
    [damage] = place.open().snapshot([place.experiment]).damages
    assert damage.path == str(place.at / name)
    assert str(place.host) in damage.problem
    assert SETTING in damage.remedy
    assert main(["doctor", "--store", str(place.root)]) == 1
    assert SETTING in capsys.readouterr().out


@pytest.mark.parametrize("name", OWN)
def test_a_folder_that_its_user_allows_is_read_and_written(
    place: Place, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, os.pathsep.join(["/nowhere", str(place.host.parent)]))
    place.link(name, place.host)
    store = place.open()
    writes(name)(store, place.run)
    assert (place.host / "planted").exists()
    assert list(place.open().snapshot([place.experiment]).damages) == []


@pytest.mark.parametrize("name", OWN)
def test_a_folder_that_stays_inside_the_store_is_followed_and_its_changes_are_seen(place: Place, name: str) -> None:
    inside = place.root / ".kept" / name
    shutil.copytree(place.at / name, inside)
    place.link(name, inside)
    store = place.open()
    watch = store.watch([place.experiment])
    assert list(watch.snapshot().damages) == []
    writes(name)(store, place.run)
    assert (inside / "planted").exists()
    if name != "artifacts":
        [row] = watch.changes().rows
        assert "planted" in {**row.run.data.metrics, **row.run.data.params, **row.run.data.tags}


def test_a_link_to_a_folder_above_itself_is_not_followed(place: Place) -> None:
    place.link("artifacts", place.at)
    assert place.open().list_artifacts(place.run) == []
    with pytest.raises(StoreError):
        place.open().write_artifact(place.run, "meta.yaml", b"")


def test_a_name_below_a_linked_folder_of_a_metric_leads_nowhere(place: Place) -> None:
    (place.at / "metrics" / "sub").symlink_to(place.host)
    store = place.open()
    with pytest.raises(StoreError, match="lies outside"):
        store.history(place.run, "sub/secret")
    with pytest.raises(StoreError, match="lies outside"):
        store.writer(place.run).log_metric("sub/planted", 1.0, 1, 1)
    assert "sub/secret" not in store.run(place.run).data.metrics


def test_data_sets_and_models_do_not_lead_out(place: Place) -> None:
    data = DatasetInput(Dataset("d", "1", "local", "x"))
    (place.root / place.experiment / "datasets").symlink_to(place.host)
    (place.root / place.experiment / "models").symlink_to(place.host)
    store = place.open()
    with pytest.raises(StoreError, match="lies outside"):
        store.log_inputs(place.run, [data])
    held = shelf(store)
    assert held is not None
    for ask in (held.logged_model, held.model_files):
        with pytest.raises(StoreError):
            ask("secret")
    assert [each.name for each in place.host.iterdir()] == ["secret"]


@pytest.mark.parametrize("name", OWN)
def test_copy_and_export_take_nothing_from_where_a_link_leads(
    place: Place, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place.link(name, place.host)
    main(["copy", str(place.root), str(place.folder / "to")])
    main(["export", "--zip", "-o", str(place.folder / "x.zip"), "--store", str(place.root)])
    assert [path for path in (place.folder / "to").rglob("*") if path.name == "secret"] == []
    assert b"secret" not in (place.folder / "x.zip").read_bytes()
    assert "doctor" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["artifacts", "run"])
def test_an_address_with_a_link_in_its_own_parts_is_not_followed(place: Place, part: str) -> None:
    other = place.folder / "other"
    (place.host / "artifacts").mkdir()
    (place.host / "artifacts" / "secret").write_text("s")
    other.mkdir()
    if part == "run":
        (other / place.run).symlink_to(place.host)
    else:
        (other / place.run).mkdir()
        (other / place.run / "artifacts").symlink_to(place.host)
    meta = place.at / "meta.yaml"
    lines = [line for line in meta.read_text().splitlines() if not line.startswith("artifact_uri")]
    meta.write_text("\n".join([*lines, f"artifact_uri: {other}/{place.run}/artifacts", ""]))
    shutil.rmtree(place.at / "artifacts")
    assert place.open().list_artifacts(place.run) == []
    with pytest.raises(NotFoundError):
        place.open().read_artifact(place.run, "secret")


# what is linked as a whole


def test_the_stores_own_folder_may_be_a_link(place: Place) -> None:
    (place.folder / "link").symlink_to(place.root)
    store = FileStore(place.folder / "link")
    store.log_batch(place.run, [Metric("loss", 0.25, 2, 2)])
    store.write_artifact(place.run, "new.txt", b"new")
    assert [row.run.info.run_id for row in store.snapshot().rows] == [place.run]
    assert place.open().run(place.run).data.metrics == {"loss": 0.25}
    assert [file.path for file in place.open().list_artifacts(place.run)] == ["new.txt", "own.txt"]


@pytest.mark.parametrize("what", ["run", "experiment"])
def test_a_linked_run_or_experiment_is_shown_and_marked(place: Place, what: str) -> None:
    outside = place.folder / "elsewhere"
    path = place.at if what == "run" else place.at.parent
    shutil.move(path, outside)
    path.symlink_to(outside)
    store = place.open()
    watch = store.watch([place.experiment])
    [row] = watch.snapshot().rows
    assert row.run.data.metrics == {"loss": 0.5}
    tags = row.run.data.tags if what == "run" else store.experiment(place.experiment).tags
    assert tags[LINKED] == str(outside)
    assert store.read_artifact(place.run, "own.txt") == b"own"
    store.log_batch(place.run, [Metric("loss", 0.125, 2, 2)])
    assert [row.run.data.metrics for row in watch.changes().rows] == [{"loss": 0.125}]
    assert not (outside / "tags" / LINKED).exists()


@pytest.mark.parametrize("relative", [True, False])
def test_deleting_a_linked_experiment_moves_the_link_alone(place: Place, relative: bool) -> None:
    outside = place.folder / "elsewhere"
    path = place.at.parent
    shutil.move(path, outside)
    path.symlink_to(os.path.relpath(outside, place.root) if relative else outside)
    store = place.open()
    store.delete_experiment(place.experiment)
    assert outside.is_dir()
    assert (place.root / ".trash" / place.experiment).is_symlink()
    [found] = store.experiments(ViewType.DELETED_ONLY)
    assert found.name == "e"
    store.restore_experiment(place.experiment)
    assert path.is_symlink()
    assert store.run(place.run).info.lifecycle_stage == "active"


# what a database says


@pytest.mark.parametrize(
    "address",
    [
        "{host}",
        "{host}/../host",
        "/etc",
        "file:///etc",
        "{folder}/linked/{run}/artifacts",
        "{folder}/{run}/../x/artifacts",
    ],
)
def test_a_database_leads_to_no_other_folder_of_this_machine(
    place: Place, address: str, new_database: Callable[[int, Path], Path]
) -> None:
    store = SqliteStore(new_database(3, place.folder / "db"))
    experiment = store.create_experiment("e")
    run = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id
    (place.folder / "linked").mkdir()
    (place.folder / "linked" / run).symlink_to(place.host)
    (place.host / "artifacts").mkdir()
    (place.host / "artifacts" / "secret").write_text("s")
    uri = address.format(host=place.host, folder=place.folder, run=run)
    with store.database.writing() as connection:
        connection.execute("UPDATE runs SET artifact_uri = ?", (uri,))
    assert store.list_artifacts(run) == []
    for name in ("secret", "passwd"):
        with pytest.raises(NbtrackError):
            store.read_artifact(run, name)
    store.close()


def test_an_id_in_a_database_that_is_a_path_leads_nowhere(
    place: Place, new_database: Callable[[int, Path], Path]
) -> None:
    store = SqliteStore(new_database(3, place.folder / "db"))
    run = store.create_run(store.create_experiment("e"), run_name="r", user_id="u", start_time=1, tags={}).info.run_id
    (place.host / "artifacts").mkdir()
    (place.host / "artifacts" / "secret").write_text("s")
    evil = "../../../host"
    with store.database.writing() as connection:
        connection.execute("DELETE FROM tags")
        connection.execute("UPDATE runs SET run_uuid = ?, artifact_uri = '' WHERE run_uuid = ?", (evil, run))
    for ask in (store.list_artifacts, lambda run_id: store.read_artifact(run_id, "secret")):
        with contextlib.suppress(NbtrackError):
            assert ask(evil) == []
    store.close()

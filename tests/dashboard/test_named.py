"""Are views found by name again, however their store is reached?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from nbtrack.dashboard import named
from nbtrack.stores import open_store

VIEW = {"filter": "metrics.loss < 1"}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def store_in(folder: Path) -> Path:
    open_store(folder).create_experiment("e")
    return folder


def test_a_view_is_found_under_every_address_of_its_store(data: Path) -> None:
    store = store_in(data / "mlruns")
    named.save(open_store(store).uri, "mine", VIEW)
    os.symlink(data, data / "elsewhere")
    for address in (
        "mlruns",
        f"file://{store}",
        f"nbtrack://{store}",
        "elsewhere/mlruns",
        data / "elsewhere" / "mlruns",
    ):
        assert named.load(open_store(address).uri, "mine") == VIEW, address
    assert named.names(open_store(store_in(data / "other")).uri) == []


def test_a_view_goes_with_a_store_that_is_moved_and_not_to_the_one_that_takes_its_place(data: Path) -> None:
    named.save(open_store(store_in(data / "mlruns")).uri, "mine", VIEW)
    shutil.move(data / "mlruns", data / "archive")
    moved = f"file://{data / 'archive'}"
    assert named.names(moved) == ["mine"]
    named.save(moved, "second", VIEW)
    assert named.names(open_store(store_in(data / "mlruns")).uri) == []
    assert named.names(moved) == ["mine", "second"]


def test_views_of_databases_servers_and_repositories_are_kept_too_and_outlive_the_cache(data: Path) -> None:
    (data / "mlflow.db").touch()
    os.symlink(data / "mlflow.db", data / "same.db")
    addresses = (f"sqlite:///{data}/mlflow.db", "http://localhost:5000", f"git+{data}")
    for number, uri in enumerate(addresses):
        named.save(uri, f"view {number}", VIEW)
    shutil.rmtree(data / "xdg_cache_home", ignore_errors=True)
    assert [named.names(uri) for uri in addresses] == [["view 0"], ["view 1"], ["view 2"]]
    assert named.load(f"sqlite:///{data}/same.db", "view 0") == VIEW
    named.drop(f"sqlite:///{data}/same.db", "view 0")
    assert named.names(addresses[0]) == []

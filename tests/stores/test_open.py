"""An address opens the store it names, and nothing given opens the one a person means."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbtrack.errors import NotAStoreError
from nbtrack.stores import default_uri, open_store
from nbtrack.stores.files import FileStore


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


def test_the_same_folder_is_one_store_however_it_is_written(here: Path) -> None:
    store = open_store("mlruns")
    assert store is open_store(here / "mlruns")
    assert store is open_store((here / "mlruns").as_uri())
    assert store is open_store("./mlruns")
    assert store is open_store((here / "mlruns").as_uri().replace("file:", "nbtrack:"))
    assert store.uri == (here / "mlruns").as_uri()
    spaced = open_store((here / "my runs é").as_uri())
    assert spaced is open_store("my runs é")


def test_with_nothing_given_mlruns_comes_first_and_then_a_database(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_uri() == "mlruns"
    (here / "mlflow.db").write_bytes(b"")
    assert default_uri() == "sqlite:///mlflow.db"
    (here / "mlruns" / "1" / ("a" * 32) / "artifacts").mkdir(parents=True)
    assert default_uri() == "sqlite:///mlflow.db", "the artifacts of the database are no store"
    FileStore("mlruns").create_experiment("e")
    assert default_uri() == "mlruns"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "elsewhere")
    assert open_store().uri == (here / "elsewhere").as_uri()


def test_an_unknown_kind_of_address_is_refused_with_what_is_possible() -> None:
    with pytest.raises(NotAStoreError, match=r"'s3://bucket/x'.*Use"):
        open_store("s3://bucket/x")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:hunter2@host/db",
        "postgresql://me:p@ss?/hunter2@host/db",
        "s3://host/db?token=hunter2",
        "s3://host/db#token=hunter2",
    ],
)
def test_the_error_of_an_address_that_cannot_be_opened_keeps_its_password(address: str) -> None:
    with pytest.raises(NotAStoreError, match="host/db' is not an address") as caught:
        open_store(address)
    assert "hunter2" not in str(caught.value)
    assert "p@ss" not in str(caught.value)

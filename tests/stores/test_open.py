"""An address opens the store it names, and nothing given opens the one a person means."""

from __future__ import annotations

import sys
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


@pytest.mark.parametrize(
    "address",
    [
        *("databricks", "databricks/", "databricks://profile", "DATABRICKS", "uc", "uc:databricks-uc", "dbfs:/runs"),
        *("arn:aws:sagemaker:eu-west-1:1:mlflow-tracking-server/team", "s3:/bucket", "hdfs:/x", "gs://bucket"),
        *("postgresql:db", "mysql+pymysql:x", "localhost", "localhost:5000", "10.0.0.1:5000/x", "nas:/x", "2024:x"),
        *("file://mlruns", "file://host/share", "nbtrack://mlruns", "file:///a?b", "file:///a#b", "file:", "", " "),
        *("http:host", "https:/host", "http://", "git+https://host/x", "git+git@host:x", "mlflow.db", "a\0b"),
        *("sqlite:x.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "runs:/abc", "mlflow-artifacts:/x"),
    ],
)
def test_what_is_no_folder_database_server_or_repository_is_refused_and_makes_nothing(address: str, here: Path) -> None:
    with pytest.raises(NotAStoreError, match="is not an address that nbtrack can open"):
        open_store(address)
    assert list(here.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="these are paths of Windows")
@pytest.mark.parametrize("address", ["C:\\Users\\me\\mlruns", "C:/Users/me", "c:", "\\\\nas\\share", "..\\mlruns"])
def test_a_path_of_windows_is_refused_elsewhere(address: str, here: Path) -> None:
    with pytest.raises(NotAStoreError, match="Windows"):
        open_store(address)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("address", ["databricks", "localhost:5000", "arn:aws:sagemaker:x/team"])
def test_a_folder_that_an_older_nbtrack_made_for_such_an_address_is_named(address: str, here: Path) -> None:
    FileStore(here / address).create_experiment("e")
    with pytest.raises(NotAStoreError, match=f"nbtrack copy './{address}' TO"):
        open_store(address)
    assert [each.name for each in open_store(f"./{address}").experiments() if each.name == "e"]
    assert open_store(f"./{address}") is open_store(Path(address)), "a Path is always a folder"


def test_the_store_in_the_working_folder_of_file_two_slashes_is_named(here: Path) -> None:
    FileStore(here).create_experiment("e")
    with pytest.raises(NotAStoreError, match=r"nbtrack copy '\.' TO"):
        open_store("file://mlruns")


@pytest.mark.parametrize(
    "address",
    [
        *("my runs", "./my runs/", "my%20runs", "file:my%20runs", "file:./my runs", "other/../my runs", "my runs\n"),
        *("{here}/my runs", "//{here}/my runs", "file://{here}/my%20runs/", "file://localhost{here}/my%20runs"),
        *("nbtrack://{here}/my%20runs", "~/my runs", "file:~/my%20runs"),
    ],
)
def test_one_folder_is_one_store_in_all_its_forms(address: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    assert open_store(address.replace("{here}", str(here))) is open_store(here / "my runs")


def test_a_folder_whose_name_really_holds_a_percent_sign_goes_first(here: Path) -> None:
    FileStore(here / "a%20b").create_experiment("e")
    assert open_store("a%20b").uri.endswith("/a%2520b")

"""What a stranger's store holds costs nothing but itself: no gigabytes, no endless waiting, no other store's values."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack.errors import InvalidValueError, NotAStoreError, StoreError, visible
from nbtrack.stores.files import FileStore, codec, disk, sidecar, ticks
from nbtrack.stores.sqlite import SqliteStore
from tests.waiting import until

DIGITS = "9" * 5000


def new_run(store: FileStore | SqliteStore) -> str:
    found = store.experiment_by_name("e")
    experiment = found.experiment_id if found else store.create_experiment("e")
    return store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id


@pytest.mark.parametrize(
    "value",
    [
        DIGITS,
        f"-{DIGITS}",
        f"0x{'f' * 5000}",
        f"0b{'1' * 20000}",
        "1:" * 5000 + "1",
        f"[{DIGITS}]",
        f"1_{DIGITS}",
        f"+{DIGITS}",
    ],
    ids=["digits", "minus", "hex", "binary", "sixties", "list", "underscore", "plus"],
)
@pytest.mark.parametrize("key", ["start_time", "status", "run_name", "run_id", "experiment_id", "lifecycle_stage"])
def test_a_number_of_thousands_of_digits_costs_one_run(tmp_path: Path, key: str, value: str) -> None:
    store = FileStore(tmp_path / "mlruns")
    good, bad = new_run(store), new_run(store)
    meta = Path(store.run_folder(bad)) / "meta.yaml"
    lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in meta.read_text().splitlines()]
    meta.write_text("\n".join([*lines, ""]))
    seen = FileStore(tmp_path / "mlruns").snapshot()
    assert {row.run.info.run_id for row in seen.rows} == {good, bad}
    assert all(str(bad) in damage.path for damage in seen.damages)


@pytest.mark.parametrize("key", ["creation_time", "name", "experiment_id", "lifecycle_stage"])
def test_a_number_of_thousands_of_digits_costs_one_experiment(tmp_path: Path, key: str) -> None:
    store = FileStore(tmp_path / "mlruns")
    new_run(store)
    made = store.create_experiment("other")
    meta = tmp_path / "mlruns" / made / "meta.yaml"
    lines = [f"{key}: {DIGITS}" if line.startswith(f"{key}:") else line for line in meta.read_text().splitlines()]
    meta.write_text("\n".join([*lines, ""]))
    assert "e" in [each.name for each in FileStore(tmp_path / "mlruns").experiments()]
    assert len(FileStore(tmp_path / "mlruns").snapshot().rows) == 1


def test_the_numbers_that_belong_there_are_read_as_numbers() -> None:
    assert codec.read_meta(b"start_time: 1700000000000\nx: 0x1f\ny: 123456789012345678901234567890\n") == {
        "start_time": 1700000000000,
        "x": 31,
        "y": 123456789012345678901234567890,
    }


def test_a_sparse_file_is_read_as_far_as_it_holds_anything(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    path = Path(store.run_folder(new_run(store))) / "metrics" / "m"
    path.write_bytes(b"1 0.5 1\n")
    os.truncate(path, disk.LARGEST_FILE - 1)
    data, _ = disk.read(str(path), disk.LARGEST_FILE)
    assert data == b"1 0.5 1\n\0"
    [row] = store.snapshot().rows
    assert row.run.data.metrics == {"m": 0.5}
    until(lambda: store.snapshot().damages)  # the last line of a file that was just written may be on its way
    [damage] = store.snapshot().damages
    assert "line 2" in damage.problem


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE {table} ADD COLUMN big TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL",
        "DROP TABLE {table}; CREATE TABLE {table} (run_uuid TEXT, key TEXT, value TEXT AS (hex(zeroblob(1000000000))))",
    ],
)
@pytest.mark.parametrize("table", ["params", "tags"])
def test_a_database_that_computes_its_cells_is_refused(
    tmp_path: Path, sql: str, table: str, new_database: Callable[[int, Path], Path]
) -> None:
    path = new_database(3, tmp_path)
    connection = sqlite3.connect(path)
    connection.executescript(sql.format(table=table))
    connection.close()
    with pytest.raises(NotAStoreError, match="computed"):
        SqliteStore(path)


def test_a_database_whose_writing_runs_something_is_only_read(
    tmp_path: Path, new_database: Callable[[int, Path], Path]
) -> None:
    path = new_database(3, tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TRIGGER t AFTER INSERT ON params BEGIN DELETE FROM metrics; END")
    connection.close()
    with pytest.warns(UserWarning, match="trigger 't'"):
        assert SqliteStore(path).read_only


# the index file


@pytest.fixture
def indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[FileStore, Path]:
    """A store and its index file, which says something else than the store."""
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sidecar, "WORTH", 1)
    monkeypatch.setattr(ticks, "FINE_NS", 0)
    store = FileStore(tmp_path / "mlruns")
    new_run(store)
    store.snapshot()
    store.close()
    [path] = (tmp_path / "cache" / "runs").glob("*.bin")
    return FileStore(tmp_path / "mlruns"), path


def remembers(store: FileStore) -> bool:
    return len(store.watch().remembered().rows) > 0


def test_an_index_file_of_ones_own_is_used_and_nobody_else_may_read_it(indexed: tuple[FileStore, Path]) -> None:
    store, path = indexed
    assert remembers(store)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_an_index_file_that_others_may_write_is_not_used(indexed: tuple[FileStore, Path], mode: int) -> None:
    store, path = indexed
    path.chmod(mode)
    assert not remembers(store)


def test_an_index_file_in_a_folder_that_others_may_change_is_not_used(indexed: tuple[FileStore, Path]) -> None:
    store, path = indexed
    path.parent.chmod(0o777)
    assert not remembers(store)


def test_a_shared_folder_in_which_others_may_only_add_is_used(indexed: tuple[FileStore, Path]) -> None:
    store, path = indexed
    path.parent.chmod(0o1777)
    assert remembers(store)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_an_index_file_of_another_user_is_not_used(indexed: tuple[FileStore, Path]) -> None:
    store, path = indexed
    os.chown(path, 65534, 65534)
    assert not remembers(store)


@pytest.mark.parametrize("kind", ["pipe", "link", "device"])
def test_a_pipe_or_link_in_place_of_the_index_file_hangs_nothing(indexed: tuple[FileStore, Path], kind: str) -> None:
    store, path = indexed
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else path.with_suffix(".elsewhere"))
    start = time.monotonic()
    assert not remembers(store)
    assert len(store.snapshot().rows) == 1
    store.close()
    assert time.monotonic() - start < 20


# what steers a terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("a\u2066b\u200fc\u061cd", "a\\u2066b\\u200fc\\u061cd"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("one\r\x08two\x9b", "one\\r\\x08two\\x9b"),
        ("half \ud83d of a pair", "half \\ud83d of a pair"),
        ("é 漢字 עברית 👩\u200d🔬\n\ttwo lines", "é 漢字 עברית 👩\u200d🔬\n\ttwo lines"),
    ],
)
def test_what_hides_or_reorders_text_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert str(StoreError(text)) == shown
    assert str(InvalidValueError(text)) == shown

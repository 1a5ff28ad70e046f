"""An open store with many runs answers from memory, and is exact all the same."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack import errors
from nbtrack.entities import RunStatus
from nbtrack.errors import NbtrackWarning
from nbtrack.frame import Row
from nbtrack.stores.files import FileStore, index, notify, reader, ticks

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="folders are watched on Linux alone")


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders of runs whose files were looked at, in order."""
    folders: list[str] = []
    real = index.unchanged

    def counting(folder: str, reading: reader.Reading, **how: bool) -> bool:
        folders.append(os.path.basename(folder))
        return real(folder, reading, **how)

    monkeypatch.setattr(index, "FEW_RUNS", 0)
    monkeypatch.setattr(ticks, "FINE_NS", 0)
    monkeypatch.setattr(index, "unchanged", counting)
    # Whichever disk the tests run on: what is written here is written by this machine.
    monkeypatch.setattr(notify, "disk_kind", lambda folder: "ext4")
    return folders


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    store = FileStore(tmp_path / "mlruns")
    experiment = store.create_experiment("e")
    for number in range(4):
        run = store.create_run(experiment, run_name=f"r{number}", user_id="u", start_time=5, tags={"t": "a"})
        store.writer(run.info.run_id).log_metric("loss", 1.0, 1, 1)
        if number:
            store.update_run(run.info.run_id, status=RunStatus.FINISHED)
    return FileStore(tmp_path / "mlruns")


def rows(store: FileStore) -> dict[str, Row]:
    return {row.run.info.run_id: row for row in store.snapshot().rows}


def watched(store: FileStore, checked: list[str]) -> dict[str, Row]:
    """The rows, once they are answered from memory."""
    for _ in range(2):
        rows(store)
    checked.clear()
    found = rows(store)
    assert checked == []
    return found


def test_a_third_look_looks_at_no_file_and_gives_the_same_frame(store: FileStore, checked: list[str]) -> None:
    watched(store, checked)
    assert store.snapshot().frame() is store.snapshot().frame()
    assert checked == []


def append(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        file.write(line)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a point is appended": lambda run: append(run / "metrics/loss", b"2 2.0 2\n"),
    "a metric is new": lambda run: (run / "metrics/other").write_text("1 1.0 1\n"),
    "a metric in a new folder": lambda run: [(run / "metrics/a").mkdir(), (run / "metrics/a/b").write_text("1 1 1\n")],
    "a tag is overwritten": lambda run: (run / "tags/t").write_text("b"),
    "a tag is deleted": lambda run: (run / "tags/t").unlink(),
    "a param is new": lambda run: (run / "params/p").write_text("1"),
    "a file is replaced": lambda run: [(run / "x").write_text("1 9.0 1\n"), (run / "x").rename(run / "metrics/loss")],
    "a folder is replaced": lambda run: [
        shutil.copytree(run / "tags", run / "new"),
        (run / "new/t").write_text("c"),
        (run / "tags").rename(run / "old"),
        (run / "new").rename(run / "tags"),
    ],
    "meta.yaml is rewritten": lambda run: (run / "meta.yaml").write_text(
        (run / "meta.yaml").read_text().replace("status: 3", "status: 5").replace("status: 1", "status: 5")
    ),
    "a file is truncated": lambda run: os.truncate(run / "tags/t", 0),
    "the run moves out and another in": lambda run: [
        shutil.copytree(run, run.parent.parent.parent / "copy"),
        (run.parent.parent.parent / "copy/tags/t").write_text("d"),
        run.rename(run.parent.parent.parent / "aside"),
        (run.parent.parent.parent / "copy").rename(run),
    ],
    "the experiment is replaced": lambda run: [
        shutil.copytree(run.parent, run.parent.parent.parent / "copy"),
        (run.parent.parent.parent / "copy" / run.name / "tags/t").write_text("e"),
        run.parent.rename(run.parent.parent.parent / "aside"),
        (run.parent.parent.parent / "copy").rename(run.parent),
    ],
}


def test_what_is_written_in_a_linked_copy_is_seen_in_the_store(
    store: FileStore, checked: list[str], tmp_path: Path
) -> None:
    """A copy with hard links (cp -al, rsync --link-dest) shares its files with what it was copied from."""
    shutil.copytree(store._root, tmp_path / "copy", copy_function=os.link)
    for _ in range(3):
        before = rows(store)
    row = next(iter(before.values()))
    append(tmp_path / "copy" / row.run.info.experiment_id / row.run.info.run_id / "metrics/loss", b"2 7.0 2\n")
    assert rows(store)[row.run.info.run_id].run.data.metrics == {"loss": 7.0}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("status", ["RUNNING", "FINISHED"])
def test_every_change_is_seen_at_once(store: FileStore, checked: list[str], change: str, status: str) -> None:
    before = watched(store, checked)
    row = next(row for row in before.values() if row.run.info.status == status)
    CHANGES[change](Path(store._root) / row.run.info.experiment_id / row.run.info.run_id)
    after = rows(store)
    assert after != before
    assert after == rows(FileStore(store._root))
    assert watched(store, checked) == after
    (Path(store._root) / row.run.info.experiment_id / row.run.info.run_id / "tags/late").write_text("x")
    assert rows(store)[row.run.info.run_id].run.data.tags["late"] == "x", "a replaced folder is watched too"


def test_more_events_than_the_queue_holds_are_no_loss(store: FileStore, checked: list[str]) -> None:
    row = next(iter(watched(store, checked).values()))
    tags = Path(store._root) / row.run.info.experiment_id / row.run.info.run_id / "tags"
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for number in range(most // 2 + 10):
        os.close(os.open(tags / f"x{number % 2}", os.O_CREAT | os.O_WRONLY))
        os.unlink(tags / f"x{number % 2}")
    (tags / "t").write_text("last")
    assert rows(store)[row.run.info.run_id].run.data.tags["t"] == "last"


def test_a_disk_that_others_may_write_is_looked_at_each_time(
    store: FileStore, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "disk_kind", lambda folder: "nfs4")
    for _ in range(3):
        checked.clear()
        rows(store)
    assert len(checked) == 4


def test_a_store_too_large_to_watch_is_looked_at_each_time_and_says_so_once(
    store: FileStore, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "MANY_RUNS", 0)
    monkeypatch.setattr(errors, "_told", set())
    monkeypatch.setattr(notify, "most_folders", lambda: 19)
    monkeypatch.setattr(index, "most_folders", lambda: 19)
    with pytest.warns(NbtrackWarning, match=r"its 20 folders are more than the 19 .*max_user_watches=40") as caught:
        found = [rows(store) for _ in range(3)]
    assert len(caught) == 1
    assert found[0] == found[2]
    assert len(checked) == 8, "the second and the third look go through all four"


def test_the_kind_of_disk_is_what_the_system_says() -> None:
    assert notify.disk_kind("/proc") == "proc"
    assert notify.disk_kind("/nowhere/at/all") == ""


def test_a_closed_store_lets_go_of_its_watches(store: FileStore, checked: list[str]) -> None:
    before = len(os.listdir("/proc/self/fd"))
    watched(store, checked)
    assert len(os.listdir("/proc/self/fd")) == before + 1
    store.close()
    assert len(os.listdir("/proc/self/fd")) == before
    assert len(watched(store, checked)) == 4, "and can be asked again"

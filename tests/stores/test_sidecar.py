"""What a store remembers between processes: never wrong, never needed, never in the store."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunStatus, RunTag
from nbtrack.frame import Row
from nbtrack.stores import progress
from nbtrack.stores.files import FileStore, reader, sidecar, ticks
from nbtrack.stores.files import index as indexing


@pytest.fixture(autouse=True)
def remembers_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sidecar, "WORTH", 1)
    monkeypatch.setattr(ticks, "FINE_NS", 0)  # files written a moment ago count as settled
    return tmp_path / "cache" / "runs"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose files were read, in order."""
    read: list[str] = []
    real = indexing.open_run

    def counting(folder: str, run_id: str, experiment_id: str) -> reader.Opened:
        read.append(run_id)
        return real(folder, run_id, experiment_id)

    monkeypatch.setattr(indexing, "open_run", counting)
    return read


@pytest.fixture
def runs(tmp_path: Path) -> list[str]:
    """A store of three runs with all that a run can have."""
    store = FileStore(tmp_path / "mlruns")
    experiment = store.create_experiment("e")
    made = []
    for number in range(3):
        run = store.create_run(experiment, run_name=f"r{number}", user_id="u", start_time=5, tags={"t": "π"})
        made.append(run.info.run_id)
        metrics = [Metric("loss", value, 7, 2**60 + 1) for value in (0.5, float("inf"), 0.25)]
        store.log_batch(run.info.run_id, metrics, [Param("lr", f"{number}")], [RunTag("only" + str(number), "x")])
    store.log_inputs(made[0], [DatasetInput(Dataset("d", "1", "t", "s", None, "p"), (InputTag("k", "v"),))])
    store.update_run(made[0], status=RunStatus.FINISHED, end_time=9)
    store.delete_run(made[1])
    store.close()
    return made


def rows(store: FileStore) -> dict[str, Row]:
    return {row.run.info.run_id: row for row in store.snapshot().rows}


def remember(folder: Path) -> dict[str, Row]:
    """What a process sees that reads all and ends."""
    store = FileStore(folder)
    found = rows(store)
    store.close()
    store._index._sidecar.wait()
    return found


def test_a_store_opened_again_is_checked_and_not_read(tmp_path: Path, runs: list[str], reads: list[str]) -> None:
    before = remember(tmp_path / "mlruns")
    assert sorted(reads) == sorted(runs)
    reads.clear()
    assert rows(FileStore(tmp_path / "mlruns")) == before
    assert reads == []


def test_only_what_changed_is_read(tmp_path: Path, runs: list[str], reads: list[str]) -> None:
    remember(tmp_path / "mlruns")
    FileStore(tmp_path / "mlruns").writer(runs[0]).log_metric("loss", 9.0, 8, 2**61)
    reads.clear()
    assert rows(FileStore(tmp_path / "mlruns"))[runs[0]].run.data.metrics == {"loss": 9.0}
    assert reads == [runs[0]]


@pytest.mark.parametrize("start", ["02", "03", "08", "11"])
def test_samples_are_remembered_as_they_are(sample: Callable[[str], Path], start: str) -> None:
    folder = sample(start)
    stores = [path.parent.parent for path in folder.rglob("meta.yaml") if path.parent.parent.name != ".trash"]
    root = min({path for path in stores if not (path / "meta.yaml").exists()}, key=lambda path: len(path.parts))
    before = FileStore(root).snapshot()
    remember(root)
    after = FileStore(root).snapshot()
    key = lambda row: row.run.info.run_id  # noqa: E731
    assert repr(sorted(after.rows, key=key)) == repr(sorted(before.rows, key=key))  # repr, because NaN equals nothing
    assert after.damages == before.damages


def test_a_time_set_back_hides_no_change(tmp_path: Path, runs: list[str]) -> None:
    """The same size, inode and modification time, as `rsync --inplace --times` may leave them."""
    remember(tmp_path / "mlruns")
    (path,) = (tmp_path / "mlruns").glob(f"*/{runs[0]}/tags/only0")
    about = path.stat()
    path.write_text("y")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert rows(FileStore(tmp_path / "mlruns"))[runs[0]].run.data.tags["only0"] == "y"


@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "foreign", "folder"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, runs: list[str], harm: str, reads: list[str]) -> None:
    before = remember(tmp_path / "mlruns")
    (path,) = (tmp_path / "cache" / "runs").iterdir()
    data = path.read_bytes()
    path.unlink()
    if harm == "folder":
        path.mkdir()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        path.write_bytes({"empty": b"", "cut": data[:-9], "flipped": flipped, "foreign": b"{}\n" * 9}[harm])
    reads.clear()
    assert rows(FileStore(tmp_path / "mlruns")) == before
    assert len(reads) == len(runs)
    if harm != "folder":
        remember(tmp_path / "mlruns")
        assert path.read_bytes() == data, "it was made anew"


def test_another_store_at_the_same_place_is_not_mixed_up(tmp_path: Path, runs: list[str], reads: list[str]) -> None:
    remember(tmp_path / "mlruns")
    (tmp_path / "mlruns").rename(tmp_path / "old")
    FileStore(tmp_path / "mlruns").create_experiment("e")
    assert rows(FileStore(tmp_path / "mlruns")) == {}
    assert len(FileStore(tmp_path / "mlruns").watch().remembered().rows) == 0


def test_what_is_remembered_is_there_at_once_and_exact_after_the_look(tmp_path: Path, runs: list[str]) -> None:
    before = remember(tmp_path / "mlruns")
    FileStore(tmp_path / "mlruns").writer(runs[0]).log_metric("loss", 9.0, 8, 2**61)
    watch = FileStore(tmp_path / "mlruns").watch()
    early = watch.remembered()
    assert {row.run.info.run_id: row for row in early.rows} == before
    assert [experiment.name for experiment in early.experiments] == ["e"]
    assert len(early.frame()) == 3
    (now,) = (row for row in watch.snapshot().rows if row.run.info.run_id == runs[0])
    assert now.run.data.metrics == {"loss": 9.0}


def test_a_cheap_first_look_tells_nothing_unchecked(
    tmp_path: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path / "mlruns")
    next((tmp_path / "mlruns").glob("*/*/tags/t")).write_text("other")
    monkeypatch.setattr(indexing, "FEW_RUNS", 0)
    monkeypatch.setattr(indexing, "MANY_RUNS", 0)
    told = FileStore(tmp_path / "mlruns").watch().changes(thorough=False).rows
    assert "other" in {row.run.data.tags["t"] for row in told}


def test_nothing_is_put_into_the_store_and_a_store_that_may_not_be_written_is_remembered(
    tmp_path: Path, runs: list[str], reads: list[str]
) -> None:
    folders = [path for path in (tmp_path / "mlruns").rglob("*") if path.is_dir()] + [tmp_path / "mlruns"]
    files = sorted((tmp_path / "mlruns").rglob("*"))
    for path in folders:
        path.chmod(0o555)
    try:
        remember(tmp_path / "mlruns")
        reads.clear()
        assert len(rows(FileStore(tmp_path / "mlruns"))) == 3
        assert reads == []
        assert sorted((tmp_path / "mlruns").rglob("*")) == files
    finally:
        for path in folders:
            path.chmod(0o755)
    (cached,) = (tmp_path / "cache" / "runs").iterdir()
    assert stat.S_IMODE(cached.parent.stat().st_mode) == 0o700, "what a person tracks is nobody else's"


def test_without_a_place_to_remember_all_works_the_same(
    tmp_path: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "file"))
    assert remember(tmp_path / "mlruns") == remember(tmp_path / "mlruns")


def test_an_interrupted_first_look_goes_on_where_it_was(
    tmp_path: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, read = indexing.open_run, []

    def interrupted(folder: str, run_id: str, experiment_id: str) -> reader.Opened:
        if len(read) == 2:
            read.append(run_id)
            raise KeyboardInterrupt
        read.append(run_id)
        return real(folder, run_id, experiment_id)

    other = FileStore(tmp_path / "mlruns")
    other.create_run(other.create_experiment("f"), run_name="alone", user_id="u", start_time=5, tags={})
    monkeypatch.setattr(ticks, "FINE_NS", 0)  # an experiment that was listed counts as known
    monkeypatch.setattr(indexing, "open_run", interrupted)
    store = FileStore(tmp_path / "mlruns")
    with pytest.raises(KeyboardInterrupt):
        store.snapshot()
    assert len(rows(store)) == 4, "also of the experiment that was not come to"
    assert len(read) == 5, "two, the one that was interrupted, and that one again"


def test_several_processes_remember_at_once(tmp_path: Path, runs: list[str]) -> None:
    script = (
        "import sys; from nbtrack.stores.files import FileStore, sidecar; sidecar.WORTH = 1\n"
        f"for _ in range(20):\n s = FileStore({str(tmp_path / 'mlruns')!r}); assert len(s.snapshot().rows) == 3\n"
        " s._index._sidecar.count_new(); s.close()"
    )
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    assert [path.suffix for path in (tmp_path / "cache" / "runs").iterdir()] == [".bin"]


def test_a_script_remembers_when_it_ends(tmp_path: Path, runs: list[str], reads: list[str]) -> None:
    script = (
        "from nbtrack.stores.files import FileStore, sidecar, ticks; sidecar.WORTH = 1; ticks.FINE_NS = 0\n"
        f"FileStore({str(tmp_path / 'mlruns')!r}).snapshot()"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert len(rows(FileStore(tmp_path / "mlruns"))) == 3
    assert reads == []


def test_files_of_forgotten_stores_go(tmp_path: Path, runs: list[str]) -> None:
    folder = tmp_path / "cache" / "runs"
    folder.mkdir(parents=True)
    for name, age in (("old.bin", 100 * 86400), ("recent.bin", 86400)):
        (folder / name).write_bytes(b"")
        then = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (then, then))
    remember(tmp_path / "mlruns")
    assert {path.name for path in folder.iterdir()} >= {"recent.bin"}
    assert not (folder / "old.bin").exists()


def test_a_long_first_look_shows_a_bar_in_the_main_thread_alone(
    tmp_path: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "SELDOM", 1)
    thread = threading.Thread(target=FileStore(tmp_path / "mlruns").snapshot)
    thread.start()
    thread.join()
    assert "run" not in capsys.readouterr().err
    FileStore(tmp_path / "mlruns").snapshot()
    assert "Reading mlruns" in capsys.readouterr().err

"""What other programs than a tracker do to a store is seen by the next look: by one that waited, and by a new process.

What the real MLflow does is in tests/interop/test_changes_by_mlflow.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack.entities import Dataset, DatasetInput, Param
from nbtrack.frame import Row
from nbtrack.stores.files import FileStore, index, notify, ticks
from tests.repository import git

OLD = 1_600_000_000
Look = Callable[[], dict[str, Row]]


def check_out_another_commit(store: Path, run: Path, look: Look) -> None:
    """Files of the same sizes, a metric that grew, a param more."""
    git(store, "init", "-q")
    git(store, "add", "-A")
    git(store, "commit", "-qm", "one")
    (run / "tags" / "t").write_text("b")
    with (run / "metrics" / "loss").open("a") as file:
        file.write("2 0.5 2\n")
    (run / "params" / "new").write_text("1")
    git(store, "add", "-A")
    git(store, "commit", "-qm", "two")
    look()
    git(store, "checkout", "-q", "HEAD~1")


def copy_over_with_times_kept(store: Path, run: Path, look: Look) -> None:
    """As rsync and cp -a bring a run from another machine: its times are older than those of what was there."""
    other = store.parent / "other"
    shutil.copytree(run, other, symlinks=True)
    (other / "tags" / "t").write_text("brought")
    (other / "metrics" / "loss").write_text("1 7.0 1\n")
    for path in [*other.rglob("*"), other]:
        os.utime(path, (OLD, OLD))
    subprocess.run(["cp", "-a", f"{other}/.", str(run)], check=True)


def unpack_an_archive_over_it(store: Path, run: Path, look: Look) -> None:
    archive = store.parent / "runs.tar"
    subprocess.run(["tar", "-cf", archive, "-C", run, "--mtime=2020-01-01", "meta.yaml", "tags"], check=True)
    (run / "tags" / "t").write_text("later")
    look()
    subprocess.run(["tar", "-xf", archive, "-C", run], check=True)


def edit_in_place(store: Path, run: Path, look: Look) -> None:
    """The same size, the same inode, and the time set back."""
    tag = run / "tags" / "t"
    about = tag.stat()
    with tag.open("r+") as file:
        file.write("z")
    os.utime(tag, ns=(about.st_atime_ns, about.st_mtime_ns))


def edit_a_param_in_place(store: Path, run: Path, look: Look) -> None:
    """MLflow does too, when the same params are logged again: who looks between its two steps finds an empty file."""
    param = run / "params" / "lr"
    text = param.read_text()
    param.write_text("")
    look()
    param.write_text(text)
    look()
    param.write_text("9")


def bring_a_data_set_after_its_run(store: Path, run: Path, look: Look) -> None:
    """As rsync does, which goes by the alphabet; two runs used it, and one is looked at after the other."""
    datasets = run.parent / "datasets"
    other = next(path for path in run.parent.iterdir() if path.name not in (run.name, "datasets") and path.is_dir())
    given = [DatasetInput(Dataset("d", "1", "t", "s", None, "p"), ())]
    for each in (run, other):
        FileStore(store).log_inputs(each.name, given)
    datasets.rename(store.parent / "datasets")
    look()
    (store.parent / "datasets").rename(datasets)
    assert all(each.run.inputs.dataset_inputs for each in look().values())
    (meta,) = datasets.rglob("meta.yaml")
    meta.write_text(meta.read_text().replace("name: d", "name: e"))


def edit_by_replacing(store: Path, run: Path, look: Look) -> None:
    """As most editors save: another file gets the name."""
    meta = run / "meta.yaml"
    text = meta.read_text()
    new = run / ".meta.yaml.swp"
    new.write_text(text.replace("status: 3", "status: 4"))
    new.rename(meta)


def move_the_experiment_to_the_trash(store: Path, run: Path, look: Look) -> None:
    (store / ".trash").mkdir(exist_ok=True)
    run.parent.rename(store / ".trash" / run.parent.name)


def move_to_the_trash_and_back(store: Path, run: Path, look: Look) -> None:
    move_the_experiment_to_the_trash(store, run, look)
    (store / ".trash" / run.parent.name / run.name / "tags" / "t").write_text("y")
    (store / ".trash" / run.parent.name).rename(run.parent)


def swap_two_runs(store: Path, run: Path, look: Look) -> None:
    """Each gets the other's files; no file is younger than before."""
    other = next(path for path in run.parent.iterdir() if path.is_dir() and path != run)
    for name in ("metrics", "tags"):
        (run / name).rename(store.parent / name)
        (other / name).rename(run / name)
        (store.parent / name).rename(other / name)


WAYS = [
    check_out_another_commit, copy_over_with_times_kept, unpack_an_archive_over_it, edit_in_place, edit_by_replacing,
    edit_a_param_in_place, bring_a_data_set_after_its_run,
    move_the_experiment_to_the_trash, move_to_the_trash_and_back, swap_two_runs,
]  # fmt: skip


@pytest.mark.parametrize("watching", [True, False], ids=["watched", "looked at"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_next_look_sees_it(
    way: Callable[[Path, Path, Look], None], watching: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "FINE_NS", 0)  # files written a moment ago count as settled
    monkeypatch.setattr(index, "FEW_RUNS", 0)
    monkeypatch.setattr("nbtrack.stores.files.sidecar.WORTH", 1)
    monkeypatch.setattr(notify, "disk_kind", lambda folder: "ext4" if watching else "nfs")
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "cache"))
    run = made(tmp_path / "mlruns")
    open_one = FileStore(tmp_path / "mlruns")
    for _ in range(3):
        open_one.snapshot()
    open_one._index._sidecar.wait()
    told = [rows(open_one)]

    def look() -> dict[str, Row]:
        told.append(rows(open_one))
        return told[-1]

    way(tmp_path / "mlruns", run, look)
    assert look() == afresh(tmp_path, monkeypatch)
    assert told[-1] != told[-2]
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "cache"))
    assert rows(FileStore(tmp_path / "mlruns")) == afresh(tmp_path, monkeypatch)


def made(folder: Path) -> Path:
    """A store of two finished runs; the folder of one."""
    store = FileStore(folder)
    experiment = store.create_experiment("e")
    for number in range(2):
        run = store.create_run(experiment, run_name=f"r{number}", user_id="u", start_time=5, tags={"t": str(number)})
        store.writer(run.info.run_id).log_metric("loss", number / 4, 1, 1)
        store.log_batch(run.info.run_id, params=[Param("lr", "1")])
        meta = folder / experiment / run.info.run_id / "meta.yaml"
        meta.write_text(meta.read_text().replace("status: 1", "status: 3"))
    store.close()
    return meta.parent


def rows(store: FileStore) -> dict[str, Row]:
    return {row.run.info.run_id: row for row in store.snapshot().rows}


def afresh(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Row]:
    """What is there for one who remembers nothing."""
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(folder / "nothing"))
    found = rows(FileStore(folder / "mlruns"))
    shutil.rmtree(folder / "nothing", ignore_errors=True)
    return found

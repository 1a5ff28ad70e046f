"""The cache of runs notices what other programs do to the files, and costs little when nothing happened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbtrack.entities import Metric, RunStatus
from nbtrack.stores.files import FileStore, index


def test_a_run_replaced_by_one_with_old_times_is_seen(tmp_path: Path) -> None:
    """As rsync -a and cp -a do: the content is new, the times are old."""
    store = FileStore(tmp_path / "mlruns")
    experiment = store.create_experiment("e")
    run_id = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id
    store.writer(run_id).log_metric("m", 1.0, 1, 1)
    store.update_run(run_id, status=RunStatus.FINISHED)
    metric = tmp_path / "mlruns" / experiment / run_id / "metrics" / "m"
    for path in [metric, *metric.parents[:2]]:
        os.utime(path, (1000, 1000))
    look = FileStore(tmp_path / "mlruns")
    look.snapshot()
    other = tmp_path / "other"
    other.write_text("1 5.0 1\n")
    os.utime(other, (1000, 1000))
    os.replace(other, metric)
    for path in metric.parents[:2]:
        os.utime(path, (1000, 1000))
    (row,) = look.changes().rows
    assert row.run.data.metrics == {"m": 5.0}


@pytest.mark.parametrize(("few", "many"), [(0, 1000), (0, 0)], ids=["many runs", "very many runs"])
def test_a_cheap_look_sees_new_runs_and_running_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, many: int
) -> None:
    monkeypatch.setattr(index, "FEW_RUNS", few)
    monkeypatch.setattr(index, "MANY_RUNS", many)
    store, look = FileStore(tmp_path / "mlruns"), FileStore(tmp_path / "mlruns")
    experiment = store.create_experiment("e")
    new = lambda: store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id  # noqa: E731
    done, running = new(), new()
    store.update_run(done, status=RunStatus.FINISHED)
    look.snapshot()
    store.writer(running).log_metric("m", 1.0, 1, 1)
    assert [row.run.info.run_id for row in look.changes(thorough=False).rows] == [running]
    store.writer(running).log_metric("m", 2.0, 2, 2)
    assert [row.run.info.run_id for row in look.changes(thorough=False).rows] == [running]
    another = new()
    assert [row.run.info.run_id for row in look.changes(thorough=False).rows] == [another]
    store.delete_run(done)
    cheap = [row.run.info.run_id for row in look.changes(thorough=False).rows]
    late = [row.run.info.run_id for row in look.changes().rows]
    assert cheap + late == [done], "told once: at once where every meta.yaml is looked at, else by the thorough look"
    assert cheap or not many


def test_a_run_whose_folder_vanishes_is_gone(tmp_path: Path) -> None:
    import shutil

    store = FileStore(tmp_path / "mlruns")
    experiment = store.create_experiment("e")
    run_id = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id
    store.snapshot()
    shutil.rmtree(tmp_path / "mlruns" / experiment / run_id)
    assert list(store.changes(thorough=False).gone) == [run_id]
    assert not store.changes()


def test_logging_to_hundreds_of_runs_keeps_few_files_open(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    experiment = store.create_experiment("e")
    before = len(os.listdir("/proc/self/fd"))
    for number in range(40):
        made = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={})
        store.log_batch(made.info.run_id, [Metric(f"m{key}", number, 1, 1) for key in range(20)])
    assert len(os.listdir("/proc/self/fd")) - before <= 200
    store.close()
    assert len(os.listdir("/proc/self/fd")) <= before + 1

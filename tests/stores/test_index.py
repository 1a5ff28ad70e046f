"""The cache of runs notices what other programs do to the files, and costs little when nothing happened."""

from __future__ import annotations

import os
from pathlib import Path

from nbtrack.entities import RunStatus
from nbtrack.stores.files import FileStore


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

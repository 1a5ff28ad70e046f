"""Every way in which the real MLflow changes a run on disk is seen by the next look."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from nbtrack.stores.files import FileStore

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("pause", [0.0, 0.12], ids=["at once", "after a while"])
def test_each_of_mlflows_writes_is_seen(real_mlflow3: Any, tmp_path: Path, pause: float) -> None:
    look = FileStore(tmp_path / "mlruns")
    uri = look.uri
    experiment = real_mlflow3.call(uri, "create_experiment", "e")
    run = real_mlflow3.call(uri, "create_run", experiment)
    look.snapshot()

    def do(method: str, *args: Any) -> Any:
        time.sleep(pause)
        return real_mlflow3.call(uri, method, *args)

    def seen(thorough: bool = True) -> Any:
        (row,) = look.changes(thorough=thorough).rows
        assert row.run == FileStore(tmp_path / "mlruns").run(row.run.info.run_id)
        return row.run

    for thorough in (True, False):
        key = f"m{thorough}"
        do("log_metric", run, key, 1.0, 1, 1)
        assert seen(thorough).data.metrics[key] == 1.0
        do("log_metric", run, key, 2.0, 2, 2)
        assert seen(thorough).data.metrics[key] == 2.0
        do("log_param", run, f"p{thorough}", "v")
        assert seen(thorough).data.params[f"p{thorough}"] == "v"
        do("set_tag", run, "t", f"1{thorough}")
        assert seen(thorough).data.tags["t"] == f"1{thorough}"
        do("set_tag", run, "t", f"2{thorough}")  # in place, same size, same inode
        assert seen(thorough).data.tags["t"] == f"2{thorough}"
        do("delete_tag", run, "t")
        assert "t" not in seen(thorough).data.tags
        do("set_terminated", run, "FAILED", 5)
        assert seen(thorough).info.status == "FAILED"
        do("set_terminated", run, "KILLED", 5)  # a digit of meta.yaml, in place
        assert seen(thorough).info.status == "KILLED"
        do("log_metric", run, key, 3.0, 3, 3)  # to a finished run
        assert seen(thorough).data.metrics[key] == 3.0
        do("update_run", run, "RUNNING", f"name {thorough}")
        assert (seen(thorough).info.status, look.run(run).info.run_name) == ("RUNNING", f"name {thorough}")
        do("delete_run", run)
        assert seen(thorough).info.lifecycle_stage == "deleted"
        do("restore_run", run)
        assert seen(thorough).info.lifecycle_stage == "active"
        new = do("create_run", experiment)
        assert seen(thorough).info.run_id == new

        do("rename_experiment", experiment, f"renamed {thorough}")
        assert look.changes(thorough=thorough).experiments
        do("delete_experiment", experiment)
        changes = look.changes(thorough=thorough)
        assert run in changes.gone
        assert new in changes.gone
        do("restore_experiment", experiment)
        back = {row.run.info.run_id for row in look.changes(thorough=thorough).rows}
        assert {run, new} <= back
        assert not look.changes(thorough=thorough)

"""The real MLflow, 3.x and 2.x, and nbtrack read and write one database."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbtrack.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunStatus, RunTag, ViewType
from nbtrack.errors import InvalidValueError
from nbtrack.stores.sqlite import SqliteStore

pytestmark = pytest.mark.interop

Mlflow = Callable[..., Any]

WRITE = """
experiment = client.create_experiment("written by MLflow", tags={"team": "a"})
run = client.create_run(experiment, run_name="first", tags={"k": "v", "mlflow.note.content": "n\\nn"})
for step, value in enumerate([3.0, float("nan"), 1.0, float("inf"), float("-inf"), 2.0]):
    client.log_metric(run.info.run_id, "val/loss", value, timestamp=1000 + step, step=step)
client.log_param(run.info.run_id, "lr", 0.1)
client.set_terminated(run.info.run_id, "FAILED", end_time=5000)
out = [experiment, run.info.run_id]
"""
DUMP = """
out = []
for run in client.search_runs([e.experiment_id for e in client.search_experiments(view_type=3)], run_view_type=3):
    histories = {k: [(p.step, p.timestamp, repr(p.value)) for p in client.get_metric_history(run.info.run_id, k)]
                 for k in run.data.metrics}
    inputs = [[d.dataset.name, d.dataset.digest, d.dataset.source_type, d.dataset.source,
               {t.key: t.value for t in d.tags}]
              for d in run.inputs.dataset_inputs]
    out.append({"info": {k: getattr(run.info, k) for k in
                ("run_id", "experiment_id", "run_name", "status", "lifecycle_stage", "start_time", "end_time",
                 "user_id", "artifact_uri")},
                "params": run.data.params, "tags": run.data.tags, "inputs": inputs, "histories": histories,
                "metrics": {k: repr(v) for k, v in run.data.metrics.items()}})
"""


@pytest.fixture
def mlflow(real_mlflow: Any, new_database: Callable[[int, Path], Path], tmp_path: Path) -> Mlflow:
    """Run a script under the real MLflow on its own database in `tmp_path`; what it assigns to `out` comes back."""
    major = int(real_mlflow.ask("version").split(".")[0])
    path = new_database(major, tmp_path)

    def run(script: str, **given: object) -> Any:
        return real_mlflow.ask("script", store=f"sqlite:///{path}", text=script, folder=str(tmp_path), given=given)

    return run


def shown(value: float) -> str:
    """As MLflow gives a number back from a database: infinities as the largest float."""
    return repr(max(-sys.float_info.max, min(sys.float_info.max, value)) if not math.isnan(value) else value)


def dump(store: SqliteStore) -> list[dict[str, Any]]:
    """What DUMP says, read by nbtrack."""
    rows = store.snapshot([e.experiment_id for e in store.experiments(ViewType.ALL)]).rows
    found = []
    for row in rows:
        info, data = row.run.info, row.run.data
        histories = {}
        for key in data.metrics:
            series = store.history(info.run_id, key)
            points = zip(series.step.tolist(), series.timestamp.tolist(), series.value.tolist(), strict=True)
            histories[key] = [[step, timestamp, shown(value)] for step, timestamp, value in points]
        inputs = [
            [
                d.dataset.name,
                d.dataset.digest,
                d.dataset.source_type,
                d.dataset.source,
                {t.key: t.value for t in d.tags},
            ]
            for d in row.run.inputs.dataset_inputs
        ]
        names = (
            "run_id", "experiment_id", "run_name", "status", "lifecycle_stage", "start_time", "end_time", "user_id",
            "artifact_uri",
        )  # fmt: skip
        found.append(
            {
                "info": {name: getattr(info, name) for name in names},
                "params": dict(data.params),
                "tags": dict(data.tags),
                "inputs": inputs,
                "histories": histories,
                "metrics": {key: shown(value) for key, value in data.metrics.items()},
            }
        )
    return found


def write_everything(store: SqliteStore) -> str:
    experiment = store.create_experiment("written by nbtrack", tags={"team": "b"})
    run_id = store.create_run(experiment, run_name="ours", user_id="me", start_time=7000, tags={"a/b": "c"}).info.run_id
    writer = store.writer(run_id)
    for step, value in enumerate([1.0, math.nan, math.inf, -math.inf, 0.25]):
        writer.log_metric("acc", value, 7000 + step, step)
    writer.log_metric("acc", 0.5, 6000, 0)
    store.log_batch(
        run_id,
        [Metric("loss", 1.5, 7000, 3), Metric("loss", 2.5, 7000, 3), Metric("日本", 1, 1, 1)],
        [Param("lr", "0.1"), Param("text", "two\nlines")],
        [RunTag("mlflow.runName", "renamed")],
    )
    given = DatasetInput(Dataset("iris", "abc", "local", "{}"), (InputTag("mlflow.data.context", "training"),))
    store.log_inputs(run_id, [given, given])
    store.update_run(run_id, status=RunStatus.FINISHED, end_time=8000)
    return run_id


def test_what_mlflow_writes_is_read_equal_and_the_other_way_round(mlflow: Mlflow, tmp_path: Path) -> None:
    mlflow(WRITE)
    schema = sqlite3.connect(tmp_path / "mlflow.db")
    before = schema.execute("SELECT * FROM alembic_version").fetchall()
    store = SqliteStore(tmp_path / "mlflow.db")
    run_id = write_everything(store)
    ours = dump(store)
    assert len(ours) == 2
    by_id = {run["info"]["run_id"]: run for run in mlflow(DUMP)}
    assert {run["info"]["run_id"]: run for run in ours} == by_id
    assert by_id[run_id]["info"]["run_name"] == "renamed"
    assert schema.execute("SELECT * FROM alembic_version").fetchall() == before
    schema.close()


def test_mlflow_goes_on_writing_to_a_run_that_nbtrack_began(mlflow: Mlflow, tmp_path: Path) -> None:
    mlflow(WRITE)
    store = SqliteStore(tmp_path / "mlflow.db")
    run_id = write_everything(store)
    mlflow(
        """
with mlflow.start_run(run_id=run_id):
    mlflow.log_metric("acc", 9.0, step=100)
    mlflow.set_tag("late", "yes")
    mlflow.log_text("hello", "notes/a.txt")
""",
        run_id=run_id,
    )
    run = store.run(run_id)
    assert run.data.metrics["acc"] == 9.0
    assert run.data.tags["late"] == "yes"
    assert store.read_artifact(run_id, "notes/a.txt") == b"hello"


def test_every_write_of_mlflow_is_seen_as_a_change(mlflow: Mlflow, tmp_path: Path) -> None:
    _, run_id = mlflow(WRITE)
    watch = SqliteStore(tmp_path / "mlflow.db").watch()
    watch.snapshot()
    assert not watch.changes()
    client = f"client.{{}}({run_id!r}"
    for write in (
        client.format("log_metric") + ", 'val/loss', 1.0, timestamp=5, step=0)",  # not the newest point
        client.format("set_tag") + ", 'k', 'other')",
        client.format("log_param") + ", 'new', 1)",
        client.format("update_run") + ", name='other name')",
        client.format("delete_run") + ")",
        client.format("restore_run") + ")",
    ):
        mlflow(write)
        found = watch.changes()
        assert [row.run.info.run_id for row in found.rows] == [run_id], write
        assert not watch.changes()
    mlflow("client.create_run('1')")
    assert len(watch.changes(thorough=False).rows) == 1
    mlflow("client.create_experiment('another')")
    assert watch.changes().experiments


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_no_write_is_lost_when_both_write_at_once(mlflow: Mlflow, tmp_path: Path, journal: str) -> None:
    _, run_id = mlflow(WRITE)
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as connection:
        assert connection.execute(f"PRAGMA journal_mode = {journal}").fetchone() == (journal,)
    script = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from nbtrack.stores.sqlite import SqliteStore
        writer = SqliteStore(Path("mlflow.db")).writer({run_id!r})
        for step in range(100):
            writer.log_metric("ours", step, step, step)
    """)
    other = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(Path.cwd())})
    mlflow(
        "for step in range(100): client.log_metric(run_id, 'theirs', step, timestamp=step, step=step)", run_id=run_id
    )
    assert other.wait(60) == 0
    store = SqliteStore(tmp_path / "mlflow.db")
    for key in ("ours", "theirs"):
        assert store.history(run_id, key).value.tolist() == list(range(100))


def test_a_param_stays_what_it_was_and_a_failed_batch_leaves_nothing(mlflow: Mlflow, tmp_path: Path) -> None:
    _, run_id = mlflow(WRITE)
    store = SqliteStore(tmp_path / "mlflow.db")
    store.log_batch(run_id, params=[Param("lr", "0.1")])
    with pytest.raises(InvalidValueError, match=r"'lr'.*'0\.1'.*'0\.2'"):
        store.log_batch(run_id, [Metric("m", 1, 1)], [Param("new", "1"), Param("lr", "0.2")])
    run = store.run(run_id)
    assert run.data.params == {"lr": "0.1"}
    assert "m" not in run.data.metrics

"""Plain assignments of a tracked cell are params while it runs, give way to what is logged, and outlive a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack.capture.alive import PROCESS, process_tags
from nbtrack.magics import literal_notes
from nbtrack.stores import Store, open_store
from nbtrack.stores.rest.unsent import unsent_folder
from nbtrack.tracking import active, experiments, settings
from tests.magics.test_script import ROOT
from tests.magics.test_script import here as here
from tests.servers import Server

CELL = """%%track cell -p given=1
lr = 0.1
name: str = "net"
config = {"depth": 3, "seed": 0}
a, b = 1, 2
twice = 1
twice = 2
given = 2
logged = 5
total = 0
for step in range(3):
    total += step
seen = dict(mlflow.get_run(mlflow.active_run().info.run_id).data.params)
mlflow.log_param("logged", 6)
mlflow.log_params(dict([("lr", 0.5)]))
t0 = time.time()
started, acc = perf_counter(), 0.9
took = time.time() - t0
"""


def test_what_is_assigned_once_from_a_literal_is_a_param_from_the_start(nb: Any) -> None:
    nb.cell("import nbtrack as mlflow, time\nfrom time import perf_counter")
    nb.cell(CELL)
    assert nb.ip.user_ns["seen"] == {
        "given": "1", "lr": "0.1", "name": "net", "config.depth": "3", "config.seed": "0", "a": "1", "b": "2",
        "acc": "0.9",
    }  # fmt: skip
    assert dict(nb.run.data.params) == {**nb.ip.user_ns["seen"], "lr": "0.5", "twice": "2", "logged": "6"}
    assert "took" in nb.run.data.metrics
    assert not {"t0", "started"} & nb.run.data.metrics.keys()
    assert "Warning" not in nb.output


def test_a_fit_that_knows_better_replaces_a_literal(nb: Any) -> None:
    nb.cell("from sklearn.linear_model import Ridge")
    nb.cell("%%track\nalpha = 3.0\nmodel = Ridge(alpha=alpha / 2).fit([[0.0], [1.0]], [0, 1])")
    assert nb.run.data.params["alpha"] == "1.5"


def test_a_killed_script_has_its_literals(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("lr = 0.1\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    command = [sys.executable, "-m", "nbtrack.cli", "run", "train.py"]
    subprocess.run(command, cwd=tmp_path, env={**kept, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    (row,) = open_store(tmp_path / "mlruns").snapshot().rows
    assert dict(row.run.data.params) == {"lr": "0.1"}


@pytest.fixture
def on_server(here: Store, server3: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    server3.empty()
    monkeypatch.setattr(experiments, "_active", None)
    monkeypatch.setattr(settings, "_chosen", None)
    nbtrack.set_tracking_uri(server3.url)
    return server3


def test_on_a_server_literals_wait_and_a_note_explains_a_killed_run(on_server: Server, nb: Any) -> None:
    nb.cell(f"import nbtrack as mlflow\nmlflow.set_tracking_uri({on_server.url!r})")
    nb.cell(
        "%%track cell\nlr = 0.1\nrun_id = mlflow.active_run().info.run_id\n"
        "seen = dict(mlflow.get_run(run_id).data.params)\n"
        "mlflow.log_param('lr', 0.2)"
    )
    assert nb.ip.user_ns["seen"] == {}
    client = nbtrack.MlflowClient(on_server.url)
    assert dict(client.get_run(nb.ip.user_ns["run_id"]).data.params) == {"lr": "0.2"}
    folder = unsent_folder(client.store.uri)
    assert list(folder.glob("*.literals.json")) == []
    killed = client.create_run("0", tags={PROCESS: f"{os.uname().nodename}:999999999:1"})
    lives = client.create_run("0", tags=process_tags())
    for run in (killed, lives):
        literal_notes.keep_note(active.Held(run, client), {"lr": "0.3"})
    literal_notes.send_notes(client)
    assert dict(client.get_run(killed.info.run_id).data.params) == {"lr": "0.3"}
    assert dict(client.get_run(lives.info.run_id).data.params) == {}
    assert [path.name.partition(".")[0] for path in folder.glob("*.literals.json")] == [lives.info.run_id]


def test_on_a_server_the_run_stays_in_its_experiment_and_a_first_fit_leaves_its_tags(on_server: Server) -> None:
    from sklearn.linear_model import Ridge

    with nbtrack.track("block", experiment="old"):
        with pytest.warns(nbtrack.errors.NbtrackWarning, match="is on a server, which moves no runs.*go to 'X'"):
            nbtrack.set_experiment("X")
        with nbtrack.start_run(run_name="named"):
            Ridge(alpha=0.5).fit([[0.0], [1.0]], [0, 1])
            Ridge(alpha=0.25).fit([[0.0], [1.0]], [0, 1])
    found = nbtrack.search_runs(search_all_experiments=True)
    names = {each.experiment_id: each.name for each in nbtrack.search_experiments()}
    where = {row["tags.mlflow.runName"]: names[row["experiment_id"]] for _, row in found.iterrows()}
    assert (where["block"], where["named"]) == ("old", "X")
    assert dict(found.groupby("tags.estimator_name").size()) == {"Ridge": 2}

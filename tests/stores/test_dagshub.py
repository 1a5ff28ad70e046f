"""A DagsHub remote: the whole way that a run and its files go, with a token for the login.

DagsHub itself needs a network. What stands here for it is told in tests/dagshub.py; MLflow behind it is the real one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import nbtrack
from nbtrack.errors import ServerError
from nbtrack.stores import open_store
from tests.dagshub import HOST, OWNER, TOKEN, DagsHub, dagshub
from tests.servers import Server

REMOTE = f"https://{HOST}/{OWNER}/digits.mlflow"
pytestmark = pytest.mark.interop


@pytest.fixture
def site(server3: Server, mlflow3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsHub]:
    server3.empty()
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "DAGSHUB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    with dagshub(server3.url, mlflow3, tmp_path) as opened:
        for name, value in opened.environment().items():
            monkeypatch.setenv(name, value)
        yield opened


def test_with_the_token_alone_runs_and_files_go_to_a_dagshub_remote_and_come_back(
    site: DagsHub, tmp_path: Path
) -> None:
    nbtrack.set_tracking_uri(REMOTE)
    nbtrack.set_experiment("digits")
    with nbtrack.start_run(run_name="first") as run:
        nbtrack.log_params({"lr": 0.1})
        for step in range(30):
            nbtrack.log_metric("loss", 1 / (step + 1), step=step)
        nbtrack.log_text("what I saw", "notes/a b.txt")
    found = nbtrack.search_runs(experiment_names=["digits"], filter_string="metrics.loss < 0.5")
    assert found["params.lr"].tolist() == ["0.1"]
    assert len(nbtrack.get_metric_history(run.info.run_id, "loss")) == 30
    path = nbtrack.download_artifacts(run_id=run.info.run_id, artifact_path="notes/a b.txt", dst_path=str(tmp_path))
    assert Path(path).read_text() == "what I saw"
    assert nbtrack.get_run(run.info.run_id).info.artifact_uri.startswith("mlflow-artifacts:")
    assert any("/digits.mlflow/api/2.0/mlflow-artifacts/artifacts/" in asked for asked in site.asked)
    assert site.refused == []
    dash = nbtrack.dashboard(REMOTE)
    assert dash.runs["tags.mlflow.runName"].tolist() == ["first"]
    assert TOKEN not in repr(dash._repr_mimebundle_())
    dash.close()
    dash.store.close()


MLFLOWS_OWN = """
import mlflow
mlflow.set_experiment("theirs")
with mlflow.start_run(run_name="by mlflow"):
    mlflow.log_metric("loss", 0.25)
    mlflow.log_text("theirs", "notes.txt")
"""


def test_what_mlflow_sends_to_dagshub_is_read_and_what_dagshub_refuses_is_explained(
    site: DagsHub, mlflow3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = {"MLFLOW_TRACKING_URI": REMOTE, "MLFLOW_TRACKING_USERNAME": OWNER, "MLFLOW_TRACKING_PASSWORD": TOKEN}
    done = subprocess.run(
        [mlflow3, "-c", MLFLOWS_OWN], env={**os.environ, **login}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    store = open_store(REMOTE)
    (row,) = store.snapshot([each.experiment_id for each in store.experiments() if each.name == "theirs"]).rows
    assert (row.run.info.run_name, row.run.data.metrics) == ("by mlflow", {"loss": 0.25})
    assert store.read_artifact(row.run.info.run_id, "notes.txt") == b"theirs"
    monkeypatch.setenv("DAGSHUB_USER_TOKEN", "wrong")
    with pytest.raises(ServerError, match=r"does not accept .*DAGSHUB_USER_TOKEN \(401\)"):
        store.experiments()
    store.close()

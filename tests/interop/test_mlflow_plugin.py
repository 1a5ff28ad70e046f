"""MLflow code as it is, on nbtrack's file store: only `mlflow.set_tracking_uri("nbtrack:///…")` is new."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nbtrack.stores.files import FileStore

pytestmark = pytest.mark.interop
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What an installed nbtrack gives MLflow: the package on the path, and its entry point."""
    site = tmp_path_factory.mktemp("site")
    about = site / "nbtrack-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: nbtrack\nVersion: 0.1.0\n")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    lines = [
        f"[{group}]\n" + "".join(f"{key} = {at}\n" for key, at in names.items()) for group, names in declared.items()
    ]
    (about / "entry_points.txt").write_text("".join(lines))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return {
        **kept,
        "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
        "PYTHONWARNINGS": "ignore",
        "GIT_PYTHON_REFRESH": "quiet",
    }


def script(python: str, text: str, folder: Path, environment: dict[str, str]) -> Any:
    """Run a script of MLflow code; what it assigns to `out` comes back."""
    program = textwrap.dedent(text) + "\nimport json\nprint('\\n' + json.dumps(out))\n"
    done = subprocess.run(
        [python, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


WHOLE = """
    import pathlib, numpy as np, mlflow, mlflow.sklearn
    from mlflow import MlflowClient
    uri = "nbtrack://" + str(pathlib.Path("runs").absolute())
    mlflow.set_tracking_uri(uri)
    with mlflow.start_run(run_name="in the default") as first:  # no experiment named
        mlflow.log_metric("m", 1.0)
    mlflow.set_experiment("plain")
    with mlflow.start_run(run_name="outer", description="a note") as outer:
        mlflow.log_params({"lr": 0.1, "text": "two\\nlines"})
        for step, value in enumerate([3.0, float("nan"), 0.5]):
            mlflow.log_metric("val/loss", value, step=step)
        mlflow.set_tags({"team": "é"})
        mlflow.log_text("hello", "notes/a.txt")
        mlflow.log_input(mlflow.data.from_numpy(np.zeros((3, 2)), name="grid"), context="training")
        with mlflow.start_run(nested=True, run_name="inner"):
            mlflow.log_metric("acc", 0.75)
    client = MlflowClient()
    gone = client.create_run(outer.info.experiment_id)
    client.delete_run(gone.info.run_id)
    mlflow.sklearn.autolog(log_models=False)
    from sklearn.linear_model import LogisticRegression
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]] * 5), np.array([0, 0, 1, 1] * 5)
    with mlflow.start_run(run_name="auto") as auto:
        model = LogisticRegression().fit(X, y)
    mlflow.sklearn.autolog(disable=True)
    with mlflow.start_run(run_name="model") as kept:
        mlflow.log_metric("before", 0.5)  # MLflow 3 logs it once more, for the model
        info = mlflow.sklearn.log_model(model, name="clf", serialization_format="cloudpickle")
        mlflow.log_metric("score", 0.9, model_id=info.model_id)
    loaded = mlflow.sklearn.load_model(info.model_uri)
    found = mlflow.search_runs(search_all_experiments=True, order_by=["attributes.start_time ASC"])
    models = mlflow.search_logged_models([outer.info.experiment_id], output_format="list")
    error = None
    try:
        client.get_run("nowhere")
    except mlflow.MlflowException as raised:
        error = raised.error_code
    import nbtrack, pandas as pd
    nbtrack.set_tracking_uri("runs")
    signature = nbtrack.models.infer_signature(pd.DataFrame(X, columns=["height"]), model.predict(X))
    with nbtrack.start_run(run_name="signed by nbtrack"):
        ours = nbtrack.sklearn.log_model(model, name="clf", signature=signature)
    signed = mlflow.pyfunc.load_model(ours.model_uri)
    try:
        signed.predict(pd.DataFrame(X, columns=["weight"]))
    except mlflow.MlflowException as raised:
        refused = "height" in str(raised)
    out = {
        "signature": [mlflow.models.get_model_info(ours.model_uri).signature == ours.signature == signature, refused],
        "names": found["tags.mlflow.runName"].tolist(),
        "filtered": mlflow.search_runs(
            experiment_names=["plain"], filter_string="metrics.acc > 0.5 AND params.lr IS NULL"
        )["tags.mlflow.runName"].tolist(),
        "history": [[m.step, repr(m.value)] for m in client.get_metric_history(outer.info.run_id, "val/loss")],
        "inputs": [d.dataset.name for d in client.get_run(outer.info.run_id).inputs.dataset_inputs],
        "text": mlflow.artifacts.load_text(outer.info.artifact_uri + "/notes/a.txt"),
        "auto": sorted(client.get_run(auto.info.run_id).data.params)[:2],
        "predicts": bool((loaded.predict(X) == model.predict(X)).all()),
        "models": [[m.name, m.source_run_id == kept.info.run_id, sorted(x.value for x in m.metrics)] for m in models],
        "before": len(client.get_metric_history(kept.info.run_id, "before")),
        "registered": [len(client.search_registered_models()), len(client.search_model_versions("name = 'clf'"))],
        "outputs": [o.model_id == info.model_id for o in client.get_run(kept.info.run_id).outputs.model_outputs],
        "error": error,
        "experiment": outer.info.experiment_id,
    }
"""


def test_mlflows_fluent_api_autolog_models_and_search_work_on_it(
    mlflow3: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    out = script(mlflow3, WHOLE, tmp_path, environment)
    experiment = out.pop("experiment")
    assert out == {
        "signature": [True, True],
        "names": ["in the default", "outer", "inner", "auto", "model"],
        "filtered": ["inner"],
        "history": [[0, "3.0"], [1, "nan"], [2, "0.5"]],
        "inputs": ["grid"],
        "text": "hello",
        "auto": ["C", "class_weight"],
        "predicts": True,
        "models": [["clf", True, [0.5, 0.9]]],
        "before": 1,
        "registered": [0, 0],
        "outputs": [True],
        "error": "RESOURCE_DOES_NOT_EXIST",
    }
    store = FileStore(tmp_path / "runs")
    assert list(store.snapshot().damages) == []
    rows = {row.run.info.run_name: row for row in store.snapshot([experiment]).rows}
    assert rows["outer"].run.data.params == {"lr": "0.1", "text": "two\nlines"}
    assert rows["outer"].run.data.tags["mlflow.note.content"] == "a note"
    assert rows["auto"].run.data.metrics["training_accuracy_score"] == 1.0
    assert not experiment.isdigit(), "a folder of all-digit ids would change MLflow's default store"


def test_what_it_wrote_mlflows_own_file_store_reads_alike(
    mlflow3: str, real_mlflow3: Any, tmp_path: Path, environment: dict[str, str]
) -> None:
    script(mlflow3, WHOLE, tmp_path, environment)
    theirs = real_mlflow3.ask("dump", store=(tmp_path / "runs").as_uri())
    dump = """
        import sys, pathlib
        sys.path.insert(0, given)
        import mlflow_side
        out = mlflow_side.dump("nbtrack://" + str(pathlib.Path("runs").absolute()))
    """.replace("given", repr(str(Path(__file__).parent)))
    assert script(mlflow3, dump, tmp_path, environment) == theirs


def test_in_a_tracked_cell_mlflows_calls_land_in_the_cells_run(
    mlflow3: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    out = script(mlflow3, (Path(__file__).parent / "plugin_in_cells.py").read_text(), tmp_path, environment)
    runs = {run["name"]: run for run in out["runs"]}
    assert runs["plain"] == {
        "name": "plain", "parent": None, "status": "FINISHED", "params.lr": "0.1", "metrics.loss": 0.5
    }  # fmt: skip
    assert runs["with"]["status"] == "FINISHED"
    assert (runs["with"]["metrics.m"], runs["with"]["tags.who"]) == (1.0, "me")
    assert runs["with"]["tags.mlflow.note.content"] == "a note"
    assert [runs[f"lr {lr}"]["parent"] for lr in (1, 2, 3)] == ["loop"] * 3
    assert [runs[f"lr {lr}"]["params.lr"] for lr in (1, 2, 3)] == ["1", "2", "3"]
    assert (runs["open"]["status"], runs["left open"]["parent"]) == ("FAILED", "open")
    assert runs["failing"]["status"] == "FAILED"
    assert runs["failing"]["metrics.m"] == 2.0
    assert runs["auto"]["params.C"] == "0.5"
    (second,) = [run for run in out["runs"] if run["parent"] == "auto"]
    assert second["params.C"] == "0.25"
    assert sorted(out["points"]["threads"]) == [[n, float(n)] for n in range(9)]
    assert sorted(out["points"]["threads again"]) == [[n, float(n)] for n in range(8)]
    assert [run for run in out["runs"] if run["parent"] in ("threads", "threads again")] == []
    assert (runs["nested"]["metrics.m"], runs["nested"]["metrics.x"]) == (1.0, 3.0)
    assert [run["params.lr"] for run in out["runs"] if run["parent"] == "nested"] == ["7"]
    assert not out["left"]
    assert not out["left later"]
    assert out["elsewhere"] in ([], ["Default"])
    assert out["same"].startswith("file:")


def test_the_plugin_answers_as_mlflow_s_own_file_store(
    environment: dict[str, str], mlflow3: str, tmp_path: Path
) -> None:
    """The same calls on both; each answer is a value, or the code of the error that code of users looks at."""
    side = Path(__file__).with_name("store_side.py")
    done = subprocess.run(
        [mlflow3, str(side)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers = json.loads(done.stdout.splitlines()[-1])
    assert len(answers) > 12
    for name, (theirs, ours) in answers.items():
        assert ours == theirs, name


ROOTS = """
    import tempfile
    from nbtrack.interop.mlflow_store import NbtrackStore
    uri = "nbtrack://" + tempfile.mkdtemp() + "/runs"
    before = NbtrackStore(uri).create_experiment("before")
    served, bucket = NbtrackStore(uri, "mlflow-artifacts:/"), NbtrackStore(uri, "s3://bucket/runs?x=1")
    plain = NbtrackStore(uri, "./elsewhere")
    at = {}
    for name, store in (("served", served), ("bucket", bucket), ("plain", plain)):
        made = store.create_experiment(name)
        run, model = store.create_run(made, "me", 0, [], "r"), store.create_logged_model(made, "m")
        at[name] = [made, run.info.run_id, run.info.artifact_uri, model.model_id, model.artifact_location]
    kept = served.create_run(before, "me", 0, [], "r").info.artifact_uri
    import nbtrack
    client = nbtrack.MlflowClient(uri)
    run_id = at["served"][1]
    client.log_metric(run_id, "m", 1.0)
    client.log_param(run_id, "p", "1")
    listed = [run.info.run_id for run in client.search_runs([at["served"][0]])]
    errors = []
    for call in (lambda: client.log_text(run_id, "x", "a.txt"), lambda: client.download_artifacts(run_id, "a.txt")):
        try:
            call()
        except Exception as error:
            errors.append(str(error))
    out = {"at": at, "kept": kept, "data": [client.get_run(run_id).data.metrics, client.get_run(run_id).data.params],
           "listed": listed == [run_id], "errors": errors}
"""


def test_new_experiments_keep_their_artifacts_where_the_server_says(
    environment: dict[str, str], mlflow3: str, tmp_path: Path
) -> None:
    out = script(mlflow3, ROOTS, tmp_path, environment)
    for name, root in (("served", "mlflow-artifacts:/"), ("plain", f"file://{tmp_path}/elsewhere/")):
        experiment, run, uri, model, location = out["at"][name]
        assert uri == f"{root}{experiment}/{run}/artifacts"
        assert location == f"{root}{experiment}/models/{model}/artifacts"
    assert out["at"]["bucket"][2].startswith("s3://bucket/runs/")
    assert out["kept"].startswith("file://")
    assert "/runs/" in out["kept"]
    assert out["data"] == [{"m": 1.0}, {"p": "1"}]
    assert out["listed"]
    assert len(out["errors"]) == 2
    assert all("set_tracking_uri('http://HOST:PORT')" in error for error in out["errors"])


def test_in_a_tracked_cell_mlflows_experiments_and_runs_are_where_mlflow_puts_them(
    mlflow3: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    out = script(mlflow3, (Path(__file__).parent / "plugin_experiments.py").read_text(), tmp_path, environment)
    runs = {run["name"]: run for run in out["runs"]}
    assert {name: runs[name]["in"] for name in ("literal", "in X", "moved", "stays", "named later")} == {
        "literal": "X", "in X": "X", "moved": "moved", "stays": "old", "named later": "later",
    }  # fmt: skip
    assert (runs["moved"]["metrics.m"], runs["stays"]["metrics.m"]) == (2.0, 3.0)
    (unnamed,) = [run for run in out["runs"] if run.get("tags.mlflow.note.content") == "unnamed later"]
    assert (unnamed["in"], unnamed["parent"], unnamed["root"]) == ("later", "stays", "stays")
    assert [runs[f"fit {alpha}"]["params.alpha"] for alpha in ("0.5", "0.25")] == ["0.5", "0.25"]
    assert [run["name"] for run in out["runs"] if run["parent"] in ("fit 0.5", "fit 0.25")] == []
    assert "params.alpha" not in runs["fits"]
    assert "params.alpha" not in runs["two fits"]
    children = [run for run in out["runs"] if run["parent"] == "two fits"]
    assert sorted((run["name"], run["params.alpha"], run["root"]) for run in children) == [
        ("Ridge", "1.5", "fits"), ("Ridge", "2.5", "fits"),
    ]  # fmt: skip
    assert (runs["literals"]["params.lr"], runs["literals"]["params.depth"]) == ("0.2", "3")

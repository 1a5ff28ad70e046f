"""MLflow code in tracked cells, for test_mlflow_plugin: run by an interpreter that has the real MLflow."""

import os
from pathlib import Path

import mlflow
from IPython.core.interactiveshell import InteractiveShell

import nbtrack

place = str(Path("runs").absolute())
nbtrack.set_tracking_uri(place)
nbtrack.set_experiment("cells")
mlflow.set_tracking_uri(f"nbtrack://{place}")
shell = InteractiveShell.instance()
shell.run_cell("import mlflow\n%load_ext nbtrack")


def cell(name: str, code: str) -> None:
    shell.run_cell(f"%%track '{name}'\n{code}")


cell("plain", "mlflow.log_param('lr', 0.1); mlflow.log_metric('loss', 0.5, step=3)")
out: dict[str, object] = {"left": mlflow.active_run() is not None}
cell("with", "with mlflow.start_run(tags={'who': 'me'}, description='a note'): mlflow.log_metric('m', 1)")
cell(
    "loop",
    """
for lr in (1, 2, 3):
    with mlflow.start_run(run_name=f'lr {lr}'):
        mlflow.log_param('lr', lr)
""",
)
cell("open", "mlflow.start_run(run_name='left open'); mlflow.log_metric('x', 1); 1 / 0")
out["left later"] = mlflow.active_run() is not None
cell("failing", "mlflow.log_metric('m', 2); raise ValueError('no')")
cell(
    "auto",
    """
from sklearn.linear_model import LogisticRegression
mlflow.sklearn.autolog(log_models=False)
for C in (0.5, 0.25):
    LogisticRegression(C=C).fit([[0], [1]], [0, 1])
mlflow.sklearn.autolog(disable=True)
""",
)
cell(
    "threads",
    """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(3)
mlflow.log_metric('t', 0.0, step=0)
list(pool.map(lambda n: mlflow.log_metric('t', n, step=n), range(1, 9)))
""",
)
cell("threads again", "list(pool.map(lambda n: mlflow.log_metric('again', n, step=n), range(8))); pool.shutdown()")
cell(
    "nested",
    """
with mlflow.start_run():
    mlflow.log_metric('m', 1)
    with mlflow.start_run(nested=True):
        mlflow.log_param('lr', 7)
mlflow.log_metric('x', 3)
""",
)
client = nbtrack.MlflowClient()
found = nbtrack.search_runs(experiment_names=["cells"])
names = dict(zip(found["run_id"], found["tags.mlflow.runName"], strict=True))
columns = "status params.lr params.C metrics.loss metrics.m metrics.x tags.who tags.mlflow.note.content".split()
out["runs"] = [
    {
        "name": row["tags.mlflow.runName"],
        "parent": names.get(row.get("tags.mlflow.parentRunId")),
        **{key: row[key] for key in columns if row.get(key) is not None and row[key] == row[key]},
    }
    for _, row in found.iterrows()
]
ids = {name: run_id for run_id, name in names.items()}
out["points"] = {
    name: [(p.step, p.value) for p in client.get_metric_history(ids[name], key)]
    for name, key in (("threads", "t"), ("threads again", "again"))
}
out["elsewhere"] = [e.name for e in nbtrack.search_experiments() if e.name != "cells"]
out["same"] = nbtrack.MlflowClient(os.environ["MLFLOW_TRACKING_URI"]).store.uri

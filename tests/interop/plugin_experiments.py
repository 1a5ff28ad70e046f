"""MLflow's set_experiment, runs and fits in tracked cells, for test_mlflow_plugin: run where the real MLflow is."""

from pathlib import Path

import mlflow
from IPython.core.interactiveshell import InteractiveShell

import nbtrack

place = str(Path("runs").absolute())
nbtrack.set_tracking_uri(place)
mlflow.set_tracking_uri(f"nbtrack://{place}")
shell = InteractiveShell.instance()
shell.run_cell(
    "import mlflow, nbtrack\n%load_ext nbtrack\nfrom sklearn.linear_model import Ridge\n"
    "X, y, parts = [[0.0], [1.0]], [0.0, 1.0], ['moved', 'later']"
)


def cell(name: str, code: str) -> None:
    shell.run_cell(f"%%track '{name}' -e old\n{code}")


cell("literal", "mlflow.set_experiment('X')\nwith mlflow.start_run(run_name='in X'): mlflow.log_metric('m', 1)")
cell("moved", "mlflow.set_experiment(parts[0])\nwith mlflow.start_run(): mlflow.log_metric('m', 2)")
cell(
    "stays",
    "with mlflow.start_run(): mlflow.log_metric('m', 3)\nmlflow.set_experiment(parts[1])\n"
    "with mlflow.start_run(run_name='named later'): mlflow.log_metric('m', 4)\n"
    "with mlflow.start_run(tags={'mlflow.note.content': 'unnamed later'}): mlflow.log_metric('m', 5)",
)
cell(
    "fits",
    "for alpha in (0.5, 0.25):\n    with mlflow.start_run(run_name=f'fit {alpha}'):\n"
    "        Ridge(alpha=alpha).fit(X, y)\n        mlflow.log_metric('f1', alpha)\n"
    "with mlflow.start_run(run_name='two fits'):\n    Ridge(alpha=1.5).fit(X, y)\n    Ridge(alpha=2.5).fit(X, y)",
)
cell("literals", "lr = 0.1\nmlflow.log_param('lr', 0.2)\nmlflow.log_params({'depth': 3})\ndepth = 4")
found = nbtrack.search_runs(search_all_experiments=True)
names = dict(zip(found["run_id"], found["tags.mlflow.runName"], strict=True))
places = {each.experiment_id: each.name for each in nbtrack.search_experiments()}
columns = "metrics.m metrics.f1 params.alpha params.lr params.depth tags.mlflow.note.content".split()
out = {
    "runs": [
        {
            "name": row["tags.mlflow.runName"],
            "in": places[row["experiment_id"]],
            "parent": names.get(row.get("tags.mlflow.parentRunId")),
            "root": names.get(row.get("tags.mlflow.rootRunId")),
            **{key: row[key] for key in columns if row.get(key) is not None and row[key] == row[key]},
        }
        for _, row in found.iterrows()
    ]
}

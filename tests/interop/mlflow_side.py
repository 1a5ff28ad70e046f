"""What does the real MLflow see and do? Runs in its own interpreter: a JSON request a line, an answer a line.

A request is {"do": NAME, ...arguments}; `store` is the tracking address. This file imports nothing of nbtrack.
"""

import json
import logging
import os
import sys
import warnings

warnings.simplefilter("ignore")
import mlflow  # noqa: E402
from mlflow.entities import Metric, Param, RunTag, ViewType  # noqa: E402
from mlflow.tracking import MlflowClient  # noqa: E402

logging.disable(logging.CRITICAL)


def dump(store):
    """Everything a reader can see, in plain values."""
    client = MlflowClient(store)
    experiments = client.search_experiments(view_type=ViewType.ALL)
    runs = client.search_runs([each.experiment_id for each in experiments], run_view_type=ViewType.ALL)
    return {
        "experiments": {each.experiment_id: experiment(each) for each in experiments},
        "runs": {each.info.run_id: run(client, client.get_run(each.info.run_id)) for each in runs},
    }


def experiment(each):
    names = ("name", "lifecycle_stage", "artifact_location", "creation_time", "last_update_time")
    return {**{name: getattr(each, name) for name in names}, "tags": dict(each.tags)}


def run(client, each):
    names = (
        "experiment_id", "run_name", "status", "lifecycle_stage", "user_id", "start_time", "end_time", "artifact_uri",
    )  # fmt: skip
    run_id = each.info.run_id
    return {
        "info": {name: getattr(each.info, name) for name in names},
        "params": dict(each.data.params),
        "tags": dict(each.data.tags),
        "metrics": {key: repr(value) for key, value in each.data.metrics.items()},
        "histories": {
            key: [[m.step, m.timestamp, repr(m.value)] for m in client.get_metric_history(run_id, key)]
            for key in each.data.metrics
        },
        "artifacts": sorted(artifacts(client, run_id, "")),
        "datasets": sorted([d.dataset.name, d.dataset.digest] for d in each.inputs.dataset_inputs),
    }


def artifacts(client, run_id, path):
    found = []
    for info in client.list_artifacts(run_id, path or None):
        found.append([info.path, bool(info.is_dir), info.file_size])
        if info.is_dir:
            found += artifacts(client, run_id, info.path)
    return found


def call(store, method, args=(), kwargs=None):
    """One method of MlflowClient with plain arguments; an id comes back where MLflow returns an object with one."""
    result = getattr(MlflowClient(store), method)(*args, **(kwargs or {}))
    info = getattr(result, "info", None)
    return info.run_id if info is not None else result if isinstance(result, str | int | float | None) else None


def fluent(store, experiment, run_name):
    """What a person's script does: set_experiment, start_run, log, and a nested run."""
    mlflow.set_tracking_uri(store)
    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=run_name) as outer:
        mlflow.log_params({"lr": 0.1, "text": "two\nlines", "a/b c": "é漢"})
        for step, value in enumerate([3.0, float("nan"), 0.5, float("inf"), 0.25]):
            mlflow.log_metric("val/loss", value, step=step)
        mlflow.log_metrics({"acc": 0.5, "f1": 1}, step=7)
        mlflow.set_tags({"team": "ünï", "note/long": "x" * 300})
        mlflow.log_text("hello", "notes/a.txt")
        mlflow.log_dict({"a": 1}, "b.json")
        with mlflow.start_run(nested=True, run_name="inner"):
            mlflow.log_metric("acc", 0.75, step=1)
    return outer.info.run_id


def rich(store):
    """Runs in every state that a file store can hold."""
    client = MlflowClient(store)
    run_id = fluent(store, "from mlflow", "rich")
    experiment_id = client.get_run(run_id).info.experiment_id
    client.set_experiment_tag(experiment_id, "owner/name", "ünï\ntwo")
    for status in ("FINISHED", "FAILED", "KILLED", "SCHEDULED", "RUNNING"):
        made = client.create_run(experiment_id, run_name=f"run {status}: 'quoted' # \"é\" 😀", tags={"s": status})
        client.log_batch(
            made.info.run_id,
            metrics=[
                Metric("m", v, 1000 + i, i % 3) for i, v in enumerate([1.0, 5.0, float("-inf"), 2.0, -0.0, 1e-300])
            ],
            params=[Param("p", "v"), Param("empty", "")],
            tags=[RunTag("mlflow.note.content", "# Title\n\ntext")],
        )
        if status != "RUNNING":
            client.set_terminated(made.info.run_id, status)
    gone = client.create_run(experiment_id)
    client.delete_run(gone.info.run_id)
    back = client.create_run(experiment_id)
    client.delete_run(back.info.run_id)
    client.restore_run(back.info.run_id)
    trashed = client.create_experiment("to be deleted", tags={"k": "v"})
    client.create_run(trashed)
    client.delete_experiment(trashed)
    mlflow.set_experiment("from mlflow")
    with mlflow.start_run(run_name="with data"):
        import numpy as np

        mlflow.log_input(mlflow.data.from_numpy(np.zeros((3, 2)), name="grid"), context="training")
    return run_id


def script(store, text, folder, given):
    """What `text` assigns to `out`, run in `folder` with `client` and the names in `given`."""
    os.chdir(folder)
    mlflow.set_tracking_uri(store)
    names = {"mlflow": mlflow, "client": MlflowClient(store), "out": None, **given}
    exec(text, names)
    return names["out"]


def main():
    actions = {
        "dump": dump,
        "call": call,
        "fluent": fluent,
        "rich": rich,
        "script": script,
        "version": lambda: mlflow.__version__,
    }
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"value": actions[request.pop("do")](**request)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()

"""What do scripts do with the real MLflow, and what is in stores as it reads them?

Run by MLflow's own Python. Its argument is JSON: `scripts`, folders that hold a script.py to run, whose output goes to
out.txt; `stores`, folders to read; `names`, names that the scripts give to runs. Prints JSON: store to content, without
what differs from run to run by nature (ids, times of the clock, user, invented names).
"""

import atexit
import hashlib
import json
import os
import re
import runpy
import sys
import traceback
from pathlib import Path

import matplotlib.pyplot  # noqa: F401  # loaded once here rather than in each script
from mlflow import MlflowClient
from mlflow.entities import ViewType

# MLflow 3.17 itself writes no mlflow.rootRunId; nbtrack does, as Databricks does.
VOLATILE = {
    "mlflow.rootRunId",
    "mlflow.user",
    "mlflow.source.name",
    "mlflow.source.type",
    "nbtrack.process",
    "nbtrack.heartbeat",
}
UNIQUE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def artifacts(client, run_id, path=None):
    for file in client.list_artifacts(run_id, path):
        if file.is_dir:
            yield from artifacts(client, run_id, file.path)
        else:
            content = Path(client.download_artifacts(run_id, file.path)).read_bytes()
            yield UNIQUE.sub("UUID", file.path), hashlib.sha256(content).hexdigest()


def history(client, run_id, key):
    for m in client.get_metric_history(run_id, key):
        yield repr(m.value), m.step, m.timestamp if m.timestamp < 10**12 else "now"


def tags_of(run, names):
    tags = {k: v for k, v in run.data.tags.items() if k not in VOLATILE}
    if "mlflow.parentRunId" in tags:
        tags["mlflow.parentRunId"] = names[tags["mlflow.parentRunId"]]
    return tags


def inputs_of(run):
    found = []
    for given in run.inputs.dataset_inputs:
        d = given.dataset
        source = re.sub(r'"mlflow\.user.*', "…", d.source)
        tags = sorted((t.key, t.value) for t in given.tags)
        found.append([d.name, d.digest, d.source_type, source, d.schema, d.profile, tags])
    return sorted(found, key=str)


def run_content(client, run, names):
    info = run.info
    clock = [t if t is None or t < 10**12 else "now" for t in (info.start_time, info.end_time)]
    return {
        "name": info.run_name,
        "status": info.status,
        "stage": info.lifecycle_stage,
        "times": clock,
        "params": run.data.params,
        "metrics": {k: repr(v) for k, v in run.data.metrics.items()},
        "tags": tags_of(run, names),
        "history": {k: list(history(client, info.run_id, k)) for k in run.data.metrics},
        "artifacts": sorted(artifacts(client, info.run_id)),
        "inputs": inputs_of(run),
    }


def content(folder, named):
    client = MlflowClient(Path(folder).as_uri())
    found = {}
    for experiment in client.search_experiments(ViewType.ALL):
        runs = client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
        if experiment.name == "Default" and not runs:
            continue  # MLflow makes it with the store, nbtrack when it is first used
        names = {run.info.run_id: run.info.run_name for run in runs}
        contents = [run_content(client, run, names) for run in runs]
        found[experiment.name] = {
            "stage": experiment.lifecycle_stage,
            "tags": experiment.tags,
            "runs": sorted(contents, key=lambda run: run["name"] if run["name"] in named else ""),
        }
    return found


def run_script(folder):
    """Run folder/script.py in a process of its own, forked from this one, which has MLflow loaded already."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.chdir(folder)
    os.environ["MLFLOW_TRACKING_URI"] = Path("mlruns").absolute().as_uri()
    for stream, name in ((sys.stdout, "out.txt"), (sys.stderr, "err.txt")):
        with open(name, "w") as file:
            os.dup2(file.fileno(), stream.fileno())
    code = 0
    sys.argv = ["script.py"]
    try:
        runpy.run_path("script.py", run_name="__main__")
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    for folder in asked["scripts"]:
        if run_script(folder) != 0:
            sys.exit(f"{folder}:\n{Path(folder, 'err.txt').read_text()}")
    print(json.dumps({folder: content(folder, set(asked["names"])) for folder in asked["stores"]}, sort_keys=True))

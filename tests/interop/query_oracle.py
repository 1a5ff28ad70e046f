"""Run by MLflow's own Python: which runs does MLflow find, and in which order?

stdin: {"store": folder, "runs": […], "filters": […], "orders": […], "whole": […]}. stdout: the runs as MLflow reads
them and, for each question, run ids or {"error": …}. <id0>, <id1>, … in a filter stand for the ids of the runs listed.
`filters` and `orders` go through the functions that MLflow's file store calls on the runs that it read; `whole`
ones, of filter and order, go through the client and read the store anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.utils.search_utils import SearchUtils


def fill(client: MlflowClient, runs: list[dict]) -> None:
    for wanted in runs:
        tags = {"mlflow.user": wanted["user"]}
        run = client.create_run("0", start_time=wanted["start"], run_name=wanted["name"], tags=tags)
        client.log_batch(
            run.info.run_id,
            metrics=[Metric(key, float(value), 1, step) for key, value, step in wanted["metrics"]],
            params=[Param(*pair) for pair in wanted["params"].items()],
            tags=[RunTag(*pair) for pair in wanted["tags"].items()],
        )
        inputs = [
            DatasetInput(
                Dataset(name, digest, "local", "here"), [InputTag("mlflow.data.context", context)] if context else []
            )
            for name, digest, context in wanted["datasets"]
        ]
        client.log_inputs(run.info.run_id, inputs)
        if wanted["end"] is not None:
            client.set_terminated(run.info.run_id, wanted["status"], wanted["end"])


def datasets(run) -> list[list]:
    given = run.inputs.dataset_inputs
    context = [next((tag.value for tag in each.tags if tag.key == "mlflow.data.context"), None) for each in given]
    return [[each.dataset.name, each.dataset.digest, place] for each, place in zip(given, context, strict=True)]


def answer(ask) -> list[str] | dict:
    try:
        return [run.info.run_id for run in ask()]
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    task = json.load(sys.stdin)
    client = MlflowClient(Path(task["store"]).as_uri())
    fill(client, task["runs"])
    runs = list(client.search_runs(["0"]))

    def named(text: str) -> str:
        for place, run in enumerate(runs):
            text = text.replace(f"<id{place}>", run.info.run_id)
        return text

    def filtered(text: str) -> list:
        return SearchUtils.filter(runs, named(text))

    def searched(text: str, keys: list[str]) -> list:
        return client.search_runs(["0"], named(text), order_by=keys)

    replies = {
        "runs": [run.to_dictionary() for run in runs],
        "datasets": [datasets(run) for run in runs],
        "filters": [answer(lambda text=text: filtered(text)) for text in task["filters"]],
        "orders": [answer(lambda keys=keys: SearchUtils.sort(runs, keys)) for keys in task["orders"]],
        "whole": [answer(lambda asked=asked: searched(*asked)) for asked in task["whole"]],
    }
    json.dump(replies, sys.stdout)


main()

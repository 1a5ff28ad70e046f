"""Asks MLflow's file store and nbtrack's plugin the same, and prints both answers as JSON.

An answer is a value, or the code of the MlflowException. Run by MLflow's own Python.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from typing import Any

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

from mlflow.entities import (
    Dataset,
    DatasetInput,
    ExperimentTag,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    Metric,
    Param,
    RunStatus,
    RunTag,
    ViewType,
)
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.file_store import FileStore

from nbtrack.interop.mlflow_store import NbtrackStore

NOWHERE = "f" * 32
CASES: dict[str, Callable[[Any], list[Any]]] = {}


def case(function: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    CASES[function.__name__] = function
    return function


def answer(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except MlflowException as error:
        return f"error {error.error_code}"


def run_in(store: Any, experiment: str, name: str | None = None, tags: Any = ()) -> str:
    return str(store.create_run(experiment, "me", 5, list(tags), name).info.run_id)


@case
def experiment_names(store: Any) -> list[Any]:
    first, other = store.create_experiment("x"), store.create_experiment("other")
    store.delete_experiment(other)
    names = ("x", "other", "", None, 5, "a" * 600, "a/b", "é")
    return [answer(lambda name=name: bool(store.create_experiment(name))) for name in names] + [
        answer(lambda: store.rename_experiment(first, "é")),
        answer(lambda: store.rename_experiment(first, "")),
        answer(lambda: store.rename_experiment("12", "z")),
    ]


@case
def the_default_experiment(store: Any) -> list[Any]:
    made = run_in(store, "0", "in the default")
    store.set_experiment_tag("0", ExperimentTag("a", "1"))
    found = [
        answer(lambda: store.get_experiment("0").name),
        answer(lambda: store.get_experiment(None).tags),
        answer(lambda: store.delete_experiment_tag("0", "a")),
        [run.info.run_id == made for run in store.search_runs(["0"], "", ViewType.ALL)],
        answer(lambda: bool(store.create_logged_model("0", "m"))),
        [model.name for model in store.search_logged_models(["0"])],
        answer(lambda: store.rename_experiment("0", "new")),
        answer(lambda: store.get_experiment("0").name),
        [run.info.run_id == made for run in store.search_runs(["0"], "", ViewType.ALL)],
    ]
    return [*found, str(answer(lambda: store.delete_experiment("0"))).startswith("error")]


@case
def experiment_tags(store: Any) -> list[Any]:
    made = store.create_experiment("t", tags=[ExperimentTag("a", "1")])
    tags = [("b", "2"), ("k" * 251, "x"), ("k", "x" * 20_001), (None, "x"), ("c", "")]
    found = [answer(lambda key=k, value=v: store.set_experiment_tag(made, ExperimentTag(key, value))) for k, v in tags]
    found += [answer(lambda key=key: store.delete_experiment_tag(made, key)) for key in ("none", "b")]
    return [*found, dict(sorted(store.get_experiment(made).tags.items()))]


@case
def deleted_experiments(store: Any) -> list[Any]:
    made = store.create_experiment("x")
    run = run_in(store, made)
    store.delete_experiment(made)
    found = [
        answer(lambda: store.delete_experiment(made)),
        store.get_run(run).info.lifecycle_stage,
        answer(lambda: run_in(store, made)),
        answer(lambda: bool(store.create_logged_model(made, "m"))),
        answer(lambda: store.delete_experiment("12")),
        store.get_experiment_by_name("x").lifecycle_stage,
    ]
    store.restore_experiment(made)
    return [*found, store.get_run(run).info.lifecycle_stage, answer(lambda: store.restore_experiment("12"))]


@case
def run_names(store: Any) -> list[Any]:
    made = store.create_experiment("x")
    tagged = [RunTag("mlflow.runName", "a")]
    run = run_in(store, made, "first")
    store.set_tag(run, RunTag("mlflow.runName", "second"))
    second = store.get_run(run).info.run_name
    store.set_tag(run, RunTag("mlflow.runName", ""))
    return [
        answer(lambda: store.get_run(run_in(store, made, tags=tagged)).info.run_name),
        answer(lambda: run_in(store, made, "b", tagged)),
        second,
        store.get_run(run).info.run_name,
        answer(lambda: run_in(store, "12")),
    ]


@case
def updated_runs(store: Any) -> list[Any]:
    run = run_in(store, store.create_experiment("x"), "a")
    found = []
    for status, end, name in ((RunStatus.FINISHED, 10, "b"), (None, None, None), (RunStatus.RUNNING, None, "")):
        info = store.update_run_info(run, status, end, name)
        found += [info.status, info.end_time, info.run_name]
    store.delete_run(run)
    for which in (run, NOWHERE):
        found.append(answer(lambda which=which: store.update_run_info(which, RunStatus.RUNNING, 1, "x")))
    return found


@case
def deleted_runs(store: Any) -> list[Any]:
    run = run_in(store, store.create_experiment("x"))
    store.delete_run(run)
    found = [
        store.get_run(run).info.lifecycle_stage,
        answer(lambda: store.log_metric(run, Metric("a", 1, 1, 0))),
        answer(lambda: store.log_param(run, Param("a", "1"))),
        answer(lambda: store.set_tag(run, RunTag("a", "1"))),
        answer(lambda: store.delete_tag(run, "a")),
        answer(lambda: store.log_inputs(run, models=[LoggedModelInput("m-1")])),
        answer(lambda: store.log_outputs(run, [LoggedModelOutput("m-1", 0)])),
    ]
    store.restore_run(run)
    return [*found, store.get_run(run).info.lifecycle_stage, answer(lambda: store.delete_run(NOWHERE))]


@case
def metrics(store: Any) -> list[Any]:
    run = run_in(store, store.create_experiment("x"))
    for value, time, step in ((1.0, 5, 0), (2.0, 5, 0), (0.5, 6, 0), (3.0, 1, 1), (float("nan"), 1, 1)):
        store.log_metric(run, Metric("m", value, time, step))
    given = [
        ("", 1, 1, 0), (None, 1, 1, 0), ("a\nb", 1, 1, 0), ("../x", 1, 1, 0), ("a", None, 1, 0), ("a", "x", 1, 0),
        ("a", 1, None, 0), ("a", 1, 1, "x"), ("a", 1, -5, 0), ("a", True, 1, 0), ("k" * 251, 1, 1, 0),
        ("a", 1, 1, None),
    ]  # fmt: skip
    return [
        [(repr(m.value), m.timestamp, m.step) for m in store.get_metric_history(run, "m")],
        sorted((key, repr(value)) for key, value in store.get_run(run).data.metrics.items()),
        answer(lambda: list(store.get_metric_history(run, "none"))),
        answer(lambda: list(store.get_metric_history(NOWHERE, "none"))),
        *(answer(lambda values=values: store.log_metric(run, Metric(*values))) for values in given),
    ]


@case
def params_and_tags(store: Any) -> list[Any]:
    run = run_in(store, store.create_experiment("x"), "n")
    params = [
        ("a", "1"), ("a", "1"), ("a", "2"), ("b", ""), ("c", "x\ny"), ("", "1"), (None, "1"), ("d/e", "1"), ("..", "1"),
        ("x$", "1"), ("none", None),
    ]  # fmt: skip
    tags = [("a", "1"), ("a", "2"), ("", "2"), (None, "2"), ("c", "m\nl"), ("e", ""), ("n", 5)]
    found = [answer(lambda key=k, value=v: store.log_param(run, Param(key, value))) for k, v in params]
    found += [answer(lambda key=k, value=v: store.set_tag(run, RunTag(key, value))) for k, v in tags]
    found += [answer(lambda: store.delete_tag(run, "a")), answer(lambda: store.delete_tag(run, "a"))]
    data = store.get_run(run).data
    return [*found, dict(sorted(data.params.items())), dict(sorted(data.tags.items()))]


@case
def batches(store: Any) -> list[Any]:
    run = run_in(store, store.create_experiment("x"), "n")
    sizes = [([Metric(f"m{i}", 1, 1, 0) for i in range(1001)], [], [])]
    sizes += [([], [Param(f"p{i}", "1") for i in range(101)], []), ([], [], [RunTag(f"t{i}", "1") for i in range(101)])]
    twice = ([], [Param("a", "1"), Param("a", "2")], [])
    good = ([], [Param("b", "1")], [RunTag("t", "1")])
    found = [answer(lambda batch=batch: store.log_batch(run, *batch)) for batch in (*sizes, twice, good)]
    data = store.get_run(run).data
    return [*found, answer(lambda: store.log_batch(NOWHERE, [], [], [])), sorted(data.metrics), data.params]


@case
def searches(store: Any) -> list[Any]:
    made = store.create_experiment("x")
    runs = [run_in(store, made, f"r{i}") for i in range(4)]
    for number, run in enumerate(runs):
        store.log_metric(run, Metric("m", number, 1, 0))
        store.log_param(run, Param("p", str(number)))
    store.delete_run(runs[3])

    def names(filter_string: Any = "", view: Any = ViewType.ACTIVE_ONLY, order: Any = None, ids: Any = (made,)) -> Any:
        found = answer(lambda: store.search_runs(list(ids), filter_string, view, 100, order or ["run_name"]))
        return found if isinstance(found, str) else [run.info.run_name for run in found]

    return [
        names("metrics.m > 0"), names("params.p = '1'"), names("run_name LIKE 'r%'"), names("bogus.x = 1"), names(5),
        names("metrics.m > 'x'"), names(view=ViewType.DELETED_ONLY), names(view=ViewType.ALL), names(ids=["nowhere"]),
        names(ids=[made, "nowhere"]), names(ids=[]), names(order=["metrics.m DESC"]), names(order=["bogus"]),
        names(None),
    ]  # fmt: skip


@case
def logged_models(store: Any) -> list[Any]:
    made, gone = store.create_experiment("x"), store.create_experiment("gone")
    left = store.create_logged_model(gone, "left").model_id
    store.delete_experiment(gone)
    model = store.create_logged_model(
        made, "m", tags=[LoggedModelTag("a", "1")], params=[LoggedModelParameter("p", "1")], model_type="t"
    )
    one = model.model_id
    below = f"{store.get_experiment(made).artifact_location}/models/{one}/artifacts"
    names = ("", "my/model", "my.model", "my:model", "my%model", "my'model", 'my"model', "fine-1 é")
    return [
        model.name, model.tags, model.params, model.model_type, model.status.name, model.artifact_location == below,
        *(answer(lambda name=name: bool(store.create_logged_model(made, name))) for name in names),
        answer(lambda: store.finalize_logged_model(one, LoggedModelStatus.READY).status.name),
        answer(lambda: store.set_logged_model_tags(one, [LoggedModelTag("a", "2"), LoggedModelTag("b", "")])),
        dict(sorted(store.get_logged_model(one).tags.items())),
        answer(lambda: store.delete_logged_model_tag(one, "a")),
        answer(lambda: store.delete_logged_model_tag(one, "a")),
        answer(lambda: store.delete_logged_model(one)),
        answer(lambda: store.get_logged_model(one)),
        answer(lambda: store.delete_logged_model(one)),
        answer(lambda: store.set_logged_model_tags(one, [LoggedModelTag("a", "3")])),
        answer(lambda: store.get_logged_model(one, allow_deleted=True).name),
        answer(lambda: store.get_logged_model("m-none")),
        answer(lambda: store.get_logged_model(left)),
        answer(lambda: bool(store.create_logged_model("nowhere"))),
        sorted(found.name for found in store.search_logged_models([made, "nowhere"])),
        answer(lambda: len(store.search_logged_models([made], filter_string="bogus"))),
    ]  # fmt: skip


@case
def models_and_datasets_of_runs(store: Any) -> list[Any]:
    made = store.create_experiment("x")
    model, run = store.create_logged_model(made, "m").model_id, run_in(store, made)
    data = DatasetInput(Dataset("n", "d", "st", "src", "sc", "pr"), [InputTag("mlflow.data.context", "train")])
    found = [answer(lambda: store.log_inputs(run, [data], models=[LoggedModelInput(model)])) for _ in range(2)]
    found += [answer(lambda: store.log_outputs(run, [LoggedModelOutput(model, 3)]))]
    found += [answer(lambda: store.log_inputs(NOWHERE, models=[LoggedModelInput(model)]))]
    for each in (store.get_run(run), store.search_runs([made], "dataset.name = 'n'", ViewType.ALL)[0]):
        found.append([given.model_id == model for given in each.inputs.model_inputs])
        found.append([(given.model_id == model, given.step) for given in each.outputs.model_outputs])
        found.append([(given.dataset.name, given.dataset.schema) for given in each.inputs.dataset_inputs])
    store.log_batch(run, [Metric("m", 1, 1, 0, model_id="m-of-another-store")], [], [])
    return [*found, store.get_run(run).data.metrics]


@case
def garbage(store: Any) -> list[Any]:
    """What `mlflow gc` calls."""
    made = store.create_experiment("x")
    run, kept, model = run_in(store, made), run_in(store, made), store.create_logged_model(made, "m").model_id
    store.update_run_info(run, RunStatus.FINISHED, 10, None)
    store.update_run_info(kept, RunStatus.FINISHED, 10, None)
    store.delete_run(run)
    store.delete_logged_model(model)
    found = [
        store._get_deleted_runs() == [run],
        store._get_deleted_runs(older_than=10_000_000),
        store._get_deleted_logged_models() == [model],
        answer(lambda: store._hard_delete_run(run)),
        answer(lambda: store.get_run(run)),
        answer(lambda: store._hard_delete_logged_model(model)),
        answer(lambda: store.get_logged_model(model, allow_deleted=True)),
        store.get_run(kept).info.status,
    ]
    store.delete_experiment(made)
    gone = (store._hard_delete_experiment, store.get_experiment)
    return [*found, *(answer(lambda call=call: call(made)) for call in gone), answer(lambda: store.get_run(kept))]


def main() -> None:
    answers = {}
    for name, asked in CASES.items():
        folder = tempfile.mkdtemp()
        answers[name] = [asked(FileStore(f"{folder}/theirs")), asked(NbtrackStore(f"nbtrack://{folder}/ours"))]
    print("\n" + json.dumps(answers))


if __name__ == "__main__":
    main()

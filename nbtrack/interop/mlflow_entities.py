"""How is what a store holds said in MLflow's own classes? Loaded only inside MLflow, by the plugin."""

from __future__ import annotations

from collections.abc import Iterable

from mlflow.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    ExperimentTag,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunTag,
)

from nbtrack import entities
from nbtrack.frame import Row
from nbtrack.stores.receiving import ModelLinks


def experiment(found: entities.Experiment) -> Experiment:
    return Experiment(
        experiment_id=found.experiment_id,
        name=found.name,
        artifact_location=found.artifact_location,
        lifecycle_stage=found.lifecycle_stage,
        tags=[ExperimentTag(key, value) for key, value in found.tags.items()],
        creation_time=found.creation_time,
        last_update_time=found.last_update_time,
    )


def info(found: entities.RunInfo) -> RunInfo:
    return RunInfo(
        run_id=found.run_id,
        experiment_id=found.experiment_id,
        user_id=found.user_id,
        status=found.status,
        start_time=found.start_time,
        end_time=found.end_time,
        lifecycle_stage=found.lifecycle_stage,
        artifact_uri=found.artifact_uri,
        run_name=found.run_name,
    )


def run(row: Row, links: ModelLinks) -> Run:
    data = row.run.data
    metrics = [
        Metric(key, summary.last, summary.timestamp, summary.step, run_id=row.run.info.run_id)
        for key, summary in row.metrics.items()
    ]
    return Run(
        info(row.run.info),
        RunData(
            metrics=metrics,
            params=[Param(key, value) for key, value in data.params.items()],
            tags=[RunTag(key, value) for key, value in data.tags.items()],
        ),
        RunInputs(
            [_input(given) for given in row.run.inputs.dataset_inputs],
            [LoggedModelInput(model_id) for model_id in links.used],
        ),
        RunOutputs([LoggedModelOutput(model_id, step) for model_id, step in links.made]),
    )


def _input(given: entities.DatasetInput) -> DatasetInput:
    found = given.dataset
    about = Dataset(found.name, found.digest, found.source_type, found.source, found.schema, found.profile)
    return DatasetInput(about, [InputTag(tag.key, tag.value) for tag in given.tags])


def given_inputs(inputs: Iterable[DatasetInput]) -> list[entities.DatasetInput]:
    return [
        entities.DatasetInput(
            entities.Dataset(
                each.dataset.name,
                each.dataset.digest,
                each.dataset.source_type,
                each.dataset.source,
                each.dataset.schema,
                each.dataset.profile,
            ),
            tuple(entities.InputTag(tag.key, tag.value) for tag in each.tags or ()),
        )
        for each in inputs
    ]

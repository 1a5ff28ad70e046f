"""Which store is a tracking server? MLflow's own, or one that speaks as it does, over http(s)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbtrack.entities import (
    DatasetInput,
    Experiment,
    FileInfo,
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from nbtrack.errors import AlreadyExistsError, InvalidValueError, NotFoundError, ServerError, warn_once
from nbtrack.frame import Row, Series, Summary
from nbtrack.stores import names
from nbtrack.stores.base import Damage, Question, Snapshot
from nbtrack.stores.rest import artifacts, asking, narrowing, pages, reading
from nbtrack.stores.rest.address import Address
from nbtrack.stores.rest.answers import Answer
from nbtrack.stores.rest.lines import batches, metric_line
from nbtrack.stores.rest.link import Link
from nbtrack.stores.rest.outbox import outbox_for
from nbtrack.stores.rest.unsent import refused_files
from nbtrack.stores.rest.watch import RestWatch

DEFAULT_NAME = "Default"
POINTS_AT_ONCE = 25_000  # of a history in one answer
TRUST_S = 60.0  # how long a run that was found active is taken for active
Body = dict[str, Any]


class RestStore:
    """The server at an address such as `https://user:password@host/prefix`; `uri` is that without user and password.

    Opening asks the server nothing. Points, and what is written while it does not answer, wait in a file of this
    machine until they are sent; every reading sends them first.
    """

    def __init__(self, address: Address) -> None:
        self.uri = address.url
        self.read_only = False
        self.outbox = outbox_for(Link(address))
        self.link = self.outbox.link
        self._writers: dict[str, tuple[float, RestRunWriter]] = {}
        self._summaries: dict[tuple[str, str], Summary] = {}

    # experiments

    def experiments(self, view: ViewType = ViewType.ACTIVE_ONLY) -> list[Experiment]:
        return pages.experiments(self.link, view)

    def experiment(self, experiment_id: str) -> Experiment:
        if names.is_experiment_id(experiment_id):
            try:
                return reading.experiment(
                    self.link.get("experiments/get", experiment_id=experiment_id).one("experiment")
                )
            except (NotFoundError, InvalidValueError):
                pass
        raise NotFoundError(f"{self.uri} has no experiment with id '{experiment_id}'. List them: experiments().")

    def experiment_by_name(self, name: str) -> Experiment | None:
        try:
            return reading.experiment(self.link.get("experiments/get-by-name", experiment_name=name).one("experiment"))
        except NotFoundError:
            return None

    def default_experiment(self) -> Experiment:
        found = self.experiment_by_name(DEFAULT_NAME)
        if found is None:
            try:
                return self.experiment(self.create_experiment(DEFAULT_NAME))
            except AlreadyExistsError:  # another process has made it since
                found = self.experiment_by_name(DEFAULT_NAME)
                if found is None:
                    raise
        return found

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None
    ) -> str:
        name = names.checked_experiment_name(name)
        if self.experiment_by_name(name) is not None:
            raise AlreadyExistsError(
                f"There is already an experiment '{name}' at {self.uri}. Use it with set_experiment, restore it if it "
                "was deleted, or choose another name."
            )
        body: Body = {"name": name, "tags": _pairs(tags or {})}
        if artifact_location:
            body["artifact_location"] = artifact_location
        return self.link.post("experiments/create", body, again=False).text("experiment_id")

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        name = names.checked_experiment_name(name)
        self._active_experiment(experiment_id)
        other = self.experiment_by_name(name)
        if other is not None and other.experiment_id != experiment_id:
            raise AlreadyExistsError(f"There is already an experiment '{name}' at {self.uri}. Choose another name.")
        self.link.post("experiments/update", {"experiment_id": experiment_id, "new_name": name})

    def delete_experiment(self, experiment_id: str) -> None:
        self._active_experiment(experiment_id)
        self._writers.clear()
        self.link.post("experiments/delete", {"experiment_id": experiment_id})

    def restore_experiment(self, experiment_id: str) -> None:
        """All its deleted runs become active too, as in MLflow."""
        self.experiment(experiment_id)
        self.link.post("experiments/restore", {"experiment_id": experiment_id})

    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        self._active_experiment(experiment_id)
        key = names.checked_key(key, "tag")
        value = names.checked_value(value, key, longest=names.LONGEST_EXPERIMENT_TAG, what="tag")
        self.link.post("experiments/set-experiment-tag", {"experiment_id": experiment_id, "key": key, "value": value})

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        self._active_experiment(experiment_id)
        self.link.post("experiments/delete-experiment-tag", {"experiment_id": experiment_id, "key": key})

    # one run

    def create_run(
        self, experiment_id: str, *, run_name: str, user_id: str, start_time: int, tags: Mapping[str, str]
    ) -> Run:
        body = {
            "experiment_id": experiment_id,
            "run_name": run_name,
            "user_id": user_id,
            "start_time": names.checked_time(start_time, "start_time"),
            "tags": _pairs({**_checked_tags(tags), "mlflow.runName": run_name}),
        }
        made = reading.run(self.link.post("runs/create", body, again=False).one("run"))
        self._remember(made.info.run_id)
        return made

    def run(self, run_id: str) -> Run:
        self.settle()
        return self.row(run_id).run

    def row(self, run_id: str) -> Row:
        """The run as the server knows it now, with the newest point of each metric."""
        if names.is_run_id(run_id):
            try:
                return reading.row(self.link.get("runs/get", run_id=run_id).one("run"))
            except (NotFoundError, InvalidValueError):
                pass
        raise NotFoundError(f"{self.uri} has no run '{run_id}'. Check the id, or list runs with search_runs().")

    def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> None:
        self._remember(run_id)
        named = None if status is None else status.name
        ended = names.checked_time(end_time, "end_time")
        given = {"run_id": run_id, "status": named, "end_time": ended, "run_name": run_name or None}
        self._post("runs/update", {key: value for key, value in given.items() if value is not None})

    def delete_run(self, run_id: str) -> None:
        self.settle()
        self._writers.pop(run_id, None)
        self.row(run_id)
        self.link.post("runs/delete", {"run_id": run_id})

    def restore_run(self, run_id: str) -> None:
        self.row(run_id)
        self.link.post("runs/restore", {"run_id": run_id})

    def writer(self, run_id: str) -> RestRunWriter:
        """Asks the server whether the run is there and active, once a minute at most."""
        return self._remember(run_id)

    def log_batch(
        self,
        run_id: str,
        metrics: Iterable[Metric] = (),
        params: Iterable[Param] = (),
        tags: Iterable[RunTag] = (),
    ) -> None:
        """Params and tags are on the server when this returns, or wait for it; metrics go as a writer's do."""
        writer = self._remember(run_id)
        points = [writer.line(each.key, each.value, each.timestamp, each.step) for each in metrics]
        kept = names.checked_params(params)
        marks = _checked_tags({tag.key: tag.value for tag in tags})
        if kept:
            self._refuse_changes(run_id, kept)
        for body in batches(run_id, kept, marks):
            self._post("runs/log-batch", body)
        if points:
            self.outbox.put(b"".join(points))

    def replace_params(self, run_id: str, params: Iterable[Param]) -> None:
        """A server changes no param: what autolog has sent stays, and a warning says so."""
        for param in params:
            warn_once(
                f"The server of '{self.uri}' keeps param '{param.key}' as autolog has read it off the model, not "
                f"{param.value!r}. Log it before the fit, or write %%track --no-autolog."
            )

    def delete_tag(self, run_id: str, key: str) -> None:
        self._remember(run_id)
        self._post("runs/delete-tag", {"run_id": run_id, "key": key})

    def log_inputs(self, run_id: str, datasets: Sequence[DatasetInput]) -> None:
        self._remember(run_id)
        self._post("runs/log-inputs", {"run_id": run_id, "datasets": [_input(each) for each in datasets]})

    def history(self, run_id: str, key: str) -> Series:
        self.settle()
        possible = names.is_run_id(run_id) and bool(key) and names.is_key(key)
        found = reading.series(self._points(run_id, key) if possible else ())
        whole = reading.summary(found)
        if whole is None:
            self.row(run_id)
            raise NotFoundError(f"Run {run_id} has no metric '{key}'. Its metrics are in run.data.metrics.")
        self._summaries[run_id, key] = whole
        return found

    # many runs

    def snapshot(self, experiment_ids: Sequence[str] | None = None) -> Snapshot:
        """Newest first. A metric's range, first value and count are known where its history was read."""
        return self.watch(experiment_ids).snapshot()

    def narrowed(self, experiment_ids: Sequence[str], question: Question) -> tuple[Snapshot, int]:
        self.settle()
        rows, skipped = narrowing.rows(self.link, experiment_ids, question)
        for key in asking.parts_of(question.node, question.keys):
            for row in rows:
                if key in row.metrics:
                    self.history(row.run.info.run_id, key)
        return Snapshot(self.known(rows), ()), skipped

    def watch(self, experiment_ids: Sequence[str] | None = None) -> RestWatch:
        return RestWatch(self, experiment_ids)

    def known(self, rows: Iterable[Row]) -> list[Row]:
        """The rows with what has been read of their histories, as far as that is still the newest."""
        return [Row(row.run, self._summaries_of(row)) for row in rows]

    def damages(self) -> list[Damage]:
        """What this machine logged and the server would not take."""
        said = f"holds values that {self.uri} refused, each behind the reason"
        remedy = f"Send them again with `nbtrack doctor --resend --store {self.uri}`, or delete the file."
        return [Damage(str(refused), said, remedy) for refused in refused_files(self.outbox.folder)]

    def send_refused_again(self) -> int:
        """Send what the server refused before; returns how many files of it there were."""
        return self.outbox.send_refused_again()

    # artifacts

    def artifact_dir(self, run_id: str) -> Path | None:
        return None

    def list_artifacts(self, run_id: str, path: str = "") -> list[FileInfo]:
        return artifacts.list_folder(self.link, self.row(run_id).run.info, path)

    def read_artifact(self, run_id: str, path: str, limit: int | None = None) -> bytes:
        return artifacts.read_file(self.link, self.row(run_id).run.info, path, limit)

    def write_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        info = self.row(run_id).run.info
        if info.lifecycle_stage != LifecycleStage.ACTIVE:
            raise _deleted(run_id)
        artifacts.write(self.link, info, path, data)

    def settle(self) -> None:
        """Let the server have what this process has logged, so that reading finds it."""
        self.outbox.settle()

    def close(self) -> None:
        self.outbox.flush()
        self.link.close()

    # inside

    def _active_experiment(self, experiment_id: str) -> Experiment:
        experiment = self.experiment(experiment_id)
        if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidValueError(
                f"The experiment '{experiment.name}' is deleted. Restore it with restore_experiment('{experiment_id}')."
            )
        return experiment

    def _post(self, path: str, body: Body) -> None:
        self.outbox.post(path, body)

    def _remember(self, run_id: str) -> RestRunWriter:
        """The writer of a run that takes values. While the server is away, a run is believed to be what it was."""
        now = time.monotonic()
        seen, writer = self._writers.get(run_id, (0.0, None))
        if writer is not None and now - seen < TRUST_S:
            return writer
        found = self._row_if_there(run_id) if writer else self.row(run_id)
        if found is not None and found.run.info.lifecycle_stage != LifecycleStage.ACTIVE:
            raise _deleted(run_id)
        writer = writer or RestRunWriter(self, run_id)
        self._writers[run_id] = now, writer
        return writer

    def _refuse_changes(self, run_id: str, params: Mapping[str, str]) -> None:
        """All of a batch or nothing: a server that takes a hundred at a time would keep the first hundred."""
        found = self._row_if_there(run_id)
        there = {} if found is None else found.run.data.params
        for key, value in params.items():
            if there.get(key, value) != value:
                raise names.changed_param(key, there[key], value, run_id)

    def _row_if_there(self, run_id: str) -> Row | None:
        """None while the server is away; who asks in order to write goes on without."""
        if self.outbox.away:
            return None
        try:
            return self.row(run_id)
        except ServerError as error:
            self.outbox.failed(error)
            return None

    def _points(self, run_id: str, key: str) -> Iterator[Mapping[str, Any]]:
        def ask(size: int, token: str | None) -> Answer:
            asked: Body = {"run_id": run_id, "metric_key": key, "max_results": size}
            return self.link.get("metrics/get-history", **asked, **({"page_token": token} if token else {}))

        try:
            for page, _ in pages.walked(ask, "metrics", POINTS_AT_ONCE, POINTS_AT_ONCE):
                yield from page
        except (NotFoundError, InvalidValueError):
            return

    def _summaries_of(self, row: Row) -> Mapping[str, Summary]:
        found = {}
        for key, newest in row.metrics.items():
            whole = self._summaries.get((row.run.info.run_id, key))
            same = whole is not None and (whole.step, whole.timestamp) == (newest.step, newest.timestamp)
            # What is displayed the server decides: of equal steps and times it takes a number before a NaN.
            found[key] = replace(whole, last=newest.last) if whole is not None and same else newest
        return found


class RestRunWriter:
    """An open run. A point is one line in a file of this machine; it is sent beside the training."""

    def __init__(self, store: RestStore, run_id: str) -> None:
        self.run_id = run_id
        self._put = store.outbox.put
        self._keys: set[str] = set()

    def log_metric(self, key: str, value: float, timestamp: int, step: int) -> None:
        self._put(self.line(key, value, timestamp, step))

    def log_points(self, key: str, points: Sequence[tuple[float, int, int]]) -> None:
        self._put(b"".join([self.line(key, *point) for point in points]))

    def line(self, key: str, value: float, timestamp: int, step: int) -> bytes:
        if key not in self._keys:
            self._keys.add(names.checked_key(key, "metric"))
        if type(value) is not float:
            value = names.checked_number(value, key)
        if type(timestamp) is not int or type(step) is not int or (timestamp | step) >> 63:  # negative, or too great
            timestamp, step = names.checked_whole(timestamp, key, "timestamp"), names.checked_whole(step, key, "step")
        return metric_line(self.run_id, key, value, timestamp, step)

    def close(self) -> None:
        """Nothing is kept open between points; what is unsent goes on being sent."""


def _deleted(run_id: str) -> InvalidValueError:
    return InvalidValueError(f"Run {run_id} is deleted and takes no more values. Restore it with restore_run().")


def _pairs(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in texts.items()]


def _checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {
        names.checked_key(key, "tag"): names.checked_value(value, key, longest=names.LONGEST_TAG, what="tag")
        for key, value in tags.items()
    }


def _input(given: DatasetInput) -> Body:
    data = given.dataset
    dataset = {"name": data.name, "digest": data.digest, "source_type": data.source_type, "source": data.source}
    dataset |= {name: text for name, text in (("schema", data.schema), ("profile", data.profile)) if text is not None}
    return {"dataset": dataset, "tags": [{"key": tag.key, "value": tag.value} for tag in given.tags]}

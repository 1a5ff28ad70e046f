"""How do experiments and runs get from one store into another, again and again without anything twice?

Every run is compared with what is there and only what it lacks is written, so a copy that was killed goes on where it
stopped, and one that is complete writes nothing. What the target has more stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from nbtrack.entities import Experiment, FileInfo, LifecycleStage, Metric, Param, Run, RunStatus, RunTag, ViewType
from nbtrack.errors import InvalidValueError
from nbtrack.frame import Row, Series
from nbtrack.stores.base import Store
from nbtrack.stores.copying import files
from nbtrack.stores.copying.lack import Lack, Pair, history_once, lack
from nbtrack.stores.copying.models import ModelCopier
from nbtrack.stores.copying.report import Report
from nbtrack.stores.copying.special import entrance
from nbtrack.stores.files.layout import local_path
from nbtrack.stores.progress import Progress
from nbtrack.stores.receiving import Receiver

ORIGIN, FROM = "nbtrack.copied_run_id", "nbtrack.copied_from"  # tags of a run that got a new id
PARENTS = ("mlflow.parentRunId", "mlflow.rootRunId")
AT_ONCE = 1000  # points, as MLflow's servers take them
Value = TypeVar("Value", Metric, Param, RunTag)
OWN_PLACES = "mlflow-artifacts"  # the scheme of artifacts that a server hands out itself


class Copier:
    """`runs` are rows of `source`; their experiments are made in `target` where it has none of that name."""

    def __init__(
        self,
        source: Store,
        target: Store,
        experiments: Sequence[Experiment],
        runs: Iterable[Row],
        *,
        every_run: bool = True,
    ) -> None:
        """`every_run` says that `runs` are all that the experiments have: models of no known run come along then."""
        self._every_run = every_run
        self._source = source
        self._target = target
        self._experiments = experiments
        self._runs = parents_first(runs)
        self._receiver: Receiver | None = entrance(target)
        self._ids: dict[str, str] = {}  # run id in the source -> in the target
        self._places: dict[str, str] = {}  # experiment id in the source -> in the target
        self._told: set[tuple[str, str]] = set()  # what of which run was left out, with the reason
        self.report = Report()

    def copy(self) -> Report:
        """Everything, then the check. Interrupted or killed at any time, it can be called again."""
        there = self._known()
        restored = [self._place(experiment) for experiment in self._experiments]
        if any(restored):
            there = self._known()  # what came out of the trash is not what it was
        with Progress("Copying", at_once=True) as progress:
            progress.expect(len(self._runs))
            for given in self._runs:
                self._run(given, there)
                progress.step()
        models = self._models()
        models.copy()
        self._delete_experiments()
        self._check(models)
        return self.report

    def check(self) -> Report:
        """Only compare."""
        self._known()
        for experiment in self._experiments:
            found = self._target.experiment_by_name(experiment.name)
            if found is not None:
                self._places[experiment.experiment_id] = found.experiment_id
        self._check(self._models())
        return self.report

    def _models(self) -> ModelCopier:
        stores = self._source, self._target
        return ModelCopier(*stores, self._places, self._ids, self.report, every_model=self._every_run)

    # experiments

    def _place(self, given: Experiment) -> bool:
        """Find or make the experiment; True where it had to be restored."""
        self.report.experiments += 1
        found = self._target.experiment_by_name(given.name)
        if found is None:
            location = "" if _comes_along(given.artifact_location) else given.artifact_location
            made = replace(given, artifact_location=location)
            if self._receiver is not None:
                found_id = self._receiver.receive_experiment(made)
            else:
                found_id = self._target.create_experiment(given.name, location or None, given.tags)
            self._places[given.experiment_id] = found_id
            return False
        self._places[given.experiment_id] = found.experiment_id
        changed = {key: value for key, value in given.tags.items() if found.tags.get(key) != value}
        of_it = (row.run.info for row in self._runs if row.run.info.experiment_id == given.experiment_id)
        more = self._receiver is None and any(info.run_id not in self._ids for info in of_it)
        was_deleted = found.lifecycle_stage == LifecycleStage.DELETED
        restored = was_deleted and (bool(changed) or more or given.lifecycle_stage == LifecycleStage.ACTIVE)
        if restored:
            self._target.restore_experiment(found.experiment_id)
        for key, value in changed.items():
            self._target.set_experiment_tag(found.experiment_id, key, value)
        return restored

    def _delete_experiments(self) -> None:
        for given in self._experiments:
            there = self._target.experiment(self._places[given.experiment_id])
            if LifecycleStage.DELETED == given.lifecycle_stage != there.lifecycle_stage:
                try:
                    self._target.delete_experiment(there.experiment_id)
                except InvalidValueError as error:
                    self.report.left_out.append(f"experiment '{given.name}', that it is deleted: {error}")

    # runs

    def _known(self) -> dict[str, Row]:
        """The target's runs by id. Those that are copies under another id are noted."""
        ids = [each.experiment_id for each in self._target.experiments(ViewType.ALL)]
        rows = {row.run.info.run_id: row for row in self._target.snapshot(ids).rows}
        copies = {row.run.data.tags[ORIGIN]: run_id for run_id, row in rows.items() if ORIGIN in row.run.data.tags}
        for given in self._runs:
            run_id = given.run.info.run_id
            if run_id in rows or run_id in copies:
                self._ids[run_id] = run_id if run_id in rows else copies[run_id]
        return rows

    def _run(self, given: Row, there: dict[str, Row]) -> None:
        info = given.run.info
        if info.status not in RunStatus.__members__:
            self._left_out(given.run, "all of it", "its meta.yaml cannot be read; mend it and copy again")
            return
        try:
            if info.run_id in self._ids:
                self._complete(self._pair(given, there[self._ids[info.run_id]]))
            else:
                self._make(given)
        except InvalidValueError as error:
            self._left_out(given.run, "the rest of it", str(error))

    def _make(self, given: Row) -> None:
        histories = self._histories(given)
        self.report.made += 1
        self.report.points += sum(len(series) for _, series in histories)
        run_id = given.run.info.run_id
        if self._receiver is not None:
            uri = given.run.info.artifact_uri
            info = replace(given.run.info, artifact_uri="" if _comes_along(uri) else uri)
            place = self._places[info.experiment_id]
            whole = replace(given, run=replace(given.run, info=info))
            for what, why in self._receiver.receive_run(place, whole, histories):
                self._left_out(given.run, what, why)
            self._ids[run_id] = run_id
            if _comes_along(uri):
                self._files(run_id, run_id, files.all_files(self._source, run_id))
            return
        info = given.run.info
        made = self._target.create_run(
            self._places[info.experiment_id],
            run_name=info.run_name,
            user_id=info.user_id,
            start_time=info.start_time or 0,
            tags={**self._tags(given.run), ORIGIN: run_id, FROM: self._source.uri},
        )
        self._ids[run_id] = made.info.run_id
        self._write(made.info.run_id, given.run, lack(self._pair(given, Row(made, {}))))

    def _complete(self, pair: Pair) -> None:
        found = lack(pair)
        if not found:
            self.report.alike += 1
            return
        self.report.completed += 1
        self.report.points += sum(len(series) for _, series in found.histories)
        run_id = pair.copy.run.info.run_id
        if pair.copy.run.info.lifecycle_stage == LifecycleStage.DELETED and (found.values() or found.stage):
            self._target.restore_run(run_id)
        self._write(run_id, pair.given.run, found)

    def _write(self, run_id: str, given: Run, found: Lack) -> None:
        """What is lacking; the end and the deletion last, because a run that has both is complete."""
        log = self._target.log_batch
        params = [Param(key, value) for key, value in found.params.items()]
        tags = [RunTag(key, value) for key, value in found.tags.items()]
        self._each(given, "param", params, lambda part: log(run_id, params=part))
        for batch in _batches(found.histories):
            self._each(given, "metric", batch, lambda part: log(run_id, part))
        self._each(given, "tag", tags, lambda part: log(run_id, tags=part))
        if found.inputs:
            self._target.log_inputs(run_id, found.inputs)
        self._files(given.info.run_id, run_id, found.files)
        if found.info:
            status, end = RunStatus[given.info.status], given.info.end_time
            self._target.update_run(run_id, status=status, end_time=end, run_name=given.info.run_name or None)
        if given.info.lifecycle_stage == LifecycleStage.DELETED:
            self._target.delete_run(run_id)

    def _each(self, given: Run, what: str, values: Sequence[Value], write: Callable[[Sequence[Value]], None]) -> None:
        """All at once; where one is refused, one by one, so that the others are kept."""
        try:
            if values:
                write(values)
        except InvalidValueError as error:
            if len(values) == 1:
                self._left_out(given, f"{what} '{values[0].key}'", str(error))
                return
            for value in values:
                self._each(given, what, [value], write)

    def _files(self, run_id: str, copy_id: str, wanted: Iterable[FileInfo]) -> None:
        for info in wanted:
            data = files.content(self._source, run_id, info)
            if self._receiver is not None:
                self._receiver.receive_artifact(copy_id, info.path, data)
            else:
                self._target.write_artifact(copy_id, info.path, data)
            self.report.files += 1
            self.report.size += info.file_size or 0

    def _histories(self, given: Row) -> list[tuple[str, Series]]:
        found = []
        for key in given.metrics:
            series, repeats = history_once(self._source, given.run.info.run_id, key)
            self.report.repeats += repeats
            found.append((key, series))
        return found

    def _pair(self, given: Row, copy: Row) -> Pair:
        return Pair(self._source, given, self._target, copy, self._tags(given.run))

    def _tags(self, run: Run) -> dict[str, str]:
        """Parents under the ids that they have in the target."""
        tags = dict(run.data.tags)
        tags |= {key: self._ids.get(tags[key], tags[key]) for key in PARENTS if key in tags}
        return tags

    def _left_out(self, run: Run, what: str, why: str) -> None:
        line = f"{_name(run)}: {what}: {why}"
        if line not in self.report.left_out:
            self._told.add((run.info.run_id, what))
            self.report.left_out.append(line)

    # the check

    def _check(self, models: ModelCopier) -> None:
        there = self._known()
        for given in self._experiments:
            self.report.differences += self._experiment_differences(given)
        for row in self._runs:
            name = _name(row.run)
            if row.run.info.status not in RunStatus.__members__:
                continue  # it was told
            if row.run.info.run_id not in self._ids:
                self.report.differences.append(f"{name} is not there")
                continue
            copy = there[self._ids[row.run.info.run_id]]
            comes = _comes_along(row.run.info.artifact_uri)
            lacking = lack(self._pair(row, copy), with_files=comes)
            self.report.remarks += [f"{name}: {word}" for word in lacking.remarks]
            told = tuple(what for run_id, what in self._told if run_id == row.run.info.run_id)
            found = [word for word in lacking.words() if not word.endswith(told)]
            if copy.run.info.experiment_id != self._places.get(row.run.info.experiment_id):
                found.append("the experiment it lies in")
            self.report.differences += [f"{name}: {word}" for word in found]
        self.report.differences += models.differences()

    def _experiment_differences(self, given: Experiment) -> Iterator[str]:
        there = self._target.experiment_by_name(given.name)
        if there is None:
            yield f"experiment '{given.name}' is not there"
            return
        if there.lifecycle_stage != given.lifecycle_stage:
            yield f"experiment '{given.name}' is {given.lifecycle_stage}, and {there.lifecycle_stage} in the copy"
        for key, value in given.tags.items():
            if there.tags.get(key) != value:
                yield f"experiment '{given.name}': tag '{key}'"


def _name(run: Run) -> str:
    return f"run '{run.info.run_name}' ({run.info.run_id})"


def parents_first(runs: Iterable[Row]) -> list[Row]:
    """Oldest first, and no run before its parent: a server gives the parent an id that the child has to name."""
    rows = sorted(runs, key=lambda row: (row.run.info.start_time or 0, row.run.info.run_id))
    by_id = {row.run.info.run_id: row for row in rows}
    ordered: dict[str, Row] = {}
    for row in rows:
        line = []
        one: Row | None = row
        while one is not None and one.run.info.run_id not in ordered and one not in line:
            line.append(one)
            one = by_id.get(one.run.data.tags.get(PARENTS[0], ""))
        ordered |= {each.run.info.run_id: each for each in reversed(line)}
    return list(ordered.values())


def _batches(histories: Iterable[tuple[str, Series]]) -> Iterator[list[Metric]]:
    batch: list[Metric] = []
    for key, series in histories:
        columns = series.value.tolist(), series.timestamp.tolist(), series.step.tolist()
        for point in zip(*columns, strict=True):
            batch.append(Metric(key, *point))
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    if batch:
        yield batch


def _comes_along(uri: str) -> bool:
    """Do the artifacts at this address lie in the store? Those in a bucket stay where they are."""
    return not uri or local_path(uri) is not None or "://" not in uri or uri.startswith(OWN_PLACES)

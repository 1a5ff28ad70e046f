"""How does one run get from one store into another, or what it lacks there?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from nbtrack.entities import FileInfo, LifecycleStage, Metric, Param, Run, RunStatus, RunTag, ViewType
from nbtrack.errors import InvalidValueError
from nbtrack.frame import Row, Series
from nbtrack.stores.base import Store
from nbtrack.stores.copying import files
from nbtrack.stores.copying.lack import Lack, Pair, history_once, lack
from nbtrack.stores.copying.order import PARENTS, batches
from nbtrack.stores.copying.report import Report
from nbtrack.stores.receiving import Receiver
from nbtrack.stores.walk import all_files

ORIGIN, FROM = "nbtrack.copied_run_id", "nbtrack.copied_from"  # tags of a run that got a new id
NAME = "mlflow.runName"
Value = TypeVar("Value", Metric, Param, RunTag)


class RunCopier:
    """`ids` is filled with the id in the target of each run of the source that is there; `places` has the
    experiments'."""

    def __init__(
        self,
        source: Store,
        target: Store,
        receiver: Receiver | None,
        places: Mapping[str, str],
        ids: dict[str, str],
        report: Report,
    ) -> None:
        self._source = source
        self._target = target
        self._receiver = receiver
        self._places = places
        self._ids = ids
        self._report = report
        self._told: set[tuple[str, str]] = set()  # what of which run was left out, with the reason
        self._there: dict[str, Row] = {}

    def look(self, runs: Iterable[Row]) -> None:
        """Which runs are in the target now, under their own id or another?"""
        ids = [each.experiment_id for each in self._target.experiments(ViewType.ALL)]
        self._there = {row.run.info.run_id: row for row in self._target.snapshot(ids).rows}
        copies = {
            row.run.data.tags[ORIGIN]: run_id for run_id, row in self._there.items() if ORIGIN in row.run.data.tags
        }
        for given in runs:
            run_id = given.run.info.run_id
            if run_id in self._there or run_id in copies:
                self._ids[run_id] = run_id if run_id in self._there else copies[run_id]

    def copy(self, given: Row) -> None:
        info = given.run.info
        if info.status not in RunStatus.__members__:
            self._left_out(given.run, "all of it", "its meta.yaml cannot be read; mend it and copy again")
            return
        try:
            if info.run_id in self._ids:
                self._complete(self._pair(given, self._there[self._ids[info.run_id]]))
            else:
                self._make(given)
        except InvalidValueError as error:
            self._left_out(given.run, "the rest of it", str(error))

    def _make(self, given: Row) -> None:
        histories = self._histories(given)
        self._report.made += 1
        self._report.points += sum(len(series) for _, series in histories)
        run_id = given.run.info.run_id
        if self._receiver is not None:
            uri = given.run.info.artifact_uri
            along = files.can_be_copied(self._source, given.run.info)
            info = replace(given.run.info, artifact_uri="" if along else uri)
            place = self._places[info.experiment_id]
            whole = replace(given, run=replace(given.run, info=info))
            for what, why in self._receiver.receive_run(place, whole, histories):
                self._left_out(given.run, what, why)
            self._ids[run_id] = run_id
            if along:
                self._files(run_id, run_id, all_files(self._source, run_id))
            return
        info = given.run.info
        made = self._target.create_run(
            self._places[info.experiment_id],
            run_name=info.run_name or run_id[:8],  # MLflow's server refuses an empty name
            user_id=info.user_id,
            start_time=info.start_time or 0,
            tags={**self._tags(given.run), ORIGIN: run_id, FROM: self._source.uri},
        )
        self._ids[run_id] = made.info.run_id
        self._write(made.info.run_id, given.run, lack(self._pair(given, Row(made, {}))))

    def _complete(self, pair: Pair) -> None:
        found = lack(pair)
        if not found:
            self._report.alike += 1
            return
        self._report.completed += 1
        self._report.points += sum(len(series) for _, series in found.histories)
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
        for batch in batches(found.histories):
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
            self._report.files += 1
            self._report.size += info.file_size or 0

    def _histories(self, given: Row) -> list[tuple[str, Series]]:
        found = []
        for key in given.metrics:
            series, repeats = history_once(self._source, given.run.info.run_id, key)
            self._report.repeats += repeats
            found.append((key, series))
        return found

    def _pair(self, given: Row, copy: Row) -> Pair:
        return Pair(self._source, given, self._target, copy, self._tags(given.run))

    def _tags(self, run: Run) -> dict[str, str]:
        """Parents under the ids that they have in the target."""
        tags = dict(run.data.tags)
        if self._receiver is None:
            # The copy says where it came from; where its source came from is told there.
            tags = {key: value for key, value in tags.items() if key not in (ORIGIN, FROM) and (value or key != NAME)}
        tags |= {key: self._ids.get(tags[key], tags[key]) for key in PARENTS if key in tags}
        return tags

    def _left_out(self, run: Run, what: str, why: str) -> None:
        line = f"{_name(run)}: {what}: {why}"
        if line not in self._report.left_out:
            self._told.add((run.info.run_id, what))
            self._report.left_out.append(line)

    def differences(self, given: Row) -> Iterator[str]:
        """What the copy lacks, each as a line; what was left out with a reason is not told again."""
        info = given.run.info
        if info.status not in RunStatus.__members__:
            return  # it was told
        if info.run_id not in self._ids:
            yield f"{_name(given.run)} is not there"
            return
        copy = self._there[self._ids[info.run_id]]
        lacking = lack(self._pair(given, copy))
        if lacking.left_at:
            self._report.left_at.append(lacking.left_at)
        self._report.remarks += [f"{_name(given.run)}: {word}" for word in lacking.remarks]
        told = tuple(what for run_id, what in self._told if run_id == info.run_id)
        yield from (f"{_name(given.run)}: {word}" for word in lacking.words() if not word.endswith(told))
        if copy.run.info.experiment_id != self._places.get(info.experiment_id):
            yield f"{_name(given.run)}: the experiment it lies in"


def _name(run: Run) -> str:
    return f"run '{run.info.run_name}' ({run.info.run_id})"

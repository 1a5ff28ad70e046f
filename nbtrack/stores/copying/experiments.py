"""How do experiments get from one store into another?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nbtrack.entities import Experiment, LifecycleStage
from nbtrack.errors import InvalidValueError
from nbtrack.stores.base import Store
from nbtrack.stores.copying.order import comes_along
from nbtrack.stores.copying.report import Report
from nbtrack.stores.receiving import Receiver


class ExperimentCopier:
    """`places` is filled with the id in the target of each experiment of the source."""

    def __init__(
        self, target: Store, receiver: Receiver | None, given: Sequence[Experiment], places: dict[str, str]
    ) -> None:
        self._target = target
        self._receiver = receiver
        self._given = given
        self._places = places

    def place(self, more: Mapping[str, bool], report: Report) -> bool:
        """Find or make them; True where one had to be restored. `more` says which will get runs that are not there."""
        report.experiments = len(self._given)
        return any([self._place(given, more.get(given.experiment_id, False)) for given in self._given])  # noqa: C419

    def find(self) -> None:
        """Note which are there."""
        for given in self._given:
            found = self._target.experiment_by_name(given.name)
            if found is not None:
                self._places[given.experiment_id] = found.experiment_id

    def _place(self, given: Experiment, more: bool) -> bool:
        found = self._target.experiment_by_name(given.name)
        if found is None:
            self._places[given.experiment_id] = self._make(given)
            return False
        self._places[given.experiment_id] = found.experiment_id
        changed = {key: value for key, value in given.tags.items() if found.tags.get(key) != value}
        was_deleted = found.lifecycle_stage == LifecycleStage.DELETED
        # A store that gives ids of its own takes no run into a deleted experiment.
        wanted = bool(changed) or (more and self._receiver is None) or given.lifecycle_stage == LifecycleStage.ACTIVE
        if was_deleted and wanted:
            self._target.restore_experiment(found.experiment_id)
        for key, value in changed.items():
            self._target.set_experiment_tag(found.experiment_id, key, value)
        return was_deleted and wanted

    def _make(self, given: Experiment) -> str:
        location = "" if comes_along(given.artifact_location) else given.artifact_location
        if self._receiver is None:
            return self._target.create_experiment(given.name, location or None, given.tags)
        return self._receiver.receive_experiment(replace(given, artifact_location=location))

    def delete(self, report: Report) -> None:
        """Those that are deleted in the source: last, because a deleted one takes nothing."""
        for given in self._given:
            there = self._target.experiment(self._places[given.experiment_id])
            if LifecycleStage.DELETED == given.lifecycle_stage != there.lifecycle_stage:
                try:
                    self._target.delete_experiment(there.experiment_id)
                except InvalidValueError as error:
                    report.left_out.append(f"experiment '{given.name}', that it is deleted: {error}")

    def differences(self) -> Iterator[str]:
        for given in self._given:
            there = self._target.experiment_by_name(given.name)
            if there is None:
                yield f"experiment '{given.name}' is not there"
                continue
            if there.lifecycle_stage != given.lifecycle_stage:
                yield f"experiment '{given.name}' is {given.lifecycle_stage}, and {there.lifecycle_stage} in the copy"
            for key, value in given.tags.items():
                if there.tags.get(key) != value:
                    yield f"experiment '{given.name}': tag '{key}'"

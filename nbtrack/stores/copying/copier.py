"""How do experiments and runs get from one store into another, again and again without anything twice?

Every run is compared with what is there and only what it lacks is written, so a copy that was killed goes on where it
stopped, and one that is complete writes nothing. What the target has more stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbtrack.entities import Experiment
from nbtrack.frame import Row
from nbtrack.stores.base import Store
from nbtrack.stores.copying.experiments import ExperimentCopier
from nbtrack.stores.copying.models import ModelCopier
from nbtrack.stores.copying.order import parents_first
from nbtrack.stores.copying.report import Report
from nbtrack.stores.copying.runs import RunCopier
from nbtrack.stores.copying.special import entrance
from nbtrack.stores.progress import Progress


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
        self.report = Report()
        self._given = parents_first(runs)
        receiver = entrance(target)
        self._ids: dict[str, str] = {}  # run id in the source -> in the target
        places: dict[str, str] = {}  # experiment id in the source -> in the target
        self._experiments = ExperimentCopier(target, receiver, experiments, places)
        self._runs = RunCopier(source, target, receiver, places, self._ids, self.report)
        self._models = ModelCopier(source, target, places, self._ids, self.report, every_model=every_run)

    def copy(self) -> Report:
        """Everything, then the check. Interrupted or killed at any time, it can be called again."""
        self._runs.look(self._given)
        infos = [row.run.info for row in self._given]
        more = {info.experiment_id: True for info in infos if info.run_id not in self._ids}
        if self._experiments.place(more, self.report):
            self._runs.look(self._given)  # what came out of the trash is not what it was
        with Progress("Copying", at_once=True) as progress:
            progress.expect(len(self._given))
            for given in self._given:
                self._runs.copy(given)
                progress.step()
        self._models.copy()
        self._experiments.delete(self.report)
        return self._compared()

    def check(self) -> Report:
        """Only compare."""
        self._experiments.find()
        return self._compared()

    def _compared(self) -> Report:
        self._runs.look(self._given)
        self.report.differences += self._experiments.differences()
        for given in self._given:
            self.report.differences += self._runs.differences(given)
        self.report.differences += self._models.differences()
        return self.report

"""How do MLflow 3's logged models come along with their runs?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nbtrack.stores.base import Store
from nbtrack.stores.copying import files
from nbtrack.stores.copying.report import Report
from nbtrack.stores.copying.special import shelf
from nbtrack.stores.files import artifacts
from nbtrack.stores.receiving import LoggedModel, ModelShelf


class ModelCopier:
    """`places` are the experiments' ids in the target, `runs` those of the runs that were copied."""

    def __init__(
        self,
        source: Store,
        target: Store,
        places: Mapping[str, str],
        runs: Mapping[str, str],
        report: Report,
        *,
        every_model: bool,
    ) -> None:
        self._source, self._target = shelf(source), shelf(target)
        self._to = target.uri
        self._places = places
        self._runs = runs
        self._report = report
        self._every_model = every_model

    def copy(self) -> None:
        if self._source is None:
            return
        if self._target is None:
            number = sum(len(self._wanted(here)) for here in self._places)
            if number:
                self._report.left_out.append(f"logged models ({number:,}): '{self._to}' can take none")
            return
        for here, there in self._places.items():
            wanted = self._wanted(here)
            known = self._known(there)
            for model in wanted:
                if not _alike(model, known.get(model.model_id)):
                    self._target.receive_model(there, model)
                    self._report.models += 1
                self._files(self._source, self._target, here, there, model.model_id)
        for run_id in self._runs:
            links = self._source.model_links(run_id)
            if (links.made or links.used) and links != self._target.model_links(run_id):
                self._target.receive_links(run_id, links)

    def differences(self) -> Iterator[str]:
        if self._source is None or self._target is None:
            return
        for here, there in self._places.items():
            known = self._known(there)
            for model in self._wanted(here):
                name = f"logged model '{model.name}' ({model.model_id})"
                if not _alike(model, known.get(model.model_id)):
                    yield f"{name} is {'another' if model.model_id in known else 'not'} there"
                    continue
                ours = self._source.model_folder(here, model.model_id)
                theirs = self._target.model_folder(there, model.model_id)
                if ours is not None and theirs is not None:
                    yield from (f"{name}: file '{path}'" for path in files.alike_below(ours, theirs))
        for run_id in self._runs:
            ours_links, theirs_links = self._source.model_links(run_id), self._target.model_links(run_id)
            if not {*ours_links.made, *ours_links.used} <= {*theirs_links.made, *theirs_links.used}:
                yield f"run {run_id}: the models that it made or used"

    def _wanted(self, experiment_id: str) -> list[LoggedModel]:
        """The experiment's models; without points of runs that are not copied, which a database cannot hold."""
        if self._source is None:
            return []
        found = []
        for model in self._source.logged_models(experiment_id, self._damaged):
            if self._every_model or model.source_run_id in self._runs:
                # A database keeps the last of what has the same key, run, step and time.
                kept = {(p.key, p.run_id, p.step, p.timestamp): p for p in model.points if p.run_id in self._runs}
                found.append(replace(model, points=tuple(kept.values())))
        return found

    def _known(self, experiment_id: str) -> dict[str, LoggedModel]:
        if self._target is None:
            return {}
        return {model.model_id: model for model in self._target.logged_models(experiment_id, lambda _: None)}

    def _damaged(self, what: str) -> None:
        if what not in self._report.left_out:
            self._report.left_out.append(what)

    def _files(self, source: ModelShelf, target: ModelShelf, here: str, there: str, model_id: str) -> None:
        ours, theirs = source.model_folder(here, model_id), target.model_folder(there, model_id)
        if ours is None or theirs is None:
            return
        for path in files.alike_below(ours, theirs):
            artifacts.receive(str(theirs), path, ours / path)
            self._report.files += 1
            self._report.size += (ours / path).stat().st_size


def _alike(model: LoggedModel, other: LoggedModel | None) -> bool:
    """The same, points in any order and each once; a metric's NaN is never equal, so it is compared as text."""
    if other is None:
        return False
    ours, theirs = ({repr(point) for point in each.points} for each in (model, other))
    return replace(model, points=()) == replace(other, points=()) and ours == theirs

"""What ran before in the same cell, and what has changed since?

A cell is known by the id that the front end gives it, else by how much its text is like the text before. This session
is remembered; the runs of earlier kernels are looked up in the store, beside the cell.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from nbtrack.capture import options
from nbtrack.capture.environment import packages
from nbtrack.entities import Run
from nbtrack.errors import NotFoundError, guard
from nbtrack.magics.background import Background
from nbtrack.magics.card import directions_of
from nbtrack.magics.diff import (
    Change,
    data_changes,
    metric_changes,
    package_changes,
    source_changes,
    text_changes,
    text_of,
)
from nbtrack.magics.files import PACKAGES, cell_of
from nbtrack.query.tree import TAG, Column, Compare
from nbtrack.stores import Store
from nbtrack.tracking.active import Held
from nbtrack.tracking.authors import defaults, own_first
from nbtrack.tracking.finding import runs_where

ALIKE = 0.6  # of the lines: below it, two sources are two cells
MOST = 200  # cells remembered
LOOKED_AT = 30  # sources of earlier kernels that are compared
PATIENCE = 0.2  # seconds that the first run of a cell waits for the store, when the cell has ended
MODEL = "estimator_name"  # MLflow's tag for what was fitted
LINES = 12  # of the difference in code that a card shows


@dataclass(frozen=True, slots=True)
class Version:
    """One run of a cell, with the cell as it was."""

    run: Run
    source: str


@dataclass(frozen=True, slots=True)
class Since:
    """What is different from the run before: params, data, packages and metrics, a line each; and lines of code."""

    lines: list[str]
    code: list[str]


class Memory:
    """The last run of each cell of this session."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, Version]] = {}  # key: (store, version)

    def find(self, held: Held, source: str, cell_id: str | None) -> Callable[[], Version | None]:
        """What gives the run before, when the cell has ended; None for the first run of a cell."""
        uri, known = self._last.get(cell_id or self._alike(source), ("", None))
        if known and uri == held.client.store.uri:
            return lambda: known
        found: list[Version] = []

        def look() -> None:
            with guard("look for the run before"):
                if before := previous(held.client.store, held.run, source, cell_id):
                    found.append(before)

        search = Background(look)

        def answer() -> Version | None:
            search.wait(PATIENCE)
            return found[0] if found else None

        return answer

    def remember(self, held: Held, run: Run, source: str, cell_id: str | None) -> None:
        key = cell_id or self._alike(source)
        self._last.pop(key, None)
        self._last[key] = held.client.store.uri, Version(run, source)
        while len(self._last) > MOST:
            self._last.pop(next(iter(self._last)))

    def _alike(self, source: str) -> str:
        """The key of the remembered source that is most alike, or the source itself."""
        best, key = ALIKE, source
        for other, (_, version) in self._last.items():
            if (alike := likeness(source, version.source)) >= best:
                best, key = alike, other
        return key


def likeness(one: str, other: str) -> float:
    """From 0 to 1: the share of lines that both have, in the same order."""
    return difflib.SequenceMatcher(None, one.splitlines(), other.splitlines(), autojunk=False).ratio()


def previous(store: Store, run: Run, source: str, cell_id: str | None) -> Version | None:
    """The newest other run of the same cell in the run's experiment. Of a new cell that of a cell much like it: people
    copy a cell and change a number."""
    if cell_id and (same := next(_versions(store, _others(store, run, "nbtrack.cell_id", cell_id, LOOKED_AT)), None)):
        return same
    known = list(_versions(store, _others(store, run, "mlflow.source.type", "NOTEBOOK", LOOKED_AT)))
    best = max(known, key=lambda version: likeness(source, version.source), default=None)
    return best if best and likeness(source, best.source) >= ALIKE else None


def _others(store: Store, run: Run, tag: str, value: str, most: int) -> list[Run]:
    """The newest runs of the run's experiment with this tag, without the run itself."""
    alike = Compare(Column(TAG, tag, quoted=True), "=", value)
    runs = runs_where(store, alike, experiment_ids=[run.info.experiment_id], most=most + 1)
    return [other for other in runs if other.info.run_id != run.info.run_id][:most]


def _versions(store: Store, runs: Iterable[Run]) -> Iterator[Version]:
    """Those runs that have kept their cell."""
    for run in runs:
        try:
            yield Version(run, cell_of(store, run))
        except NotFoundError:
            continue


def since(store: Store, old: Version, new: Version) -> Since:
    """Metrics are better or worse by what the person has said, or by their known names."""
    a, b = old.run, new.run
    changes = [*_model_changes(a, b), *_param_changes(a, b), *_other_data(a, b)]
    if options.packages:
        changes += package_changes(text_of(store, a, PACKAGES), packages())
    metrics = {key: b.data.metrics[key] for key in own_first(b.data.metrics, b.data.tags, "metrics")}
    changes += metric_changes(a.data.metrics, metrics, {**directions_of(a), **directions_of(b)})
    written = source_changes(old.source, new.source)
    code = [line for line in written if not line.startswith("@@")]
    while code and not code[-1].strip():  # an empty line of what stayed the same
        code.pop()
    if len(code) > LINES:
        added, removed = (sum(line.startswith(sign) for line in written) for sign in "+-")
        code = [*code[: LINES - 1], f"… +{added} −{removed} lines in all"]
    return Since([str(change) for change in changes], code)


def _model_changes(a: Run, b: Run) -> list[Change]:
    named = [{"model": run.data.tags[MODEL]} if MODEL in run.data.tags else {} for run in (a, b)]
    return text_changes(*named)


def _other_data(a: Run, b: Run) -> list[Change]:
    """Data of one name that are other ones. What only one run has read is seen in its code."""
    both = (each for each in data_changes(a, b) if each.old is not None and each.new is not None)
    return [Change(f"{each.key} (data)", each.old, each.new) for each in both]


def _param_changes(a: Run, b: Run) -> list[Change]:
    """Without the defaults that only one of two models has: another model has other ones."""
    here = {key: b.data.params[key] for key in own_first(b.data.params, b.data.tags, "params")}
    alone = defaults(a.data.tags) - here.keys() | defaults(b.data.tags) - a.data.params.keys()
    return [change for change in text_changes(a.data.params, here) if change.key not in alone]

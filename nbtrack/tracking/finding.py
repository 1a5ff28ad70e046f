"""Which runs does a person mean, found without reading all of a store that is far away?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nbtrack.entities import LifecycleStage, Run, ViewType
from nbtrack.frame import Frame, Row, frame_of
from nbtrack.query import order
from nbtrack.query.evaluate import Place, evaluate
from nbtrack.query.tree import ATTRIBUTE, Column, Compare, Node, Within
from nbtrack.stores import Store
from nbtrack.stores.base import Narrowing, Question

RUN_ID, RUN_NAME = Column(ATTRIBUTE, "run_id"), Column(ATTRIBUTE, "run_name")


def runs_where(
    store: Store,
    node: Node | None = None,
    *,
    view: ViewType = ViewType.ACTIVE_ONLY,
    experiment_ids: Sequence[str] | None = None,
    most: int | None = None,
) -> list[Run]:
    """The runs that fit, newest first, of the given experiments or of every active one; at most so many."""
    rows = [row for row in _near(store, node, view, experiment_ids, most) if _in(view, row)]
    frame = frame_of(rows)
    numbers = order(frame)
    if node is not None:
        numbers = numbers[evaluate(node, Place(frame, 0.0))[numbers]]
    return [rows[number].run for number in numbers.tolist()[:most]]


def frame_naming(store: Store, given: Iterable[Any]) -> Frame:
    """A frame in which `run_ids` finds what `given` names: all runs, or those that may be meant."""
    if not isinstance(store, Narrowing):
        return frame_of(store.snapshot().rows)
    rows: dict[str, Row] = {}
    for text in _texts(given):
        for node in (Compare(RUN_NAME, "=", text), Compare(RUN_ID, "LIKE", f"{text}%")):
            found = _near(store, node, ViewType.ALL, None, None) if text else ()
            rows.update((row.run.info.run_id, row) for row in found)
    return frame_of(list(rows.values()))


def rows_of_ids(store: Store, ids: Sequence[str]) -> list[Row]:
    """The rows of these runs in this order; unknown ones are left out."""
    known = Within(RUN_ID, tuple(ids), False)
    rows = {row.run.info.run_id: row for row in _near(store, known, ViewType.ALL, None, None)}
    return [rows[run] for run in ids if run in rows]


def _near(
    store: Store, node: Node | None, view: ViewType, experiment_ids: Sequence[str] | None, most: int | None
) -> Sequence[Row]:
    if not isinstance(store, Narrowing):
        return list(store.snapshot(experiment_ids).rows)
    ids = [each.experiment_id for each in store.experiments()] if experiment_ids is None else experiment_ids
    return store.narrowed(ids, Question(node, view=view, end=most))[0].rows


def _in(view: ViewType, row: Row) -> bool:
    return LifecycleStage.shown(row.run.info.lifecycle_stage, view)


def _texts(given: Iterable[Any]) -> Iterator[str]:
    for each in given:
        if isinstance(each, str):
            yield each
        elif isinstance(each, Iterable) and not hasattr(each, "columns") and not hasattr(each, "get"):
            yield from _texts(each)

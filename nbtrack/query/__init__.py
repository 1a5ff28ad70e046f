"""The filter language: text to a tree, a tree to a row mask over a frame, and the order of rows.

A superset of MLflow's `filter_string` and `order_by`; `parse.py` has the grammar. js/src/query/ is the same language
in TypeScript, held to this one by tests/golden/query*.json.

Beyond MLflow: OR, NOT, parentheses; NOT LIKE, NOT ILIKE, BETWEEN; RLIKE, a regular expression (see pattern.py); IN
and IS NULL on every column; params and tags compared as numbers where the right side is one; parts of a metric's
history; `duration`, dates, `now()`; the attributes experiment_id and lifecycle_stage; / : - in unquoted keys;
`number(…)` in an order; blanks around a filter or an order.

Unlike MLflow, where it takes by accident what nobody means: a blank around the dot of a name or no name behind it, a
list behind `=`, two texts in a list without a comma, digits other than 0-9, are errors; IS NULL needs no AND before it;
text in a list is taken as typed, without Python's escapes. `metrics.loss.min` is the least loss where no metric is
called so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import numpy as np

from nbtrack.errors import QueryError
from nbtrack.frame import I64, Bool, Frame
from nbtrack.query.columns import written
from nbtrack.query.complete import ColumnInfo, Suggestion, columns, complete
from nbtrack.query.direction import direction
from nbtrack.query.evaluate import Datasets, History, Place, evaluate, unknown
from nbtrack.query.order import arranged
from nbtrack.query.parse import parse, parse_key
from nbtrack.query.tree import Key, Node, Null

__all__ = [
    "ColumnInfo",
    "Datasets",
    "Key",
    "Node",
    "QueryError",
    "Suggestion",
    "columns",
    "complete",
    "direction",
    "hints",
    "mask",
    "order",
    "parse",
    "parse_key",
    "pointing",
    "select",
    "unknown",
    "written",
]


def mask(
    frame: Frame,
    text: str,
    *,
    now: float | None = None,
    history: History | None = None,
    datasets: Callable[[], Datasets] | None = None,
) -> Bool:
    """True for each row that the filter keeps; all of them for an empty filter.

    `now` is the moment that `now()` means, in ms since 1970; `history(run_id, key)` is what `.at(step)` reads from;
    `datasets()` is called once when the filter asks about them.
    """
    with pointing(text):
        node = parse(text, _names(frame))
        if node is None:
            return np.ones(len(frame), np.bool_)
        return evaluate(node, _place(frame, now, history, datasets))


def order(
    frame: Frame, order_by: Sequence[str] = (), *, now: float | None = None, history: History | None = None
) -> I64:
    """All row numbers, sorted by clauses such as "metrics.loss ASC", then newest first, then by run id."""
    return _arrange(frame, order_by, np.arange(len(frame)), _place(frame, now, history))


def _arrange(frame: Frame, order_by: Sequence[str], rows: I64, place: Place) -> I64:
    if isinstance(order_by, str):
        raise QueryError(f"order_by takes a list of texts: [{order_by!r}].", start=0, end=len(order_by))
    keys = [_key(clause, frame, among=len(order_by)) for clause in order_by]
    return arranged(keys, place, rows)


def select(
    frame: Frame,
    filter_string: str = "",
    order_by: Sequence[str] = (),
    *,
    now: float | None = None,
    history: History | None = None,
    datasets: Callable[[], Datasets] | None = None,
) -> I64:
    """The numbers of the rows that the filter keeps, in order: what `search_runs` returns."""
    kept = np.flatnonzero(mask(frame, filter_string, now=now, history=history, datasets=datasets))
    return _arrange(frame, order_by, kept, _place(frame, now, history))


def hints(text: str, frame: Frame) -> list[str]:
    """What to tell whoever filters by a column that no run has, while one of nearly that name is there.

    It is no error, as in MLflow: the next run may have it.
    """
    node = parse(text, _names(frame))
    found = [] if node is None else unknown(node, frame)
    return [f"No run has {written(column.name)}. Did you mean {written(meant)}?" for column, meant in found if meant]


def order_hints(order_by: Sequence[str], frame: Frame) -> list[str]:
    """What to tell whoever orders by a column that no run of a filled frame has: such an order says nothing."""
    found = (unknown(Null(_key(clause, frame, among=1).column, negated=False), frame) for clause in order_by)
    return [
        f"No run has {written(column.name)}, so it orders nothing.{f' Did you mean {written(meant)}?' if meant else ''}"
        for lost in found
        for column, meant in lost
    ]


@contextmanager
def pointing(text: str) -> Iterator[None]:
    """Let an error in this filter or order show its place."""
    try:
        yield
    except QueryError as error:
        error.text = text
        raise


def _names(frame: Frame) -> Collection[str] | None:
    """The columns; None where there is no run, and so nothing to say about a bare name."""
    return frame.columns if len(frame) else None


def _key(clause: str, frame: Frame, *, among: int) -> Key:
    """Places in an error count from the beginning of the clause, which is named when it is one of several."""
    with pointing(clause):
        try:
            return parse_key(clause, _names(frame))
        except QueryError as error:
            if among == 1:
                raise
            raise QueryError(f"In {clause}: {error}", start=error.start, end=error.end) from None


def _place(
    frame: Frame, now: float | None, history: History | None, datasets: Callable[[], Datasets] | None = None
) -> Place:
    return Place(frame, time.time() * 1000 if now is None else now, history, cache(datasets) if datasets else None)

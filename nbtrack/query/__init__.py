"""The filter language: text to a tree, a tree to a row mask over a frame, and the order of rows.

A superset of MLflow's `filter_string` and `order_by`; `parse.py` has the grammar. js/src/query/ is the same language in
TypeScript, held to this one by tests/golden/query*.json.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from nbtrack.errors import QueryError
from nbtrack.frame import I64, Bool, Frame
from nbtrack.query.direction import direction
from nbtrack.query.evaluate import History, Place, evaluate
from nbtrack.query.order import arranged
from nbtrack.query.parse import parse, parse_key
from nbtrack.query.tree import Node

__all__ = ["Node", "QueryError", "direction", "mask", "order", "parse", "select"]


def mask(frame: Frame, text: str, *, now: float | None = None, history: History | None = None) -> Bool:
    """True for each row that the filter keeps; all of them for an empty filter.

    `now` is the moment that `now()` means, in ms since 1970; `history(run_id, key)` is what `.at(step)` reads from.
    """
    node = parse(text, frame.columns)
    return np.ones(len(frame), np.bool_) if node is None else evaluate(node, _place(frame, now, history))


def order(
    frame: Frame, order_by: Sequence[str] = (), *, now: float | None = None, history: History | None = None
) -> I64:
    """All row numbers, sorted by clauses such as "metrics.loss ASC", then newest first, then by run id."""
    if isinstance(order_by, str):
        raise QueryError(f"order_by takes a list of texts: [{order_by!r}].", start=0, end=len(order_by))
    keys = [parse_key(clause, frame.columns) for clause in order_by]
    return arranged(keys, _place(frame, now, history))


def select(
    frame: Frame,
    filter_string: str = "",
    order_by: Sequence[str] = (),
    *,
    now: float | None = None,
    history: History | None = None,
) -> I64:
    """The numbers of the rows that the filter keeps, in order: what `search_runs` returns."""
    kept = np.flatnonzero(mask(frame, filter_string, now=now, history=history)).astype(np.int64)
    return kept[order(frame.take(kept), order_by, now=now, history=history)]


def _place(frame: Frame, now: float | None, history: History | None) -> Place:
    return Place(frame, time.time() * 1000 if now is None else now, history)

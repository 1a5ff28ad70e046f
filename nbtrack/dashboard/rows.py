"""Which runs does a view show, and what Python gives the same rows?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from nbtrack.entities import LifecycleStage, ViewType
from nbtrack.errors import QueryError
from nbtrack.frame import Bool, Frame, Series, Text
from nbtrack.query import select
from nbtrack.query.evaluate import History

STAGES = {"active": ViewType.ACTIVE_ONLY, "deleted": ViewType.DELETED_ONLY, "all": ViewType.ALL}


def shown_rows(frame: Frame, view: Mapping[str, Any], history: History) -> Frame:
    """The rows of the table in its order, before runs are grouped into a tree. Raises QueryError."""
    wanted, stage = set(view["experiments"]), STAGES[view["lifecycle"]]
    kept = _where(frame, "experiment_id", lambda word: not wanted or word in wanted)
    kept &= _where(frame, "lifecycle_stage", lambda word: LifecycleStage.shown(word or LifecycleStage.ACTIVE, stage))
    part = frame if kept.all() else frame.take(np.flatnonzero(kept))
    return part.take(select(part, view["filter"], view["order"], history=history))


def first_rows(frame: Frame, view: Mapping[str, Any], most: int) -> Frame:
    """What the table begins with, for as long as the rest is on its way."""
    try:
        shown = shown_rows(frame, view, _no_history)
    except QueryError:
        shown = frame
    begun = shown if len(shown) else frame
    return begun.take(np.arange(min(most, len(begun))))


def _no_history(run: str, key: str) -> Series:
    raise QueryError("Histories are not read for the first rows.")


def chosen_rows(frame: Frame, run_ids: Iterable[str]) -> Frame:
    """The rows of the given runs in their order; unknown ids are left out."""
    place = {run: row for row, run in enumerate(frame.run_ids)}
    return frame.take(np.array([place[run] for run in run_ids if run in place], np.int64))


def _where(frame: Frame, name: str, wanted: Callable[[str | None], bool]) -> Bool:
    column = frame.columns[name]
    assert isinstance(column, Text)
    return np.array([wanted(word) for word in (*column.words, None)], np.bool_)[column.codes]


def code_for(uri: str, view: Mapping[str, Any], experiments: Sequence[str]) -> str:
    """Python that gives the rows of the table as a DataFrame."""
    arguments = [f"experiment_ids={list(view['experiments'] or experiments)!r}"]
    if view["filter"]:
        arguments.append(f"filter_string={view['filter']!r}")
    if view["lifecycle"] != "active":
        arguments.append(f"run_view_type={int(STAGES[view['lifecycle']])},  # {view['lifecycle']}".rstrip(","))
    if view["order"]:
        arguments.append(f"order_by={list(view['order'])!r}")
    lines = [_argument(each) for each in arguments]
    return "\n".join(
        ["import nbtrack", "", f"nbtrack.set_tracking_uri({uri!r})", "runs = nbtrack.search_runs(", *lines, ")"]
    )


def _argument(text: str) -> str:
    value, _, comment = text.partition(",  # ")
    return f"    {value}," + (f"  # {comment}" if comment else "")

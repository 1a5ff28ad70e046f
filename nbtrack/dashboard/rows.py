"""Which runs does a view show, and what Python gives the same rows?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nbtrack.dashboard._protocol import DEFAULT_VIEW
from nbtrack.dashboard.groups import in_groups
from nbtrack.dashboard.tree import nested, parents
from nbtrack.entities import LifecycleStage, ViewType
from nbtrack.errors import QueryError
from nbtrack.frame import Bool, Frame, Series, Text
from nbtrack.query import mask, order, select
from nbtrack.query.evaluate import History

STAGES = {"active": ViewType.ACTIVE_ONLY, "deleted": ViewType.DELETED_ONLY, "all": ViewType.ALL}


def shown_rows(frame: Frame, view: Mapping[str, Any], history: History) -> Frame:
    """The rows of the table that match, in its order, those in folds and closed groups too. Raises QueryError.

    What the table shows without a match is left out: the parents of matches, and pinned runs.
    """
    parent, pinned = _parents(frame, view), {row for _, row in _places(frame, view["pinned"])}
    if not _arranges(view, parent, pinned):
        return plain_rows(frame, view, history)
    scope = _scope(frame, view)
    match = scope & mask(frame, view["filter"], history=history)
    pinned = {row for row in pinned if scope[row]}
    part = np.flatnonzero(match | np.isin(np.arange(len(frame)), list(pinned)))
    rows = part[order(frame.take(part), view["order"], history=history)].tolist()
    if view["group"]:
        found = in_groups(frame, [row for row in rows if match[row]], view, parent, pinned)
    else:
        found = nested(rows, match, scope, parent, pinned)
    return frame.take(np.array(found, np.int64))


def is_arranged(frame: Frame, view: Mapping[str, Any]) -> bool:
    """Do groups, pinned runs or a tree put runs into another order than `order` does?"""
    return _arranges(view, _parents(frame, view), {row for _, row in _places(frame, view["pinned"])})


def _arranges(view: Mapping[str, Any], parent: Sequence[int], pinned: Collection[int]) -> bool:
    return bool(view["group"] or pinned) or any(up >= 0 for up in parent)


def _parents(frame: Frame, view: Mapping[str, Any]) -> list[int]:
    return parents(frame) if view["tree"] else [-1] * len(frame)


def _places(frame: Frame, runs: Iterable[str]) -> Iterator[tuple[str, int]]:
    place = {run: row for row, run in enumerate(frame.run_ids)} if runs else {}
    yield from ((run, place[run]) for run in runs if run in place)


def plain_rows(frame: Frame, view: Mapping[str, Any], history: History) -> Frame:
    """The rows that match, in the order of `order` alone, as `search_runs` gives them. Raises QueryError."""
    kept = _scope(frame, view)
    part = frame if kept.all() else frame.take(np.flatnonzero(kept))
    return part.take(select(part, view["filter"], view["order"], history=history))


def _scope(frame: Frame, view: Mapping[str, Any]) -> Bool:
    """The rows of the chosen experiments and stage of life."""
    wanted, stage = set(view["experiments"]), STAGES[view["lifecycle"]]
    kept = _where(frame, "experiment_id", lambda word: not wanted or word in wanted)
    return kept & _where(
        frame, "lifecycle_stage", lambda word: LifecycleStage.shown(word or LifecycleStage.ACTIVE, stage)
    )


def first_rows(frame: Frame, view: Mapping[str, Any], most: int) -> Frame:
    """What the table begins with, for as long as the rest is on its way."""
    try:
        shown = plain_rows(frame, view, _no_history)
    except QueryError:
        shown = frame
    begun = shown if len(shown) else frame
    return begun.take(np.arange(min(most, len(begun))))


def _no_history(run: str, key: str) -> Series:
    raise QueryError("Histories are not read for the first rows.")


def chosen_rows(frame: Frame, run_ids: Iterable[str]) -> Frame:
    """The rows of the given runs in their order; unknown ids are left out."""
    return frame.take(np.array([row for _, row in _places(frame, run_ids)], np.int64))


def _where(frame: Frame, name: str, wanted: Callable[[str | None], bool]) -> Bool:
    column = frame.columns[name]
    assert isinstance(column, Text)
    return np.array([wanted(word) for word in (*column.words, None)], np.bool_)[column.codes]


def code_for(
    store: str | Sequence[str], view: Mapping[str, Any], experiments: Sequence[str], *, arranged: bool = False
) -> str:
    """Python that gives the rows of the table as a DataFrame; `arranged` where `is_arranged` says so. `store` is an
    address, or those of several stores."""
    ids = list(view["experiments"] or experiments)
    found = _table_arguments(view, ids) if arranged else _search_arguments(view, ids)
    call = "table" if arranged else "search_runs"
    if not isinstance(store, str):
        ours = [f"store={list(store)!r},", *(found if view["experiments"] else found[1:])]
        return "\n".join(["import nbtrack", "", f"runs = nbtrack.{call}(", *(f"    {each}" for each in ours), ")"])
    lines = [f"    {each}" for each in found]
    return "\n".join(
        ["import nbtrack", "", f"nbtrack.set_tracking_uri({store!r})", f"runs = nbtrack.{call}(", *lines, ")"]
    )


def _table_arguments(view: Mapping[str, Any], ids: list[str]) -> list[str]:
    names = {"filter": "filter", "order": "order_by", "lifecycle": "lifecycle", "group": "group", "pinned": "pinned"}
    given = {given: view[name] for name, given in names.items() if view[name] != DEFAULT_VIEW[name]}
    given |= {} if view["tree"] else {"tree": False}
    return [f"experiments={ids!r},", *(f"{name}={value!r}," for name, value in given.items())]


def _search_arguments(view: Mapping[str, Any], ids: list[str]) -> list[str]:
    arguments = [f"experiment_ids={ids!r},"]
    if view["filter"]:
        arguments.append(f"filter_string={view['filter']!r},")
    if view["lifecycle"] != "active":
        arguments.append(f"run_view_type={int(STAGES[view['lifecycle']])},  # {view['lifecycle']}")
    if view["order"]:
        arguments.append(f"order_by={list(view['order'])!r},")
    return arguments

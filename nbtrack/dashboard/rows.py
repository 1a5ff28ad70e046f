"""Which runs does a view show, which ones does a person name, and what Python gives the same rows?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from nbtrack.entities import LifecycleStage, Run, ViewType
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.frame import Frame, Text
from nbtrack.query import select
from nbtrack.query.evaluate import History

STAGES = {"active": ViewType.ACTIVE_ONLY, "deleted": ViewType.DELETED_ONLY, "all": ViewType.ALL}


def shown_rows(frame: Frame, view: Mapping[str, Any], history: History) -> Frame:
    """The rows of the table in its order, before runs are grouped into a tree. Raises QueryError."""
    experiments, stages = _words(frame, "experiment_id"), _words(frame, "lifecycle_stage")
    wanted, stage = set(view["experiments"]), STAGES[view["lifecycle"]]
    kept = [
        row
        for row in range(len(frame))
        if (not wanted or experiments[row] in wanted)
        and LifecycleStage.shown(stages[row] or LifecycleStage.ACTIVE, stage)
    ]
    part = frame.take(np.array(kept, np.int64))
    return part.take(select(part, view["filter"], view["order"], history=history))


def chosen_rows(frame: Frame, run_ids: Iterable[str]) -> Frame:
    """The rows of the given runs in their order; unknown ids are left out."""
    place = {run: row for row, run in enumerate(frame.run_ids)}
    return frame.take(np.array([place[run] for run in run_ids if run in place], np.int64))


def _words(frame: Frame, name: str) -> list[str | None]:
    column = frame.columns[name]
    assert isinstance(column, Text)
    return [column.at(row) for row in range(len(frame))]


def run_ids(frame: Frame, given: Iterable[Any]) -> list[str]:
    """The ids meant by ids, starts of ids, names, Run objects, rows of a DataFrame, or lists and DataFrames of them."""
    found: dict[str, None] = {}
    for each in given:
        if isinstance(each, str):
            found[_one(frame, each)] = None
        elif isinstance(each, Run):
            found[each.info.run_id] = None
        elif hasattr(each, "info") and hasattr(each.info, "run_id"):
            found[str(each.info.run_id)] = None
        elif hasattr(each, "columns") and hasattr(each, "itertuples"):
            found.update(dict.fromkeys(str(run) for run in each["run_id"]))
        elif hasattr(each, "get") and each.get("run_id") is not None:
            found[str(each.get("run_id"))] = None
        elif isinstance(each, Iterable):
            found.update(dict.fromkeys(run_ids(frame, each)))
        else:
            raise InvalidValueError(f"{each!r} names no run. Give ids, names, Run objects or rows of search_runs.")
    return list(found)


def _one(frame: Frame, text: str) -> str:
    ids = frame.run_ids
    if text in ids:
        return text
    names = _words(frame, "run_name")
    meant = [run for run, name in zip(ids, names, strict=True) if name == text]
    meant = meant or [run for run in ids if len(text) >= 4 and run.startswith(text)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise InvalidValueError(f"'{text}' is {len(meant)} runs: {', '.join(meant[:5])}. Give an id.")
    near = get_close_matches(text, [name for name in names if name], 1)
    hint = f"Did you mean '{near[0]}'?" if near else "Look at the names in nbtrack.dashboard()."
    raise NotFoundError(f"There is no run '{text}' in the store. {hint}")


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

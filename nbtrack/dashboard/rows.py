"""Which runs does a view show, and what Python gives the same rows?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from nbtrack.entities import LifecycleStage, ViewType
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

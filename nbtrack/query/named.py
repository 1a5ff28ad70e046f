"""Which runs does a person name: by ids, starts of ids, names, Run objects, rows or whole DataFrames?"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from nbtrack.entities import Run
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.frame import Frame, Text


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
    column = frame.columns["run_name"]
    assert isinstance(column, Text)
    names = [column.at(row) for row in range(len(frame))]
    meant = [run for run, name in zip(ids, names, strict=True) if name == text]
    meant = meant or [run for run in ids if len(text) >= 4 and run.startswith(text)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise InvalidValueError(f"'{text}' is {len(meant)} runs: {', '.join(meant[:5])}. Give an id.")
    near = get_close_matches(text, [name for name in names if name], 1)
    hint = f"Did you mean '{near[0]}'?" if near else "Look at the names in nbtrack.dashboard()."
    raise NotFoundError(f"There is no run '{text}' in the store. {hint}")

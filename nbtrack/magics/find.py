"""Which run does a person mean by `a1b2`, `baseline` or `-1`?"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from nbtrack.entities import Run, ViewType
from nbtrack.errors import NotFoundError
from nbtrack.magics.words import ago, short
from nbtrack.query.suggest import nearest
from nbtrack.query.tree import Compare
from nbtrack.stores import Store
from nbtrack.tracking.finding import RUN_ID, RUN_NAME, runs_where

MOST_COMPARED = 1000  # names of the newest runs among which a mistyped one is looked for


def newest_first(runs: Sequence[Run]) -> list[Run]:
    """By start time, then by id, so that the order is the same every time."""
    return sorted(runs, key=lambda run: (-(run.info.start_time or 0), run.info.run_id))


def runs_of(store: Store, *, deleted: bool = False, most: int | None = None) -> list[Run]:
    """The runs of all active experiments, newest first; only the deleted ones with `deleted`."""
    return runs_where(store, view=ViewType.DELETED_ONLY if deleted else ViewType.ACTIVE_ONLY, most=most)


def find_run(store: Store, text: str, *, deleted: bool = False) -> Run:
    """The run that `text` names: its id, a unique start of one, its name where no other bears it, `-1` for the newest.

    Raises NotFoundError, whose message lists the candidates where there are several.
    """
    kind = "deleted run" if deleted else "run"
    view = ViewType.DELETED_ONLY if deleted else ViewType.ACTIVE_ONLY
    if re.fullmatch(r"-\d+", text):
        back = int(text[1:])
        runs = runs_of(store, deleted=deleted, most=back)
        if not 1 <= back <= len(runs):
            raise NotFoundError(f"There is no {kind} {text}: '{store.uri}' has {len(runs)}. -1 is the newest.")
        return runs[back - 1]
    for node in (
        Compare(RUN_ID, "=", text),
        Compare(RUN_NAME, "=", text),
        Compare(RUN_ID, "LIKE", f"{text}%"),
    ):
        matches = runs_where(store, node, view=view) if text else []
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise NotFoundError(_several(text, matches))
    lists = "`nbtrack ls --deleted` lists them." if deleted else "`%track ls` lists them, and `nbtrack ls` in a shell."
    near = nearest(text, (run.info.run_name for run in runs_of(store, deleted=deleted, most=MOST_COMPARED)))
    meant = f"Did you mean '{short(near, 80)}'? " if text and near else ""
    raise NotFoundError(f"No {kind} in '{store.uri}' has the id or the name '{short(text, 80)}'. {meant}{lists}")


def _several(text: str, runs: list[Run]) -> str:
    now = int(time.time() * 1000)
    told = ((run.info, ago(run.info.start_time or now, now)) for run in runs[:8])
    listed = ", ".join(f"{info.run_id[:8]} ({short(info.run_name, 30)}, {when})" for info, when in told)
    more = f" and {len(runs) - 8} more" if len(runs) > 8 else ""
    return f"'{short(text, 80)}' fits {len(runs)} runs: {listed}{more}. Name one by its id."

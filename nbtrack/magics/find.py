"""Which run does a person mean by `a1b2`, `baseline` or `-1`?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbtrack.entities import LifecycleStage, Run
from nbtrack.errors import NotFoundError
from nbtrack.magics.words import short
from nbtrack.stores import Store


def newest_first(runs: Sequence[Run]) -> list[Run]:
    """By start time, then by id, so that the order is the same every time."""
    return sorted(runs, key=lambda run: (-(run.info.start_time or 0), run.info.run_id))


def runs_of(store: Store, *, deleted: bool = False) -> list[Run]:
    """The runs of all active experiments, newest first; only the deleted ones with `deleted`."""
    wanted = LifecycleStage.DELETED if deleted else LifecycleStage.ACTIVE
    return newest_first([row.run for row in store.snapshot().rows if row.run.info.lifecycle_stage == wanted])


def find_run(store: Store, text: str, *, deleted: bool = False) -> Run:
    """The run that `text` names: its id, a unique start of one, its name where no other bears it, `-1` for the newest.

    Raises NotFoundError, whose message lists the candidates where there are several.
    """
    runs = runs_of(store, deleted=deleted)
    kind = "deleted run" if deleted else "run"
    if re.fullmatch(r"-\d+", text):
        back = int(text[1:])
        if not 1 <= back <= len(runs):
            raise NotFoundError(f"There is no {kind} {text}: '{store.uri}' has {len(runs)}. -1 is the newest.")
        return runs[back - 1]
    for matches in (
        [run for run in runs if run.info.run_id == text],
        [run for run in runs if run.info.run_name == text],
        [run for run in runs if text and run.info.run_id.startswith(text)],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise NotFoundError(_several(text, matches))
    raise NotFoundError(
        f"No {kind} in '{store.uri}' has the id or the name '{short(text, 80)}'. "
        "`%track ls` lists them, and `nbtrack ls` in a shell."
    )


def _several(text: str, runs: list[Run]) -> str:
    listed = ", ".join(f"{run.info.run_id[:8]} ({short(run.info.run_name, 30)})" for run in runs[:8])
    more = f" and {len(runs) - 8} more" if len(runs) > 8 else ""
    return f"'{short(text, 80)}' fits {len(runs)} runs: {listed}{more}. Write more of the id."

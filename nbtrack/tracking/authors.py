"""Which params and metrics of a run are the person's own, and which did autolog read off a model?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from nbtrack.entities import Run
from nbtrack.tracking.names import AUTOLOGGED_NAMES, LIBRARY


def own_first(keys: Iterable[str], tags: Mapping[str, str], kind: str) -> list[str]:
    """The person's, then autolog's, each in their order; of params the library's defaults last. `kind` is "params" or
    "metrics"."""
    logged = autologged(tags, kind)
    last = defaults(tags) if kind == "params" else frozenset()
    return sorted(keys, key=lambda key: (key in logged) + (key in last))


def persons_own(runs: Iterable[Run], kind: str) -> set[str]:
    """What the code of any run has logged itself. The runs that autolog has made have nothing of that."""
    own: set[str] = set()
    for run in runs:
        if LIBRARY not in run.data.tags:
            held = run.data.params if kind == "params" else run.data.metrics
            own |= held.keys() - autologged(run.data.tags, kind)
    return own


def defaults(tags: Mapping[str, str]) -> frozenset[str]:
    """Params that nobody has chosen: they are what the library has where nothing is said."""
    return autologged(tags, "defaults")


def written(tags: Mapping[str, str]) -> dict[str, str]:
    """By the names of params those that the person wrote, where they are others, as `n_estimators` of
    `num_boost_round`."""
    try:
        said = json.loads(tags.get(AUTOLOGGED_NAMES, "{}")).get("written", {})
        return {key: name for key, name in said.items() if isinstance(name, str)}
    except (ValueError, AttributeError, RecursionError):
        return {}


def autologged(tags: Mapping[str, str], kind: str) -> frozenset[str]:
    """Of the `kind` "params", "metrics" or "defaults"; none where there is no such tag, or one of somebody else."""
    try:
        said = json.loads(tags.get(AUTOLOGGED_NAMES, "{}"))
        return frozenset(name for name in said.get(kind, ()) if isinstance(name, str))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return frozenset()

"""Which run is at the root of a tree of runs? The tag `mlflow.rootRunId` says so: on each run below it, and on itself
once it has a child.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from nbtrack.entities import RunTag
from nbtrack.errors import NbtrackError
from nbtrack.stores import Store

PARENT = "mlflow.parentRunId"
ROOT = "mlflow.rootRunId"
_MOST = 10_000
_roots: OrderedDict[tuple[str, str], str] = OrderedDict()  # by store and run that has a child
_changing = threading.Lock()


def root_tags(store: Store, tags: dict[str, str]) -> dict[str, str]:
    """The tag for a new run with these tags; empty where it is no child. The root is given its own."""
    parent = tags.get(PARENT)
    if not parent or ROOT in tags:
        return {}
    with _changing:
        known = _roots.get((store.uri, parent))
    if known is None:
        try:
            known = store.run(parent).data.tags.get(ROOT) or _mark(store, parent)
        except (NbtrackError, OSError):  # a parent of another store, a deleted one, or one that nobody may write
            return {ROOT: parent}
        with _changing:
            _roots[store.uri, parent] = known
            while len(_roots) > _MOST:
                _roots.popitem(last=False)
    return {ROOT: known}


def _mark(store: Store, root: str) -> str:
    store.log_batch(root, tags=[RunTag(ROOT, root)])
    return root


def has_children(uri: str, run_id: str) -> bool:
    """Has this process started a run inside this one?"""
    return (uri, run_id) in _roots

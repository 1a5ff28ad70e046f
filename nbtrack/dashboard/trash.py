"""What do deleted runs take, and how do they leave the store for good from the table's trash?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbtrack.errors import NotFoundError
from nbtrack.stores.base import Store
from nbtrack.stores.purging import is_server, purger, size_of_runs
from nbtrack.stores.several import home_of


def purgeable(store: Store, runs: Sequence[str]) -> dict[str, Any]:
    """What the dialog shows before anything is removed. Runs that are no more are left out."""
    found, running, on_server = list[dict[str, Any]](), list[str](), list[str]()
    for run in runs:
        try:
            home, own = home_of(store, run)
            removable, marked = size_of_runs(home, [own])
        except NotFoundError:
            continue
        running += [run for _ in marked]
        for each in removable:
            told = {"run": run, "files": each.files, "bytes": each.size, "elsewhere": each.elsewhere}
            found.append(told)
            on_server += [own] if is_server(home) else []
    command = f"mlflow gc --backend-store-uri URI --run-ids {','.join(on_server)}" if on_server else ""
    return {"runs": found, "running": running, "command": command}


def purge(store: Store, run: str) -> None:
    """Remove a deleted run, or from a server its files. What is gone already is no error."""
    by = purger(store)
    try:
        if is_server(store):
            by.remove_artifacts(run)
        else:
            by.remove_run(run)
    except NotFoundError:
        return

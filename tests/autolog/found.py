"""What is in the store after a test's fits?"""

from __future__ import annotations

import nbtrack
from nbtrack.entities import Run
from nbtrack.tracking.client import PARENT


def runs() -> list[Run]:
    """All runs, the first started first."""
    found = nbtrack.search_runs(search_all_experiments=True, output_format="list")
    return sorted(found, key=lambda run: (run.info.start_time, run.data.tags.get(PARENT) is not None))


def only_run() -> Run:
    (run,) = runs()
    return run


def children(parent: Run) -> list[Run]:
    return [run for run in runs() if run.data.tags.get(PARENT) == parent.info.run_id]


def history(run: Run, key: str) -> list[tuple[int, float]]:
    return [(point.step, point.value) for point in nbtrack.get_metric_history(run.info.run_id, key)]

"""What is measured on one side? The same calls on MLflow and on nbtrack, whose names are the same.

    python worker.py mlflow|nbtrack URI all|reopen

Prints one JSON object: seconds per task (passed, and of a processor), what the tasks answered, so that the sides can be
held against each other, and the runs that were written. MLflow keeps nothing in memory, so it is asked once where
nbtrack is asked again.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

CALLS = 300
BATCH = 1000
FILTER = "metrics.m0 < 0.05 and params.p9 = 'adam'"
ORDER = ["metrics.m1 DESC"]
Spent = tuple[float, ...]  # seconds by the wall's clock, and of a processor
EVERYTHING = {"search_all_experiments": True}


def timed(task: Callable[[], Any]) -> tuple[Spent, Any]:
    clocks = time.perf_counter, time.process_time
    begun = [clock() for clock in clocks]
    answer = task()
    return tuple(clock() - start for clock, start in zip(clocks, begun, strict=True)), answer


def each(spent: Spent, times: int) -> Spent:
    return tuple(seconds / times for seconds in spent)


def reading(tracker: Any) -> tuple[dict[str, Spent], list[Any]]:
    seconds = {}
    seconds["open"], table = timed(lambda: tracker.search_runs(**EVERYTHING))
    if tracker.__name__ == "nbtrack":
        tracker.search_runs(**EVERYTHING)  # from the second search on, nbtrack watches the folders
        seconds["again"], _ = timed(lambda: tracker.search_runs(**EVERYTHING))
    else:
        seconds["again"] = seconds["reopen"] = seconds["open"]
    best = {**EVERYTHING, "filter_string": FILTER, "order_by": ORDER, "max_results": 100}
    seconds["filter"], top = timed(lambda: tracker.search_runs(**best))
    client = tracker.MlflowClient()
    ten = list(table["run_id"][:10])
    seconds["history"], points = timed(lambda: [len(client.get_metric_history(run, "m0")) for run in ten])
    most = list(table["run_id"][table["metrics.long"].notna()])
    seconds["long"], _ = timed(lambda: [len(client.get_metric_history(run, "long")) for run in most])
    if tracker.__name__ == "nbtrack":  # what its charts and figures are drawn from
        seconds["columns"], _ = timed(lambda: [len(client.store.history(run, "long").value) for run in most])
    return seconds, [len(table), sorted(table.columns), list(top["run_id"]), points]


def writing(tracker: Any, metric: type[Any]) -> tuple[dict[str, Spent], list[str]]:
    client = tracker.MlflowClient()
    with tracker.start_run() as run:
        run_id = run.info.run_id
        tracker.log_metric("warm", 0.0)
        hot, _ = timed(lambda: [tracker.log_metric("loss", 0.5, step=step) for step in range(CALLS)])
        by_id, _ = timed(lambda: [client.log_metric(run_id, "id", 0.5, step=step) for step in range(CALLS)])
        points = [metric(f"b{number % 5}", 0.5, 1_700_000_000_000, number // 5) for number in range(BATCH)]
        batch, _ = timed(lambda: client.log_batch(run_id, metrics=points))
    small, other = timed(lambda: small_run(tracker))
    seconds = {
        "log_metric": each(hot, CALLS), "by_id": each(by_id, CALLS),
        "log_batch": each(batch, BATCH), "small_run": small,
    }  # fmt: skip
    return seconds, [run_id, other]


def small_run(tracker: Any) -> str:
    with tracker.start_run() as run:
        for number in range(10):
            tracker.log_param(f"p{number}", number)
        tracker.set_tags({f"t{number}": "text" for number in range(6)})
        for step in range(100):
            tracker.log_metrics({f"m{number}": 0.5 for number in range(5)}, step=step)
    return str(run.info.run_id)


def reopening(tracker: Any, uri: str) -> dict[str, Spent]:
    """nbtrack in a new process: what a dashboard shows at once, what is exact, and how a change is seen."""
    from nbtrack.dashboard.catalog import Catalog
    from nbtrack.dashboard.wire import pack_frame
    from nbtrack.query import select
    from nbtrack.stores import open_store
    from nbtrack.tracking import run_table

    def show() -> bool:
        catalog = Catalog(open_store(uri), None)
        remembered = catalog.remember()
        pack_frame(catalog.frame())
        return remembered

    spent, remembered = timed(show)
    seconds = {"shown": spent} if remembered else {}  # a small store is read at once instead
    seconds["reopen"], table = timed(lambda: tracker.search_runs(**EVERYTHING))
    watch = tracker.MlflowClient().store.watch()
    frame = watch.snapshot().frame()
    seconds["ask"], _ = timed(lambda: run_table.table(frame.take(select(frame, FILTER, ORDER)[:100])))
    watch.changes()
    path = os.path.join(urlsplit(uri).path, str(table["experiment_id"][0]), str(table["run_id"][0]), "tags", "t0")
    with open(path, "r+", encoding="utf-8") as file:
        text = file.read()
        file.write("!")
    seconds["change"], changes = timed(watch.changes)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    assert [row.run.info.run_id for row in changes.rows] == [table["run_id"][0]]
    return seconds


def main(name: str, uri: str, what: str) -> None:
    tracker = importlib.import_module(name)
    metric = importlib.import_module(f"{name}.entities").Metric
    importlib.import_module("pandas")  # both answer with its tables; its import is not what is compared
    tracker.set_tracking_uri(uri)
    if what == "reopen":
        print(json.dumps({"seconds": reopening(tracker, uri)}))
        return
    seconds, answers = reading(tracker)
    wrote, made = writing(tracker, metric)
    version = getattr(tracker, "__version__", "")
    print(json.dumps({"seconds": seconds | wrote, "answers": answers, "made": made, "version": version}))


if __name__ == "__main__":
    main(*sys.argv[1:])

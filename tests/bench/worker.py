"""What is measured on one side? The same calls on MLflow and on nbtrack, whose names are the same.

    python worker.py mlflow|nbtrack STORE all|reopen

Prints one JSON object: seconds per task, and what the tasks answered, so that the sides can be held against each other.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CALLS = 300
BATCH = 1000
FILTER = "metrics.m0 < 0.05 and params.p9 = 'adam'"
ORDER = ["metrics.m1 DESC"]


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = task()
    return time.perf_counter() - start, answer


def reading(tracker: Any) -> tuple[dict[str, float], list[Any]]:
    everything = {"search_all_experiments": True}
    opened, table = timed(lambda: tracker.search_runs(**everything))
    tracker.search_runs(**everything)  # from the second search on, nbtrack watches the folders
    again, _ = timed(lambda: tracker.search_runs(**everything))
    best = {**everything, "filter_string": FILTER, "order_by": ORDER, "max_results": 100}
    filtered, top = timed(lambda: tracker.search_runs(**best))
    ten = list(table["run_id"][:10])
    client = tracker.MlflowClient()
    history, points = timed(lambda: [len(client.get_metric_history(run, "m0")) for run in ten])
    most = list(table["run_id"][table["metrics.long"].notna()])
    long, _ = timed(lambda: [len(client.get_metric_history(run, "long")) for run in most])
    seconds = {"open": opened, "again": again, "filter": filtered, "history": history, "long": long}
    return seconds, [len(table), sorted(table.columns), list(top["run_id"]), points]


def writing(tracker: Any, metric: type[Any]) -> dict[str, float]:
    client = tracker.MlflowClient()
    with tracker.start_run() as run:
        tracker.log_metric("warm", 0.0)
        hot, _ = timed(lambda: [tracker.log_metric("loss", 0.5, step=step) for step in range(CALLS)])
        by_id, _ = timed(lambda: [client.log_metric(run.info.run_id, "id", 0.5, step=step) for step in range(CALLS)])
        points = [metric(f"b{number % 5}", 0.5, 1_700_000_000_000, number // 5) for number in range(BATCH)]
        batch, _ = timed(lambda: client.log_batch(run.info.run_id, metrics=points))
    small, _ = timed(lambda: small_run(tracker))
    return {"log_metric": hot / CALLS, "by_id": by_id / CALLS, "log_batch": batch / BATCH, "small_run": small}


def small_run(tracker: Any) -> None:
    with tracker.start_run():
        for number in range(10):
            tracker.log_param(f"p{number}", number)
        tracker.set_tags({f"t{number}": "text" for number in range(6)})
        for step in range(100):
            tracker.log_metrics({f"m{number}": 0.5 for number in range(5)}, step=step)


def main(name: str, store: Path, what: str) -> None:
    tracker = importlib.import_module(name)
    metric = importlib.import_module(f"{name}.entities").Metric
    importlib.import_module("pandas")  # both answer with its tables; its import is not what is compared
    tracker.set_tracking_uri(store.as_uri())
    if what == "reopen":
        took, table = timed(lambda: tracker.search_runs(search_all_experiments=True))
        print(json.dumps({"seconds": {"reopen": took}, "answers": [len(table)], "version": ""}))
        return
    seconds, answers = reading(tracker)
    seconds |= writing(tracker, metric)
    print(json.dumps({"seconds": seconds, "answers": answers, "version": getattr(tracker, "__version__", "")}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])

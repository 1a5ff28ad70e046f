"""What does one side take to log to a server, and to read from it? Runs under nbtrack's interpreter, or MLflow's."""

import json
import sys
import time

side, url, points = sys.argv[1], sys.argv[2], int(sys.argv[3])
if side == "nbtrack":
    import nbtrack as tracker
else:
    import mlflow as tracker
tracker.set_tracking_uri(url)
tracker.search_runs(["0"], max_results=1)  # what is imported and prepared once, on both ends
seconds = {}


def timed(name: str, since: float, times: int = 1) -> None:
    seconds[name] = (time.perf_counter() - since) / times


with tracker.start_run():
    tracker.log_metric("first", 1.0, step=0)
    began = time.perf_counter()
    for step in range(points):
        tracker.log_metric("loss", 1 / (step + 1), step=step)
    timed("log_metric", began, points)
    timed("until it is there", began, points)
    if side == "nbtrack":
        tracker.flush()
        timed("until it is there", began, points)

began = time.perf_counter()
best = tracker.search_runs(["0"], "metrics.loss < 0.1 and params.p0 LIKE '0.1%'", order_by=["metrics.acc DESC"])
timed("search", began)
began = time.perf_counter()
table = tracker.search_runs(["0"])
timed("all runs", began)
if side == "nbtrack":
    began = time.perf_counter()
    dash = tracker.dashboard(url)
    timed("first runs of a dashboard", began)
assert len(best) <= len(table)
print(json.dumps(seconds))

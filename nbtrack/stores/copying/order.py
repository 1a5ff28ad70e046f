"""In which order are runs copied, in which portions their points, and which artifacts come along?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nbtrack.entities import Metric
from nbtrack.frame import Row, Series
from nbtrack.stores.files.layout import local_path

PARENTS = ("mlflow.parentRunId", "mlflow.rootRunId")
AT_ONCE = 1000  # points, as MLflow's servers take them
OWN_PLACES = "mlflow-artifacts"  # the scheme of artifacts that a server hands out itself


def parents_first(runs: Iterable[Row]) -> list[Row]:
    """Oldest first, and no run before its parent: a server gives the parent an id that the child has to name."""
    rows = sorted(runs, key=lambda row: (row.run.info.start_time or 0, row.run.info.run_id))
    by_id = {row.run.info.run_id: row for row in rows}
    ordered: dict[str, Row] = {}
    for row in rows:
        line = []
        one: Row | None = row
        while one is not None and one.run.info.run_id not in ordered and one not in line:
            line.append(one)
            one = by_id.get(one.run.data.tags.get(PARENTS[0], ""))
        ordered |= {each.run.info.run_id: each for each in reversed(line)}
    return list(ordered.values())


def batches(histories: Iterable[tuple[str, Series]]) -> Iterator[list[Metric]]:
    batch: list[Metric] = []
    for key, series in histories:
        columns = series.value.tolist(), series.timestamp.tolist(), series.step.tolist()
        for point in zip(*columns, strict=True):
            batch.append(Metric(key, *point))
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    if batch:
        yield batch


def comes_along(uri: str) -> bool:
    """Do the artifacts at this address lie in the store? Those in a bucket stay where they are."""
    return not uri or local_path(uri) is not None or "://" not in uri or uri.startswith(OWN_PLACES)

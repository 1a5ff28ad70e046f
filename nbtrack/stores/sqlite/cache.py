"""Which runs of a database have changed since the last look?

SQLite keeps no time of change. What a run shows is compared instead: its row, params, tags, newest points and
the number of its points. Only runs that differ are read whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from nbtrack.entities import RunInfo
from nbtrack.stores.base import Changes
from nbtrack.stores.sqlite import reading
from nbtrack.stores.sqlite.database import Database

Print = tuple[object, ...]  # what a run comes down to, compared by equality


@dataclass(slots=True)
class Seen:
    """What was last told about one choice of experiments."""

    prints: dict[str, Print] = field(default_factory=dict)
    experiments: object = None


def look(db: Database, seen: Seen, experiment_ids: Sequence[str], *, thorough: bool) -> Changes:
    """What differs from `seen`, which is brought up to date. Not thorough: only new, running and touched rows."""
    infos = {info.run_id: info for info in of_experiments(db, experiment_ids)}
    suspects = list(infos) if thorough else [run_id for run_id, info in infos.items() if _likely(seen, info)]
    prints = _prints(db, {run_id: infos[run_id] for run_id in suspects})
    changed = [infos[run_id] for run_id in suspects if seen.prints.get(run_id) != prints[run_id]]
    gone = [run_id for run_id in seen.prints if run_id not in infos]
    for run_id in gone:
        del seen.prints[run_id]
    seen.prints.update((info.run_id, prints[info.run_id]) for info in changed)
    experiments = reading.experiments(db)
    renewed, seen.experiments = experiments != seen.experiments, experiments
    return Changes(reading.rows(db, changed), gone, renewed)


def of_experiments(db: Database, experiment_ids: Sequence[str]) -> list[RunInfo]:
    found: list[RunInfo] = []
    for experiment_id in experiment_ids:
        if experiment_id.isdigit():
            found += reading.infos(db, "experiment_id = ?", (int(experiment_id),))
    return found


def _likely(seen: Seen, info: RunInfo) -> bool:
    known = seen.prints.get(info.run_id)
    return known is None or known[0] != info or info.status in ("RUNNING", "SCHEDULED")


def _prints(db: Database, infos: dict[str, RunInfo]) -> dict[str, Print]:
    ids = list(infos)
    texts: dict[str, list[object]] = {run_id: [] for run_id in ids}
    for table, columns in (
        ("params", "key, value"),
        ("tags", "key, value"),
        ("latest_metrics", "key, value, is_nan, step, timestamp"),
    ):
        for run_id, *cells in db.rows_for(f"SELECT run_uuid, {columns} FROM {table} WHERE run_uuid {{among}}", ids):
            texts[run_id].append((table, *cells))
    points: Counter[str] = Counter(
        dict(db.rows_for("SELECT run_uuid, count(*) FROM metrics WHERE run_uuid {among} GROUP BY run_uuid", ids))
    )
    inputs: Counter[str] = Counter()
    if db.schema.has("inputs"):
        counted = "SELECT destination_id, count(*) FROM inputs WHERE destination_id {among} GROUP BY destination_id"
        inputs.update(dict(db.rows_for(counted, ids)))
    return {run_id: (infos[run_id], points[run_id], inputs[run_id], frozenset(texts[run_id])) for run_id in ids}

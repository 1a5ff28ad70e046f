"""Which runs of a database have changed since the last look?

SQLite keeps no time of change. What a run shows is compared instead: its row, params, tags, newest points and
the number of its points. Only runs that differ are read whole.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

from nbtrack.entities import Experiment, LifecycleStage, RunInfo
from nbtrack.stores.base import Changes, Snapshot
from nbtrack.stores.sqlite import reading
from nbtrack.stores.sqlite.database import Database

Print = tuple[object, ...]  # what a run comes down to, compared by equality


class SqliteWatch:
    """What one listener was told."""

    def __init__(self, db: Database, experiment_ids: Sequence[str] | None) -> None:
        self._db = db
        self._asked = experiment_ids
        self._prints: dict[str, Print] = {}
        self._experiments: list[Experiment] = []
        self._looking = threading.Lock()

    def snapshot(self) -> Snapshot:
        """Newest runs first."""
        with self._looking:
            self._prints = {}
            found = self._look(thorough=True)
            newest = sorted(found.rows, key=lambda row: (-(row.run.info.start_time or 0), row.run.info.run_id))
            return Snapshot(newest, self._experiments)

    def remembered(self) -> Snapshot:
        return Snapshot((), ())

    def changes(self, *, thorough: bool = True) -> Changes:
        with self._looking:
            return self._look(thorough=thorough)

    def _look(self, *, thorough: bool) -> Changes:
        """Not thorough: only new, running and touched rows."""
        experiments = reading.experiments(self._db)
        infos = {info.run_id: info for info in of_experiments(self._db, self._chosen(experiments))}
        suspects = [run_id for run_id, info in infos.items() if thorough or self._likely(info)]
        prints = _prints(self._db, {run_id: infos[run_id] for run_id in suspects})
        changed = [infos[run_id] for run_id in suspects if self._prints.get(run_id) != prints[run_id]]
        gone = [run_id for run_id in self._prints if run_id not in infos]
        for run_id in gone:
            del self._prints[run_id]
        self._prints.update((info.run_id, prints[info.run_id]) for info in changed)
        renewed, self._experiments = experiments != self._experiments, experiments
        return Changes(reading.rows(self._db, changed), gone, renewed)

    def _chosen(self, experiments: Sequence[Experiment]) -> list[str]:
        if self._asked is not None:
            return list(dict.fromkeys(self._asked))
        return [e.experiment_id for e in experiments if e.lifecycle_stage == LifecycleStage.ACTIVE]

    def _likely(self, info: RunInfo) -> bool:
        known = self._prints.get(info.run_id)
        return known is None or known[0] != info or info.status in ("RUNNING", "SCHEDULED")


def of_experiments(db: Database, experiment_ids: Sequence[str]) -> list[RunInfo]:
    found: list[RunInfo] = []
    for experiment_id in experiment_ids:
        if experiment_id.isdigit():
            found += reading.infos(db, "experiment_id = ?", (int(experiment_id),))
    return found


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

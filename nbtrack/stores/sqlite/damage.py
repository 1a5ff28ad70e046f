"""What in an mlflow.db is damaged, where, and what can be done?

SQLite takes any value in any column, and other programs write to these files. What cannot be read as MLflow means it is
passed over where runs are shown; this names it. It reads the whole file, so it is asked for, and not done at each look.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbtrack.entities import LifecycleStage, RunStatus
from nbtrack.errors import StoreError
from nbtrack.stores.base import Damage
from nbtrack.stores.names import is_run_id
from nbtrack.stores.sqlite.database import Database
from nbtrack.stores.sqlite.reading import NUMBERS

CELLS = ("ok", "CHECK constraint failed", "NULL value in")  # what it says of cells, the looks below say better
MOST = 100  # of one kind
RECOVER = "Restore the file from a copy, or save what is readable: sqlite3 OLD.db .recover | sqlite3 NEW.db"
EDIT = "Correct it in the database (sqlite3, DB Browser)"


def damages(db: Database) -> list[Damage]:
    """Each once: pages of the file first, then rows of the tables that hold runs."""
    file = str(db.path)
    try:
        pages = [text for (text,) in db.rows(f"PRAGMA quick_check({MOST})") if not text.startswith(CELLS)]
        found = [Damage(file, f"is damaged: {text}", RECOVER) for text in pages]
        if not found:
            found = [
                Damage(f"{file}, {where}", problem, remedy)
                for look in (_odd_experiments, _lost_runs, _odd_runs, _odd_points, _hidden_metrics, _odd_texts)
                for where, problem, remedy in look(db)
            ]
    except StoreError as error:
        found = [Damage(file, str(error.__cause__ or error), RECOVER)]
    return found


Found = Iterator[tuple[str, str, str]]


def _odd_experiments(db: Database) -> Found:
    dated = db.schema.has("experiments", "creation_time")
    times = "creation_time, last_update_time" if dated else "NULL, NULL"
    for id_, name, place, *given in db.rows(f"SELECT experiment_id, name, artifact_location, {times} FROM experiments"):
        odd = [f"the {what} {_short(text)}" for what, text in (("name", name), ("place", place)) if _no_text(text)]
        odd += [f"the time {_short(time)}" for time in given if _no_time(time)]
        if odd:
            yield f"experiment {id_}", f"has {' and '.join(odd)}", f"{EDIT}."


def _lost_runs(db: Database) -> Found:
    for run_id, experiment_id in db.rows(
        "SELECT run_uuid, experiment_id FROM runs WHERE experiment_id IS NULL OR experiment_id NOT IN "
        f"(SELECT experiment_id FROM experiments) LIMIT {MOST}"
    ):
        remedy = f"{EDIT}: give the run an experiment that is there"
        yield (
            f"run {run_id}",
            f"belongs to experiment {experiment_id}, which is not there; it is not shown",
            f"{remedy}.",
        )


def _odd_runs(db: Database) -> Found:
    for run_id, status, stage, start, end, name, place in db.rows(
        "SELECT run_uuid, status, lifecycle_stage, start_time, end_time, name, artifact_uri FROM runs"
    ):
        odd = [] if status in RunStatus.__members__ else [f"the status {_short(status)}"]
        odd += [] if stage in (LifecycleStage.ACTIVE, LifecycleStage.DELETED) else [f"the stage {_short(stage)}"]
        odd += [f"the time {_short(time)}" for time in (start, end) if _no_time(time)]
        odd += [f"the {what} {_short(text)}" for what, text in (("name", name), ("place", place)) if _no_text(text)]
        odd += [] if is_run_id(str(run_id)) else ["an id that MLflow does not give"]
        if odd:
            yield f"run {_short(run_id)}", f"has {' and '.join(odd)}", f"{EDIT}; MLflow cannot list the runs otherwise."


def _odd_points(db: Database) -> Found:
    for run_id, key, count in db.rows(
        f"SELECT run_uuid, key, count(*) FROM metrics WHERE NOT ({NUMBERS}) GROUP BY run_uuid, key LIMIT {MOST}"
    ):
        yield (
            f"run {run_id}, metric {_short(key)}",
            f"has {count:,} points whose value, step or time is no number; they are passed over",
            f"{EDIT}, or delete them.",
        )


def _hidden_metrics(db: Database) -> Found:
    for run_id, key in db.rows(
        f"SELECT DISTINCT run_uuid, key FROM metrics EXCEPT SELECT run_uuid, key FROM latest_metrics LIMIT {MOST}"
    ):
        problem = "has points but no newest one in the table latest_metrics, so it is not shown"
        yield f"run {run_id}, metric {_short(key)}", problem, "Log one more point of it."


def _odd_texts(db: Database) -> Found:
    for table in ("params", "tags"):
        for run_id, key, value in db.rows(f"SELECT run_uuid, key, CAST(value AS BLOB) FROM {table}"):
            try:
                (value or b"").decode("utf-8")
            except UnicodeDecodeError as error:
                problem = f"is not UTF-8 at byte {error.start}"
                yield f"run {run_id}, {table[:-1]} {_short(key)}", problem, f"{EDIT}, or delete it."


def _no_time(value: object) -> bool:
    """Milliseconds beyond this are exact nowhere but here, and no date."""
    return not (value is None or (type(value) is int and abs(value) < 2**53))


def _no_text(value: object) -> bool:
    return not (value is None or isinstance(value, str))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"

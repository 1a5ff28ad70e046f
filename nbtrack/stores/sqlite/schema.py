"""Which of MLflow's database schemas is this, and may nbtrack write to it?

MLflow numbers its schemas by Alembic revision. The ids below are those from MLflow 2.22 (the first) to 3.18 (the last):
the tables that hold runs differ among them only in columns that `columns` looks up. nbtrack never migrates a database.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from nbtrack.errors import NotAStoreError

WRITABLE = frozenset(
    """
    0584bdc529eb 400f98739977 6953534de441 bda7b8c39065 cbc13b556ace 770bee3ae1dd a1b2c3d4e5f6
    de4033877273 1a0cddfcaa16 534353b11cbc 71994744cf8e 3da73c924c2f bf29a5ff90ea 1bd49d398cd23
    b7c8d9e0f1a2 5d2d30f0abce c9d4e5f6a7b8 2c33131f4dae d3e4f5a6b7c8 d0e1f2a3b4c5 c8d9e0f1a2b3
    1b5f0d9ad7c1 e1f2a3b4c5d6 76601a5f987d c3d6457b6d8a a5b4c3d2e1f0 ae8bbe7743c9 7d34483879f0
    da6fb0208061 89d3d66ed43f b7e4c1a90f23 a8b9c0d1e2f3 c1d2e3f4a5b6 c3d9e7f1a2b4 6f8d9c3b2a1e
    1971f2d9a75b 17e22815139b b7e2c1a4d9f3 75868b020152 dc11669786a5
    f4a9b2c7d1e6
    """.split()
)
# Written by MLflow 1.x and early 2.x: without columns that a writer needs. MLflow itself would migrate them on opening.
OLDER = frozenset(
    """
    451aebb31d03 90e64c465722 181f10493468 df50e92ffc5e 7ac759974ad8 89d4b8295536 2b4d017a5e9b cfd24bdc0731
    0a8213491aaa 728d730b5ebd 27a6a02d2cf1 84291f40a231 a8c4a736bde6 39d1c3be5f05 c48cb773bb87 bd07f7e963c5
    0c779009ac13 cc1f77228345 97727af70f4d 3500859a5d39 7f2a7d5fae7d 2d6e25af4d3e acf3f17fdcc7 867495a8f9d4
    5b0e9adcef9c 4465047574b1 f5a4f2784254
    """.split()
)
OF_A_RUN = ("index_metrics_run_uuid_key_step", "index_metrics_run_uuid")  # the first is in databases of MLflow 3
OPTIONAL = ("datasets", "inputs", "input_tags", "logged_models")  # by MLflow 2.4 and 3.0
TABLES = ("experiments", "runs", "params", "tags", "metrics", "latest_metrics", "experiment_tags")


@dataclass(frozen=True, slots=True)
class Schema:
    """What differs between the databases that nbtrack reads."""

    revision: str
    columns: dict[str, frozenset[str]]  # by table
    history_index: str | None  # the best index on metrics that begins with the run
    trigger: str | None = None  # one of those that run when something is written; MLflow makes none

    @property
    def read_only_because(self) -> str | None:
        """Why nbtrack only reads this database, as the end of a sentence; None where it writes too."""
        if self.trigger is not None:
            return f"has the trigger '{self.trigger[:80]}', which MLflow does not make. Drop it to write"
        if self.revision in WRITABLE:
            return None
        if self.revision in OLDER:
            return f"has the schema {self.revision} of an MLflow before 2.22. Opening it once with MLflow upgrades it"
        return f"has MLflow's schema {self.revision}, newer than nbtrack knows. Upgrade nbtrack to write to it"

    def has(self, table: str, column: str = "") -> bool:
        return table in self.columns and (not column or column in self.columns[table])


def read_schema(connection: sqlite3.Connection, path: str) -> Schema:
    """Raises NotAStoreError for a file that is no database, or not one of MLflow's."""
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        missing = [table for table in TABLES if table not in names]
        if missing:
            raise NotAStoreError(
                f"'{path}' is a SQLite database but not MLflow's: it has no table {', '.join(missing)}. "
                "Give the path of an mlflow.db, or of an mlruns folder."
            )
        _refuse_computed(connection, path)
        columns = {name: _columns(connection, name) for name in (*TABLES, *OPTIONAL) if name in names}
        row = (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if "alembic_version" in names
            else None
        )
        indexes = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        made = connection.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        triggers = [str(name) for name, table in made if str(table).lower() in (*TABLES, *OPTIONAL)]
    except sqlite3.DatabaseError as error:
        raise NotAStoreError(f"'{path}' cannot be read as a SQLite database: {error}.") from error
    index = next((name for name in OF_A_RUN if name in indexes), None)
    return Schema(str(row[0]) if row else "", columns, index, triggers[0] if triggers else None)


def _refuse_computed(connection: sqlite3.Connection, path: str) -> None:
    """MLflow keeps what it was given. A column or a table that computes can make gigabytes of a few bytes."""
    for name in (*TABLES, *OPTIONAL):
        made = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
        computed = [row[1] for row in connection.execute(f"PRAGMA table_xinfo({name})") if row[6] in (1, 2, 3)]
        if computed or (made and "VIRTUAL" in str(made[0]).upper().split("(")[0].split()):
            what = f"the column '{computed[0][:80]}', which is computed" if computed else "computed rows"
            raise NotAStoreError(
                f"'{path}' is not as MLflow made it: its table {name} has {what}. Do not trust it; ask for a copy of "
                "the original."
            )


def _columns(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    return frozenset(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))

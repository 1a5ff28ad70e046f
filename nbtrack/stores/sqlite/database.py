"""How is an mlflow.db opened, shared between threads, and written in one piece?

Each thread has a connection of its own. Reads are short, because in rollback mode an open read blocks every writer;
writes begin with BEGIN IMMEDIATE and wait for another writer to finish, as `patience` says.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbtrack.errors import NotAStoreError, ReadOnlyError, StoreError, warn_once
from nbtrack.stores.sqlite.patience import READ_AGAIN_S, WAIT_S, LockedError, Patience
from nbtrack.stores.sqlite.schema import Schema, read_schema

LONGEST_CELL = 100_000_000  # bytes of one value
SOME = 500  # ids in one statement; SQLite takes 999 at least

Rows = list[tuple[Any, ...]]


class Database:
    """One SQLite file. Raises NotAStoreError where there is none, or where it is not MLflow's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()
        self._writing, self._reading = Patience(), Patience()
        if not path.is_file():
            raise NotAStoreError(
                f"There is no database at '{path}'. MLflow makes one when it first logs there; nbtrack opens what "
                "MLflow made, or makes an mlruns folder when given the path of one."
            )
        self.schema: Schema = read_schema(self._connection(), str(path))
        because = self.schema.read_only_because
        if because:
            warn_once(f"'{path.name}' {because}; until then it is opened read-only.")
        self.read_only = because is not None or not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK)

    def rows(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """All rows at once, so that no read stays open."""
        seconds = READ_AGAIN_S if self._reading.locked else WAIT_S
        try:
            found = self._waiting(seconds).execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._told(error, self._reading) from error
        self._reading.got_through()
        return found

    def rows_for(self, sql: str, ids: Sequence[object] | None) -> Rows:
        """The rows of a statement whose condition reads `… {among}`, for any number of ids; None means all."""
        if ids is None:
            return self.rows(sql.replace("{among}", "IS NOT NULL"))
        found: Rows = []
        for start in range(0, len(ids), SOME):
            part = ids[start : start + SOME]
            found += self.rows(sql.replace("{among}", f"IN ({','.join('?' * len(part))})"), part)
        return found

    @contextmanager
    def writing(self, *, hurried: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: everything inside is kept, or nothing. `hurried` as `Patience` has it.

        Raises LockedError where another program does not let go of the database.
        """
        if self.read_only:
            reason = self.schema.read_only_because or "cannot be written here: check the permissions of file and folder"
            raise ReadOnlyError(f"'{self.path}' {reason}.")
        seconds = self._writing.seconds(hurried=hurried)
        if not seconds:
            raise self._locked()
        connection = self._waiting(seconds)
        try:
            connection.execute("BEGIN IMMEDIATE")
            self._writing.got_through()
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise self._told(error, self._writing) from error

    def version(self) -> tuple[int, ...]:
        """Changes when anybody has written: this process (by its own counter) or another."""
        connection = self._connection()
        try:
            (foreign,) = connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise self._told(error) from error
        return (id(connection), foreign)

    def close(self) -> None:
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            del self._own.connection

    def _waiting(self, seconds: float) -> sqlite3.Connection:
        """The connection, told how long to wait for a lock."""
        connection = self._connection()
        if self._own.seconds != seconds:
            connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            self._own.seconds = seconds
        return connection

    def _connection(self) -> sqlite3.Connection:
        # A connection must not cross a fork: the child's use of it would corrupt the parent's locks.
        if getattr(self._own, "connection", None) is None or self._own.pid != os.getpid():
            self._own.connection = self._connect()
            self._own.pid = os.getpid()
            self._own.seconds = WAIT_S
        connection: sqlite3.Connection = self._own.connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path))}"
        writable = os.access(self.path, os.W_OK)
        # A WAL database in a folder that cannot be written has no place for its -shm file: only `immutable` reads it.
        mode = "rw" if writable else "ro" if os.access(self.path.parent, os.W_OK) else "ro&immutable=1"
        try:
            connection = sqlite3.connect(f"{address}?mode={mode}", uri=True, timeout=WAIT_S, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")  # what a stranger's schema calls must be harmless
            if hasattr(connection, "setlimit"):  # from Python 3.11 on
                connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
            # A text column may hold bytes that are no UTF-8; one such cell must not hide all runs.
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            return connection
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.Error, patience: Patience | None = None) -> StoreError:
        if "locked" in str(error):
            if patience is not None:
                patience.was_locked()
            return self._locked()
        if "readonly" in str(error):
            return ReadOnlyError(f"'{self.path}' cannot be written: {error}. Check the permissions of file and folder.")
        if "full" in str(error):
            return StoreError(f"The disk of '{self.path}' is full. Free some space; what was logged before is kept.")
        return StoreError(f"'{self.path}' could not be read or written: {error}.")

    def _locked(self) -> LockedError:
        return LockedError(
            f"'{self.path}' is locked by another program that does not let go of it. Look for one that stopped in the "
            "middle of writing (a notebook, a database browser), and end it."
        )

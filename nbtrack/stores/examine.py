"""What in a store is damaged, when somebody asks and can wait?"""

from __future__ import annotations

from nbtrack.entities import ViewType
from nbtrack.stores.base import Damage, Snapshot, Store
from nbtrack.stores.files import FileStore
from nbtrack.stores.sqlite import SqliteStore
from nbtrack.stores.sqlite.damage import damages


def examine(store: Store) -> tuple[Snapshot, list[Damage]]:
    """Every run of every experiment, and each damage once. A database that cannot be read has no runs here."""
    if isinstance(store, SqliteStore):
        found = damages(store.database)
        if any(each.path == str(store.path) for each in found):
            return Snapshot((), ()), found
        return _all(store), found
    seen = _all(store)
    of_models = store.model_damages() if isinstance(store, FileStore) else ()
    return seen, list(dict.fromkeys([*store.snapshot().damages, *seen.damages, *of_models]))


def _all(store: Store) -> Snapshot:
    return store.snapshot([each.experiment_id for each in store.experiments(ViewType.ALL)])

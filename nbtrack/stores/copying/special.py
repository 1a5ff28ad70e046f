"""Which stores have an entrance of their own for runs and models of other stores?"""

from __future__ import annotations

from nbtrack.stores.base import Store
from nbtrack.stores.files import FileStore
from nbtrack.stores.receiving import ModelShelf, Receiver
from nbtrack.stores.sqlite import SqliteStore


def entrance(store: Store) -> Receiver | None:
    """None for a store that gives ids of its own."""
    if isinstance(store, FileStore):
        from nbtrack.stores.files.receive import FileReceiver

        return FileReceiver(store)
    if isinstance(store, SqliteStore):
        from nbtrack.stores.sqlite.receive import SqliteReceiver

        return SqliteReceiver(store)
    return None


def shelf(store: Store) -> ModelShelf | None:
    """None for a store that keeps no logged models, or hands none out."""
    if isinstance(store, FileStore):
        from nbtrack.stores.files.model_shelf import FileModels

        return FileModels(store)
    if isinstance(store, SqliteStore) and store.database.schema.has("logged_models"):
        from nbtrack.stores.sqlite.model_shelf import SqliteModels

        return SqliteModels(store)
    return None

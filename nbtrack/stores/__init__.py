"""Where are the runs, and which room reads them?"""

from nbtrack.stores.base import Changes, Damage, RunWriter, Snapshot, Store, Watch
from nbtrack.stores.open import default_uri, open_store

__all__ = ["Changes", "Damage", "RunWriter", "Snapshot", "Store", "Watch", "default_uri", "open_store"]

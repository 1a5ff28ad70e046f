"""How is an mlruns folder read and written, so that MLflow and nbtrack can share it?"""

from nbtrack.stores.files.store import FileStore

__all__ = ["FileStore"]

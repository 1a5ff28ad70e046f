"""What `mlflow.data.dataset_source` holds."""

from __future__ import annotations

from nbtrack.tracking.data import DatasetSource

__all__ = ["DatasetSource"]

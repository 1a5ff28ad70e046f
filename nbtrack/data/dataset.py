"""What `mlflow.data.dataset` holds."""

from __future__ import annotations

from nbtrack.tracking.data import Dataset

__all__ = ["Dataset"]

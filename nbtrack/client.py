"""What `mlflow.client` holds."""

from __future__ import annotations

from nbtrack.tracking.client import MlflowClient

__all__ = ["MlflowClient"]

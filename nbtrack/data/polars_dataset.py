"""What `mlflow.data.polars_dataset` holds."""

from __future__ import annotations

from nbtrack.tracking.data import Dataset, from_polars

PolarsDataset = Dataset
__all__ = ["PolarsDataset", "from_polars"]

"""What `mlflow.data.pandas_dataset` holds."""

from __future__ import annotations

from nbtrack.tracking.data import Dataset, from_pandas

PandasDataset = Dataset
__all__ = ["PandasDataset", "from_pandas"]

"""What `mlflow.data.numpy_dataset` holds."""

from __future__ import annotations

from nbtrack.tracking.data import Dataset, from_numpy

NumpyDataset = Dataset
__all__ = ["NumpyDataset", "from_numpy"]

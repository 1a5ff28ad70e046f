"""What of `mlflow.data` is here: which data did a run use?"""

from __future__ import annotations

from typing import Any

from nbtrack.absent import absent
from nbtrack.tracking.data import Dataset, DatasetSource, from_numpy, from_pandas, from_polars, get_source

__all__ = ["Dataset", "DatasetSource", "from_numpy", "from_pandas", "from_polars", "get_source"]


def __getattr__(name: str) -> Any:
    raise AttributeError(absent(f"module '{__name__}'", name))

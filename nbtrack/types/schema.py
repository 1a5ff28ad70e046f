"""The classes of `mlflow.types.schema`, of which a signature is made by hand: MLflow's own."""

from __future__ import annotations

from typing import Any

from nbtrack.absent import absent
from nbtrack.tracking.signatures import of_mlflow

_CLASSES = frozenset("ColSpec DataType ParamSchema ParamSpec Schema TensorSpec".split())


def __getattr__(name: str) -> Any:
    if name in _CLASSES:
        return of_mlflow("mlflow.types.schema", name)
    raise AttributeError(absent(f"module '{__name__}'", name))

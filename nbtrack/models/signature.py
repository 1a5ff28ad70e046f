"""What of `mlflow.models.signature` is here."""

from __future__ import annotations

from typing import Any

from nbtrack.absent import absent
from nbtrack.tracking.signatures import infer_signature, of_mlflow

__all__ = ["infer_signature"]


def __getattr__(name: str) -> Any:
    if name == "ModelSignature":
        return of_mlflow("mlflow.models", name)
    raise AttributeError(absent(f"module '{__name__}'", name))

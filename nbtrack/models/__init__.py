"""What of `mlflow.models` is here: signatures, and what is known of a kept model."""

from __future__ import annotations

from typing import Any

from nbtrack.absent import absent
from nbtrack.tracking.models import ModelInfo, get_model_info
from nbtrack.tracking.signatures import infer_signature, of_mlflow

__all__ = ["ModelInfo", "get_model_info", "infer_signature"]


def __getattr__(name: str) -> Any:
    if name == "ModelSignature":
        return of_mlflow("mlflow.models", name)
    raise AttributeError(absent(f"module '{__name__}'", name))

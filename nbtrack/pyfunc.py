"""What of `mlflow.pyfunc` is here: a kept model of any library as one that predicts."""

from __future__ import annotations

from typing import Any

from nbtrack.absent import absent
from nbtrack.tracking.pyfunc import PyFuncModel, load_model, load_native

__all__ = ["PyFuncModel", "load_model", "load_native"]


def __getattr__(name: str) -> Any:
    raise AttributeError(absent(f"module '{__name__}'", name))

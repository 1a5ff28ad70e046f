"""What does a model take and give? MLflow tells, where it is installed; nbtrack keeps models without it."""

from __future__ import annotations

import importlib
from typing import Any

from nbtrack.errors import warn_once


def of_mlflow(module: str, name: str) -> Any:
    """A class of MLflow's own. Raises ImportError where MLflow is not installed."""
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"'{name}' is a class of MLflow's, and MLflow is not installed. `pip install mlflow` beside nbtrack, or "
            "keep the model without a signature: it loads and predicts without one."
        ) from error


def infer_signature(model_input: Any = None, model_output: Any = None, params: dict[str, Any] | None = None) -> Any:
    """MLflow's signature of these data, for `log_model`. Without MLflow there is none: that is said once, and
    `log_model` needs none."""
    try:
        from mlflow.models import infer_signature as theirs
    except ImportError:
        warn_once(
            "MLflow is not installed, so the model is kept without a signature. It loads and predicts without one; "
            "`pip install mlflow` beside nbtrack gives it one."
        )
        return None
    return theirs(model_input, model_output, params)

"""What does a model take and give? MLflow tells, where it is installed; nbtrack keeps models without it."""

from __future__ import annotations

from typing import Any

from nbtrack.errors import warn_once


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

"""What does the real MLflow, where this process has imported it, say of itself? It is never imported from here."""

from __future__ import annotations

import os
import sys
from typing import Any


def tracking_uri() -> str | None:
    """The address that MLflow tracks to; None where it is not imported, or cannot say."""
    mlflow = sys.modules.get("mlflow")
    try:
        return None if mlflow is None else str(mlflow.get_tracking_uri())
    except Exception:  # half imported, or a plugin of its own that fails
        return os.environ.get("MLFLOW_TRACKING_URI")


def active_run() -> Any:
    """MLflow's active run of this thread; None where there is none."""
    fluent: Any = sys.modules.get("mlflow.tracking.fluent")
    try:
        return None if fluent is None else fluent.active_run()
    except Exception:
        return None


def chosen_experiment() -> str | None:
    """The id that was given to MLflow's own `set_experiment` in this process."""
    chosen = getattr(sys.modules.get("mlflow.tracking.fluent"), "_active_experiment_id", None)
    return None if chosen is None else str(chosen)

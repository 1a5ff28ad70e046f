"""What of `mlflow.tensorflow` is here: fits of Keras, which is tf.keras log themselves, and its models are kept."""

from __future__ import annotations

from typing import Any

from nbtrack.absent import absent
from nbtrack.autolog.switch import tensorflow as _library

__all__ = ["autolog", "load_model", "log_model", "save_model"]

autolog = _library.autolog
load_model = _library.load_model
log_model = _library.log_model
save_model = _library.save_model


def __getattr__(name: str) -> Any:
    raise AttributeError(absent(f"module '{__name__}'", name))

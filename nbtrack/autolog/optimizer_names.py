"""What are the params of a Keras optimizer called: `optimizer_name`, as by mlflow.keras, or `opt_name`, as by
mlflow.tensorflow and mlflow.autolog on tf.keras?"""

from __future__ import annotations

import sys

asked: str | None = None  # by which of the two autologs that was called last


def prefix() -> str:
    """Where neither was called by its name, that of tf.keras where TensorFlow trains."""
    if asked is not None:
        return asked
    backend = getattr(sys.modules.get("keras.src.backend.config"), "backend", None)
    return "opt" if "tensorflow" in sys.modules and backend is not None and backend() == "tensorflow" else "optimizer"

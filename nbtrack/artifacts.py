"""What `mlflow.artifacts` holds: files of runs, by address or by run id."""

from __future__ import annotations

from nbtrack.tracking.artifacts import download_artifacts, list_artifacts, load_dict, load_image, load_text

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]

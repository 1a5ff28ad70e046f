from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import nbtrack
from nbtrack.entities import RunStatus
from nbtrack.stores import Store, open_store
from nbtrack.tracking import active, experiments, settings


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store, in force for the test; no run is left active and no choice outlives it."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_RUN_ID"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(experiments, "_active", None)
    monkeypatch.setattr(settings, "_chosen", None)
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    yield open_store(tmp_path / "mlruns")
    active.end_all(RunStatus.FINISHED)

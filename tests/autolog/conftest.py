"""Real libraries, small data, a store of each test's own; no patch and no run outlives a test."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbtrack
from nbtrack import errors
from nbtrack.autolog import LIBRARIES
from nbtrack.entities import RunStatus
from nbtrack.stores import Store, open_store
from nbtrack.tracking import active, experiments, settings

os.environ.setdefault("OMP_NUM_THREADS", "1")

# `large` is for the environment of tests/interop/large.txt, which `make test-all` runs it in.
collect_ignore = [] if importlib.util.find_spec("keras") else ["large"]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store, in force for the test; autolog is off again after it."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(experiments, "_active", None)
    monkeypatch.setattr(settings, "_chosen", None)
    monkeypatch.setattr(errors, "_told", set())
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    yield open_store(tmp_path / "mlruns")
    nbtrack.autolog(disable=True)
    for library in LIBRARIES.values():
        library.wanted = None
    active.end_all(RunStatus.FINISHED)


@pytest.fixture
def data() -> tuple[Any, Any]:
    """Features and a class of two."""
    generator = np.random.default_rng(0)
    features = generator.normal(size=(80, 4))
    return features, (features[:, 0] + 0.3 * features[:, 1] > 0).astype(int)

"""Databases written by the real MLflow, and the real MLflow to read them back."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
Mlflow = Callable[..., Any]


def interpreter(version: str) -> Path:
    """Of the environment that holds that MLflow; `make test` makes it. A missing one is a failure."""
    path = Path(os.environ.get(f"NBTRACK_{version.upper()}_PYTHON") or ROOT / ".venvs" / version / "bin" / "python")
    assert path.exists(), f"{path} is missing: run `make test`, which makes it"
    return path


@pytest.fixture(params=["mlflow3", "mlflow2"])
def mlflow(request: pytest.FixtureRequest, tmp_path: Path) -> Mlflow:
    """Run a script under the real MLflow in `tmp_path`, on sqlite:///mlflow.db there; what it assigns to `out` comes back."""

    def run(script: str, **given: object) -> Any:
        program = (
            "import json, sys, mlflow\nfrom mlflow import MlflowClient\n"
            "mlflow.set_tracking_uri('sqlite:///mlflow.db')\nclient = MlflowClient()\nout = None\n"
            f"globals().update(json.loads({json.dumps(json.dumps(given))}))\n{script}\nprint('\\n' + json.dumps(out))"
        )
        done = subprocess.run(
            [interpreter(request.param), "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    run.version = request.param  # type: ignore[attr-defined]
    return run


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A database with every feature, written by MLflow 3.18."""
    with tarfile.open(ROOT / "tests" / "samples" / "04a_mlflow318_sqlite.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return next(tmp_path.glob("*/mlflow.db"))

"""Each public name of MLflow's tracking API is here, or its error says what to do; the page of them is up to date."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venvs" / "both" / "bin" / "python"
pytestmark = pytest.mark.large  # the page speaks of Keras and TensorFlow too


def ask(code: str) -> str:
    assert PYTHON.exists(), "This takes nbtrack and MLflow in one environment: make .venvs/both/.made"
    environment = {
        **os.environ,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [str(PYTHON), "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_of_names_is_what_mlflow_and_nbtrack_say_and_every_absent_name_says_what_to_do() -> None:
    code = (
        "import json; from tests.interop import mlflow_names as names; found = names.table(); "
        "print(json.dumps([found, '\\n'.join(names.page(found))]))"
    )
    found, page = json.loads(ask(code).splitlines()[-1])
    assert [
        f"{area}.{name}" for area, rows in found.items() for name, (kind, why) in rows.items()
        if kind == "absent" and not why
    ] == []  # fmt: skip
    assert (ROOT / "docs" / "mlflow-names.md").read_text() == page.rstrip("\n") + "\n"

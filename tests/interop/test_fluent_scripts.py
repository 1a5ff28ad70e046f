"""Does one and the same tracking code leave the same store behind, with MLflow and with nbtrack?

Each script of `fluent_scripts/` is run twice, with MLflow as it is and with `import nbtrack as mlflow`. What it prints
must be equal, and so must be both stores, as the real MLflow reads them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SCRIPTS = sorted(path.stem for path in (HERE / "fluent_scripts").glob("*.py"))
# Names that scripts give themselves; every other run is called whatever the library made up.
NAMED = re.compile(r"""(?:run_name=f?|mlflow\.runName", ?|name=|runName": )"([^"{]+)""")

pytestmark = pytest.mark.interop


def mlflow_python() -> str:
    path = os.environ.get("NBTRACK_MLFLOW3_PYTHON") or str(ROOT / ".venvs/mlflow3/bin/python")
    assert Path(path).exists(), f"No MLflow 3 at {path}. Make it, or set NBTRACK_MLFLOW3_PYTHON."
    return path


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "PYTHONWARNINGS"))}
    return kept | {
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_TRACKING_URI": (folder / "mlruns").as_uri(),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONPATH": str(ROOT),
        "MPLBACKEND": "agg",
        "GIT_CEILING_DIRECTORIES": str(folder),
    }


def run(python: str, text: str, folder: Path) -> str:
    folder.mkdir()
    (folder / "script.py").write_text(text)
    done = subprocess.run(
        [python, "script.py"], cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{folder.name}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def run_both(name: str, folder: Path) -> tuple[str, str]:
    text = (HERE / "fluent_scripts" / f"{name}.py").read_text()
    ours = re.sub(r"^import mlflow$", "import nbtrack as mlflow", text, flags=re.MULTILINE)
    assert ours != text
    return run(mlflow_python(), text, folder / f"{name}-mlflow"), run(sys.executable, ours, folder / f"{name}-nbtrack")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str, Any, Any]]:
    """For each script: what it printed and what its store holds, with MLflow and with nbtrack."""
    folder = tmp_path_factory.mktemp("fluent")
    with ThreadPoolExecutor(2) as pool:
        printed = dict(zip(SCRIPTS, pool.map(lambda name: run_both(name, folder), SCRIPTS), strict=True))
    stores = [str(folder / f"{name}-{who}" / "mlruns") for name in SCRIPTS for who in ("mlflow", "nbtrack")]
    names = {n for path in (HERE / "fluent_scripts").glob("*.py") for n in NAMED.findall(path.read_text())}
    dump = subprocess.run(
        [mlflow_python(), str(HERE / "fluent_dump.py"), json.dumps(sorted(names)), *stores],
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert dump.returncode == 0, dump.stderr
    held = json.loads(dump.stdout)
    return {
        name: (*printed[name], *(held[str(folder / f"{name}-{who}" / "mlruns")] for who in ("mlflow", "nbtrack")))
        for name in SCRIPTS
    }


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_script_prints_the_same_with_nbtrack_as_with_mlflow(name: str, outcomes: dict[str, Any]) -> None:
    theirs, ours, _, _ = outcomes[name]
    assert ours == theirs


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_script_leaves_the_same_store_behind_with_nbtrack_as_with_mlflow(
    name: str, outcomes: dict[str, Any]
) -> None:
    _, _, theirs, ours = outcomes[name]
    assert ours == theirs

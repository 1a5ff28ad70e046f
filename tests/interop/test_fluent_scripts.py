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


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "PYTHONWARNINGS"))}
    return kept | {
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONPATH": str(ROOT),
        "MPLBACKEND": "agg",
    }


def prepare(name: str, folder: Path, *, library: str) -> Path:
    text = (HERE / "fluent_scripts" / f"{name}.py").read_text()
    place = folder / f"{name}-{library}"
    place.mkdir()
    imported = "import mlflow" if library == "mlflow" else f"import {library} as mlflow"
    (place / "script.py").write_text(re.sub(r"^import mlflow$", imported, text, flags=re.MULTILINE))
    return place


def run_ours(folder: Path) -> str:
    uri = (folder / "mlruns").as_uri()
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env=environment() | {"MLFLOW_TRACKING_URI": uri},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{folder.name}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def run_theirs(scripts: list[Path], stores: list[Path]) -> Any:
    names = {n for path in (HERE / "fluent_scripts").glob("*.py") for n in NAMED.findall(path.read_text())}
    asked = {"scripts": list(map(str, scripts)), "stores": list(map(str, stores)), "names": sorted(names)}
    done = subprocess.run(
        [mlflow_python(), str(HERE / "fluent_dump.py"), json.dumps(asked)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str, Any, Any]]:
    """For each script: what it printed and what its store holds, with MLflow and with nbtrack."""
    folder = tmp_path_factory.mktemp("fluent")
    theirs = [prepare(name, folder, library="mlflow") for name in SCRIPTS]
    ours = [prepare(name, folder, library="nbtrack") for name in SCRIPTS]
    printed = [run_ours(place) for place in ours]
    held = run_theirs(theirs, [place / "mlruns" for place in (*theirs, *ours)])
    return {
        name: (
            (theirs[i] / "out.txt").read_text(),
            printed[i],
            held[str(theirs[i] / "mlruns")],
            held[str(ours[i] / "mlruns")],
        )
        for i, name in enumerate(SCRIPTS)
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

"""What does `nbtrack demo` show? Small models trained under `%%track`, and JupyterLab on a notebook about them.

The folder it makes holds everything and may be deleted at any time: `mlruns`, and copies of the notebooks that the
person may change; what is there already is left as it is.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from nbtrack.errors import NbtrackError

NEEDS = {"sklearn": "scikit-learn", "jupyterlab": "jupyterlab", "nbclient": "nbclient", "nbconvert": "nbconvert"}


def run(folder: Path, *, headless: bool, browser: bool) -> int:
    """Make what is missing in `folder` and show it; the exit status."""
    missing = [package for module, package in NEEDS.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise NbtrackError(f"The demo needs {', '.join(missing)}: pip install 'nbtrack[demo]'")
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in notebooks():
        if not (folder / notebook.name).exists():
            shutil.copy(notebook, folder)
    if train(folder):
        return 1
    return _execute(folder) if headless else _open(folder, browser)


def notebooks() -> list[Path]:
    """The walk-throughs: inside an installed package, or beside it in a checkout. One whose metadata name a package
    that is not installed is left out."""
    package = Path(__file__).parent.parent
    for place in (package / "notebooks", package.parent / "notebooks"):
        if place.is_dir():
            return [path for path in sorted(place.glob("*.ipynb")) if _can_run(path)]
    raise NbtrackError(f"No notebooks beside '{package}'. Install nbtrack again.")


def _can_run(notebook: Path) -> bool:
    needs = json.loads(notebook.read_text())["metadata"].get("nbtrack", {}).get("needs", [])
    return all(importlib.util.find_spec(name) for name in needs)


def train(folder: Path) -> int:
    """Fill `folder`/mlruns, once; the exit status. In a process of its own: training has its own working directory."""
    store = folder / "mlruns"
    if store.exists():
        return 0
    words = [sys.executable, "-m", "nbtrack.demo.train"]
    # Matrices this small are slower on several threads.
    status = 1
    try:
        status = subprocess.run(words, cwd=folder, env={**_environment(folder), "OMP_NUM_THREADS": "1"}).returncode
    finally:
        if status:  # an interrupted training leaves nothing half made
            shutil.rmtree(store, ignore_errors=True)
    return status


def _environment(folder: Path) -> dict[str, str]:
    """This process's, without a store of the person's own, and with this Python's kernel and commands before others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {**kept, "JUPYTER_PREFER_ENV_PATH": "1", "MLFLOW_TRACKING_URI": str(folder / "mlruns")}


def _execute(folder: Path) -> int:
    """Run each notebook with a real kernel; `NAME.executed.ipynb` and its `.html` stay, also of one that failed."""
    from nbtrack.demo.execute import execute

    return max([execute(folder / notebook.name, _environment(folder)) for notebook in notebooks()])


def _open(folder: Path, browser: bool) -> int:
    first = notebooks()[0].name
    # The address that Jupyter prints leads to the notebook too, for whoever opens it by hand.
    words = ["-m", "jupyterlab", first, "--ServerApp.root_dir=.", f"--ServerApp.default_url=/lab/tree/{first}"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        words.append("--allow-root")  # in a container there is often nobody else
    if not browser:
        words.append("--no-browser")
    return subprocess.run([sys.executable, *words], cwd=folder, env=_environment(folder)).returncode

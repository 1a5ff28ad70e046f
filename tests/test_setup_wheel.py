"""Does the wheel hold what people need: the front end, its licences, the notebooks, the types?"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout. The front end is fresh here (`make` builds it first), so no node is started."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    return next(folder.glob("nbtrack-*.whl"))


def test_the_wheel_holds_front_end_licences_notebooks_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "nbtrack/dashboard/static/widget.js",
        "nbtrack/notebooks/01-first-steps.ipynb",
        "nbtrack/py.typed",
    }
    assert wanted - names == set()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("node_modules" in name or name.startswith(("tests/", "js/")) for name in names)


def test_every_bundled_library_has_its_licence_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        notices = archive.read("nbtrack/dashboard/static/LICENSES.txt").decode()
    for library in ("preact", "@preact/signals", "uplot", "marked", "dompurify"):
        assert f"\n{library} " in f"\n{notices}"
    assert "Permission is hereby granted" in notices


def test_every_notebook_is_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packed = {Path(name).name for name in names if name.startswith("nbtrack/notebooks/")}
    assert packed == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_an_installed_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(place)]
    subprocess.run([*words, str(wheel)], check=True)
    code = """
import importlib.resources, sys
import nbtrack, nbtrack.demo
assert nbtrack.__file__.startswith(sys.argv[1]), nbtrack.__file__
widget = importlib.resources.files("nbtrack") / "dashboard" / "static" / "widget.js"
assert len(widget.read_text(encoding="utf-8")) > 10_000
assert [path.name for path in nbtrack.demo.notebooks()][0] == "01-first-steps.ipynb"
run = nbtrack.start_run()
nbtrack.log_metric("loss", 0.5)
nbtrack.end_run()
assert nbtrack.get_run(run.info.run_id).data.metrics == {"loss": 0.5}
"""
    environment = {"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

"""Does the demo, whole, do on this machine what its notebooks promise?

`nbtrack demo --headless` runs once, as `HEADLESS=1 make demo` does; the tests look at what it leaves behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbtrack.demo.execute import execute
from nbtrack.entities import ViewType
from nbtrack.stores import open_store

ROOT = Path(__file__).parent.parent
ELSEWHERE = {"07-atom"}  # needs an environment of its own: tests/interop/test_atom.py
NOTEBOOKS = sorted({path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} - ELSEWHERE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    words = [sys.executable, "-m", "nbtrack.cli", "demo", "--headless", "--folder", str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stderr
    return folder


def outputs(demo: Path, name: str) -> list[dict[str, Any]]:
    notebook = json.loads((demo / f"{name}.executed.ipynb").read_text())
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def texts(demo: Path, name: str) -> str:
    parts = [output.get("data", {}).get("text/plain", "") for output in outputs(demo, name)]
    return "\n\n".join("".join(part) for part in parts)


def test_the_demo_trains_runs_of_every_kind(demo: Path) -> None:
    store = open_store(demo / "mlruns")
    rows = store.snapshot([e.experiment_id for e in store.experiments(ViewType.ALL)]).rows
    assert len(rows) >= 28
    assert [row.run.info.run_name for row in rows if row.run.info.status == "FAILED"] == ["linear"]
    assert {row.run.info.status for row in rows} == {"FINISHED", "FAILED"}
    nested = [row for row in rows if "mlflow.parentRunId" in row.run.data.tags]
    assert len(nested) == 12 + 9
    assert all(row.metrics["val/accuracy"].count >= 10 for row in nested)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_without_a_warning_and_is_kept_with_its_page(demo: Path, name: str) -> None:
    told = [output for output in outputs(demo, name) if output.get("name") == "stderr"]
    assert told == []
    assert (demo / f"{name}.executed.html").stat().st_size > 100_000


def test_the_first_notebook_says_what_changed_and_hands_the_selection_back(demo: Path) -> None:
    seen = texts(demo, "01-first-steps")
    assert "lr 0.01 → 0.1" in seen
    selected = next(text for text in seen.split("\n\n") if "tags.mlflow.runName params.lr" in text)
    assert "0.1 " in selected.splitlines()[1]
    assert "0.01 " in selected.splitlines()[2]


def test_the_sweep_notebook_finds_the_best_run(demo: Path) -> None:
    table = next(
        output
        for output in outputs(demo, "02-sweep")
        if "params.alpha" in "".join(output.get("data", {}).get("text/plain", ""))
    )
    first = "".join(table["data"]["text/plain"]).splitlines()[1]
    assert "lr 0.1, alpha 0.0001" in first


def test_the_gallery_shows_a_figure_of_every_kind(demo: Path) -> None:
    drawn = [
        output["data"]["application/vnd.plotly.v1+json"]["data"]
        for output in outputs(demo, "03-gallery")
        if "application/vnd.plotly.v1+json" in output.get("data", {})
    ]
    assert len(drawn) == 15
    assert {traces[0]["type"] for traces in drawn} == {"scatter", "parcoords", "contour", "box", "bar"}
    assert drawn[-1][1]["fill"] == "tonexty"  # the groups of the dashboard, as it shows them


def test_the_shell_notebook_filters_brings_back_and_reports(demo: Path) -> None:
    said = "".join("".join(each.get("text", [])) for each in outputs(demo, "08-shell"))
    assert "deleted" in said
    assert "restored" in said
    assert "2 runs in two.html" in said
    assert (demo / "report.html").stat().st_size > 100_000


def test_a_notebook_with_an_error_fails_and_is_kept(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1 / 0", "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    assert execute(path, dict(os.environ)) == 1
    assert "ZeroDivisionError" in (tmp_path / "broken.executed.html").read_text()

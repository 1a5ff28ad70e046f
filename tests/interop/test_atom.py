"""ATOM unchanged: what it tracks shows in the dashboard, whichever way it came into a store.

ATOM, its libraries of early 2025 and the last MLflow that they go with have an environment of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

import nbtrack
from nbtrack.dashboard.report import report
from nbtrack.stores import Store, open_store
from tests.browser.jupyter import chromium_running
from tests.dagshub import HOST, OWNER, TOKEN, dagshub
from tests.interop.test_mlflow_plugin import environment as environment
from tests.servers import QUIET, Server

pytestmark = [pytest.mark.large, pytest.mark.timeout(1800)]
HERE = Path(__file__).parent
SCORES = ("f1", "accuracy", "precision")


@dataclass(frozen=True)
class Ran:
    """`told` is what ATOM knows of itself, `store` where its runs came."""

    told: dict[str, Any]
    store: Store


def atom_python() -> str:
    path = os.environ.get("NBTRACK_ATOM_PYTHON") or str(HERE.parents[1] / ".venvs/atom/bin/python")
    assert Path(path).exists(), f"No ATOM at {path}. `make test-all` makes it, or set NBTRACK_ATOM_PYTHON."
    return path


def run_atom(folder: Path, given: dict[str, str], *words: str) -> dict[str, Any]:
    quiet = {
        # Each model would be loaded in a process of its own, with ATOM, to see what it imports: 20 s of a core.
        "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1",
        "OMP_NUM_THREADS": "1",
        **QUIET,
    }
    done = subprocess.run(
        [atom_python(), str(HERE / "atom_side.py"), *words],
        cwd=folder, env={**given, **quiet}, capture_output=True, text=True, timeout=1500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def in_mlflows_own_store(folder: Path, given: dict[str, str], _: Callable[[], Server]) -> Iterator[Ran]:
    told = run_atom(folder, given, "breast_cancer")
    assert told["uri"] == f"sqlite:///{folder}/mlflow.db"
    yield Ran(told, open_store(told["uri"]))


def by_the_plugin(folder: Path, given: dict[str, str], _: Callable[[], Server]) -> Iterator[Ran]:
    told = run_atom(folder, given, "breast_cancer", f"nbtrack://{folder}/mlruns")
    yield Ran(told, open_store(folder / "mlruns"))


def on_dagshub(folder: Path, given: dict[str, str], server: Callable[[], Server]) -> Iterator[Ran]:
    """ATOM asks for the name of the token's owner, makes the repository and logs to its MLflow remote."""
    with dagshub(server().url, atom_python(), folder) as site:
        told = run_atom(folder, {**given, **site.environment()}, "dagshub:breast_cancer")
        assert told["uri"] == f"https://{HOST}/{OWNER}/breast_cancer.mlflow"
        assert site.made == {f"{OWNER}/breast_cancer"}
        assert site.refused == []
        with pytest.MonkeyPatch.context() as patch:
            for name, value in site.environment(TOKEN).items():
                patch.setenv(name, value)
            store = open_store(told["uri"])
            yield Ran(told, store)
            store.close()


@pytest.fixture(scope="module", params=[in_mlflows_own_store, by_the_plugin, on_dagshub], ids=lambda way: way.__name__)
def ran(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Ran]:
    yield from request.param(tmp_path_factory.mktemp("atom"), environment, lambda: request.getfixturevalue("server3"))


def test_models_and_nested_trials_are_runs_with_their_params_and_data(ran: Ran) -> None:
    dash = nbtrack.dashboard(ran.store, "breast_cancer")
    shown = dash.runs.set_index("tags.mlflow.runName")
    dash.close()
    assert sorted(shown.index) == ["LGB", *(f"LGB - {n}" for n in range(5)), "LR", "RF"]
    assert set(shown["status"]) == {"FINISHED"}
    trials = shown.loc[[f"LGB - {n}" for n in range(5)]]
    assert set(trials["tags.mlflow.parentRunId"]) == {ran.told["runs"]["LGB"]}
    assert trials["metrics.f1_validation"].tolist() == pytest.approx(ran.told["trials"])
    assert trials["params.learning_rate"].nunique() == 5
    assert shown.loc["RF", "tags.model"] == "RandomForest"
    for name in ("LR", "RF", "LGB"):
        given = ran.store.run(ran.told["runs"][name]).inputs.dataset_inputs
        assert sorted(tag.value for each in given for tag in each.tags) == ["test", "train"]


def test_scores_logged_again_and_again_at_step_0_are_all_kept_and_the_latest_is_shown(ran: Ran) -> None:
    for name in ("LR", "RF"):
        run = ran.store.run(ran.told["runs"][name])
        for score in SCORES:
            history = ran.store.history(run.info.run_id, f"{score}_test")
            assert set(history.step.tolist()) == {0}
            assert len(history) > 3
            points = list(zip(history.timestamp.tolist(), history.value.tolist(), strict=True))
            assert len(set(points)) == len(points), "a point is there once"
            assert run.data.metrics[f"{score}_test"] == max(points)[1]
            assert run.data.metrics[f"{score}_test"] == pytest.approx(ran.told["scores"][name][score])


def test_curves_are_whole(ran: Ran) -> None:
    assert set(ran.told["evals"]) == {"evals_f1_train", "evals_f1_test"}
    for key, values in ran.told["evals"].items():
        history = ran.store.history(ran.told["runs"]["LGB"], key)
        assert sorted(zip(history.step.tolist(), history.value.tolist(), strict=True)) == list(enumerate(values))


def test_the_plot_is_among_the_files_of_every_model_in_it(ran: Ran) -> None:
    for name in ("LR", "RF"):
        assert b"plotly" in ran.store.read_artifact(ran.told["runs"][name], "plot_gains.html").lower()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium_running() as started:
        yield started


def test_a_page_of_it_shows_nested_trials_and_draws_the_curves(ran: Ran, browser: Browser, tmp_path: Path) -> None:
    dash = nbtrack.dashboard(ran.store, "breast_cancer")
    ids = dash.runs["run_id"].tolist()
    dash.close()
    experiments = {ran.store.run(run).info.experiment_id for run in ids}
    page_of = report(ran.store, ids, sorted(experiments), charts=list(ran.told["evals"]))
    path = page_of.save_html(tmp_path / "atom.html")
    page_of.close()
    context = browser.new_context(viewport={"width": 1400, "height": 1060}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    rows = page.locator(".nbt-grid [role=row][aria-level='2']")
    expect(rows).to_have_count(5)
    expect(page.locator(".nbt-figure-name", has_text="evals_f1_test")).to_be_visible()
    expect(page.locator(".nbt-charts canvas").first).to_be_visible()
    context.close()


def test_the_notebook_about_atom_runs_and_shows_its_trials(tmp_path: Path, environment: dict[str, str]) -> None:
    notebook = shutil.copy(HERE.parents[1] / "notebooks" / "07-atom.ipynb", tmp_path)
    bin_folder = str(Path(atom_python()).parent)
    given = {**environment, **QUIET, "PATH": f"{bin_folder}{os.pathsep}{environment['PATH']}"}
    given |= {"JUPYTER_PREFER_ENV_PATH": "1", "OMP_NUM_THREADS": "1", "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1"}
    code = "import os, pathlib, sys; from nbtrack.demo.execute import execute; "
    code += "sys.exit(execute(pathlib.Path(sys.argv[1]), dict(os.environ)))"
    done = subprocess.run(
        [atom_python(), "-c", code, notebook], env=given, capture_output=True, text=True, timeout=1500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "07-atom.executed.html").read_text()
    assert page.count("LGB - ") >= 3
    shown = open_store(tmp_path / "mlruns").snapshot().rows
    assert sum("mlflow.parentRunId" in row.run.data.tags for row in shown) == 3

"""Published tutorials, in words of their own, keep the same with nbtrack as with MLflow.

Each script of `tutorials/` is run by MLflow on its own folder, by MLflow on `nbtrack:///…`, and with
`import nbtrack as mlflow`; the scripts' tracked cells do the same with as little code as possible. All that is compared
is read back by MLflow's client.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.interop.test_mlflow_plugin import environment
from tests.servers import QUIET

pytestmark = [pytest.mark.interop, pytest.mark.timeout(900)]
__all__ = ["environment"]
HERE = Path(__file__).parent / "tutorials"
ROOT = Path(__file__).parents[2]
SETTINGS = {
    **QUIET,
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1",
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
}
FORMS = ["import nbtrack as mlflow", "MLflow on nbtrack:///"]
# Durations differ from one run of the same fit to the next.
TIMES = {"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"}
RANDOM_NAME = re.compile(r"[a-z]+-[a-z]+-\d+")


@dataclass(frozen=True)
class Outcome:
    said: Any  # what the script printed last, as JSON
    runs: list[dict[str, Any]]  # all runs of the store, as MLflow's client reads them


class Tutorials:
    def __init__(self, folder: Path, mlflow3: str, mlflow: Any, plugin: dict[str, str]) -> None:
        self._folder, self._mlflow3, self._mlflow, self._plugin = folder, mlflow3, mlflow, plugin
        self._reference: dict[str, Outcome] = {}

    def reference(self, name: str) -> Outcome:
        """The script run by MLflow alone; once for all forms."""
        if name not in self._reference:
            folder = self._made(f"{name}-mlflow")
            script = (HERE / f"{name}.py").read_text()
            self._reference[name] = self._run(self._mlflow3, script, folder, store=(folder / "mlruns").as_uri())
        return self._reference[name]

    def form(self, name: str, form: str) -> Outcome:
        script = (HERE / f"{name}.py").read_text()
        folder = self._made(f"{name}-{FORMS.index(form)}")
        if form == "import nbtrack as mlflow":
            return self._run(sys.executable, with_nbtrack(script), folder, store=str(folder / "mlruns"))
        return self._run(self._mlflow3, script, folder, store=f"nbtrack://{folder}/mlruns", **self._plugin)

    def cells(self, name: str) -> Outcome:
        folder = self._made(f"{name}-cells")
        script = CELLS.format(file=str(HERE / f"{name}_cells.py"))
        return self._run(sys.executable, script, folder, store=str(folder / "mlruns"))

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder

    def _run(self, python: str, script: str, folder: Path, *, store: str, **more: str) -> Outcome:
        (folder / "script.py").write_text(script)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
        given = {**kept, "PYTHONPATH": str(ROOT), **more, **SETTINGS, "MLFLOW_TRACKING_URI": store}
        done = subprocess.run(
            [python, "script.py"], cwd=folder, env=given, capture_output=True, text=True, timeout=400
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        kept_runs = self._mlflow.ask("dump", store=(folder / "mlruns").as_uri())
        return Outcome(json.loads(done.stdout.splitlines()[-1]), comparable(kept_runs))


# An IPython in which each part of the file is a cell; one whose `# %%` line has more is a tracked cell.
CELLS = """
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.run_cell("%load_ext nbtrack").raise_error()
for cell in Path({file!r}).read_text().split("# %%")[1:]:
    arguments, _, code = cell.partition("\\n")
    shell.run_cell(f"%%track{{arguments}}\\n{{code}}" if arguments.strip() else code, store_history=True).raise_error()
"""


def with_nbtrack(script: str) -> str:
    script = re.sub(r"^import mlflow$", "import nbtrack as mlflow", script, flags=re.MULTILINE)
    return re.sub(r"^(import|from) mlflow\.", r"\1 nbtrack.", script, flags=re.MULTILINE)


def comparable(dump: dict[str, Any]) -> list[dict[str, Any]]:
    """Of each run what does not change from one execution to the next; names that nobody chose are left out."""
    experiments = {key: each["name"] for key, each in dump["experiments"].items()}
    names = {key: run["info"]["run_name"] for key, run in dump["runs"].items()}
    found = []
    for run in dump["runs"].values():
        tags, parent = run["tags"], run["tags"].get("mlflow.parentRunId")
        name = run["info"]["run_name"]
        found.append(
            {
                "experiment": experiments[run["info"]["experiment_id"]],
                "name": name if parent is None or name.startswith("alpha") else None,
                "parent": names.get(parent),
                "root": names.get(tags.get("mlflow.rootRunId")),
                "status": run["info"]["status"],
                "params": run["params"],
                "metrics": {
                    key: sorted([step, f"{float(value):.8g}"] for step, _, value in points)
                    for key, points in run["histories"].items()
                    if key not in TIMES
                },
                "tags": {key: value for key, value in tags.items() if not key.startswith(("mlflow.", "nbtrack."))},
                "note": tags.get("mlflow.note.content"),
                "type": tags.get("mlflow.source.type"),
                "artifacts": sorted(path for path, is_folder, _ in run["artifacts"] if not is_folder),
            }
        )
    return sorted(found, key=lambda run: (run["experiment"], str(run["name"]), sorted(run["params"].items())))


def without(runs: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{key: value for key, value in run.items() if key not in names} for run in runs]


def without_late_metrics(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take away what MLflow misses: metrics of functions that were imported before autolog(), as documented."""
    for run in runs:
        run["metrics"].pop("mean_squared_error_X_test", None)
        run["metrics"].pop("accuracy_score_y_test", None)
    return runs


def assert_kept(mine: dict[str, Any], other: dict[str, Any]) -> None:
    """The tracked cell's run has what the other was given, and more; its metrics need not have been logged by hand."""
    assert other["params"].items() <= mine["params"].items()
    assert other["metrics"].items() <= mine["metrics"].items()
    assert other["tags"].items() <= mine["tags"].items()
    assert (mine["parent"], mine["note"]) == (other["parent"], other["note"])


@pytest.fixture(scope="module")
def tutorials(
    tmp_path_factory: pytest.TempPathFactory, mlflow3: str, real_mlflow3: Any, environment: dict[str, str]
) -> Tutorials:
    return Tutorials(tmp_path_factory.mktemp("tutorials"), mlflow3, real_mlflow3, environment)


@pytest.mark.parametrize("form", FORMS)
def test_the_pipeline_keeps_its_variances_errors_and_pickles(form: str, tutorials: Tutorials) -> None:
    theirs, ours = tutorials.reference("pipeline"), tutorials.form("pipeline", form)
    assert ours.said == theirs.said
    assert ours.runs == theirs.runs
    assert [run["artifacts"] for run in ours.runs] == [["toy_model.pkl"]] * 4


def test_tracked_cells_keep_of_the_pipeline_what_its_code_logs_by_hand(tutorials: Tutorials) -> None:
    theirs, ours = tutorials.reference("pipeline"), tutorials.cells("pipeline")
    assert ours.said == {key: theirs.said[key] for key in ours.said}
    assert len(ours.runs) == len(theirs.runs) == 4
    for mine, other in zip(ours.runs, theirs.runs, strict=True):
        assert (mine["experiment"], mine["name"], mine["status"]) == ("toy_model", other["name"], "FINISHED")
        assert_kept(mine, other)
        assert "toy_model.pkl" in mine["artifacts"]


@pytest.mark.parametrize("form", FORMS)
def test_the_tips_for_start_run_and_search_runs_work_alike(form: str, tutorials: Tutorials) -> None:
    theirs, ours = tutorials.reference("tips"), tutorials.form("tips", form)
    assert ours.said == theirs.said
    # Of nbtrack alone: the root of nested runs, and models among the files of a run; MLflow 3 keeps them elsewhere.
    assert without(without_late_metrics(ours.runs), "root", "artifacts") == without(theirs.runs, "root", "artifacts")
    roots = {str(run["name"]): run["root"] for run in ours.runs}
    assert (roots["parent"], roots["alpha 0.3"], roots["alpha 0.5"]) == ("parent", "parent", "parent")
    assert roots["set"] is None


@pytest.mark.parametrize("form", FORMS)
def test_the_autologs_of_the_guide_keep_the_same(form: str, tutorials: Tutorials) -> None:
    theirs, ours = tutorials.reference("guide"), tutorials.form("guide", form)
    assert ours.said == theirs.said
    # Pictures and `estimator.html` are among the documented differences of nbtrack's autolog.
    assert without(without_late_metrics(ours.runs), "root", "artifacts") == without(theirs.runs, "root", "artifacts")
    if form == "MLflow on nbtrack:///":
        assert [run["artifacts"] for run in ours.runs] == [run["artifacts"] for run in theirs.runs]


@pytest.mark.parametrize("name", ["tips", "guide"])
def test_tracked_cells_keep_with_little_code_what_the_tutorial_keeps(name: str, tutorials: Tutorials) -> None:
    theirs, ours = tutorials.reference(name), tutorials.cells(name)
    assert {**theirs.said, **ours.said} == theirs.said
    for mine, other in zip(ours.runs, theirs.runs, strict=True):
        assert (mine["experiment"], mine["name"], mine["status"]) == (other["experiment"], other["name"], "FINISHED")
        assert_kept(mine, other)

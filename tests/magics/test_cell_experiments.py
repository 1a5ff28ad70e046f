"""`set_experiment` inside tracked cells, blocks and scripts: where is the run, and where are those that start later?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack.errors import NbtrackWarning
from nbtrack.magics.arguments import Options
from nbtrack.magics.background import settle
from nbtrack.magics.script import run_script
from nbtrack.stores import Store, open_store
from nbtrack.tracking.client import PARENT
from tests.conftest import empty_database
from tests.magics.test_script import here as here


def places(store: Store) -> dict[str, str]:
    """By run name: the experiment it lies in."""
    settle()
    names = {each.experiment_id: each.name for each in store.experiments()}
    return {str(row.run.info.run_name): names[row.run.info.experiment_id] for row in store.snapshot().rows}


pytestmark = pytest.mark.filterwarnings("default::nbtrack.errors.NbtrackWarning")

NAMED = "with mlflow.start_run(run_name='named'):\n    mlflow.log_metric('m', 1)\n"


@pytest.mark.parametrize(
    "sets",
    [
        "mlflow.set_experiment('X')",
        "mlflow.set_experiment(experiment_name='X')",
        "name = 'X'\nmlflow.set_experiment(name)",
        "mlflow.set_experiment(''.join('X'))",
        "lr = 0.1\nfor _ in range(1):\n    mlflow.set_experiment('X')",
        "from nbtrack import set_experiment as choose\nchoose('X')",
        "mlflow.set_experiment(experiment_id=mlflow.create_experiment('X'))",
        "if __name__ == '__main__':\n    mlflow.set_experiment('X')",
    ],
)
def test_a_cell_that_sets_an_experiment_before_it_logs_has_its_run_there(nb: Any, sets: str) -> None:
    nb.cell("import nbtrack as mlflow")
    nb.cell(f"%%track cell -e old -p depth=3 -t who=me\n{sets}\nmlflow.log_metric('m', 1)\n{NAMED}")
    assert "Warning" not in nb.output
    assert places(nb.store) == {"cell": "X", "named": "X"}
    assert f"cell · X · finished" in nb.output.replace("\n", " ")  # noqa: F541
    cell = next(run for run in nb.runs if run.info.run_name == "cell")
    assert cell.data.params["depth"] == "3"
    assert cell.data.metrics["m"] == 1.0
    assert nb.artifact("cell.py", cell).startswith("%%track cell")
    assert nb.artifact("requirements.txt", cell)
    assert list(nb.store.snapshot().damages) == []
    nb.cell("%%track next\npass")
    assert places(nb.store)["next"] == "X"


@pytest.mark.parametrize("literal", [True, False])
def test_a_literal_opens_the_run_there_from_the_start_and_else_it_is_moved(nb: Any, literal: bool) -> None:
    nb.cell("import nbtrack as mlflow\nparts = ['X']")
    nb.cell(
        f"%%track cell -e old\nrun = mlflow.active_run()\nbefore = run.info.experiment_id\n"
        f"after = mlflow.set_experiment({'parts[0]' if not literal else repr('X')}).experiment_id\n"
        "same = run.info.experiment_id == after"
    )
    assert nb.ip.user_ns["same"]
    assert (nb.ip.user_ns["before"] == nb.ip.user_ns["after"]) == literal
    assert places(nb.store) == {"cell": "X"}


@pytest.mark.parametrize(
    "logs",
    [
        "mlflow.log_metric('m', 1)",
        "mlflow.log_param('a', 1)",
        "mlflow.set_tag('mine', 1)",
        "mlflow.log_text('a', 'a.txt')",
        "mlflow.MlflowClient().log_metric(mlflow.active_run().info.run_id, 'm', 1)",
        "with mlflow.start_run(run_name='child'): pass",
        "from sklearn.linear_model import Ridge\nRidge().fit([[0.0], [1.0]], [0, 1])",
    ],
)
def test_a_run_that_was_logged_into_stays_and_later_ones_go_to_the_new_experiment(nb: Any, logs: str) -> None:
    nb.cell("import nbtrack as mlflow\nparts = ['X']")
    with pytest.warns(NbtrackWarning, match="'cell' has been logged into, so it stays .*; runs that .* go to 'X'"):
        nb.cell(f"%%track cell -e old\n{logs}\nmlflow.set_experiment(parts[0])\nmlflow.log_metric('more', 1)\n{NAMED}")
    found = places(nb.store)
    assert (found["cell"], found["named"]) == ("old", "X")
    assert found.get("child", "old") == "old"
    named = next(run for run in nb.runs if run.info.run_name == "named")
    assert nb.store.run(named.data.tags[PARENT]).info.run_name == "cell"


def test_an_unnamed_run_after_the_change_is_one_of_the_new_experiment(nb: Any) -> None:
    nb.cell("import nbtrack as mlflow\nparts = ['X']")
    nb.cell(
        "%%track cell -e old\nmlflow.log_metric('a', 1)\nmlflow.set_experiment(parts[0])\n"
        "with mlflow.start_run() as run:\n    mlflow.log_metric('b', 2)"
    )
    found = {names: run.data.metrics for run in nb.runs for names in [places(nb.store)[str(run.info.run_name)]]}
    assert {name: dict(metrics) for name, metrics in found.items()} == {"old": {"a": 1.0}, "X": {"b": 2.0}}


def test_the_first_literal_counts_and_later_ones_are_for_what_starts_later(nb: Any) -> None:
    nb.cell("import nbtrack as mlflow")
    nb.cell("%%track cell\nmlflow.set_experiment('X')\nmlflow.log_metric('m', 1)\nmlflow.set_experiment('Y')\n" + NAMED)
    assert places(nb.store) == {"cell": "X", "named": "Y"}


def test_a_resumed_run_is_not_moved(nb: Any) -> None:
    nb.cell("import nbtrack as mlflow")
    nb.cell("%%track cell -e old\npass")
    with pytest.warns(NbtrackWarning, match="was resumed, so it stays"):
        nb.cell("%%track --resume cell\nmlflow.set_experiment('X')")
    assert places(nb.store) == {"cell": "old"}


def test_the_same_experiment_or_a_wrong_name_changes_nothing(nb: Any) -> None:
    nb.cell("import nbtrack as mlflow")
    nb.cell("%%track cell -e old\nmlflow.log_metric('m', 1)\nmlflow.set_experiment('old')")
    nb.cell("%%track other -e old\nmlflow.set_experiment('')")
    assert places(nb.store) == {"cell": "old", "other": "old"}
    assert "stays" not in nb.output


def test_blocks_functions_and_scripts_do_as_cells(here: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(name: str) -> float:
        nbtrack.set_experiment(name)
        nbtrack.log_metric("m", 1)
        return 1.0

    with nbtrack.track("block", experiment="old"):
        nbtrack.set_experiment("X")
        nbtrack.log_metric("m", 1)
    nbtrack.track("function", experiment="old")(train)("Y")
    script = tmp_path / "train.py"
    script.write_text(
        "import sys, nbtrack\nlr = 0.1\ndef main():\n    nbtrack.set_experiment(sys.argv[1])\n"
        "    with nbtrack.start_run():\n        nbtrack.log_metric('m', 1)\nmain()\n"
    )
    monkeypatch.setattr(sys, "argv", [""])
    assert run_script(script, ["Z"], Options(experiment="old"))[1] == 0
    script.write_text("import nbtrack as mlflow\nmlflow.set_experiment('L')\nmlflow.log_metric('m', 1)\n")
    assert run_script(script, [], Options(name="literal"))[1] == 0
    assert places(here) == {"block": "X", "function": "Y", "train": "Z", "literal": "L"}


def test_runs_of_a_database_move_with_their_files(nb: Any, tmp_path: Path) -> None:
    empty_database(3, tmp_path / "db")
    uri = f"sqlite:///{tmp_path}/db/mlflow.db"
    nb.cell(f"import nbtrack as mlflow\nmlflow.set_tracking_uri({uri!r})\nparts = ['X']")
    nb.cell(f"%%track cell\nlr = 0.5\nmlflow.set_experiment(parts[0])\nmlflow.log_text('mine', 'a.txt')\n{NAMED}")
    store = open_store(uri)
    assert places(store) == {"cell": "X", "named": "X"}
    run = next(row.run for row in store.snapshot().rows if row.run.info.run_name == "cell")
    assert run.data.params["lr"] == "0.5"
    assert store.read_artifact(run.info.run_id, "cell.py")
    assert store.read_artifact(run.info.run_id, "a.txt") == b"mine"

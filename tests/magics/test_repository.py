"""Tracked cells in a git repository: the files of a run can be brought back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nbtrack
from nbtrack.errors import NotFoundError
from nbtrack.magics.background import settle
from tests.capture.test_git import git
from tests.magics.conftest import Notebook


@pytest.fixture
def edited(nb: Notebook) -> Notebook:
    """A repository whose model.py says 2 in the work tree and 1 in the commit."""
    git(nb.folder, "init", "-q", "-b", "main")
    (nb.folder / ".gitignore").write_text(".ipython\n")
    (nb.folder / "model.py").write_text("depth = 1\n")
    git(nb.folder, "add", ".")
    git(nb.folder, "commit", "-qm", "one")
    (nb.folder / "model.py").write_text("depth = 2\n")
    return nb


def test_the_snapshot_holds_what_was_there_before_the_cell(edited: Notebook) -> None:
    edited.cell("%%track\nwith open('model.py', 'w') as f:\n    f.write('depth = 3\\n')\nopen('fresh.py', 'w').close()")
    commit = edited.run.data.tags["nbtrack.git.snapshot"]
    assert git(edited.folder, "show", f"{commit}:model.py") == "depth = 2\n"
    assert git(edited.folder, "diff", "--name-only", "HEAD", commit).split() == ["model.py"]
    assert (edited.folder / "model.py").read_text() == "depth = 3\n"


def test_checkout_brings_the_files_of_the_run_beside_those_of_now(edited: Notebook, tmp_path: Path) -> None:
    edited.cell("%%track before\npass")
    run = edited.run
    (edited.folder / "model.py").write_text("depth = 9\n")
    folder = nbtrack.checkout(run, tmp_path / "back")
    assert (folder / "model.py").read_text() == "depth = 2\n"
    assert (edited.folder / "model.py").read_text() == "depth = 9\n"
    assert git(edited.folder, "branch", "--show-current") == "main\n"
    assert nbtrack.checkout("before", tmp_path / "by name").name == "by name"


def test_each_cell_of_an_open_run_has_its_inputs_and_its_files(edited: Notebook, tmp_path: Path) -> None:
    edited.cell("base = 1")
    edited.cell("%track start several")
    edited.cell("a = base + 1")
    settle()
    edited.cell("b = 2")  # the files are those of the cell before
    (edited.folder / "model.py").write_text("depth = 5\n")
    edited.cell("c = a + b")
    edited.cell("%track end")
    tags = edited.run.data.tags
    assert [key for key in tags if key.startswith("nbtrack.git.snapshot")] == [
        "nbtrack.git.snapshot", "nbtrack.git.snapshot.3",
    ]  # fmt: skip
    depth = [(nbtrack.checkout("several", tmp_path / str(n), cell=n) / "model.py").read_text() for n in (1, 2, 3)]
    assert depth == ["depth = 2\n", "depth = 2\n", "depth = 5\n"]
    kept = {name: json.loads(edited.artifact(name)) for name in ("inputs.json", "inputs-3.json")}
    assert [row["source"] for row in kept["inputs.json"]] == ["base = 1"]
    assert [row["source"] for row in kept["inputs-3.json"]] == ["base = 1", "a = base + 1", "b = 2"]
    edited.cell("%track load several --with-inputs")
    assert edited.ip.rl_next_input.startswith("base = 1\n\n%track load ")
    edited.cell("%track load several")
    assert edited.ip.rl_next_input == "a = base + 1\n\nb = 2\n\nc = a + b"


def test_checkout_of_a_run_outside_a_repository_says_so(nb: Notebook) -> None:
    nb.cell("%%track\npass")
    with pytest.raises(NotFoundError, match="outside a git repository"):
        nbtrack.checkout(nb.run)


def test_switches_leave_out_what_they_name(edited: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("snapshot", "packages", "source", "output"):
        monkeypatch.setattr(nbtrack.capture.options, name, False)
    edited.cell("%%track\nprint('hi')")
    assert "nbtrack.git.snapshot" not in edited.run.data.tags
    assert "mlflow.source.git.commit" in edited.run.data.tags
    assert edited.store.list_artifacts(edited.run.info.run_id) == []


def test_diff_names_the_work_trees_and_the_files_that_differ(edited: Notebook) -> None:
    edited.cell("%%track one\nx = 1")
    (edited.folder / "model.py").write_text("depth = 5\n")
    edited.cell("%%track two\nx = 1")
    assert len(edited.runs) == 2
    edited.output = ""
    edited.cell("%track diff one two")
    assert "M model.py" in edited.output
    assert "work tree" in edited.output

"""Tracked cells in a git repository: the files of a run can be brought back."""

from __future__ import annotations

import json
import shutil
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack.capture import options
from nbtrack.dashboard.commits import between
from nbtrack.errors import NotFoundError
from nbtrack.magics.background import Background, settle
from nbtrack.magics.card import Card, card_of
from nbtrack.magics.card_html import card_html
from nbtrack.magics.diff import changed_files
from nbtrack.magics.find import runs_of
from nbtrack.magics.surroundings import Surroundings
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


def test_the_next_cell_finds_all_that_the_one_before_it_noted(edited: Notebook) -> None:
    edited.cell("import nbtrack")
    for number in range(3):
        edited.cell(f"%%track run{number}\nlr = 0.1")
        edited.cell("row = nbtrack.search_runs().iloc[0]\nfiles = nbtrack.artifacts.list_artifacts(run_id=row.run_id)")
        row, files = edited.ip.user_ns["row"], edited.ip.user_ns["files"]
        assert row["tags.mlflow.runName"] == f"run{number}"
        for tag in ("mlflow.source.git.commit", "nbtrack.git.snapshot", "nbtrack.python"):
            assert isinstance(row[f"tags.{tag}"], str)
        assert "requirements.txt" in [file.path for file in files]


def test_the_next_cell_waits_no_longer_than_it_should_and_only_once(
    nb: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbtrack.magics.magics.NEXT_CELL_WAITS", 0.2)
    going_on = threading.Event()
    Background(going_on.wait)
    took = []
    for _ in range(2):
        began = time.monotonic()
        nb.cell("pass")
        took.append(time.monotonic() - began)
    going_on.set()
    assert took[0] >= 0.2
    assert took[1] < took[0]


@pytest.mark.parametrize("gone", ["deleted", "removed"])
def test_a_run_that_is_deleted_while_it_is_being_noted_costs_no_warning(
    edited: Notebook, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    deleted, noting = threading.Event(), Surroundings._note

    def late(self: Surroundings, *given: Any) -> None:
        deleted.wait(20)
        noting(self, *given)

    monkeypatch.setattr(Surroundings, "_note", late)
    monkeypatch.setattr(options, "snapshot", False)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        edited.cell("%%track\nlr = 0.1")
        (run,) = runs_of(edited.store)
        if gone == "deleted":
            nbtrack.delete_run(run.info.run_id)
        else:
            shutil.rmtree(next(edited.folder.glob(f"mlruns/*/{run.info.run_id}")))
        deleted.set()
        settle()
    assert [str(each.message) for each in said] == []
    assert edited.output.count("nbtrack could not") == 0


def test_runs_in_a_tracked_cell_have_its_source_and_commit(edited: Notebook) -> None:
    edited.cell("import nbtrack")
    edited.cell(
        "%%track outer\nwith nbtrack.start_run(run_name='inner', nested=True): pass\nwith nbtrack.track('block'): pass"
    )
    edited.cell("with nbtrack.start_run(run_name='plain'): pass")
    tags = {run.info.run_name: run.data.tags for run in edited.runs}
    commit = git(edited.folder, "rev-parse", "HEAD").strip()
    assert {name: each["mlflow.source.git.commit"] for name, each in tags.items()} == dict.fromkeys(
        ("outer", "inner", "block", "plain"), commit
    )
    assert tags["inner"]["mlflow.source.type"] == tags["outer"]["mlflow.source.type"] == "NOTEBOOK"


def test_a_store_that_is_kept_in_git_is_no_change_and_in_no_diff(edited: Notebook) -> None:
    edited.cell("%%track first\nlr = 0.1")
    assert len(edited.runs) == 1
    (edited.folder / "uv.lock").write_text("a\n")
    git(edited.folder, "add", "-A")
    git(edited.folder, "commit", "-qm", "with mlruns")
    edited.cell("%%track second\nlr = 0.2")
    second = edited.runs[-1]
    assert second.data.tags["nbtrack.git.dirty"] == "false"
    assert "nbtrack.git.snapshot" not in second.data.tags
    (edited.folder / "uv.lock").write_text("b\n")
    (edited.folder / "zebra.py").write_text("z = 1\n")
    edited.cell("%%track third\nlr = 0.3")
    first, second, third = edited.runs
    told = between(edited.store, second, third)
    assert [file["path"] for file in told["files"]] == ["zebra.py", "uv.lock"]
    assert changed_files(edited.store, second, third) == ["A zebra.py", "M uv.lock"]
    assert not any(file["path"].startswith("mlruns") for file in between(edited.store, first, third)["files"])


def test_the_card_links_to_the_commit_and_to_what_changed_since_the_run_before(edited: Notebook) -> None:
    git(edited.folder, "remote", "add", "origin", "https://ada:secret@github.com/ada/model.git")
    first = git(edited.folder, "rev-parse", "HEAD").strip()
    edited.cell("%%track one\nlr = 0.1", cell_id="a")
    git(edited.folder, "commit", "-qam", "two")
    second = git(edited.folder, "rev-parse", "HEAD").strip()
    edited.cell("import time\ntime.sleep(0.01)")
    edited.cell("%%track one\nlr = 0.2\nimport time; time.sleep(0.3)", cell_id="a")
    run = edited.runs[-1]
    html = card_html(card_of(edited.store, run, now=run.info.end_time or 0))
    assert f'href="https://github.com/ada/model/commit/{second}"' in html
    assert "secret" not in html + str(run.data.tags)
    card = Card(run.info.run_id, "one", "Default")
    card.of_commit(run.data.tags, edited.runs[0].data.tags)
    assert f"https://github.com/ada/model/compare/{first}...{second}" in card_html(card)


def test_a_remote_of_a_stranger_is_no_link_on_the_card() -> None:
    for remote in ("javascript:alert(1)", 'https://evil.example/"><img src=x>', "https://github.com@evil.example/a/b"):
        card = Card("r", "one", "Default")
        card.of_commit({"mlflow.source.git.commit": "a" * 40, "mlflow.source.git.repoURL": remote})
        assert "href" not in card_html(card)
        assert "aaaaaaaaaa" in card_html(card)
        card.of_commit({"mlflow.source.git.commit": "<script>", "mlflow.source.git.repoURL": remote})
        assert "<script" not in card_html(card)

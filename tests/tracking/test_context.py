from __future__ import annotations

import sys
from pathlib import Path

import pytest

import nbtrack
from nbtrack.errors import NbtrackWarning
from nbtrack.stores import Store
from nbtrack.tracking import context
from nbtrack.tracking.names import random_name
from tests.repository import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "train.py").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "remote", "add", "origin", "https://ada:secret@example.com/ada/repo.git")
    return tmp_path


def test_a_script_in_a_work_tree_is_tagged_with_its_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(repository / "train.py")])
    expected = {
        "mlflow.source.git.commit": git(repository, "rev-parse", "HEAD").strip(),
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.repoURL": "https://example.com/ada/repo.git",
    }
    assert context.git_tags() == expected
    git(repository, "pack-refs", "--all")
    assert context.git_tags() == expected
    git(repository, "checkout", "-q", "--detach")
    assert context.git_tags() == {k: v for k, v in expected.items() if not k.endswith("branch")}


def test_a_linked_work_tree_is_read_too(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(repository, "worktree", "add", "-q", str(linked), "-b", "side/branch")
    monkeypatch.setattr(sys, "argv", [str(linked / "train.py")])
    assert context.git_tags()["mlflow.source.git.branch"] == "side/branch"
    assert context.git_tags()["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD").strip()


def test_a_console_has_no_file_and_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [""])
    assert context.source_tags()["mlflow.source.name"] == "<console>"
    assert context.git_tags() == {}


def test_a_provider_adds_tags_and_a_failing_one_only_warns(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def notebook_tags() -> dict[str, str]:
        return {"mlflow.source.type": "NOTEBOOK", "mlflow.source.name": "a.ipynb"}

    def broken_tags() -> dict[str, str]:
        raise OSError("no such thing")

    monkeypatch.setattr(context, "_providers", list(context._providers))
    for _ in range(2):
        context.add_provider(notebook_tags)
    context.add_provider(broken_tags)
    with pytest.warns(NbtrackWarning, match="find out broken tags"):
        run = nbtrack.start_run(tags={"mlflow.source.name": "given"})
    assert run.data.tags["mlflow.source.type"] == "NOTEBOOK"
    assert run.data.tags["mlflow.source.name"] == "given"
    assert run.info.user_id == run.data.tags["mlflow.user"]


def test_made_up_names_do_not_follow_the_seed_of_the_person() -> None:
    import random

    state = random.getstate()
    names = {random_name() for _ in range(50)}
    assert random.getstate() == state
    assert len(names) > 40
    assert max(map(len, names)) <= 20

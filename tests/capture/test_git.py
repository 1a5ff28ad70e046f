"""The repository of a run: its state, and a commit of the work tree that nobody notices."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from nbtrack.capture import hold as holding
from nbtrack.capture.git import git_tags
from nbtrack.capture.hold import Hold, let_this_thread
from nbtrack.capture.snapshot import take_snapshot
from nbtrack.git.command import isolated
from nbtrack.git.location import find_repository
from nbtrack.git.work_tree import State, read_state
from tests.repository import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit with a.py and sub/b.py."""
    root = tmp_path / "repo"
    (root / "sub").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "a.py").write_text("x = 1\n")
    (root / "sub" / "b.py").write_text("y = 1\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    return root


def git_state(root: Path) -> State | None:
    found = find_repository(root)
    assert found is not None
    with isolated(found) as its_git:
        return read_state(its_git)


def snapshot(root: Path, *, leave_out: tuple[Path, ...] = ()) -> str | None:
    state = git_state(root)
    assert state is not None
    with isolated(state.repository) as its_git:
        return take_snapshot(its_git, state.without(leave_out), "run1", read=lambda: None)


def test_a_repository_gives_commit_branch_remote_and_whether_it_is_dirty(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://me:secret@example.org/repo.git")
    state = git_state(repository)
    assert state is not None
    clean = git_tags(state)
    assert clean["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD").strip()
    assert (clean["mlflow.source.git.branch"], clean["nbtrack.git.dirty"]) == ("main", "false")
    assert clean["mlflow.source.git.repoURL"] == "https://example.org/repo.git"
    (repository / "a.py").write_text("x = 2\n")
    changed = git_state(repository)
    assert changed is not None
    assert git_tags(changed)["nbtrack.git.dirty"] == "true"


def test_outside_a_repository_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert find_repository(tmp_path) is None


def test_a_clean_work_tree_has_no_snapshot(repository: Path) -> None:
    assert snapshot(repository) is None
    assert git(repository, "for-each-ref", "refs/nbtrack") == ""


def test_a_snapshot_holds_edits_deletions_and_new_texts_and_leaves_everything_as_it_was(repository: Path) -> None:
    (repository / "a.py").write_text("x = 2\n")
    (repository / "sub" / "b.py").unlink()
    (repository / "new é.py").write_text("z = 3\n")
    (repository / "staged.py").write_text("s = 1\n")
    git(repository, "add", "staged.py")
    before = git(repository, "status", "--porcelain"), (repository / ".git" / "index").read_bytes()
    head = git(repository, "rev-parse", "HEAD")
    commit = snapshot(repository)
    assert commit is not None
    assert git(repository, "show", f"{commit}:a.py") == "x = 2\n"
    assert git(repository, "show", f"{commit}:new é.py") == "z = 3\n"
    names = git(repository, "-c", "core.quotepath=off", "ls-tree", "-r", "--name-only", commit).splitlines()
    assert names == ["a.py", "new é.py", "staged.py"]
    assert git(repository, "rev-parse", "refs/nbtrack/run1").strip() == commit
    assert git(repository, "rev-parse", f"{commit}^") == head == git(repository, "rev-parse", "HEAD")
    assert (git(repository, "status", "--porcelain"), (repository / ".git" / "index").read_bytes()) == before
    assert git(repository, "branch", "-a").split() == ["*", "main"]


def test_a_snapshot_leaves_out_secrets_binaries_large_files_ignored_files_and_the_store(repository: Path) -> None:
    (repository / ".gitignore").write_text("ignored.txt\n")
    for name in (".env", "prod.env", "server.pem", "api_token.txt", "ignored.txt", "id_rsa", "kept.txt"):
        (repository / name).write_text("hunter2\n")
    (repository / "data.bin").write_bytes(b"\0\1")
    (repository / "large.csv").write_text("1,2\n" * 50_000)
    (repository / "tracks").mkdir()
    (repository / "tracks" / "meta.yaml").write_text("a: 1\n")
    commit = snapshot(repository, leave_out=(repository / "tracks",))
    assert commit is not None
    new = git(repository, "diff", "--name-only", "HEAD", commit).split()
    assert new == [".gitignore", "kept.txt"]


def test_a_repository_before_its_first_commit_has_a_snapshot_too(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("x = 1\n")
    state = git_state(tmp_path)
    assert state is not None
    assert git_tags(state) == {}
    commit = snapshot(tmp_path)
    assert commit is not None
    assert git(tmp_path, "show", f"{commit}:a.py") == "x = 1\n"


def test_a_write_into_the_repository_waits_until_the_snapshot_has_read_it(repository: Path) -> None:
    done: list[str] = []
    hold = Hold(repository, [repository / "store"])
    (repository / "store").mkdir()
    (repository / "store" / "m").write_text("the store's own writes go on")
    (repository / "a.py").read_text()

    def snap() -> None:
        let_this_thread()
        (repository / "by_git").write_text("")
        done.append("read")
        hold.release()

    thread = threading.Timer(0.2, snap)
    thread.start()
    (repository / "a.py").write_text("x = 'by the cell'\n")
    assert done == ["read"]
    assert not hold.late
    thread.join()


def test_a_cell_does_not_wait_for_ever(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "PATIENCE", 0.05)
    hold = Hold(repository)
    subprocess.run(["true"], check=True)
    assert hold.late

"""git runs on a stranger's repository without starting anything that the repository names."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

import pytest

import nbtrack
from nbtrack.capture.commits import file_changes, repository_of
from nbtrack.capture.snapshot import take_snapshot
from nbtrack.git.command import Git, isolated
from nbtrack.git.config_file import settings
from nbtrack.git.linked import add_work_tree
from nbtrack.git.location import Repository, find_repository
from nbtrack.git.work_tree import read_state
from nbtrack.stores import open_store
from tests.git.hostile import arm, make_trap
from tests.repository import git

METRICS = 'Name,Value,Timestamp,Step\n"loss",0.5,1000,1\r\n'


def found(folder: Path) -> Repository:
    repository = find_repository(folder)
    assert repository is not None
    return repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two commits, an edited file, a new one, and a submodule that is as hostile as the rest."""
    root, sub = tmp_path / "repo", tmp_path / "sub"
    for folder in (root, sub):
        folder.mkdir()
        git(folder, "init", "-q", "-b", "main")
        (folder / "metrics.csv").write_text(METRICS)
        (folder / "params.yml").write_text("lr: 0.1\n")
        (folder / "data.bin").write_bytes(b"\0\1")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "one")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(sub), "sub")
    (root / "params.yml").write_text("lr: 0.2\n")
    git(root, "commit", "-qam", "two")
    (root / "params.yml").write_text("lr: 0.3\n")
    (root / "sub" / "params.yml").write_text("lr: 0.3\n")
    (root / "new.txt").write_text("new\n")
    return root


def everything(root: Path, beside: Path) -> str | None:
    """All that nbtrack does with a repository. Returns the snapshot."""
    commits = git_log(root)
    store = open_store(f"git+{root}")
    for row in store.snapshot().rows:
        run = row.run.info.run_id
        for file in store.list_artifacts(run):
            store.read_artifact(run, file.path)
        for key in row.metrics:
            store.history(run, key)
    with isolated(found(root)) as its_git:
        state = read_state(its_git)
        assert state is not None
        snapshot = take_snapshot(its_git, state, "run", read=lambda: None)
        file_changes(its_git, commits[1], snapshot or commits[0])
    assert repository_of(commits, [str(root)]) is not None
    assert repository_of(["0" * 40], [str(root)]) is None
    assert add_work_tree(found(root), beside, commits[0])
    assert (beside / "params.yml").read_text() == "lr: 0.2\n"
    return snapshot


def git_log(root: Path) -> list[str]:
    with isolated(found(root)) as its_git:
        return (its_git.text("log", "--format=%H") or "").split()


@pytest.mark.parametrize("how", ["config", "include", "worktree"])
def test_no_program_of_the_repository_is_started(
    root: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap, sprung = make_trap(tmp_path)
    arm(root / "sub", trap) if (root / "sub" / ".git").is_dir() else None
    module = root / ".git" / "modules" / "sub"
    (module / "config").write_text((module / "config").read_text() + f"[core]\n\tfsmonitor = {trap}\n")
    arm(root, trap, how=how)
    monkeypatch.chdir(root)
    assert everything(root, tmp_path / "beside") is None  # each file has a filter, and none of them is run
    assert not sprung.exists(), sprung.read_text()
    with contextlib.suppress(subprocess.CalledProcessError):
        git(root, "status")
    assert sprung.exists()  # git itself does


def test_objects_that_are_missing_are_not_fetched(root: Path, tmp_path: Path) -> None:
    trap, sprung = make_trap(tmp_path)
    blob = git(root, "rev-parse", "HEAD:metrics.csv").strip()
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryformatversion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": str(tmp_path / "sub"), "remote.origin.uploadpack": str(trap), "core.sshCommand": str(trap),
    }.items():  # fmt: skip
        git(root, "config", key, value)
    rows = open_store(f"git+{root}").snapshot().rows
    assert [(row.run.info.run_name, dict(row.metrics)) for row in rows] == [("two", {}), ("one", {})]
    assert not sprung.exists()


def test_a_filter_of_the_users_own_configuration_is_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text('[filter "upper"]\n\tclean = "tr a-z A-Z"\n\tsmudge = cat\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (root / ".gitattributes").write_text("*.yml filter=upper\n")
    with isolated(found(root)) as its_git:
        state = read_state(its_git)
        assert state is not None
        commit = take_snapshot(its_git, state, "run", read=lambda: None)
        assert its_git.text("show", f"{commit}:params.yml") == "LR: 0.3\n"


def test_the_users_exclude_file_counts(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ignore").write_text("new.txt\n")
    (tmp_path / "gitconfig").write_text(f"[core]\n\texcludesFile = {tmp_path / 'ignore'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    with isolated(found(root)) as its_git:
        state = read_state(its_git)
    assert state is not None
    assert state.untracked == ()


def test_variables_of_a_hook_lead_nowhere_else(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a hook git sets variables that name the repository of the hook."""
    for name, value in {"GIT_DIR": tmp_path / "sub" / ".git", "GIT_INDEX_FILE": "x", "GIT_WORK_TREE": tmp_path}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    with isolated(found(root)) as its_git:
        state = read_state(its_git)
    assert state is not None
    assert state.edited == ("params.yml",)


def test_linked_work_trees_submodules_and_bare_repositories_are_read(root: Path, tmp_path: Path) -> None:
    linked, bare = tmp_path / "linked", tmp_path / "bare.git"
    git(root, "worktree", "add", "-q", str(linked), "-b", "side")
    git(tmp_path, "clone", "-q", "--bare", str(root), str(bare))
    for folder, branch in ((linked, "side"), (root / "sub", "main")):
        with isolated(found(folder)) as its_git:
            state = read_state(its_git)
        assert state is not None
        assert (state.repository.work_tree, state.branch) == (folder, branch)
    with isolated(found(bare)) as its_git:
        assert read_state(its_git) is None
    assert len(open_store(f"git+{bare}").snapshot().rows) == 2


def test_a_linked_work_tree_is_one_that_git_knows(root: Path, tmp_path: Path) -> None:
    there = tmp_path / "a name with blanks"
    commit = git(root, "rev-parse", "HEAD~1").strip()
    assert add_work_tree(found(root), there, commit)
    assert git(there, "status", "--porcelain") == ""
    assert git(there, "rev-parse", "HEAD").strip() == commit
    assert str(there) in git(root, "worktree", "list")
    assert add_work_tree(found(root), tmp_path / "other" / "a name with blanks", commit)
    git(root, "worktree", "remove", str(there))
    assert not there.exists()
    assert not add_work_tree(found(root), tmp_path / "none", "0" * 40)
    assert not (tmp_path / "none").exists()


def test_a_git_that_hangs_is_ended_with_all_that_it_started(root: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with isolated(found(root)) as its_git:
        started = time.monotonic()
        assert its_git.run("hash-object", "--no-filters", str(tmp_path / "pipe"), seconds=0.2) is None
        assert time.monotonic() - started < 10
        assert its_git.run("cat-file", "--batch", "--batch-all-objects", most=10) is None
        assert its_git.beginning("log", most=4) == (b"comm", False)


def test_a_pipe_in_place_of_a_file_of_the_repository_hangs_nothing(root: Path) -> None:
    for name in ("config", "packed-refs", "commondir"):
        (root / ".git" / name).unlink(missing_ok=True)
        os.mkfifo(root / ".git" / name)
    assert found(root).common_dir == root / ".git"
    assert nbtrack.git.head.remote_address(found(root)) is None  # type: ignore[attr-defined]
    (root / ".git" / "HEAD").unlink()
    os.mkfifo(root / ".git" / "HEAD")
    assert find_repository(root) is None


def test_the_temporary_folder_is_gone_and_the_repository_is_whole(root: Path) -> None:
    before = sorted(path for path in (root / ".git").rglob("*"))
    with isolated(found(root)) as its_git:
        assert isinstance(its_git, Git)
        assert its_git.git_dir.is_dir()
    assert not its_git.git_dir.exists()
    assert sorted(path for path in (root / ".git").rglob("*")) == before


def test_a_configuration_is_read_as_git_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(
        '; comment\n[core]\n\tbare = false # no\n\tignoreCase\n[remote "a\\"b.c"] url = "x;y" z\n'
        '\tfetch = +refs/heads/*:\\\nrefs/remotes/*\n[Section.Sub]\nname = a\\tb\\n\\\\ "  "\n[x]\n  = broken\n'
    )
    assert dict(settings(file.read_text())) == {
        "core.bare": "false",
        "core.ignorecase": "true",
        'remote.a"b.c.url': "x;y z",
        'remote.a"b.c.fetch': "+refs/heads/*:refs/remotes/*",
        "section.sub.name": "a\tb\n\\   ",
    }

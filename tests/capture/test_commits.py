"""What changed from commit to commit, told by a git that can start no program of a stranger's."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbtrack.capture import commits
from nbtrack.capture.commits import FileChange
from nbtrack.git.command import isolated
from nbtrack.git.location import find_repository
from tests.capture.test_git import git, repository

__all__ = ["repository"]


def file_changes(root: Path, old: str, new: str, *, leave_out: tuple[Path, ...] = ()) -> tuple[list[FileChange], int]:
    found = find_repository(root)
    assert found is not None
    with isolated(found) as its_git:
        return commits.file_changes(its_git, old, new, leave_out)


def head(root: Path) -> str:
    return git(root, "rev-parse", "HEAD").strip()


@pytest.fixture
def changed(repository: Path) -> tuple[Path, str, str]:
    """A second commit: a.py changed, sub/b.py gone, two files new, one of them no text, one a link now."""
    (repository / "link").write_text("plain\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "before")
    old = head(repository)
    (repository / "a.py").write_text("x = 2\ndiff --git a/fake b/fake\n")
    (repository / "sub" / "b.py").unlink()
    (repository / "new name.txt").write_text("one\ntwo\n")
    (repository / "picture.bin").write_bytes(b"\0\1\2" * 50)
    (repository / "link").unlink()
    (repository / "link").symlink_to("a.py")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "after")
    return repository, old, head(repository)


def test_each_file_has_its_own_patch(changed: tuple[Path, str, str]) -> None:
    found, more = file_changes(*changed)
    by_path = {each.path: each for each in found}
    assert more == 0
    assert {path: each.kind for path, each in by_path.items()} == {
        "a.py": "M", "link": "T", "new name.txt": "A", "picture.bin": "A", "sub/b.py": "D",
    }  # fmt: skip
    assert by_path["a.py"].patch == "@@ -1 +1,2 @@\n-x = 1\n+x = 2\n+diff --git a/fake b/fake\n"
    assert (by_path["a.py"].added, by_path["a.py"].removed) == (2, 1)
    assert by_path["new name.txt"].patch == "@@ -0,0 +1,2 @@\n+one\n+two\n"
    assert by_path["link"].patch.count("@@ ") == 2
    assert (by_path["picture.bin"].added, by_path["picture.bin"].patch, by_path["picture.bin"].cut) == (None, "", False)
    assert by_path["sub/b.py"].patch.endswith("-y = 1\n")


def test_what_is_too_long_is_named_without_its_patch(
    changed: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "MOST_BYTES", 260)
    found, _ = file_changes(*changed)
    assert (found[0].path, found[0].cut) == ("a.py", False)
    assert found[-1].cut
    assert found[-1].removed == 1
    monkeypatch.setattr(commits, "MOST_FILES", 2)
    found, more = file_changes(*changed)
    assert (len(found), more) == (2, 3)


def test_a_repository_that_a_run_names_cannot_start_programs(changed: tuple[Path, str, str], tmp_path: Path) -> None:
    root, old, new = changed
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\ncat /dev/null\n")
    trap.chmod(0o755)
    for key in ("diff.external", "diff.evil.textconv", "diff.evil.command", "core.fsmonitor", "core.sshCommand"):
        git(root, "config", key, str(trap))
    git(root, "config", "core.pager", str(trap))
    git(root, "config", "remote.origin.url", f"ext::{trap}")
    git(root, "config", "remote.origin.promisor", "true")
    git(root, "config", "extensions.partialClone", "origin")
    (root / ".git" / "info" / "attributes").write_text("* diff=evil filter=evil\n")
    found = commits.repository_of([old, new], [str(root)])
    assert found is not None
    assert found.root == root
    assert len(file_changes(root, old, new)[0]) == 5
    assert commits.repository_of(["0" * 40], [str(root)]) is None
    assert not (tmp_path / "sprung").exists()


def test_a_commit_is_only_what_looks_like_one() -> None:
    assert commits.commit_of({"mlflow.source.git.commit": "a" * 40}) == "a" * 40
    assert commits.commit_of({"mlflow.source.git.commit": "a" * 40, "nbtrack.git.snapshot": "b" * 64}) == "b" * 64
    assert commits.commit_of({"mlflow.source.git.commit": "--output=/etc/passwd"}) is None
    assert commits.commit_of({}) is None

"""Files that a filter converts: notebooks without outputs, pointers of Git LFS, encrypted texts."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from nbtrack.capture.git import git_tags
from nbtrack.capture.snapshot import take_snapshot
from nbtrack.git.command import isolated
from nbtrack.git.filtered import pointer_of
from nbtrack.git.location import find_repository
from nbtrack.git.work_tree import State, read_state
from tests.repository import git

STRIP = """#!/bin/sh
echo ran >> "$(dirname "$0")/ran"
grep -v output
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (tmp_path / "strip.sh").write_text(STRIP)
    (tmp_path / "strip.sh").chmod(0o755)
    (root / ".gitattributes").write_text("*.ipynb filter=nbstripout\n*.bin filter=lfs diff=lfs merge=lfs -text\n")
    return root


def taken(root: Path) -> tuple[State, str | None]:
    found = find_repository(root)
    assert found is not None
    with isolated(found) as its_git:
        state = read_state(its_git)
        assert state is not None
        return state, take_snapshot(its_git, state, "run", read=lambda: None)


@pytest.fixture
def notebook(root: Path, tmp_path: Path) -> Path:
    """A notebook with outputs, in the index without them, by a filter that only the repository names."""
    git(root, "config", "filter.nbstripout.clean", str(tmp_path / "strip.sh"))
    git(root, "config", "filter.nbstripout.required", "true")
    (root / "a.ipynb").write_text("code 1\noutput 1\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    assert git(root, "show", "HEAD:a.ipynb") == "code 1\n"
    (tmp_path / "ran").unlink()
    return root / "a.ipynb"


def test_a_stripped_notebook_that_is_as_it_was_added_is_no_change(notebook: Path, root: Path, tmp_path: Path) -> None:
    state, commit = taken(root)
    assert (state.is_dirty, commit) == (False, None)
    assert not (tmp_path / "ran").exists()


def test_a_stripped_notebook_that_was_saved_again_is_a_change_without_its_outputs(
    notebook: Path, root: Path, tmp_path: Path
) -> None:
    notebook.write_text("code 1\noutput 1 and more\n")
    (root / "model.py").write_text("x = 1\n")
    state, commit = taken(root)
    assert [each.path for each in state.filtered] == ["a.ipynb"]
    assert git_tags(state)["nbtrack.git.filtered"] == "a.ipynb"
    assert git_tags(state)["nbtrack.git.dirty"] == "true"
    assert commit is not None
    assert git(root, "show", f"{commit}:a.ipynb") == "code 1\n"
    assert git(root, "show", f"{commit}:model.py") == "x = 1\n"
    assert not (tmp_path / "ran").exists()


def test_a_filter_of_the_user_tells_that_only_outputs_changed(
    notebook: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text(f'[filter "nbstripout"]\n\tclean = {tmp_path / "strip.sh"}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    notebook.write_text("code 1\noutput 1 and more\n")
    assert taken(root)[1] is None
    notebook.write_text("code 2\noutput 2\n")
    state, commit = taken(root)
    assert (state.changed, state.filtered) == (("a.ipynb",), ())
    assert git(root, "show", f"{commit}:a.ipynb") == "code 2\n"


def test_what_a_filter_encrypts_is_never_kept_as_it_is(root: Path, tmp_path: Path) -> None:
    (root / ".gitattributes").write_text("*.txt filter=git-crypt\n")
    git(root, "config", "filter.git-crypt.clean", "tr a-z n-za-m")
    (root / "a.txt").write_text("first\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    (root / "a.txt").write_text("hunter2 and more\n")
    (root / "new.txt").write_text("hunter2\n")
    (root / "model.py").write_text("x = 1\n")
    _, commit = taken(root)
    assert commit is not None
    assert git(root, "ls-tree", "-r", "--name-only", commit).split() == [".gitattributes", "a.txt", "model.py"]
    assert git(root, "show", f"{commit}:a.txt") == "svefg\n"
    objects = git(root, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()
    for text in ("hunter2\n", "hunter2 and more\n"):
        assert git(root, "hash-object", "--no-filters", "--stdin", given=text).strip() not in objects


@pytest.fixture
def large(root: Path) -> Path:
    """A file of Git LFS: the index holds its pointer, the work tree its content."""
    (root / "m.bin").write_bytes(b"weights 1")
    pointer = pointer_of(root / "m.bin")
    assert pointer is not None
    git(root, "config", "filter.lfs.clean", f"printf '%s\\n' {' '.join(map(repr, pointer.decode().splitlines()))}")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "config", "filter.lfs.clean", "exit 1; false")
    assert git(root, "show", "HEAD:m.bin").encode() == pointer
    return root / "m.bin"


def test_a_pointer_is_that_of_the_specification(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"weights 1")
    digest = hashlib.sha256(b"weights 1").hexdigest()
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 9\n".encode()
    assert pointer_of(tmp_path / "a") == text
    (tmp_path / "b").write_bytes(text)
    assert pointer_of(tmp_path / "b") == text


def test_files_of_git_lfs_are_compared_by_their_hash(large: Path, root: Path) -> None:
    os.utime(large)
    assert taken(root)[1] is None
    large.write_bytes(b"weights 2")
    state, commit = taken(root)
    assert [each.path for each in state.filtered] == ["m.bin"]
    kept = git(root, "show", f"{commit}:m.bin")
    assert f"oid sha256:{hashlib.sha256(b'weights 2').hexdigest()}\nsize 9\n" in kept
    large.unlink()
    _, commit = taken(root)
    assert commit is not None
    assert "m.bin" not in git(root, "ls-tree", "--name-only", commit)


def test_a_pointer_that_was_not_fetched_is_no_change(large: Path, root: Path) -> None:
    large.write_text(git(root, "show", "HEAD:m.bin"))
    state, commit = taken(root)
    assert (state.is_dirty, commit) == (False, None)


def test_the_mode_of_a_file_of_git_lfs_stays(large: Path, root: Path) -> None:
    large.chmod(large.stat().st_mode | stat.S_IXUSR)
    git(root, "update-index", "--chmod=+x", "m.bin")
    git(root, "commit", "-qm", "executable")
    large.write_bytes(b"weights 3")
    _, commit = taken(root)
    assert git(root, "ls-tree", str(commit), "m.bin").startswith("100755 ")


def test_odd_names_are_compared_too(root: Path) -> None:
    names = ["a b.bin", "é.bin", "new\nline.bin", "sub/-x.bin", ":(top).bin", 'quote".bin']
    (root / "sub").mkdir()
    for name in names:
        (root / name).write_bytes(b"1")
    git(root, "config", "filter.lfs.clean", "cat")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    for name in names:
        (root / name).write_bytes(b"22")
    state, commit = taken(root)
    assert sorted(each.path for each in state.filtered) == sorted(names)
    assert commit is not None
    assert "size 2" in git(root, "show", f"{commit}:a b.bin")


def test_a_merge_that_is_not_finished_is_kept_as_it_lies_there(root: Path) -> None:
    (root / "a.py").write_text("x = 1\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "checkout", "-qb", "side")
    (root / "a.py").write_text("x = 2\n")
    git(root, "commit", "-qam", "two")
    git(root, "checkout", "-q", "main")
    (root / "a.py").write_text("x = 3\n")
    git(root, "commit", "-qam", "three")
    with pytest.raises(Exception, match="merge"):
        git(root, "merge", "-q", "side")
    _, commit = taken(root)
    assert commit is not None
    assert "<<<<<<<" in git(root, "show", f"{commit}:a.py")

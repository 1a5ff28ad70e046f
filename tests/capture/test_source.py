"""Which notebook or script runs, and which repository holds it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nbtrack.capture import source
from nbtrack.capture.source import repository_here, running_source
from nbtrack.tracking import context
from tests.repository import git


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_ignored", {})
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "one")
    return folder


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    return make(tmp_path / "notebooks")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A repository with an ignored environment in it."""
    root = make(tmp_path / "tools")
    (root / ".gitignore").write_text(".venv/\nscratch\n")
    packages = root / ".venv" / "lib" / "python3" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "ipykernel_launcher.py").write_text("")
    (root / "scratch").mkdir()
    (root / "scratch" / "try.py").write_text("")
    (root / "train.py").write_text("")
    return root


def in_kernel(monkeypatch: pytest.MonkeyPatch, tools: Path, starting_dir: Path, **namespace: Any) -> None:
    launcher = next(tools.rglob("ipykernel_launcher.py"))
    monkeypatch.setattr(sys, "argv", [str(launcher), "-f", "kernel.json"])
    shell = SimpleNamespace(kernel=object(), user_ns=namespace, starting_dir=str(starting_dir))
    monkeypatch.setattr(source, "_shell", lambda: shell)
    monkeypatch.chdir(starting_dir)


def root_here() -> Path | None:
    found = repository_here()
    return None if found is None else found.root


def test_in_a_kernel_the_source_is_the_notebook(
    notebooks: Path, tools: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_kernel(monkeypatch, tools, notebooks)
    assert context.source_tags()["mlflow.source.type"] == "NOTEBOOK"
    assert context.source_tags()["mlflow.source.name"] == "notebook"
    assert root_here() == notebooks
    for name in (str(notebooks / "my.ipynb"), "my.ipynb", "sub/my.ipynb", "/of/another/machine/my.ipynb"):
        monkeypatch.setenv("JPY_SESSION_NAME", name)
        assert context.source_tags()["mlflow.source.name"] == name
        monkeypatch.chdir(tmp_path)
        assert root_here() == notebooks
        assert context.git_tags()["mlflow.source.git.commit"] == git(notebooks, "rev-parse", "HEAD").strip()


def test_the_notebooks_repository_wins_over_that_of_the_working_folder(
    notebooks: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_kernel(monkeypatch, tools, tools, __vsc_ipynb_file__=str(notebooks / "my.ipynb"))
    assert root_here() == notebooks


def test_a_notebook_outside_of_any_repository_takes_that_of_the_working_folder(
    notebooks: Path, tools: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_kernel(monkeypatch, tools, tmp_path)
    assert root_here() is None
    monkeypatch.chdir(notebooks)
    assert root_here() == notebooks


def test_what_git_ignores_belongs_to_no_repository(
    tools: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_kernel(monkeypatch, tools, tools / "scratch")
    assert root_here() is None
    monkeypatch.setattr(source, "_shell", lambda: None)
    monkeypatch.setattr(sys, "argv", [str(tools / "scratch" / "try.py")])
    assert root_here() is None
    assert context.git_tags() == {}
    git(tools, "add", "-f", "scratch/try.py")
    monkeypatch.setattr(source, "_ignored", {})
    assert root_here() == tools  # tracked though its folder is ignored


def test_a_worker_process_of_a_kernel_has_the_kernels_source(
    notebooks: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`multiprocessing` gives a spawned process the arguments of its parent, and no IPython."""
    in_kernel(monkeypatch, tools, notebooks)
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebooks / "my.ipynb"))
    monkeypatch.setattr(source, "_shell", lambda: None)
    assert (running_source().type, running_source().name) == ("NOTEBOOK", str(notebooks / "my.ipynb"))
    assert root_here() == notebooks


def test_a_script_has_its_own_repository_and_an_installed_program_that_of_the_working_folder(
    notebooks: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_shell", lambda: None)
    monkeypatch.chdir(notebooks)
    monkeypatch.setattr(sys, "argv", [str(tools / "train.py")])
    assert (running_source().type, root_here()) == ("LOCAL", tools)
    for program in (Path(sys.prefix) / "bin" / "pip", next(tools.rglob("ipykernel_launcher.py")).with_name("torchrun")):
        program = program if program.exists() else Path(os.path.realpath(sys.executable))
        monkeypatch.setattr(sys, "argv", [str(program)])
        assert root_here() == notebooks


def test_the_first_remote_that_is_told_is_origin_without_its_password(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_shell", lambda: None)
    (notebooks / "a.py").write_text("")
    monkeypatch.setattr(sys, "argv", [str(notebooks / "a.py")])
    git(notebooks, "remote", "add", "backup", "ssh://git@example.org/b.git")
    assert context.git_tags()["mlflow.source.git.repoURL"] == "ssh://git@example.org/b.git"
    git(notebooks, "remote", "add", "origin", "https://ada:se#cr%40et@example.com:8443/ada/repo.git")
    assert context.git_tags()["mlflow.source.git.repoURL"] == "https://example.com:8443/ada/repo.git"

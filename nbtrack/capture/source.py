"""Where does the code come from that runs here: which notebook or script, and which repository holds it?"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbtrack.capture.notebook import notebook_path
from nbtrack.git.command import isolated
from nbtrack.git.location import Repository, find_repository

NOTEBOOK, LOCAL = "NOTEBOOK", "LOCAL"
IGNORED_FOR_S = 60.0  # for so long it is remembered whether git ignores a file
_LAUNCHERS = frozenset({"ipykernel_launcher.py", "colab_kernel_launcher.py"})
_ignored: dict[Path, tuple[float, bool]] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """`name` and `type` are MLflow's. `file` is the notebook or script, or its folder where only that is known; None
    for a console."""

    name: str
    type: str
    file: Path | None


def running_source() -> Source:
    """The notebook of this kernel, or of the kernel that started this worker process; else the main script."""
    shell = _shell()
    main = sys.argv[0] if sys.argv else ""
    if hasattr(shell, "kernel") or Path(main).name in _LAUNCHERS:
        path = notebook_path(getattr(shell, "user_ns", {}))
        folder = getattr(shell, "starting_dir", None) or os.getcwd()
        return Source(path or "notebook", NOTEBOOK, _notebook_file(path, Path(folder)))
    file = Path(main).absolute()
    if not main or not file.is_file():
        return Source(main or "<console>", LOCAL, None if shell is None else Path.cwd())
    if _is_installed(file):  # such as pytest: what it runs lies in the working folder
        file = Path.cwd()
    return Source(main, LOCAL, file)


def _notebook_file(path: str | None, folder: Path) -> Path:
    """`path` may be relative to the server's folder, or one of another machine; the kernel starts in `folder`."""
    if path is None:
        return folder
    known = Path(path)
    return known if known.is_absolute() and known.parent.is_dir() else folder / known.name


@dataclass(frozen=True, slots=True)
class Place:
    """Something in the work tree of a repository."""

    repository: Repository
    path: Path


def place_here() -> Place | None:
    """The running notebook or script in its repository; the working folder where that lies in none. Runs no git."""
    for path in (running_source().file, Path.cwd()):
        found = None if path is None else find_repository(path if path.is_dir() else path.parent)
        if path is not None and found is not None:
            return Place(found, Path(os.path.realpath(path)))
    return None


def repository_here() -> Repository | None:
    """The repository of the running notebook or script, or of the working folder.

    A file that git ignores belongs to no repository: not a virtual environment, nor a scratch folder.
    """
    found = place_here()
    return None if found is None or is_ignored(found) else found.repository


def is_ignored(place: Place) -> bool:
    """Asks git, and remembers the answer for a while."""
    known = known_ignored(place)
    if known is not None:
        return known
    root = place.repository.root
    asked = place.path if place.path.exists() else place.path.parent
    with isolated(place.repository) as git:
        found = asked != root and git.run("check-ignore", "-q", "--", os.path.relpath(asked, root)) is not None
    _ignored[place.path] = time.monotonic() + IGNORED_FOR_S, found
    return found


def known_ignored(place: Place) -> bool | None:
    """None where it is not known now."""
    if place.path == place.repository.root:
        return False
    until, known = _ignored.get(place.path, (0.0, False))
    return known if time.monotonic() < until else None


def _shell() -> Any:
    """The running IPython; None without one. It is not loaded for this."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _is_installed(file: Path) -> bool:
    """Does the file belong to the environment of Python rather than to a project?"""
    real = Path(os.path.realpath(file))
    if {"site-packages", "dist-packages"} & set(real.parts):
        return True
    prefixes = [Path(os.path.realpath(prefix)) for prefix in (sys.prefix, sys.base_prefix)]
    programs = {prefix / name for prefix in prefixes for name in ("bin", "Scripts")}
    return real.parent in programs or file.parent in programs

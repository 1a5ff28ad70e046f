"""What does a new run say of where it came from?

Outside notebooks these are MLflow's tags: who, from which file, in which git commit. Whoever knows more (the notebook
integration) adds a provider; later providers win over earlier ones, and tags given by the person over all.
"""

from __future__ import annotations

import configparser
import getpass
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from nbtrack.errors import guard

USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
GIT_COMMIT = "mlflow.source.git.commit"
GIT_BRANCH = "mlflow.source.git.branch"
GIT_REPO_URL = "mlflow.source.git.repoURL"

Provider = Callable[[], Mapping[str, str]]


def source_tags() -> dict[str, str]:
    """User, main file (`<console>` where there is none) and the source type LOCAL."""
    main = sys.argv[0] if sys.argv and sys.argv[0] else "<console>"
    return {USER: _user(), SOURCE_NAME: main, SOURCE_TYPE: "LOCAL"}


def _user() -> str:
    named = os.environ.get("MLFLOW_TRACKING_USERNAME")
    if named:
        return named
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a container's user often has no name; the class differs by version
        return "unknown"


def git_tags() -> dict[str, str]:
    """Commit, branch and remote of the main file's work tree; empty outside one. Read without running git."""
    main = Path(sys.argv[0]).absolute() if sys.argv and sys.argv[0] else None
    if main is None or not main.exists():
        return {}
    for folder in (main if main.is_dir() else main.parent, *main.parents):
        if (folder / ".git").exists():
            return _git_tags(_git_dir(folder / ".git"))
    return {}


def _git_dir(marker: Path) -> Path:
    """A linked work tree and a submodule have a file `.git` that says where the folder is."""
    if marker.is_dir():
        return marker
    return (marker.parent / marker.read_text().removeprefix("gitdir:").strip()).resolve()


def _git_tags(git: Path) -> dict[str, str]:
    tags = {}
    shared = git / "commondir"
    common = (git / shared.read_text().strip()).resolve() if shared.exists() else git
    head = (git / "HEAD").read_text().strip()
    reference = head.removeprefix("ref: ")
    commit = head if reference == head else _commit_of(git, common, reference)
    if commit:
        tags[GIT_COMMIT] = commit
        if reference.startswith("refs/heads/"):
            tags[GIT_BRANCH] = reference.removeprefix("refs/heads/")
        if remote := _remote(common / "config"):
            tags[GIT_REPO_URL] = remote
    return tags


def _commit_of(git: Path, common: Path, reference: str) -> str | None:
    for folder in (git, common):
        if (folder / reference).is_file():
            return (folder / reference).read_text().strip()
    packed = common / "packed-refs"
    for line in packed.read_text().splitlines() if packed.is_file() else ():
        commit, _, name = line.partition(" ")
        if name == reference:
            return commit
    return None


def _remote(config: Path) -> str | None:
    """The first remote's address, without the user and password it may hold."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    parser.read_string(config.read_text(errors="replace"))
    for section in parser.sections():
        if section.startswith("remote ") and (url := parser[section].get("url")):
            parts = urlsplit(url)
            if not parts.scheme or "@" not in parts.netloc:
                return url
            return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return None


_providers: list[Provider] = [source_tags, git_tags]


def add_provider(provider: Provider) -> None:
    """Ask `provider` too whenever a run starts; adding it twice asks once."""
    if provider not in _providers:
        _providers.append(provider)


def context_tags() -> dict[str, str]:
    """What all providers say now. One that fails is left out with a warning, because the run matters more."""
    tags: dict[str, str] = {}
    for provider in _providers:
        with guard(f"find out {provider.__name__.replace('_', ' ')}"):
            tags.update(provider())
    return tags

"""What does a new run say of where it came from?

These are MLflow's tags: who, from which notebook or script, in which git commit. Whoever knows more adds a provider;
later providers win over earlier ones, and tags given by the user over all.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping

from nbtrack.capture.git import head_tags
from nbtrack.capture.source import repository_here, running_source
from nbtrack.entities import Run
from nbtrack.errors import guard

USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"

Provider = Callable[[], Mapping[str, str]]


def source_tags() -> dict[str, str]:
    """User, notebook or main file (`<console>` where there is none), and the source type NOTEBOOK or LOCAL."""
    source = running_source()
    return {USER: _user(), SOURCE_NAME: source.name, SOURCE_TYPE: source.type}


def _user() -> str:
    named = os.environ.get("MLFLOW_TRACKING_USERNAME")
    if named:
        return named
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a container's user often has no name; the class differs by version
        return "unknown"


def git_tags() -> dict[str, str]:
    """Commit, branch and remote of the repository that holds the notebook or script; empty outside one, and for a
    console."""
    if running_source().file is None or repository_here() is None:
        return {}
    return head_tags()


def source_of(run: Run) -> dict[str, str]:
    """What a run inside another one says of its source: they come from the same notebook."""
    return {key: run.data.tags[key] for key in (SOURCE_NAME, SOURCE_TYPE) if key in run.data.tags}


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

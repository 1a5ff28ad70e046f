"""Where in an mlruns folder does a thing lie, and how are new things called there?"""

from __future__ import annotations

import os
import re
import uuid
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nbtrack.stores.names import is_experiment_id

META = "meta.yaml"
TRASH = ".trash"
REGISTRY = "models"  # MLflow's model registry, beside the experiments
METRICS, PARAMS, TAGS, ARTIFACTS, INPUTS, DATASETS = "metrics", "params", "tags", "artifacts", "inputs", "datasets"
NOT_RUNS = frozenset({TAGS, DATASETS, "traces", "models"})
DEFAULT_NAME, DEFAULT_ID = "Default", "0"

_DIGITS = 18
# MLflow 3.7 looks for experiments with all-digit ids in ./mlruns to choose its default store, and 3.13 then refuses it.
_LOOKS_FOR_DIGITS = (3, 7)


def subfolders(folder: str) -> list[str]:
    """Names of the real folders in it (links left out), sorted; empty where there is none."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []


def has_meta(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, META))


def experiment_folders(root: str) -> list[str]:
    """Names of what could be experiments, by their place alone."""
    return [name for name in subfolders(root) if name not in (TRASH, REGISTRY)]


def uses_digits(root: str) -> bool:
    """Are there experiments with all-digit ids, as MLflow makes them?"""
    return any(name.isdigit() and has_meta(os.path.join(root, name)) for name in experiment_folders(root))


def takes_digits(root: str) -> bool:
    """May a new experiment here get an all-digit id without changing what MLflow does in this directory?"""
    version = mlflow_version()
    return uses_digits(root) or (version is not None and version < _LOOKS_FOR_DIGITS)


def mlflow_version() -> tuple[int, int] | None:
    """The installed MLflow's, without importing it (that takes seconds)."""
    for name in ("mlflow", "mlflow-skinny"):
        try:
            found = re.match(r"(\d+)\.(\d+)", metadata.version(name))
        except metadata.PackageNotFoundError:
            continue
        if found:
            return int(found[1]), int(found[2])
    return None


def new_experiment_id(*, digits: bool) -> str:
    """18 characters: random digits as MLflow has them, or digits after a letter."""
    number = str(uuid.uuid4().int % 10**_DIGITS).zfill(_DIGITS)
    return "1" + number[1:] if digits and number[0] == "0" else number if digits else "x" + number[1:]


def new_run_id() -> str:
    return uuid.uuid4().hex


def is_store_like(root: str) -> bool:
    """Is this folder an mlruns folder, or free to become one?"""
    names = [name for name in os.listdir(root) if not name.startswith(".")]
    if not names or os.path.isdir(os.path.join(root, TRASH)):
        return True
    # All-digit folders without a meta.yaml are where MLflow with a database keeps its artifacts.
    return any(
        name.isdigit() or has_meta(os.path.join(root, name)) for name in subfolders(root) if is_experiment_id(name)
    )


def local_path(uri: str) -> str | None:
    """The path that an artifact address names on this machine; None for another scheme, or a relative one."""
    if uri.startswith("/"):
        return uri
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return unquote(parts.path)
    return None


def uri_of(path: str) -> str:
    return Path(path).as_uri()


def uri_below(address: str, *parts: str) -> str:
    """The address of a folder below the one at `address`; what stands behind `?` or `#` stays at the end."""
    if "://" not in address and not address.startswith("mlflow-artifacts:"):
        return "/".join((address.rstrip("/"), *parts))
    found = urlsplit(address)
    return found._replace(path="/".join((found.path.rstrip("/"), *parts))).geturl()


def is_remote(address: str) -> bool:
    """Do artifacts with this address lie where only a server or a client of a bucket reaches them?"""
    return local_path(address) is None and ("://" in address or address.startswith("mlflow-artifacts:"))


def shown(path: str) -> str:
    """A path for a message: bytes that are not UTF-8 become \\x.."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")

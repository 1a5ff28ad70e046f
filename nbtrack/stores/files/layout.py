"""Where in an mlruns folder does a thing lie, and how are new things called there?"""

from __future__ import annotations

import errno
import os
import re
import stat
import uuid
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from nbtrack.stores.names import is_experiment_id, is_run_id

META = "meta.yaml"
TRASH = ".trash"
REGISTRY = "models"  # MLflow's model registry, beside the experiments
METRICS, PARAMS, TAGS, ARTIFACTS, INPUTS, DATASETS = "metrics", "params", "tags", "artifacts", "inputs", "datasets"
# MLflow's own folders in an experiment, and those of a run: where artifacts lie directly below the store, `artifacts`
# would stand where a run stands, and whoever may upload a meta.yaml could make one.
NOT_RUNS = frozenset({TAGS, DATASETS, "traces", "models", ARTIFACTS, METRICS, PARAMS, INPUTS, "outputs"})
DEFAULT_NAME, DEFAULT_ID = "Default", "0"

_DIGITS = 18
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")  # of two letters at the least: one alone is a drive of Windows
# MLflow 3.7 looks for experiments with all-digit ids in ./mlruns to choose its default store, and 3.13 then refuses it.
_LOOKS_FOR_DIGITS = (3, 7)


def subfolders(folder: str) -> list[str]:
    """Names of the real folders in it (links left out), sorted; empty where there is none."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []


def linked_too(folder: str) -> list[str]:
    """As `subfolders`, with links to folders that hold a meta.yaml, as MLflow lists experiments and runs."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if _is_folder(entry))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        return True
    return entry.is_symlink() and has_meta(entry.path) and not _leads_up(entry.path)


def _leads_up(link: str) -> bool:
    """Does it lead to the folder that it lies in, or to one above?"""
    return Path(os.path.realpath(os.path.dirname(link))).is_relative_to(os.path.realpath(link))


def has_meta(folder: str) -> bool:
    """Is there a meta.yaml? Raises OSError where the disk does not say."""
    try:
        return stat.S_ISREG(os.stat(os.path.join(folder, META)).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG):
            return False
        raise


def experiment_folders(root: str) -> list[str]:
    """Names of what could be experiments, by their place alone."""
    return [name for name in linked_too(root) if name not in (TRASH, REGISTRY)]


def could_be_run(name: str) -> bool:
    """Could a folder of this name in an experiment be a run?"""
    return name not in NOT_RUNS and is_run_id(name)


def root_of(run_folder: str) -> str:
    """The store in which a run lies, in an experiment or in the trash."""
    above = os.path.dirname(os.path.dirname(run_folder))
    return os.path.dirname(above) if os.path.basename(above) == TRASH else above


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


def is_new_id(name: str) -> bool:
    """Could `new_experiment_id` have given it?"""
    return len(name) == _DIGITS and name[1:].isdigit() and (name[0].isdigit() or name[0] == "x")


def new_run_id() -> str:
    return uuid.uuid4().hex


def is_store_like(root: str) -> bool:
    """Is this folder an mlruns folder, or free to become one?"""
    names = [name for name in os.listdir(root) if not name.startswith(".")]
    if not names or os.path.isdir(os.path.join(root, TRASH)):
        return True
    # All-digit folders without a meta.yaml are where MLflow with a database keeps its artifacts.
    return any(
        name.isdigit() or has_meta(os.path.join(root, name)) for name in linked_too(root) if is_experiment_id(name)
    )


def local_path(uri: str) -> str | None:
    """The path that an artifact address names on this machine; None for another scheme, or a relative one."""
    path = path_of(uri)
    return path if path is not None and path.startswith("/") else None


def path_of(uri: str) -> str | None:
    """The path that an artifact address names on this machine, absolute or relative; None for another scheme."""
    if not _SCHEME.match(uri):
        return uri or None
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" and parts.netloc in ("", "localhost") else None


def artifact_location(given: str) -> str:
    """An experiment's artifact location as MLflow keeps it: a relative one becomes absolute."""
    path = path_of(given)
    if path is None or os.path.isabs(path):
        return given
    return uri_of(os.path.abspath(path)) if _SCHEME.match(given) else os.path.abspath(path)


def uri_of(path: str) -> str:
    return Path(path).as_uri()


def uri_below(address: str, *parts: str) -> str:
    """The address of a folder below the one at `address`, as MLflow makes it; what stands behind `?` or `#` stays at
    the end of a URI."""
    if not _SCHEME.match(address):
        return "/".join((address.rstrip("/"), *parts))
    found = urlsplit(address)
    if not (found.query or found.fragment):
        return "/".join((address.rstrip("/"), *parts))
    return urlunsplit(found._replace(path="/".join((found.path.rstrip("/"), *parts))))


def is_remote(address: str) -> bool:
    """Do artifacts with this address lie where only a server or a client of a bucket reaches them?"""
    return bool(address) and path_of(address) is None


def shown(path: str) -> str:
    """A path for a message: bytes that are not UTF-8 become \\x.."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")

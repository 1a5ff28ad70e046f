"""Which artifacts does a run have, and how are they reached without ever leaving the run?"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from nbtrack.entities import FileInfo, RunInfo
from nbtrack.errors import InvalidValueError, NotFoundError, StoreError
from nbtrack.stores.files import disk
from nbtrack.stores.files.layout import ARTIFACTS, is_remote, local_path


def artifact_folder(run_folder: str, info: RunInfo) -> str | None:
    """Where a run's artifacts lie; None where that is another machine.

    The address in meta.yaml is stale in every copied or moved store, so the run's own folder goes first when it holds
    anything, and an address is followed only if it ends as MLflow makes it: it could name any folder of this machine.
    """
    own = os.path.join(run_folder, ARTIFACTS)
    if _holds_anything(own) or not info.artifact_uri:
        return own
    there = local_path(info.artifact_uri)
    if there is None:
        return None if is_remote(info.artifact_uri) else own
    path = Path(there)
    usual = len(path.parts) > 3 and path.parts[-2:] == (info.run_id, ARTIFACTS) and ".." not in path.parts
    # Whether an address is stale shows two folders up: the experiment's own one is made with the first artifact.
    return there if usual and path.parents[2].is_dir() and not path.is_symlink() else own


def elsewhere(run_id: str, address: str) -> NotFoundError:
    """What to raise for a file of a run whose artifacts are not on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "mlflow-artifacts":
        return NotFoundError(
            f"The artifacts of run {run_id} lie at '{address}', not on this machine. Log and fetch them with MLflow, "
            "or through the server that has this store: set_tracking_uri('http://…')."
        )
    server = f"http://{parts.netloc}" if parts.netloc else "http://HOST:PORT"
    return NotFoundError(
        f"The artifacts of run {run_id} ('{address}') are kept by the MLflow server that was started on this store. "
        f"Log and fetch them through its address: set_tracking_uri('{server}')."
    )


def _holds_anything(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(True for _ in entries)
    except OSError:
        return False


def list_folder(folder: str, path: str) -> list[FileInfo]:
    at = inside(folder, path)
    try:
        with os.scandir(at) as entries:
            found = [_info(entry, path) for entry in entries if not entry.name.startswith(disk.TEMPORARY)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise StoreError(f"Could not list the artifacts in '{at}': {error.strerror}. Check its permissions.") from error
    return sorted((info for info in found if info is not None), key=lambda info: info.path)


def _info(entry: os.DirEntry[str], path: str) -> FileInfo | None:
    """None for links, pipes and names that are no text."""
    name = f"{path.strip('/')}/{entry.name}" if path.strip("/") else entry.name
    about = entry.stat(follow_symlinks=False)
    if not name.isprintable() and not _is_text(name):
        return None
    if stat.S_ISDIR(about.st_mode):
        return FileInfo(name, True, None)
    return FileInfo(name, False, about.st_size) if stat.S_ISREG(about.st_mode) else None


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def read_file(folder: str, path: str, limit: int | None) -> bytes:
    at = inside(folder, path)
    try:
        return disk.read_start(at, limit)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"There is no artifact '{path}' in '{folder}'. List them with list_artifacts().") from error
    except IsADirectoryError as error:
        raise NotFoundError(
            f"The artifact '{path}' in '{folder}' is a folder. List it with list_artifacts()."
        ) from error
    except disk.Unreadable as error:
        raise NotFoundError(f"The artifact '{at}' {error.problem}. {error.remedy}") from error


def write(folder: str, path: str, data: bytes | Path) -> None:
    at = inside(folder, path, asked=InvalidValueError)
    with disk.writing(f"the artifact '{path}'", at):
        disk.make_folders(at)
        if isinstance(data, bytes):
            disk.write_over(at, data, os.path.dirname(at))
        elif data.is_dir():
            shutil.copytree(data, at, dirs_exist_ok=True, symlinks=False)
        elif data.is_file():
            disk.copy_over(data, at)
        else:
            raise InvalidValueError(f"There is no file or folder '{data}' to log. Check the path.")


def receive(folder: str, path: str, data: bytes | Path) -> None:
    """As `write`, for one file and for a copy that may be killed and begun anew: it leaves no second temporary file."""
    at = inside(folder, path, asked=InvalidValueError)
    temporary = os.path.join(os.path.dirname(at), disk.COPYING)
    with disk.writing(f"the artifact '{path}'", at):
        disk.make_folders(at)
        if isinstance(data, bytes):
            with open(temporary, "wb") as file:
                file.write(data)
        else:
            shutil.copyfile(data, temporary, follow_symlinks=False)
        os.replace(temporary, at)


def inside(folder: str, path: str, asked: type[NotFoundError] | type[InvalidValueError] = NotFoundError) -> str:
    """The full path, or an error if any part of it would leave the run: by `..`, by being absolute, or by a link."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or "\0" in path:
        raise asked(
            f"'{path}' leaves the run's artifacts. Give a path inside them, without '..' and no '/' at its start."
        )
    at = folder
    for part in pure.parts:
        at = os.path.join(at, part)
        if os.path.islink(at):
            raise asked(f"'{at}' is a link, and links are not followed. Give the path of the file itself.")
    return at

"""Which artifacts does a run have, and how are they reached without ever leaving the run?"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from nbtrack.entities import FileInfo, RunInfo
from nbtrack.errors import InvalidValueError, NotFoundError, StoreError, warn_once
from nbtrack.stores.files import disk, links
from nbtrack.stores.files.layout import ARTIFACTS, is_remote, local_path
from nbtrack.stores.folder_tree import FolderTree


def artifact_folder(run_folder: str, info: RunInfo) -> str | None:
    """Where a run's artifacts lie; None where that is another machine. Raises links.LeadsOutError.

    The address in meta.yaml is stale in every copied or moved store, so the run's own folder goes first when it holds
    anything, and an address is followed only if it ends as MLflow makes it: it could name any folder of this machine.
    """
    own = links.own_folder(run_folder, ARTIFACTS)
    if _holds_anything(own) or not info.artifact_uri:
        return own
    there = local_path(info.artifact_uri)
    if there is None:
        return None if is_remote(info.artifact_uri) else own
    # Whether an address is stale shows two folders up: the experiment's own one is made with the first artifact.
    usual = links.is_made_for(there, info.run_id) and Path(there).parents[2].is_dir()
    return there if usual else own


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


def write(folder: str, path: str, data: bytes | Path, store: Collection[str] = ()) -> None:
    """Put bytes, a file or a folder at `path`. Of a folder all but `store`, the files and folders of the store itself.

    What a kill leaves lies beside the artifacts, not among them, and is swept by the next writer.
    """
    at = inside(folder, path, asked=InvalidValueError)
    with disk.writing(f"the artifact '{path}'", at):
        beside = os.path.dirname(folder)
        disk.make_folders(os.path.join(folder, "a file"))
        disk.sweep(beside)
        if isinstance(data, bytes):
            disk.make_folders(at)
            _put(data, at, beside)
        elif data.is_dir():
            _write_folder(data, at, beside, _not_copied(folder, data, store))
        elif data.is_file():
            disk.make_folders(at)
            _put(data, at, beside)
        else:
            raise InvalidValueError(f"There is no file or folder '{data}' to log. Check the path.")


def _write_folder(data: Path, at: str, beside: str, without: Collection[str]) -> None:
    source = os.path.realpath(data)
    if source in without:
        raise InvalidValueError(f"'{data}' is the store itself, or a part of it that would be copied into itself.")
    tree = FolderTree(data, without)
    os.makedirs(at, exist_ok=True)
    for path, lies, is_folder in tree.entries():
        to = os.path.join(at, path)
        if links.is_link(to):
            tree.left_out.append((path, "a link is in its place there"))
        elif is_folder:
            os.makedirs(to, exist_ok=True)
        else:
            _put(lies, to, beside)
    if told := tree.told(f"the folder '{at}'"):
        warn_once(told)


def _not_copied(folder: str, data: Path, store: Collection[str]) -> set[str]:
    """What of the store must stay out of its own artifacts, as real paths: a part of it may be logged by itself."""
    source = os.path.realpath(data)
    own = os.path.realpath(os.path.dirname(folder))  # of the run
    kept = {os.path.realpath(each) for each in store}
    return {own, os.path.realpath(folder), *(each for each in kept if not _is_below(source, each))}


def _is_below(path: str, folder: str) -> bool:
    return path != folder and path.startswith(folder.rstrip(os.sep) + os.sep)


def _put(data: bytes | Path, at: str, beside: str) -> None:
    """A whole file at once. Where `beside` lies on another disk (a linked folder), by way of the file's own folder."""
    try:
        _put_by(data, at, beside)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EACCES, errno.EROFS, errno.EPERM):
            raise
        _put_by(data, at, os.path.dirname(at))


def _put_by(data: bytes | Path, at: str, beside: str) -> None:
    if isinstance(data, bytes):
        disk.write_over(at, data, beside)
    else:
        disk.copy_over(data, at, beside)


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

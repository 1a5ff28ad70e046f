"""How do files get into a run's artifacts on a server, and out again?

Through the server, whatever store of objects is behind it. Where it does not serve artifacts itself (their address is a
bucket's or a folder's), what is small still goes through its upload; the rest must be logged where that place is.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from nbtrack.entities import FileInfo, RunInfo
from nbtrack.errors import InvalidValueError, NotAStoreError, NotFoundError, StoreError, warn_once
from nbtrack.stores.files import artifacts as files
from nbtrack.stores.files.layout import local_path
from nbtrack.stores.folder_tree import FolderTree
from nbtrack.stores.rest import reading
from nbtrack.stores.rest.link import Link

PROXY = "/api/2.0/mlflow-artifacts/artifacts/"
UPLOAD, DOWNLOAD = "/ajax-api/2.0/mlflow/upload-artifact", "/get-artifact"
MOST_UPLOADED = 10_000_000  # bytes that a server takes without serving artifacts


def list_folder(link: Link, info: RunInfo, path: str) -> list[FileInfo]:
    inside = checked(path, NotFoundError)
    found = link.get("artifacts/list", run_id=info.run_id, **({"path": inside} if inside else {}))
    return [each for each in reading.files(found.many("files")) if is_child(each.path, inside)]


def read_file(link: Link, info: RunInfo, path: str, limit: int | None) -> bytes:
    inside = checked(path, NotFoundError)
    try:
        if (folder := proxied(info)) is not None:
            return start_of(link, PROXY + quote(f"{folder}/{inside}"), {}, limit)
        return start_of(link, DOWNLOAD, {"path": inside, "run_id": info.run_id}, limit)
    except (NotFoundError, InvalidValueError, NotAStoreError) as error:
        raise NotFoundError(
            f"Run {info.run_id} has no file '{path}' among its artifacts. List them with list_artifacts()."
        ) from error


def write(link: Link, info: RunInfo, path: str, data: bytes | Path) -> None:
    inside = checked(path, InvalidValueError)
    if isinstance(data, Path) and data.is_dir():
        tree = FolderTree(data)
        for name, lies, is_folder in tree.entries():
            if not is_folder:
                write(link, info, f"{inside}/{name}".lstrip("/"), lies)
        if told := tree.told(f"run {info.run_id}"):
            warn_once(told)
        return
    if isinstance(data, Path) and not data.is_file():
        raise InvalidValueError(f"There is no file or folder '{data}' to log. Check the path.")
    if (folder := proxied(info)) is not None:
        _put(link, PROXY + quote(f"{folder}/{inside}"), data)
    else:
        _upload(link, info, inside, data)


def checked(path: str, asked: type[NotFoundError] | type[InvalidValueError]) -> str:
    """The path in its plain form, or an error if it would leave the run."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or "\0" in path:
        raise asked(
            f"'{path}' leaves the run's artifacts. Give a path inside them, without '..' and no '/' at its start."
        )
    return "" if str(pure) == "." else str(pure)


def proxied(info: RunInfo) -> str | None:
    """Where below the server's artifacts the run's own lie; None where the server does not serve them."""
    parts = urlsplit(info.artifact_uri)
    return parts.path.strip("/") if parts.scheme == "mlflow-artifacts" else None


def is_child(path: str, folder: str) -> bool:
    """A name that a server made up must not lead out of the folder that was asked for."""
    return str(PurePosixPath(path).parent) == (folder or ".") and ".." not in PurePosixPath(path).parts


def start_of(link: Link, path: str, params: dict[str, str], limit: int | None) -> bytes:
    with link.stream(path, **params) as answer:
        found = bytearray()
        for part in answer.iter_bytes():
            found += part
            if limit is not None and len(found) >= limit:
                break
        return bytes(found if limit is None else found[:limit])


def _shared_folder(info: RunInfo) -> str | None:
    """The run's artifacts on a disk that this machine shares with the server.

    The address is a stranger's word: it is believed if it ends as MLflow makes it, in a folder of the experiment that
    is there, without a link.
    """
    path = Path(local_path(info.artifact_uri) or "")
    as_made = path.parts[-2:] == (info.run_id, "artifacts") and ".." not in path.parts
    linked = path.is_symlink() or path.parent.is_symlink()
    return str(path) if as_made and path.parents[1].is_dir() and not linked else None


def _put(link: Link, path: str, data: bytes | Path) -> None:
    if isinstance(data, bytes):
        link.ask("PUT", path, content=data)
        return
    with data.open("rb") as file:
        link.ask("PUT", path, content=file, once=True)  # a file half read cannot be sent again


def _upload(link: Link, info: RunInfo, path: str, data: bytes | Path) -> None:
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if not 0 < size <= MOST_UPLOADED and (folder := _shared_folder(info)) is not None:
        files.write(folder, path, data)
        return
    if size == 0:
        warn_once(
            f"The server at {link.address.url} takes no empty file without --serve-artifacts, so '{path}' of run "
            f"{info.run_id} was not sent."
        )
        return
    if size > MOST_UPLOADED:
        raise StoreError(
            f"'{path}' ({size:,} bytes) belongs to {info.artifact_uri}, and the server does not pass on files this "
            "large. Have it started with --serve-artifacts, or log the file where that place can be written."
        )
    content = data if isinstance(data, bytes) else data.read_bytes()
    link.ask("POST", UPLOAD, params={"run_uuid": info.run_id, "path": path}, content=content)

"""What does an address name: a folder, a database, a server, a repository, or nothing that nbtrack can open?

An address is understood or refused. A word with a colon is never taken for the name of a folder: whoever writes
`databricks`, `localhost:5000` or `s3:/bucket` means something far away, and a run in a new folder of that name is lost
to them. A folder that is really called so is written `./databricks`.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from nbtrack.errors import NotAStoreError

Kind = Literal["file", "sqlite", "rest", "git"]

KNOWN = (
    "Use a path to an mlruns folder, file:///…, sqlite:///mlflow.db, git+FOLDER, or the http(s):// address of an "
    "MLflow server."
)
_DATABRICKS = (
    "nbtrack cannot log to Databricks. Set the address of an MLflow server or a folder, or use MLflow itself there."
)
_CLOUD_DISK = "Runs cannot be kept in a bucket or on a remote file system. Use a folder of this machine, or a server."
_DATABASE = "nbtrack opens SQLite databases alone. Start a server on it (mlflow server --backend-store-uri …)."
_SERVER = "If a server is meant, write http:// or https:// before it."
# What a person means by the first word, and what to do instead.
_MEANT = {
    **dict.fromkeys(("databricks", "databricks-uc", "uc", "unitycatalog", "dbfs"), _DATABRICKS),
    **dict.fromkeys(("arn", "sagemaker"), "nbtrack cannot log to SageMaker. Use MLflow with sagemaker-mlflow there."),
    **dict.fromkeys(
        ("s3", "s3a", "gs", "gcs", "hdfs", "viewfs", "wasb", "wasbs", "abfs", "abfss", "adl", "r2", "b2", "oss", "ftp",
         "sftp", "mlflow-artifacts", "hf", "az", "azureml"),
        _CLOUD_DISK,
    ),
    **dict.fromkeys(("postgresql", "postgres", "mysql", "mariadb", "mssql", "oracle"), _DATABASE),
    **dict.fromkeys(("runs", "models"), "This is the address of an artifact. Give the address of a store."),
    "localhost": _SERVER,
}  # fmt: skip
_NOT_FOLDERS = frozenset({"databricks", "databricks-uc", "uc", "localhost"})  # alone, without a colon
_DRIVE = re.compile(r"[A-Za-z]:([\\/]|$)")
_HOST = re.compile(r"[^/\\@]+:\d+(/.*)?")
_DATABASE_NAME = re.compile(r".+\.(db|sqlite|sqlite3)", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x1f\x7f]")


class Place(NamedTuple):
    """The absolute path, or the server's address, and the kind of store behind it."""

    key: str
    kind: Kind


def place_of(address: str | os.PathLike[str]) -> Place:
    """What `address` names, relative paths made absolute. A Path is always a folder. Raises NotAStoreError."""
    if not isinstance(address, str):
        return Place(_absolute(os.fspath(address)), "file")
    text = address if os.path.lexists(_without_nul(address)) else address.strip()
    if not text or _ODD.search(text):
        raise _refused(address, "It is empty." if not text else "It holds a control character.", KNOWN)
    first, colon, rest = text.partition(":")
    scheme = first.lower()
    if text.startswith("git+"):
        return Place(_folder_of_repository(text.removeprefix("git+")), "git")
    if re.match(r"https?://[^/]", text, re.IGNORECASE):
        return Place(text, "rest")
    if colon and scheme in ("file", "nbtrack"):  # nbtrack:///… is how MLflow's plugin names the same folder
        return Place(_of_file_uri(text, scheme, rest), "file")
    if colon and scheme.partition("+")[0] == "sqlite":
        return Place(_of_database(text, rest), "sqlite")
    return Place(_of_path(text), "file")


def _of_path(text: str) -> str:
    beginning = re.split(r"[/\\]", text)[0]
    if sys.platform == "win32" and (_DRIVE.match(text) or text.startswith("\\\\")):
        return _absolute(text)
    if ":" in beginning or text.rstrip("/").lower() in _NOT_FOLDERS:
        raise _refused(text, *_meant(text, beginning))
    if sys.platform != "win32" and "\\" in text and not os.path.isdir(text):
        raise _refused(text, "It is a Windows path, and this is no Windows.", "Write the folder's path with '/'.")
    path = _absolute(_as_it_lies(text))
    if _DATABASE_NAME.fullmatch(text) and not os.path.lexists(path):
        raise _refused(text, "", f"For a database of MLflow's, write sqlite:///{text}; nbtrack makes none.")
    return path


def _meant(text: str, beginning: str) -> tuple[str, str]:
    """What is wrong with it, and what to do."""
    word = beginning.partition(":")[0].lower().partition("+")[0]
    if _DRIVE.match(text):
        return "It is a path of Windows, and this is no Windows.", "Give a folder of this machine."
    if word in ("http", "https"):
        return "A server's address has two slashes and a host.", f"Write {word}://HOST:PORT."
    if word in _MEANT:
        return "", _MEANT[word]
    if _HOST.fullmatch(text):
        return "", _SERVER
    return "", KNOWN


def _of_file_uri(text: str, scheme: str, rest: str) -> str:
    parts = urlsplit(text)
    if parts.query or parts.fragment:
        raise _refused(text, "It holds '?' or '#'.", "In an address, write %3F and %23 for them.")
    if sys.platform == "win32" and rest.startswith("//") and parts.netloc:
        drive = bool(_DRIVE.match(parts.netloc + "/"))
        return _absolute(unquote(parts.netloc + parts.path if drive else rf"\\{parts.netloc}{parts.path}"))
    if parts.netloc.lower() not in ("", "localhost"):
        raise _refused(
            text,
            f"What stands after the two slashes, '{parts.netloc.rpartition('@')[2]}', is the name of another machine.",
            f"For a folder of this one, write three slashes and its whole path ({scheme}:///home/me/mlruns), or the "
            "path alone.",
            older=unquote(parts.path) or ".",
        )
    if not parts.path:
        raise _refused(text, "It names no folder.", KNOWN)
    path = unquote(parts.path)
    if sys.platform == "win32" and _DRIVE.match(path[1:]):
        path = path[1:]
    return _absolute(path)


def _of_database(text: str, rest: str) -> str:
    """As SQLAlchemy reads it: three slashes and a relative path, or four and an absolute one."""
    path = rest.removeprefix("///").partition("?")[0]
    if not rest.startswith("///") or not path or path == ":memory:":
        raise _refused(
            text,
            "It names no file.",
            "Write sqlite:///mlflow.db for a file in this folder, sqlite:////data/mlflow.db for a whole path.",
        )
    return _absolute(_as_it_lies(path))


def _folder_of_repository(place: str) -> str:
    if place.startswith("file:"):
        return _of_file_uri(place, "file", place.removeprefix("file:"))
    beginning = place.partition("/")[0]
    if ":" in beginning and not (sys.platform == "win32" and _DRIVE.match(place)):
        raise _refused(f"git+{place}", "nbtrack reads repositories of this machine.", "Clone it, and give its folder.")
    return _absolute(_as_it_lies(place or "."))


def _as_it_lies(path: str) -> str:
    """MLflow reads %20 in a path as a blank; a folder that really has such a name goes first."""
    return path if "%" not in path or os.path.lexists(os.path.expanduser(path)) else unquote(path)


def _absolute(path: str) -> str:
    """One text for one folder; `..` behind a link leads where the system goes."""
    whole = os.path.expanduser(path)
    found = os.path.realpath(whole) if ".." in re.split(r"[/\\]", whole) else os.path.abspath(whole)
    return f"/{found.lstrip('/')}" if os.sep == "/" else found  # POSIX keeps two slashes at the start


def _without_nul(text: str) -> str:
    return text.replace("\0", "")


def _refused(address: str, what: str, remedy: str, older: str = "") -> NotAStoreError:
    """`older` is the folder that nbtrack 0.1 took for what is refused now."""
    shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in without_password(address))
    words = [f"'{shown}' is not an address that nbtrack can open.", what, remedy]
    folder = older or f"./{_without_nul(address)}"
    if address and _holds_experiments(folder):
        words.append(f"Runs that an older nbtrack logged here are brought elsewhere by: nbtrack copy '{folder}' TO")
    return NotAStoreError(" ".join(filter(None, words)))


def _holds_experiments(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(os.path.isfile(os.path.join(entry.path, "meta.yaml")) for entry in entries)
    except OSError:
        return False


def without_password(address: str) -> str:
    """A message is saved with the notebook. The last @ ends it: a password may hold one."""
    return re.split("[?#]", re.sub("//.*@", "//", address, flags=re.DOTALL))[0]

"""Where on this machine lies what a server has not got yet, and what it would not take?

One folder a server, below NBTRACK_UNSENT_DIR or where this system keeps what must not be lost. Where that cannot be
written it is one in the temporary folder, which is looked through as well. There anybody may have made a folder of the
name that is expected, so that only one's own folders and files count.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbtrack.errors import StoreError

ENDING = ".log"
REFUSED = "refused.txt"
MOST_FALLBACKS = 10  # names that are tried in the temporary folder


def unsent_folder(url: str) -> Path:
    """The folder of one server."""
    return _root() / hashlib.sha256(url.encode()).hexdigest()[:16]


def places(folder: Path) -> list[Path]:
    """The server's folder, and those in the temporary folder that are one's own and there."""
    return [folder, *(base / folder.name for base in _fallbacks() if is_own_folder(base))]


def fallback(folder: Path) -> Path:
    """A folder in the temporary folder that nobody else can write. Raises OSError where none can be made."""
    for base in _fallbacks():
        try:
            base.mkdir(mode=0o700)
        except FileExistsError:
            if not is_own_folder(base):
                continue
        return base / folder.name
    raise FileExistsError(f"all folders '{base}' belong to others")


def is_own_folder(path: Path) -> bool:
    """A real folder of this user that others cannot write."""
    try:
        about = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(about.st_mode) and _is_ours(about) and not about.st_mode & 0o022


def open_own(path: Path) -> int | None:
    """An open file of this user; None for another's, for a link, and where it cannot be opened."""
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    about = os.fstat(file)
    if stat.S_ISREG(about.st_mode) and _is_ours(about):
        return file
    os.close(file)
    return None


def keep_refused(folder: Path, why: str, lines: list[bytes]) -> Path:
    """What the server will not take, behind the reason. All of it or a StoreError: the caller keeps the lines then."""
    path = folder / REFUSED
    data = b"# " + " ".join(why.split()).encode() + b"\n" + b"".join(lines)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = _locked(path)
        try:
            before = os.fstat(file).st_size
            if os.write(file, data) != len(data):
                os.ftruncate(file, before)
                raise OSError(28, "No space left on device")
        finally:
            os.close(file)
    except OSError as error:
        raise StoreError(
            f"'{path}' takes no more: {error.strerror}. Make room there: it keeps what the server refused."
        ) from error
    return path


def _locked(path: Path) -> int:
    """The file at `path`, waited for: another process may be moving it to be sent again."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        lock(file, wait=True)
        try:
            if os.path.samestat(os.fstat(file), os.stat(path)):
                return file
        except FileNotFoundError:
            pass
        os.close(file)


def refused_files(folder: Path) -> list[Path]:
    return [place / REFUSED for place in places(folder) if (place / REFUSED).is_file()]


def send_refused_again(folder: Path, name: str) -> int:
    """Give what was refused the form of what is unsent, so that it is sent; returns how many files. The reasons in it
    are passed over."""
    moved = 0
    for number, path in enumerate(refused_files(folder)):
        if (file := open_own(path)) is None:
            continue
        lock(file, wait=True)
        os.replace(path, path.with_name(f"again-{name}-{number}{ENDING}"))
        os.close(file)
        moved += 1
    return moved


def lock(file: int, *, wait: bool = False) -> bool:
    """Whether the file is ours now. Where a system has no such locks, only one's own files are."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _root() -> Path:
    if given := os.environ.get("NBTRACK_UNSENT_DIR"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "nbtrack" / "Unsent"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/nbtrack/unsent"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "nbtrack" / "unsent"


def _fallbacks() -> Iterator[Path]:
    user = str(os.getuid()) if hasattr(os, "getuid") else "me"
    for number in range(MOST_FALLBACKS):
        yield Path(tempfile.gettempdir()) / f"nbtrack-unsent{number or ''}-{user}"


def _is_ours(about: os.stat_result) -> bool:
    return not hasattr(os, "getuid") or about.st_uid == os.getuid()

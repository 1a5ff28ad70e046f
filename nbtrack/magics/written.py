"""How do the files that a cell, block or script writes become artifacts of its run?

By their path relative to the working folder, as `log_artifact` would name them; below `files/` where nbtrack or the
code itself has another artifact of that name. What is left out stands in `files_left_out.json`, with the reason.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from nbtrack.capture import options
from nbtrack.capture.ordinary_files import lies_aside, names_secret
from nbtrack.capture.secrets import masked
from nbtrack.capture.written_files import WrittenFiles
from nbtrack.errors import guard
from nbtrack.git.command import isolated
from nbtrack.git.location import find_repository
from nbtrack.magics.card import OWN_FILES
from nbtrack.stores.own_files import own_files
from nbtrack.stores.walk import all_files
from nbtrack.tracking import active

LEFT_OUT = "files_left_out.json"
BESIDE_OWN = "files"  # the folder of those whose name is taken
MAX_FILES = 200  # of one cell
MAX_TOLD = 1000  # files that are listed as left out
MAX_SEARCHED = 1_000_000  # bytes of a text that is searched for secrets
HASHING_S = 2.0  # for all hashes of a cell
_MEGABYTE = 1_000_000
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`sha256` is None where hashing all would have taken too long, and of what may be a secret."""

    path: str
    size: int
    reason: str
    sha256: str | None = None


@dataclass(slots=True)
class Written:
    """The files of one run, from `start` to `stop`; `keep` copies them into the run."""

    held: active.Held
    left_out: list[LeftOut] = field(default_factory=list)
    _recorder: WrittenFiles | None = None
    _found: list[str] = field(default_factory=list)
    _until: float = 0.0

    def start(self) -> None:
        if options.written_files:
            with guard("watch for files that the cell writes"):
                aside = [str(each) for each in own_files(self.held.client.store, self.held.run_id)]
                root = os.getcwd()
                aside = [each for each in aside if os.path.realpath(each) != os.path.realpath(root)]
                self._recorder = WrittenFiles(root, aside, partial(active.is_within, self.held))
                self._recorder.start()

    def stop(self) -> None:
        """Look at what there is before nbtrack itself or the next cell writes."""
        if self._recorder is not None:
            with guard("find the files that the cell wrote"):
                self._found = self._recorder.stop()

    def keep(self) -> None:
        if self._recorder is None or not self._found:
            return
        with guard("keep the files that the cell wrote"):
            self._until = time.monotonic() + HASHING_S
            names = Names(self.held)
            for path, data in self._chosen(Path(self._recorder.root)):
                if (name := names.for_file(path, data)) is not None:
                    self.held.client.store.write_artifact(self.held.run_id, name, data)
            if self.left_out:
                told = json.dumps([asdict(each) for each in self.left_out[:MAX_TOLD]], indent=1)
                self.held.client.store.write_artifact(self.held.run_id, LEFT_OUT, told.encode("utf-8", "replace"))

    def lines(self) -> list[str]:
        """What the card says of files that are not kept."""
        shown = [f"{each.path} ({_size(each.size)}): {each.reason}" for each in self.left_out[:3]]
        more = len(self.left_out) - len(shown)
        return [*shown, f"and {more:,} more, see {LEFT_OUT}"] if more > 0 else shown

    def _chosen(self, root: Path) -> Iterator[tuple[str, bytes]]:
        """What is to be kept, with its content; the rest is added to `left_out`."""
        rest = options.written_total_megabytes * _MEGABYTE
        number = 0
        for path in self._worth_telling(root):
            try:
                size, data, reason = self._read(root / path, path, rest, number)
                if data is None:
                    self.left_out.append(LeftOut(path, size, reason, self._hash(root / path, reason)))
            except OSError:  # it is gone again
                continue
            if data is not None:
                number += 1
                rest -= size
                yield path, data

    def _worth_telling(self, root: Path) -> Iterator[str]:
        """Without caches, environments, stores, and what git ignores."""
        paths = [each.replace(os.sep, "/") for each in self._found[: MAX_FILES + MAX_TOLD]]
        paths = [each for each in paths if not lies_aside(each) and not _is_generated(root, each)]
        ignored = _ignored(root, paths)
        return (each for each in paths if each not in ignored)

    def _read(self, file: Path, path: str, rest: float, number: int) -> tuple[int, bytes | None, str]:
        """Size and content; no content but a reason where it is not to be kept."""
        with open(os.open(file, os.O_RDONLY | _NO_LINK), "rb") as opened:
            found = os.fstat(opened.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise OSError(f"'{path}' is no regular file.")
            if names_secret(path):
                return found.st_size, None, SECRET_NAME
            if found.st_size > options.written_file_megabytes * _MEGABYTE:
                return found.st_size, None, f"over {options.written_file_megabytes:g} MB"
            if found.st_size > rest:
                return found.st_size, None, f"over {options.written_total_megabytes:g} MB together"
            if number >= MAX_FILES:
                return found.st_size, None, f"more than {MAX_FILES} files"
            data = opened.read(found.st_size)
            return (len(data), None, SECRET_INSIDE) if _holds_secret(data) else (len(data), data, "")

    def _hash(self, file: Path, reason: str) -> str | None:
        if reason in (SECRET_NAME, SECRET_INSIDE):
            return None
        found = hashlib.sha256()
        with open(os.open(file, os.O_RDONLY | _NO_LINK), "rb") as opened:
            while part := opened.read(_MEGABYTE):
                if time.monotonic() > self._until:
                    return None
                found.update(part)
        return found.hexdigest()


SECRET_NAME = "its name says that it is secret"
SECRET_INSIDE = "it holds a key or password"


class Names:
    """Under which name is a file kept, so that it replaces nothing but its own earlier version?"""

    def __init__(self, held: active.Held) -> None:
        self._held = held
        listed = all_files(held.client.store, held.run_id)
        self._taken = {each.path: each.file_size for each in islice(listed, 10 * MAX_TOLD)}

    def for_file(self, path: str, data: bytes) -> str | None:
        """None where the run has this very file."""
        if self._is_free(path):
            self._held.kept_files.add(path)
            return path
        if self._taken.get(path) == len(data) and not OWN_FILES.fullmatch(path):
            with guard("compare a file with the run's"):
                if self._held.client.store.read_artifact(self._held.run_id, path) == data:
                    return None
        return f"{BESIDE_OWN}/{path}"

    def _is_free(self, path: str) -> bool:
        if path in self._held.kept_files:
            return True
        parts = path.split("/")
        above = {"/".join(parts[:n]) for n in range(1, len(parts) + 1)}
        within = any(each.startswith(f"{path}/") for each in self._taken)
        return not (OWN_FILES.fullmatch(path) or path == LEFT_OUT or within or above & self._taken.keys())


def _is_generated(root: Path, path: str) -> bool:
    """Does it lie in an environment, in a folder marked as a cache, or in a store in MLflow's format?"""
    marks = ("pyvenv.cfg", "conda-meta", "CACHEDIR.TAG")
    above = [root / each for each in Path(path).parents]
    if any((folder / mark).exists() for folder in above for mark in marks):
        return True
    if any(b"artifact_" in _beginning(folder / "meta.yaml") for folder in above):
        return True
    return path.endswith((".db", ".sqlite", ".sqlite3")) and b"lifecycle_stage" in _beginning(root / path)


def _beginning(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(100_000)
    except OSError:
        return b""


def _ignored(root: Path, paths: Sequence[str]) -> set[str]:
    """Those that git ignores; none outside of a repository, and where git does not answer."""
    repository = find_repository(root) if paths else None
    if repository is None or repository.work_tree is None:
        return set()
    start = os.path.relpath(root, repository.root).replace(os.sep, "/")
    within = {path if start == "." else f"{start}/{path}": path for path in paths}
    given = "".join(f"{each}\0" for each in within).encode("utf-8", "surrogateescape")
    with isolated(repository) as git:
        said = git.text("check-ignore", "-z", "--stdin", given=given) or ""
    return {within[each] for each in said.split("\0") if each in within}


def _holds_secret(data: bytes) -> bool:
    if not options.masking or len(data) > MAX_SEARCHED or b"\0" in data:
        return False
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return masked(text) != text


def _size(size: int) -> str:
    return f"{size / _MEGABYTE:,.1f} MB" if size >= _MEGABYTE / 10 else f"{size:,} bytes"

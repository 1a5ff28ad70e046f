"""Which files that a filter converts have changed, where that filter is not run?

git keeps a converted form of such a file (a notebook without outputs, a pointer in place of a large file, an encrypted
text), so its bytes cannot be compared. A filter that only the repository's own configuration names is a stranger's
program and is not run; that of Git LFS would copy a large file. The size and the time that the index holds say whether
such a file is the one that was added, and an LFS pointer says which hash it has.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nbtrack.git.blobs import find_blobs, read_blobs
from nbtrack.git.command import Git
from nbtrack.git.location import regular_file

LFS = "lfs"
MAX_HASHING_S = 10.0  # for one file
MAX_POINTER_BYTES = 1024  # https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>\d{1,19})\n(?:[a-z0-9.-]+ [^\n]*\n)*"
)
# Of `git ls-files --debug`: a path, then lines of the index's record of the file.
_RECORD = re.compile(r"\n?(?P<path>[^\0]+)\0(?P<record>(?:  [^\n]*\n?)+)")
_TIME = re.compile(r"^  mtime: (\d+):(\d+)$", re.MULTILINE)
_SIZE = re.compile(r"^  size: (\d+)\t", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Filtered:
    """A changed file. `pointer` is the text that Git LFS would keep of it; None for other filters and deleted files."""

    path: str
    filter: str
    pointer: bytes | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Unconverted:
    """A file whose filter is not run, with git's record of it in the index."""

    filter: str
    record: str


def set_apart(git: Git, variables: Mapping[str, str]) -> tuple[dict[str, Unconverted], set[str]]:
    """The tracked files, by path, whose filter is not run, and the paths of those whose filter is the user's and is.

    In the index of `variables` the former count as unchanged from now on, so that git does not read them.
    """
    listed = git.text("ls-files", "-z", "--debug", "--", ":(exclude,attr:!filter)", variables=variables) or ""
    records = {found["path"]: found["record"] for found in _RECORD.finditer(listed)}
    named = filters_of(git, list(records))
    run = users_filters(git) if named else frozenset()
    found = {path: Unconverted(name, records[path]) for path, name in named.items() if name not in run}
    if found:
        given = "".join(f"{path}\0" for path in found).encode("utf-8", "surrogateescape")
        git.run("update-index", "-z", "--assume-unchanged", "--stdin", given=given, variables=variables)
    return found, set(named) - set(found)


def filters_of(git: Git, paths: list[str]) -> dict[str, str]:
    """The name of the filter that each path has as its attribute; paths without one are left out."""
    if not paths:
        return {}
    given = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    words = (git.text("check-attr", "-z", "--stdin", "filter", given=given) or "").split("\0")
    told = zip(words[::3], words[2::3], strict=False)
    return {path: name for path, name in told if name not in {"unspecified", "unset", "set", ""}}


def users_filters(git: Git) -> frozenset[str]:
    """The filters that the user's own configuration defines, that of Git LFS aside."""
    said = git.text("config", "--name-only", "-z", "--get-regexp", r"^filter\..*\.(clean|process)$") or ""
    return frozenset(name.split(".", 1)[1].rpartition(".")[0] for name in said.split("\0") if name) - {LFS}


def changes_of(git: Git, files: Mapping[str, Unconverted], variables: Mapping[str, str]) -> list[Filtered]:
    """Those of the files that are not as they were added, judged without their filter."""
    touched = [path for path, each in files.items() if not _is_as_recorded(git.repository.root / path, each.record)]
    pointers = _pointers(git, [path for path in touched if files[path].filter == LFS], variables)
    return [each for path in touched if (each := _change(git.repository.root, path, files[path].filter, pointers))]


def _change(root: Path, path: str, name: str, pointers: Mapping[str, bytes]) -> Filtered | None:
    if not os.path.lexists(root / path):
        return Filtered(path, name, deleted=True)
    if name != LFS:
        return Filtered(path, name)
    now = pointer_of(root / path)
    return None if now is not None and now == pointers.get(path) else Filtered(path, name, now)


def _is_as_recorded(file: Path, record: str) -> bool:
    """Does the file have the size and the time that the index holds?

    The size 0 says that the index was written in the same second as the file; the time has to do then.
    """
    time, size = _TIME.search(record), _SIZE.search(record)
    try:
        found = file.lstat()
    except OSError:
        return False
    if not time or not size:
        return False
    same_time = found.st_mtime_ns == int(time[1]) * 1_000_000_000 + int(time[2])
    return same_time and int(size[1]) in {0, found.st_size % (1 << 32)}


def _pointers(git: Git, paths: list[str], variables: Mapping[str, str]) -> dict[str, bytes]:
    """What the index holds of these files, as far as it is an LFS pointer."""
    objects = find_blobs(git, [f":{path}" for path in paths], variables)
    small = {blob.id for blob in objects.values() if blob.size <= MAX_POINTER_BYTES}
    texts = {name: content or b"" for name, content in read_blobs(git, small)}
    found = {}
    for path in paths:
        blob = objects.get(f":{path}")
        if blob and (pointer := _POINTER.fullmatch(texts.get(blob.id, b""))):
            found[path] = _pointer(pointer["oid"].decode(), int(pointer["size"]))
    return found


def pointer_of(file: Path) -> bytes | None:
    """The pointer that Git LFS would keep of a file; of a file that is a pointer itself, that one."""
    try:
        with regular_file(file) as opened:
            start = opened.read(MAX_POINTER_BYTES)
            if found := _POINTER.fullmatch(start):
                return _pointer(found["oid"].decode(), int(found["size"]))
            opened.seek(0)
            return _hashed(opened)
    except OSError:
        return None


def _hashed(file: BinaryIO) -> bytes | None:
    """None where hashing takes too long."""
    until = time.monotonic() + MAX_HASHING_S
    digest, size = hashlib.sha256(), 0
    while block := file.read(1 << 20):
        digest.update(block)
        size += len(block)
        if time.monotonic() > until:
            return None
    return _pointer(digest.hexdigest(), size)


def _pointer(oid: str, size: int) -> bytes:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()

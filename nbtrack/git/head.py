"""Which commit, branch and remote has a repository? Read from its files, without running git."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from nbtrack.git.config_file import settings
from nbtrack.git.location import Repository, regular_file, small_text

COMMIT_ID = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")
_SLASH_IN_PASSWORD = re.compile(r"[^/@:]*:(?!\d+/)[^@]*@")  # which an address must not have, but people paste
_BRANCH = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Head:
    """`commit` is None before the first one, `branch` where HEAD is detached."""

    commit: str | None
    branch: str | None


def read_head(repository: Repository) -> Head:
    told = small_text(repository.git_dir / "HEAD").strip()
    if not told.startswith("ref: "):
        return Head(told if COMMIT_ID.fullmatch(told) else None, None)
    reference = told.removeprefix("ref: ").strip()
    branch = reference.removeprefix(_BRANCH) if reference.startswith(_BRANCH) else None
    return Head(_commit_of(repository, reference), branch)


def _commit_of(repository: Repository, reference: str) -> str | None:
    if not reference.startswith("refs/") or ".." in reference:
        return None
    for folder in (repository.git_dir, repository.common_dir):
        told = small_text(folder / reference).strip()
        if COMMIT_ID.fullmatch(told):
            return told
    return _packed(repository.common_dir / "packed-refs", reference)


def _packed(file: Path, reference: str) -> str | None:
    wanted = b" " + reference.encode("utf-8", "surrogateescape")
    try:
        with regular_file(file) as lines:
            for line in lines:
                if line.rstrip(b"\r\n").endswith(wanted):
                    commit = line.partition(b" ")[0].decode("ascii", "replace")
                    return commit if COMMIT_ID.fullmatch(commit) else None
    except OSError:
        pass
    return None


def remote_address(repository: Repository) -> str | None:
    """The address of `origin`, else of the first remote, without the user's name and password."""
    found: dict[str, str] = {}
    for name, value in settings(small_text(repository.common_dir / "config")):
        if name.startswith("remote.") and name.endswith(".url") and value:
            found.setdefault(name, value)
    address = found.get("remote.origin.url") or next(iter(found.values()), None)
    return None if address is None else without_credentials(address)


def without_credentials(address: str) -> str:
    """`https://me:token@host/a.git` without `me:token@`; the user of `git@host:a.git` is no secret and stays."""
    scheme, separator, rest = address.partition("://") if "://" in address else ("", "", address)
    authority = rest.split("/", 1)[0]
    if "@" not in authority and _SLASH_IN_PASSWORD.match(rest):
        authority = rest.rpartition("@")[0] + "@"
    user, at, _ = authority.rpartition("@")
    if not at or user == "git" or (not separator and ":" not in user):
        return address
    return scheme + separator + rest[len(user) + 1 :]

"""Which Python, machine and packages did a run have? Never environment variables: they hold secrets."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

_listed: dict[str, tuple[int, list[str]]] = {}
_DIST = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)(-py[\d.]+)?\.(dist-info|egg-info)")


def system_tags() -> dict[str, str]:
    """Python and operating system."""
    return {
        "nbtrack.python": platform.python_version(),
        "nbtrack.os": f"{platform.system()} {platform.release()}",
        "nbtrack.cpus": str(os.cpu_count() or 1),
    }


def packages() -> str:
    """`name==version`, a line each, of what can be imported here.

    Read from the names of the folders, and again only when a folder of `sys.path` has changed: 0.5 ms, where
    `importlib.metadata` takes a hundred.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        for line in _packages_in(folder or os.curdir):
            found.setdefault(line.partition("==")[0].lower(), line)
    return "".join(f"{line}\n" for _, line in sorted(found.items()))


def _packages_in(folder: str) -> list[str]:
    try:
        changed = Path(folder).stat().st_mtime_ns
        if folder in _listed and _listed[folder][0] == changed:
            return _listed[folder][1]
        names = os.listdir(folder)
    except OSError:  # sys.path may hold zip files and folders that are not there
        return []
    matches = [match for name in names if (match := _DIST.fullmatch(name))]
    lines = sorted(f"{match['name'].replace('_', '-')}=={match['version']}" for match in matches)
    _listed[folder] = changed, lines
    return lines

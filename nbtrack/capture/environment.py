"""Which Python, machine and packages did a run have? Never environment variables: they hold secrets."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_listed: dict[str, tuple[int, list[str]]] = {}
_together: tuple[list[list[str]], str] = [], ""  # what the folders held when it was last written out, and the text
_NONE: list[str] = []
_DIST = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)(-py[\d.]+)?\.(dist-info|egg-info)")


@cache
def system_tags() -> Mapping[str, str]:
    """Python, operating system, processor, memory and GPU, as far as they can be told."""
    found = {
        "nbtrack.python": platform.python_version(),
        "nbtrack.os": f"{platform.system()} {platform.release()}",
        "nbtrack.cpus": str(os.cpu_count() or 1),
        "nbtrack.cpu": _processor(),
        "nbtrack.memory": _memory(),
        "nbtrack.gpu": ", ".join(_graphics()),
    }
    return {key: value for key, value in found.items() if value}


def _processor() -> str:
    for line in _text("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    """`31.2 GB`."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return ""
    return f"{size / 1e9:.1f} GB"


def _graphics() -> list[str]:
    """NVIDIA's own word for each card, from its driver's folder: no library, and no call that could hang."""
    told = [_text(path) for path in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))]
    models = [line.partition(":")[2].strip() for text in told for line in text.splitlines() if line[:6] == "Model:"]
    return [f"{name} ×{models.count(name)}" if models.count(name) > 1 else name for name in dict.fromkeys(models)]


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def packages() -> str:
    """`name==version`, a line each, of what can be imported here.

    Read from the names of the folders, and again only when a folder of `sys.path` has changed: 0.5 ms, where
    `importlib.metadata` takes a hundred.
    """
    global _together
    lists = [_packages_in(folder or os.curdir) for folder in sys.path]
    if len(lists) != len(_together[0]) or any(one is not other for one, other in zip(lists, _together[0], strict=True)):
        found: dict[str, str] = {}
        for line in (line for lines in lists for line in lines):
            found.setdefault(line.partition("==")[0].lower(), line)
        _together = lists, "".join(f"{line}\n" for _, line in sorted(found.items()))
    return _together[1]


def _packages_in(folder: str) -> list[str]:
    try:
        changed = Path(folder).stat().st_mtime_ns
        if folder in _listed and _listed[folder][0] == changed:
            return _listed[folder][1]
        names = os.listdir(folder)
    except OSError:  # sys.path may hold zip files and folders that are not there
        return _NONE
    matches = [match for name in names if (match := _DIST.fullmatch(name))]
    lines = sorted(f"{match['name'].replace('_', '-')}=={match['version']}" for match in matches)
    _listed[folder] = changed, lines
    return lines

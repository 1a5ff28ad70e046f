"""How is a library noticed that is imported later?

One finder stands first in the import system while something is expected. It finds nothing itself: for an expected
module it asks the others, and has its loader tell when the module has been executed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_expected: dict[str, Callable[[str], None]] = {}
_looking: set[str] = set()


class _Finder:
    @staticmethod
    def find_spec(name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in _expected or name in _looking:
            return None
        _looking.add(name)
        try:
            spec = _spec(name, path, target)
        finally:
            _looking.discard(name)
        if spec is not None and spec.loader is not None:
            _tell_when_executed(name, spec.loader)
        return spec


def _spec(name: str, path: Any, target: ModuleType | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        if finder is not _Finder:
            spec = finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                return spec
    return None


def _tell_when_executed(name: str, loader: Any) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        vars(loader).pop("exec_module", None)
        execute(module)
        arrived = _expected.pop(name, None)
        if not _expected and _Finder in sys.meta_path:
            sys.meta_path.remove(_Finder)
        if arrived is not None:
            arrived(name)

    if hasattr(loader, "__dict__"):  # otherwise the library is noticed with the next cell
        loader.exec_module = exec_module


def expect(module: str, arrived: Callable[[str], None]) -> None:
    """Call `arrived` once `module` has been imported; it must not raise."""
    _expected[module] = arrived
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)

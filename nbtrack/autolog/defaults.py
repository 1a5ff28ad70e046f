"""Which params of a fit has nobody chosen? Those that are as the library has them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_PLAIN = (type(None), bool, int, float, str, tuple)


def untouched(model: Any, params: Mapping[str, Any]) -> set[str]:
    """Those that are as the class has them; `params` may hold those of parts too, as `clf__C`. What is no plain value
    (another estimator, a function, an array) somebody has chosen."""
    found = set()
    for key, value in params.items():
        owner, _, name = key.rpartition("__")
        of: Any = type(params.get(owner) if owner else model)
        default = _defaults(of).get(name, _NONE)
        if default is not _NONE and isinstance(value, _PLAIN) and _same(value, default):
            found.add(key)
    return found


def unchosen(of: Any, values: Mapping[str, Any], prefix: str = "", suffix: str = "") -> set[str]:
    """Of the arguments of a function or class those that are as its signature has them, each between `prefix` and
    `suffix`."""
    known = _defaults(of)
    alike = (
        name for name, value in values.items() if isinstance(value, _PLAIN) and _same(value, known.get(name, _NONE))
    )
    return {f"{prefix}{name}{suffix}" for name in alike}


def _same(value: Any, default: Any) -> bool:
    """Not a number is as it was too, and so is what went through 32 bits."""
    if isinstance(value, float) and isinstance(default, int | float) and not isinstance(default, bool):
        return math.isclose(value, default, rel_tol=1e-6) or (value != value and default != default)
    return type(value) is type(default) and value == default


_NONE = inspect.Parameter.empty


@lru_cache(1000)
def _defaults(cls: Any) -> Mapping[str, Any]:
    try:
        return {each.name: each.default for each in inspect.signature(cls).parameters.values()}
    except (TypeError, ValueError):  # a class of C, or one whose signature lies
        return {}

"""Is this a view that the front end understands, and how is a part of one put over the whole?"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from nbtrack.dashboard._protocol import DEFAULT_VIEW
from nbtrack.errors import InvalidValueError
from nbtrack.query.parse import parse, parse_key

CHOICES = {
    "lifecycle": ("active", "deleted", "all"),
    "spread": ("sd", "ci", "minmax"),
    "tab": ("charts", "analyse", "compare", "run"),
    "chart.smoother": ("ema", "gaussian", "mean"),
    "chart.band": ("sd", "ci", "minmax", "none"),
    "analyse.kind": ("parallel", "scatter", "bars", "box", "grid", "importance", "history", "media"),
    "compare.pick": ("last", "best", "min", "max", "step"),
    "directions.*": ("min", "max", "none"),
}
LOWEST = {"height": 200}  # pixels; below it there is no room for a row
TEXT_OR_NONE = {"focus", "compare.baseline", "compare.file", "chart.big"} | {
    f"analyse.{name}" for name in ("metric", "x", "y", "color", "media")
}
TEXTS_OR_NONE = {"columns", "chart.metrics", "analyse.columns"}


def default_view() -> dict[str, Any]:
    return copy.deepcopy(DEFAULT_VIEW)


def merged_view(old: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`old` with `change` over it; `chart` and `compare` may be given in part. Raises InvalidValueError, QueryError."""
    view = {**default_view(), **copy.deepcopy(dict(old))}
    for name, value in change.items():
        if name not in DEFAULT_VIEW:
            raise InvalidValueError(unknown(name, list(DEFAULT_VIEW), "view"))
        default = DEFAULT_VIEW[name]
        if isinstance(default, dict) and default:
            if not isinstance(value, Mapping):
                raise InvalidValueError(f"view['{name}'] takes a dict, and {value!r} is none.")
            for key, inner in value.items():
                if key not in default:
                    raise InvalidValueError(unknown(key, list(default), f"view['{name}']"))
                view[name] = {**view[name], key: checked(f"{name}.{key}", inner, default[key])}
        else:
            view[name] = checked(name, value, default)
    if "filter" in change:
        parse(view["filter"])
    if "order" in change:
        for clause in view["order"]:
            parse_key(clause)
    return view


def known_view(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser wrote, in this version's names; a filter may be in the middle of being typed."""
    view = default_view()
    for name, default in DEFAULT_VIEW.items():
        if name not in raw:
            continue
        if isinstance(default, dict) and default and isinstance(raw[name], Mapping):
            view[name].update({key: value for key, value in raw[name].items() if key in default})
        elif not (isinstance(default, dict) and default):
            view[name] = raw[name]
    return view


def unknown(name: str, known: list[str], where: str) -> str:
    near = get_close_matches(name, known, 1)
    hint = f"Did you mean '{near[0]}'?" if near else f"It has {', '.join(known)}."
    return f"There is no '{name}' in {where}. {hint}"


def checked(name: str, value: Any, default: Any) -> Any:
    """The value as it travels, or InvalidValueError where it is of another kind than the default."""
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise InvalidValueError(f"view {name} is one of {', '.join(CHOICES[name])}, not {value!r}.")
        return value
    if value is None and (name in TEXT_OR_NONE or name in TEXTS_OR_NONE):
        return None
    if isinstance(default, list) or name in TEXTS_OR_NONE:
        if isinstance(value, str) or not all(isinstance(each, str) for each in value):
            raise InvalidValueError(f"view {name} takes a list of texts, not {value!r}.")
        return list(value)
    if isinstance(default, bool):
        return bool(value)
    if isinstance(default, int | float):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidValueError(f"view {name} takes a number, not {value!r}.")
        if value < LOWEST.get(name, value):
            raise InvalidValueError(f"view {name} takes a number from {LOWEST[name]} on, not {value!r}.")
        return value
    if name == "directions":
        return {str(key): checked("directions.*", way, "") for key, way in dict(value).items()}
    if isinstance(default, dict):
        return {str(key): checked(name, inner, 0) for key, inner in dict(value).items()}
    if not isinstance(value, str):
        raise InvalidValueError(f"view {name} takes a text, not {value!r}.")
    return value

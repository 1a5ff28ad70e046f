"""What do the bytes of a meta.yaml and of a metric file say, and how are they written?

A meta.yaml is flat and nearly always written by PyYAML, so a few string operations read it; whatever they do not
recognise goes to PyYAML, after a look that nothing in it can run, loop or explode. Metric lines are read by `points`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nbtrack.stores.files.disk import Unreadable

DEEPEST = 8
LONGEST_NUMBER = 100  # digits; beyond, it stays text: Python takes long to read a number, and refuses one of 4,300
_HEX = re.compile(r"(?!0b|[0-9]*e?[0-9]*$)[0-9a-f]{8,64}")
_FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
_LONG_NUMBER = re.compile(rf"[-+]?[0-9_:.][0-9a-fA-FxXoObB_:.+\-]{{{4 * LONGEST_NUMBER},}}")
_EMPTY: dict[str, Any] = {"[]": (), "{}": {}, "null": None}
_BROKEN = "Restore it from a copy; without one, the run's metrics, params and tags are still in the folders beside it."


def read_meta(data: bytes) -> dict[str, Any]:
    """The mapping in a meta.yaml; Unreadable where there is none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 at byte {error.start}", _BROKEN) from error
    if not text.strip():
        raise Unreadable("is empty", _BROKEN)
    meta = _read_flat(text)
    return _read_yaml(text) if meta is None else meta


def _read_flat(text: str) -> dict[str, Any] | None:
    """The mapping, if every line is `key: value` in one of the common forms; else None."""
    if text[-1] != "\n":
        return None
    pairs = [_read_line(line) for line in text.split("\n")[:-1]]
    return None if None in pairs else dict(pairs)  # type: ignore[arg-type]


@lru_cache(256)  # two thirds of its lines a meta.yaml has in common with those of its neighbours
def _read_line(line: str) -> tuple[str, Any] | None:
    key, colon, value = line.partition(": ")
    if not colon or not key.isidentifier():
        return None
    if value in _EMPTY:
        return key, _EMPTY[value]
    if value[:1] == "'":
        inner = value[1:-1]
        return None if len(value) < 2 or value[-1] != "'" or "'" in inner else (key, inner)
    if value.isdecimal() and value.isascii() and (value[0] != "0" or value == "0"):
        return key, int(value) if len(value) <= LONGEST_NUMBER else value
    return (key, value) if _is_plain(value) or _HEX.fullmatch(value) else None


def _is_plain(value: str) -> bool:
    """Is this unquoted scalar certainly a string that ends on its line?"""
    return (
        value[:1] in _FIRST
        and value.isascii()
        and value.isprintable()
        and value[-1] not in ": "
        and ": " not in value
        and " #" not in value
        and value.lower() not in _WORDS
    )


def _read_yaml(text: str) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_tricks(text, loader)
        meta = yaml.load(text, loader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" at line {place.line + 1}" if place is not None else ""
        raise Unreadable(f"is not valid YAML{where}", _BROKEN) from error
    if not isinstance(meta, dict):
        raise Unreadable("holds no 'key: value' lines", _BROKEN)
    return {str(_plain(key)): _plain(value) for key, value in meta.items()}


def _plain(value: Any) -> Any:
    """The same without numbers that Python does not write out."""
    if isinstance(value, int) and value.bit_length() > 4 * LONGEST_NUMBER:
        return f"{value:#x}"[:LONGEST_NUMBER]
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _refuse_tricks(text: str, loader: Any) -> None:
    """Aliases can multiply without end and tags can name code; no meta.yaml needs either."""
    import yaml

    depth = 0
    for event in yaml.parse(text, loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Unreadable(
                "uses YAML anchors, which no tracker writes", "Look at it with care; delete it if it is not yours."
            )
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and _LONG_NUMBER.fullmatch(event.value):
            raise Unreadable(
                f"has a number of {len(event.value):,} digits", "Correct it; no number that belongs here is so long."
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise Unreadable(f"uses the YAML tag {tag[:60]!r}", "Look at it with care; delete it if it is not yours.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable(
                "is nested deeper than any meta.yaml", "Look at it with care; delete it if it is not yours."
            )


def write_meta(meta: Mapping[str, Any]) -> bytes:
    """As MLflow writes it, byte for byte where libyaml is there."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(dict(meta), Dumper=dumper, default_flow_style=False, allow_unicode=True, sort_keys=True)
    return text.encode("utf-8")


def text_of(data: bytes) -> str:
    """A param's or tag's value; Unreadable where it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"is not UTF-8 at byte {error.start}", "Write it again as UTF-8 text, or delete it."
        ) from error

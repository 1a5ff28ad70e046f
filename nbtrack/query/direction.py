"""Is less of a metric better, or more, or can nobody tell? js/src/query/direction.ts is the twin of this module.

What the runs' tags say wins (a library or `%%track -m loss:min` wrote them), then what was set in the dashboard, then
the known names of schema/directions.json. A metric that none of them knows has no best value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from nbtrack.frame import Frame, Text
from nbtrack.query.direction_names import (
    ENDINGS,
    FINAL,
    JOINS,
    NEGATIONS,
    PHRASES,
    POSITIONS,
    RAISING,
    WEAK,
)

Direction = Literal["min", "max"]
TAG = "tags.nbtrack.metric."
NONE = "none"  # a library says that no direction is better
WORD = re.compile(r"[a-z0-9]+")
CAMEL = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
LONGEST = max(phrase.count(" ") + 1 for phrase in PHRASES)


class Match(NamedTuple):
    """Words from `start` to `end` that the table knows."""

    start: int
    end: int
    way: str  # min | max | void
    weak: bool = False


def direction_of(frame: Frame, key: str, chosen: Mapping[str, str] | None = None) -> Direction | None:
    """Which way a metric of these runs is better; None where nobody says.

    Runs whose tags contradict each other say nothing, and then the name says nothing either.
    """
    told = tagged(frame, key)
    if len(told) == 1 and told != {NONE}:
        return _way(next(iter(told)))
    if chosen and key in chosen:
        return _way(chosen[key])
    return None if told else known_direction(key)


def tagged(frame: Frame, key: str) -> set[str]:
    """What the runs' own tags say of the metric: "min", "max", and "none" where a library knows that none is better."""
    column = frame.columns.get(TAG + key)
    if not isinstance(column, Text):
        return set()
    words = {column.words[code] for code in np.unique(column.codes).tolist() if code >= 0}
    return words & {"min", "max", NONE}


def directions_by_row(frame: Frame, key: str) -> list[Direction | None]:
    """Of each run what its own tag says, else what holds for all."""
    common = direction_of(frame, key)
    column = frame.columns.get(TAG + key)
    if not isinstance(column, Text):
        return [common] * len(frame)
    ways = [None if word == NONE else _way(word) or common for word in column.words]
    return [ways[code] if code >= 0 else common for code in column.codes.tolist()]


def _way(text: str) -> Direction | None:
    return "min" if text == "min" else "max" if text == "max" else None


def known_direction(key: str) -> Direction | None:
    """By the words of the name, the last part of a path first: `loss/train` is a loss. None for an unknown one."""
    if key.startswith("system/"):
        return None
    for part in reversed(key.replace("²", "2").split("/")):
        way = _of_part(part)
        if way is not None:
            return _way(way)
    return None


direction = known_direction


def has_best(key: str) -> bool:
    return known_direction(key) is not None


def _of_part(part: str) -> str | None:
    for words in (WORD.findall(part.lower()), [word.lower() for word in CAMEL.findall(part)]):
        found = _matches(words)
        if found:
            return _decided(words, found)
    return None


def _matches(words: Sequence[str]) -> list[Match]:
    """From left to right the longest phrases, none of which overlap."""
    found, at = [], 0
    last = max((i for i, word in enumerate(words) if not word.isdigit()), default=-1)
    while at < len(words):
        match = _match(words, at, last)
        if match is None:
            at += 1
        else:
            found.append(match)
            at = match.end
    return found


def _match(words: Sequence[str], at: int, last: int) -> Match | None:
    for n in range(min(LONGEST, len(words) - at), 0, -1):
        way = PHRASES.get(" ".join(words[at : at + n]))
        if way is not None:
            return Match(at, at + n, way)
    for word in (words[at], words[at].rstrip("0123456789")):
        way = PHRASES.get(word) or (FINAL.get(word) if at == last else None) or WEAK.get(word)
        if way is not None:
            return Match(at, at + 1, way, weak=word in WEAK)
    for way, endings in ENDINGS.items():
        if words[at].endswith(tuple(endings)):
            return Match(at, at + 1, way)
    return None


def _decided(words: Sequence[str], found: list[Match]) -> str:
    """The last match says it: an accuracy_loss is a loss. "void" where the name judges nothing."""
    if any(match.way == "void" for match in found):
        return "void"
    if words[0] == "best" and words[-1] in POSITIONS:
        return "void"
    if any(word in RAISING for match in found for word in words[match.start : match.end]):
        return "max"
    match = _head(words, [each for each in found if not each.weak] or found)
    inside = {at for each in found for at in range(each.start, each.end)}
    negated = [at for at in range(match.start) if words[at] in NEGATIONS and at not in inside]
    if not negated:
        return match.way
    # A loss of negatives is usual in contrastive learning, an accuracy of the negative class as well.
    contrastive = words[match.start : match.end] == ["loss"] and negated[-1] == match.start - 1
    return "max" if match.way == "min" and not contrastive else "void"


def _head(words: Sequence[str], found: list[Match]) -> Match:
    """Of `loss_at_best_accuracy` the loss: what follows a joining word only describes."""
    inside = {at for each in found for at in range(each.start, each.end)}
    for at, word in enumerate(words):
        before = [each for each in found if each.end <= at]
        if word in JOINS and at not in inside and before:
            return before[-1]
    return found[-1]

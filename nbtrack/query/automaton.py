r"""Does a regular expression occur in a text, in time that grows with the text's length and no faster?

A nondeterministic automaton whose states are followed all at once (Thompson 1968): nothing is tried and taken back. It
takes what pattern.py has translated: signs, \x20, classes, groups, |, * + ? {n,m}, ^, the end, \b.
js/src/query/automaton.ts is its twin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_STATES = 20_000
MOST_CACHED = 5_000
TOKEN = re.compile(
    r"\\x[0-9a-f]{2}|\\[a-zA-Z]|\[\^?(?:\\x[0-9a-f]{2}|\\[a-z]|[^\]\\])*\]|\(\?:|[*+?]\??|\{[0-9]+(?:,[0-9]*)?\}\??|.",
    re.DOTALL,
)
ATOM = re.compile(r"\\x[0-9a-f]{2}|\\[a-z]|.", re.DOTALL)
CONTROL = {r"\t": "\t", r"\n": "\n", r"\r": "\r", r"\f": "\f", r"\v": "\v"}
START, END, EDGE = "^", "$", "edge"
WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class TooLargeError(ValueError):
    """More states than a filter may have."""


class Signs(NamedTuple):
    """The signs of a class by their numbers."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def has(self, sign: int) -> bool:
        return any(low <= sign <= high for low, high in self.ranges) != self.negated


@dataclass(slots=True)
class Automaton:
    """State 0 has matched. A state has signs and the state behind them, or ways to others, perhaps on a condition."""

    signs: list[Signs | None] = field(default_factory=lambda: [None])
    ways: list[list[int]] = field(default_factory=lambda: [[]])
    condition: list[str] = field(default_factory=lambda: [""])
    begin: int = 0

    def add(self, ways: Iterable[int], signs: Signs | None = None, condition: str = "") -> int:
        if len(self.ways) >= MOST_STATES:
            raise TooLargeError
        self.signs.append(signs)
        self.ways.append(list(ways))
        self.condition.append(condition)
        return len(self.ways) - 1


Part = Callable[[Automaton, int], int]  # the state in which the part begins, from the one that follows it


def compiled(source: str) -> Callable[[str], bool]:
    """A test of texts. `source` is sound, as pattern.py makes it; TooLargeError where it repeats too much."""
    automaton = Automaton()
    automaton.begin = _Reader(TOKEN.findall(source)).alternatives()(automaton, 0)
    return _searcher(automaton)


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def alternatives(self) -> Part:
        parts = [self.sequence()]
        while self.next == "|":
            self.at += 1
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else lambda to, then: to.add([part(to, then) for part in parts])

    def sequence(self) -> Part:
        parts: list[Part] = []
        while self.next not in ("", "|", ")"):
            parts.append(self.repeated(self.one()))

        def build(to: Automaton, then: int) -> int:
            for part in reversed(parts):
                then = part(to, then)
            return then

        return build

    def one(self) -> Part:
        token = self.tokens[self.at]
        self.at += 1
        if token in ("(", "(?:"):
            inside = self.alternatives()
            self.at += 1  # the )
            return inside
        condition = {"^": START, "$": END, r"\Z": END, r"\b": EDGE}.get(token)
        if condition is not None:
            return lambda to, then: to.add([then], condition=condition)
        signs = _class(token) if token.startswith("[") else Signs(((_sign(token), _sign(token)),))
        return lambda to, then: to.add([then], signs)

    def repeated(self, part: Part) -> Part:
        token = self.next
        if not token or token[0] not in "*+?{" or (token[0] == "{" and len(token) == 1):
            return part
        self.at += 1
        least, most = _times(token)
        return lambda to, then: _repeat(to, then, part, least, most)


def _times(token: str) -> tuple[int, int | None]:
    if token[0] != "{":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[token[0]]
    low, comma, high = token.strip("?").strip("{}").partition(",")
    return int(low), (int(high) if high else None) if comma else int(low)


def _repeat(to: Automaton, then: int, part: Part, least: int, most: int | None) -> int:
    if most is None:
        loop = to.add([then])
        to.ways[loop].append(part(to, loop))
        then = loop
    else:
        end = then
        for _ in range(most - least):
            then = to.add([part(to, then), end])
    for _ in range(least):
        then = part(to, then)
    return then


def _class(token: str) -> Signs:
    negated = token.startswith("[^")
    atoms = [_sign(atom) if len(atom) > 1 or atom != "-" else -1 for atom in ATOM.findall(token[1 + negated : -1])]
    ranges, at = [], 0
    while at < len(atoms):
        low = ord("-") if atoms[at] < 0 else atoms[at]
        if at + 2 < len(atoms) and atoms[at + 1] < 0:
            ranges.append((low, ord("-") if atoms[at + 2] < 0 else atoms[at + 2]))
            at += 3
        else:
            ranges.append((low, low))
            at += 1
    return Signs(tuple(ranges), negated)


def _sign(token: str) -> int:
    return int(token[2:], 16) if token.startswith(r"\x") else ord(CONTROL.get(token, token))


def _searcher(automaton: Automaton) -> Callable[[str], bool]:
    """The states of one place are worked out once for each set of states and surroundings, and remembered."""
    closures: dict[tuple[frozenset[int], frozenset[str]], frozenset[int]] = {}
    steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def search(text: str) -> bool:
        states: frozenset[int] = frozenset()
        for at in range(len(text) + 1):
            around = _surroundings(text, at)
            key = (states, around)
            here = closures.get(key)
            if here is None:
                here = closures[key] = _closure(automaton, states | {automaton.begin}, around)
            if 0 in here:
                return True
            if at == len(text):
                break
            step = (here, text[at])
            following = steps.get(step)
            if following is None:
                following = steps[step] = _behind(automaton, here, ord(text[at]))
            states = following
            if len(closures) + len(steps) > MOST_CACHED:
                closures.clear()
                steps.clear()
        return False

    return search


def _surroundings(text: str, at: int) -> frozenset[str]:
    """Which conditions hold between two signs."""
    before, behind = at > 0 and text[at - 1] in WORD, at < len(text) and text[at] in WORD
    found = [START] * (at == 0) + [END] * (at == len(text)) + [EDGE] * (before != behind)
    return frozenset(found)


def _closure(automaton: Automaton, states: Iterable[int], around: frozenset[str]) -> frozenset[int]:
    found = set(states)
    waiting = list(found)
    while waiting:
        state = waiting.pop()
        condition = automaton.condition[state]
        if automaton.signs[state] is not None or (condition and condition not in around):
            continue
        for way in automaton.ways[state]:
            if way not in found:
                found.add(way)
                waiting.append(way)
    return frozenset(found)


def _behind(automaton: Automaton, states: Iterable[int], sign: int) -> frozenset[int]:
    found = set()
    for state in states:
        signs = automaton.signs[state]
        if signs is not None and signs.has(sign):
            found.update(automaton.ways[state])
    return frozenset(found)

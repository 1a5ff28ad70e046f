"""What is `val_loss - loss`? Sums, differences, products and quotients of metrics, joined by their steps.

A small language of its own, nothing is evaluated by Python: numbers, metric names, + - * / and parentheses. A name
stands plain where it is letters, digits, _ and dots, or where there is a metric of that name (`val/loss`); else in
"quotes". js/src/data/expression.ts is its twin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.figures.line import last_of_steps
from nbtrack.frame import F64, Series

NUMBER = re.compile(r"\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
QUOTED = re.compile(r'"([^"]*)"|`([^`]*)`')
DEEPEST = 50

Tree = float | str | tuple[str, "Tree", "Tree"]
OPERATIONS: Mapping[str, Callable[[F64, F64], F64]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number | name | sign
    text: str


def names_in(tree: Tree) -> list[str]:
    """The metrics that a tree speaks of, each once."""
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, tuple):
        return list(dict.fromkeys([*names_in(tree[1]), *names_in(tree[2])]))
    return []


def parse_expression(text: str, known: Collection[str] = ()) -> Tree:
    """Raises InvalidValueError where the text is no expression."""
    parser = _Parser(_tokens(text, known), text)
    tree = parser.sum(0)
    if parser.at < len(parser.tokens):
        raise parser.stray()
    return tree


def evaluate(tree: Tree, histories: Mapping[str, Series]) -> Series:
    """The value at each step that all metrics have; where a step has several points, of the last one."""
    parts = {name: last_of_steps(histories[name]) for name in names_in(tree)}
    if not parts:
        return Series(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    steps = None
    for step, _, _ in parts.values():
        steps = step if steps is None else np.intersect1d(steps, step, assume_unique=True)
    assert steps is not None
    places = {name: np.searchsorted(step, steps) for name, (step, _, _) in parts.items()}
    values = {name: parts[name][2][place] for name, place in places.items()}
    times = np.max([parts[name][1][place] for name, place in places.items()], axis=0)
    with np.errstate(all="ignore"):
        value = np.broadcast_to(_value(tree, values), steps.shape)
    return Series(steps, times, np.array(value, np.float64))


def _value(tree: Tree, values: Mapping[str, F64]) -> F64:
    if isinstance(tree, str):
        return values[tree]
    if isinstance(tree, tuple):
        return OPERATIONS[tree[0]](_value(tree[1], values), _value(tree[2], values))
    return np.float64(tree)  # type: ignore[return-value]


def _tokens(text: str, known: Collection[str]) -> list[Token]:
    longest = sorted(known, key=len, reverse=True)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif name := next((name for name in longest if _stands(text, at, name)), None):
            found.append(Token("name", name))
            at += len(name)
        elif match := NUMBER.match(text, at):
            found.append(Token("number", match[0]))
            at = match.end()
        elif match := NAME.match(text, at):
            found.append(Token("name", match[0]))
            at = match.end()
        elif match := QUOTED.match(text, at):
            found.append(Token("name", match[1] if match[1] is not None else match[2]))
            at = match.end()
        elif text[at] in "+-*/()":
            found.append(Token("sign", text[at]))
            at += 1
        else:
            raise InvalidValueError(f"'{text}': {text[at]} has no meaning here. Metrics, numbers and + - * / ( ) do.")
    return found


def _stands(text: str, at: int, name: str) -> bool:
    """Is the name here, and not only the beginning of a longer one? A number is one, whatever is called so."""
    end = at + len(name)
    if not name or not text.startswith(name, at) or NUMBER.fullmatch(name):
        return False
    return not (end < len(text) and re.match(r"[A-Za-z0-9_.]", text[end]) and re.match(r"[A-Za-z0-9_.]", name[-1]))


class _Parser:
    def __init__(self, tokens: list[Token], text: str) -> None:
        self.tokens, self.text, self.at = tokens, text, 0

    def stray(self) -> InvalidValueError:
        found = f"'{self.tokens[self.at].text}'" if self.at < len(self.tokens) else "end"
        advice = "Use metric names, numbers and + − * / ( )."
        return InvalidValueError(f"Can't read '{self.text}': unexpected {found}. {advice}")

    def sign(self, signs: str) -> str | None:
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "sign" and token.text in signs:
                self.at += 1
                return token.text
        return None

    def sum(self, depth: int) -> Tree:
        tree = self.product(depth)
        while sign := self.sign("+-"):
            tree = (sign, tree, self.product(depth))
        return tree

    def product(self, depth: int) -> Tree:
        tree = self.factor(depth)
        while sign := self.sign("*/"):
            tree = (sign, tree, self.factor(depth))
        return tree

    def factor(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise InvalidValueError(f"The expression is nested more than {DEEPEST} deep.")
        if self.sign("-"):
            return ("-", 0.0, self.factor(depth + 1))
        if self.sign("("):
            tree = self.sum(depth + 1)
            if not self.sign(")"):
                raise self.stray()
            return tree
        if self.at >= len(self.tokens) or self.tokens[self.at].kind == "sign":
            raise self.stray()
        token = self.tokens[self.at]
        self.at += 1
        return float(token.text) if token.kind == "number" else token.text

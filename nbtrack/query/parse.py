"""What does a filter or an order mean?

    filter     := [any]                            any   := all { OR all }
    all        := one { [AND] one }                one   := NOT one | "(" any ")" | comparison
    comparison := column op value                       = != < <= > >= [NOT] LIKE, ILIKE, RLIKE
                | column [NOT] IN "(" value { "," value } ")"
                | column [NOT] BETWEEN value AND value
                | column IS [NOT] NULL
    column     := [family "."] key [".min" | ".max" | ".first" | ".last" | ".best" | ".at(" step ")"]
    value      := number | text | now() [(+ | -) duration]
    order      := (column | number "(" column ")") [ASC | DESC]

Like MLflow's parser this one takes comparisons with no AND between them, and an AND that joins nothing at either end.
"""

from __future__ import annotations

from collections.abc import Collection

from nbtrack.errors import QueryError
from nbtrack.query import values
from nbtrack.query.columns import NUMBER, TIME, column_of, kind
from nbtrack.query.lex import Token, lex
from nbtrack.query.operands import NUMERIC, TEXTUAL, found, operand
from nbtrack.query.tree import (
    BARE,
    DATASET,
    METRIC,
    And,
    Column,
    Compare,
    Key,
    Node,
    Not,
    Now,
    Null,
    Or,
    Value,
    Within,
)

DEEPEST = 100
MEANT = {"==": "=", "<>": "!=", "=>": ">=", "=<": "<=", "!": "!=", "=!": "!=", "~": "LIKE", "===": "=", "!==": "!="}
WORD_OPERATORS = ("LIKE", "ILIKE", "RLIKE", "IN", "BETWEEN", "NOT", "IS")


def parse(text: str, names: Collection[str] | None = None) -> Node | None:
    """The tree of a filter, None for one that says nothing.

    `names` are the columns that there are, by which bare names are found; without them these stay open.
    """
    return _Parser(text, names).filter()


def parse_key(text: str, names: Collection[str] | None = None) -> Key:
    """One clause of an order: a column, perhaps `number(…)` around it, perhaps ASC or DESC behind it."""
    return _Parser(text, names).key()


def _error(message: str, token: Token) -> QueryError:
    return QueryError(message, start=token.start, end=token.end)


class _Parser:
    """Recursive descent; `self.at` is the next token."""

    def __init__(self, text: str, names: Collection[str] | None) -> None:
        self.tokens = lex(text)
        self.names = names
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def accept(self, *words: str) -> Token | None:
        """The next token if it is one of these keywords or marks."""
        if self.next.word in words or (self.next.kind == "mark" and self.next.text in words):
            return self.take()
        return None

    def filter(self) -> Node | None:
        self._skip_ands()
        if self.next.kind == "end":
            return None
        node = self.any()
        if self.next.kind != "end":
            raise _error(f"Expected AND, OR or the end, but found {found(self.next)}.", self.next)
        return node

    def _skip_ands(self) -> None:
        while self.accept("AND"):
            pass

    def any(self) -> Node:
        nodes = [self.all()]
        while self.accept("OR"):
            nodes.append(self.all())
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def all(self) -> Node:
        nodes = [self.one()]
        while True:
            joined = self.next.word == "AND"
            self._skip_ands()
            if joined and self.next.kind == "end" and self.depth == 0:
                break
            if not joined and not self._starts_one():
                break
            nodes.append(self.one())
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _starts_one(self) -> bool:
        return self.next.text == "(" or (self.next.kind in ("name", "text") and self.next.word != "OR")

    def one(self) -> Node:
        negated = False
        while self.accept("NOT"):
            negated = not negated
        opening = self.accept("(")
        node = self._group(opening) if opening else self.comparison()
        return Not(node) if negated else node

    def _group(self, opening: Token) -> Node:
        if self.depth == DEEPEST:
            raise _error(f"More than {DEEPEST} parentheses inside each other.", opening)
        self.depth += 1
        node = self.any()
        self.depth -= 1
        if not self.accept(")"):
            message = f"Expected ) to close the ( at character {opening.start + 1}, but found {found(self.next)}."
            raise _error(message, self.next)
        return node

    def comparison(self) -> Node:
        column, name = self.column()
        if self.accept("IS"):
            return self._null(column)
        negation = self.accept("NOT")
        prefix = "NOT " if negation else ""
        if self.accept("IN"):
            return Within(column, self._list(kind(column), f"{prefix}IN"), bool(negation))
        if self.accept("BETWEEN"):
            return self._between(column, bool(negation))
        op = self._operator(column, name, prefix)
        return Compare(column, op, self.value(kind(column), op))

    def column(self) -> tuple[Column, str]:
        """The column that comes next, and how it was typed."""
        token = self.take()
        quoted_attribute = token.kind == "text" and token.text.startswith('"')
        if not (token.kind == "name" or quoted_attribute) or token.word in ("AND", "OR", "NOT"):
            wanted = "Expected a column such as metrics.loss, params.lr or status"
            raise _error(f"{wanted}, but found {found(token)}.", token)
        if quoted_attribute:
            token = Token("name", f"`{token.text[1:-1].replace('`', '``')}`", token.start, token.end)
        column = column_of(token, self.names)
        if column.family in (METRIC, BARE):
            column = self._at_step(column)
        return column, found(token)

    def _at_step(self, column: Column) -> Column:
        """`metrics.loss.at(10)`: the parenthesis touches the name."""
        bare = not column.quoted and column.key.endswith(".at") and len(column.key) > 3
        if not (bare or column.part == "at"):
            return column
        if self.next.text != "(" or self.next.start != column.end:
            if bare:
                return column
            raise _error("Expected a step behind at, such as at(10).", self.next)
        self.take()
        step = self.take()
        if step.kind != "number" or not step.text.lstrip("+-").isdigit():
            raise _error(f"Expected a step, a whole number, but found {found(step)}.", step)
        if self.next.text != ")":
            raise _error(f"Expected ) behind the step, but found {found(self.next)}.", self.next)
        end = self.take().end
        key = column.key.removesuffix(".at") if bare else column.key
        return Column(METRIC, key, "at", int(step.text), True, column.start, end)

    def _null(self, column: Column) -> Node:
        negation = self.accept("NOT")
        if not self.accept("NULL"):
            wanted = "NULL" if negation else "NULL or NOT NULL"
            raise _error(f"Expected {wanted} after IS, but found {found(self.next)}.", self.next)
        return Null(column, bool(negation))

    def _operator(self, column: Column, name: str, prefix: str) -> str:
        token = self.take()
        text = token.word or token.text
        op = prefix + text
        if token.kind == "op" and text in MEANT:
            raise _error(f"{text} is not an operator. Did you mean {MEANT[text]}?", token)
        allowed = operators(column)
        if op in allowed:
            return op
        if token.kind == "op" or text in WORD_OPERATORS:
            message = f"{op} does not apply to {name}. It takes {', '.join(allowed)}, IN, IS NULL."
        else:
            message = f"Expected an operator after {name}, one of {', '.join(allowed)}, IN, IS NULL"
            message += f", but found {found(token)}."
        raise _error(message, token)

    def _list(self, of: str, op: str) -> tuple[Value, ...]:
        if not self.accept("("):
            raise _error(f"Expected a list in parentheses after {op}, but found {found(self.next)}.", self.next)
        listed = [self.value(of, op)]
        while self.accept(","):
            if self.next.text == ")":
                break
            listed.append(self.value(of, op))
        if not self.accept(")"):
            raise _error(f"Expected a comma or ) in the list, but found {found(self.next)}.", self.next)
        return tuple(listed)

    def _between(self, column: Column, negated: bool) -> Node:
        of = kind(column)
        low = self.value(of, "BETWEEN")
        if not self.accept("AND"):
            raise _error(f"Expected AND and the upper end, but found {found(self.next)}.", self.next)
        high = self.value(of, "BETWEEN")
        if not (set(NUMERIC) <= set(operators(column))):
            place = self.tokens[self.at - 1]
            raise QueryError("BETWEEN compares numbers and times only.", start=column.start, end=place.end)
        if negated:
            return Or((Compare(column, "<", low), Compare(column, ">", high)))
        return And((Compare(column, ">=", low), Compare(column, "<=", high)))

    def value(self, of: str, op: str) -> Value:
        token = self.take()
        if of == TIME and token.word == "NOW" and self.next.text == "(":
            return self._now()
        return operand(token, of, op)

    def _now(self) -> Now:
        self.take()
        if not self.accept(")"):
            raise _error(f"Expected ) behind now(, but found {found(self.next)}.", self.next)
        sign = self.accept("+", "-")
        if sign is None:
            return Now(0.0)
        token = self.take()
        ms = values.duration(token.text[1:-1]) if token.kind == "text" else None
        if ms is None:
            message = f"Expected a duration in quotes such as '7d' after {sign.text}, but found {found(token)}."
            raise _error(message, token)
        return Now(-ms if sign.text == "-" else ms)

    def key(self) -> Key:
        as_number = self.next.word == "NUMBER" and self.tokens[self.at + 1].text == "("
        if as_number:
            self.at += 2
        column, _ = self.column()
        if column.family == DATASET:
            message = "Runs cannot be ordered by their datasets, of which one run may have many."
            raise QueryError(message, start=column.start, end=column.end)
        if as_number and not self.accept(")"):
            raise _error(f"Expected ) behind the column, but found {found(self.next)}.", self.next)
        direction = self.accept("ASC", "DESC")
        if self.next.kind != "end":
            advice = " Give each column a text of its own in the list." if self.next.text == "," else ""
            wanted = "the end" if direction else "ASC, DESC or the end"
            raise _error(f"Expected {wanted}, but found {found(self.next)}.{advice}", self.next)
        return Key(column, direction is not None and direction.word == "DESC", as_number)


def operators(column: Column) -> tuple[str, ...]:
    """What may stand behind the column, beside IN and IS NULL."""
    of = kind(column)
    if of in (NUMBER, TIME, "duration"):
        return NUMERIC
    return (*NUMERIC, *TEXTUAL[2:]) if of == "label" else TEXTUAL

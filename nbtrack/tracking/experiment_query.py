"""Which experiments match a filter, and in which order?

MLflow's grammar for experiments: comparisons of name, experiment_id, creation_time, last_update_time and tags, all of
which must hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from nbtrack.entities import Experiment
from nbtrack.errors import QueryError
from nbtrack.query import pointing
from nbtrack.query.lex import Token, lex
from nbtrack.query.like import matcher

TEXTS = ("name", "experiment_id")
TIMES = ("creation_time", "last_update_time")
ORDERS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
Test = Callable[[Experiment], bool]
Field = tuple[str, str]  # ("tag", key) or ("attribute", name)


def select(experiments: Sequence[Experiment], filter_string: str, order_by: Sequence[str]) -> list[Experiment]:
    """Those that match, newest first (then by id) unless `order_by` says otherwise. Raises QueryError."""
    with pointing(filter_string):
        tests = _Parser(filter_string).tests()
    found = sorted((e for e in experiments if all(test(e) for test in tests)), key=lambda e: e.experiment_id)
    # Sorts are stable, so the last key goes first. Without one, the id decides, descending as in MLflow.
    keys = [_order(text) for text in order_by]
    if not keys:
        keys = [("creation_time", True)]
    elif all(name != "experiment_id" for name, _ in keys):
        found.reverse()
    for name, descending in reversed(keys):
        having = [e for e in found if getattr(e, name) is not None]
        having.sort(key=operator.attrgetter(name), reverse=descending)
        found = having + [e for e in found if getattr(e, name) is None]
    return found


def _order(text: str) -> tuple[str, bool]:
    words = text.split()
    descending = len(words) == 2 and words[1].upper() == "DESC"
    if not words or len(words) > 2 or (len(words) == 2 and words[1].upper() not in ("ASC", "DESC")):
        raise QueryError(f"'{text}' is no order. Write a name, then ASC or DESC: 'creation_time DESC'.", end=len(text))
    name = words[0].removeprefix("attribute.").strip("`")
    if name not in TEXTS + TIMES:
        raise QueryError(f"Experiments have no order by '{name}'. Use {', '.join(TEXTS + TIMES)}.", end=len(text))
    return name, descending


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = lex(text)
        self.at = 0

    def next(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def tests(self) -> list[Test]:
        found: list[Test] = []
        while self.tokens[self.at].kind != "end":
            if self.tokens[self.at].word == "AND":
                self.at += 1
            else:
                found.append(self.comparison())
        return found

    def comparison(self) -> Test:
        field = _field(self.next())
        token = self.next()
        if token.word == "IS":
            return self.null(field)
        if token.word in ("NOT", "IN"):
            return self.within(field, token)
        if token.word in ("LIKE", "ILIKE") and field[1] not in TIMES:
            return _text_test(field, matcher(_text(self.next()), ignore_case=token.word == "ILIKE"))
        if token.kind == "op" and token.text in ORDERS:
            return self.compared(field, token)
        raise _wrong(token, "an operator: = != < > LIKE ILIKE IS IN")

    def compared(self, field: Field, token: Token) -> Test:
        order = ORDERS[token.text]
        if field[0] == "attribute" and field[1] in TIMES:
            value = self.next()
            if value.kind != "number":
                raise _wrong(value, "a number of milliseconds since 1970")
            limit, name = float(value.text), field[1]
            return lambda e: (time := getattr(e, name)) is not None and order(time, limit)
        if token.text not in ("=", "!="):
            raise _wrong(token, "= or != or LIKE, because this is text")
        wanted = _text(self.next())
        return _text_test(field, lambda text: (text == wanted) == (token.text == "="))

    def null(self, field: Field) -> Test:
        token = self.next()
        negated = token.word == "NOT"
        if negated:
            token = self.next()
        if token.word != "NULL" or field[0] != "tag":
            raise _wrong(token, "NULL, after a tag")
        return lambda e: (field[1] in e.tags) == negated

    def within(self, field: Field, token: Token) -> Test:
        negated = token.word == "NOT"
        if negated:
            token = self.next()
        if token.word != "IN" or field != ("attribute", "experiment_id"):
            raise _wrong(token, "another operator; only experiment_id can be IN a list")
        values = set()
        token, mark = self.next(), "("
        while token.text == mark:
            values.add(_text(self.next()))
            token, mark = self.next(), ","
        if token.text != ")" or not values:
            raise _wrong(token, "a list such as ('1', '2')")
        return _text_test(field, lambda text: (text in values) != negated)


def _field(token: Token) -> Field:
    if token.kind not in ("name", "text"):
        raise _wrong(token, "a name, such as name or tags.team")
    family, dot, key = token.text.partition(".")
    if dot and family.lower() in ("tag", "tags"):
        return "tag", key.strip("`\"'")
    name = (key if dot and family.lower() in ("attribute", "attributes") else token.text).strip("`\"'")
    if name not in TEXTS + TIMES:
        raise _wrong(token, f"one of {', '.join(TEXTS + TIMES)}, or tags.…")
    return "attribute", name


def _text_test(field: Field, test: Callable[[str], bool]) -> Test:
    def matches(experiment: Experiment) -> bool:
        text = experiment.tags.get(field[1]) if field[0] == "tag" else getattr(experiment, field[1])
        return text is not None and test(text)

    return matches


def _text(token: Token) -> str:
    if token.kind != "text":
        raise _wrong(token, "a text in quotes")
    return token.text[1:-1]


def _wrong(token: Token, wanted: str) -> QueryError:
    found = f"'{token.text}'" if token.text else "the end"
    return QueryError(f"Expected {wanted}, found {found}.", start=token.start, end=token.end)

"""Which value may stand behind which column and operator?"""

from __future__ import annotations

from nbtrack.errors import QueryError
from nbtrack.query import values
from nbtrack.query.columns import LABEL, NUMBER, SPAN, TIME, WORDS
from nbtrack.query.lex import Token
from nbtrack.query.pattern import refused, searcher
from nbtrack.query.tree import Day, Value

NUMERIC = ("=", "!=", "<", "<=", ">", ">=")
TEXTUAL = ("=", "!=", "LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE", "RLIKE", "NOT RLIKE")
EXPECTED = {
    NUMBER: "a number such as 0.5",
    TIME: "a date such as '2026-11-01', now() - '7d', or milliseconds since 1970",
    SPAN: "a duration in quotes such as '90s', '2h' or '1h30m'",
    WORDS: "a text in quotes such as 'abc'",
    LABEL: "a text in quotes such as 'abc', or a number",
}
SHORTEST = 40


def operand(token: Token, kind: str, op: str) -> Value:
    """The value that a token spells, where the column holds `kind`."""
    value = _read(token, kind)
    if value is None:
        raise QueryError(
            f"Expected {EXPECTED[kind]} after {op}, but found {found(token)}.{_advice(token, kind)}",
            start=token.start,
            end=token.end,
        )
    if kind == LABEL:
        _check_label(token, value, op)
    if op.endswith("RLIKE") and isinstance(value, str) and searcher(value) is None:
        lacking = refused(value)
        message = f"RLIKE takes a regular expression such as '^run-[0-9]+$', and {found(token)} is none."
        if lacking is not None:
            message = f"RLIKE takes no {lacking}, so that no text holds it up: found {found(token)}."
        raise QueryError(message, start=token.start, end=token.end)
    return value


def found(token: Token) -> str:
    """How a message speaks of a token."""
    if token.kind == "end":
        return "the end"
    return token.text if len(token.text) <= SHORTEST else token.text[:SHORTEST] + "…"


def _read(token: Token, kind: str) -> Value | None:
    if token.kind == "number":
        if kind == LABEL:
            return values.exact(token.text)
        return float(token.text) if kind in (NUMBER, TIME) else None
    if token.kind != "text":
        return None
    text = token.text[1:-1]
    if kind == SPAN:
        return values.duration(text)
    if kind == TIME:
        read = values.date(text)
        if read is None:
            return None
        return Day(read[0]) if read[1] else read[0]
    return text if kind in (WORDS, LABEL) else None


def _check_label(token: Token, value: Value, op: str) -> None:
    """Params and tags are text: < and > compare the numbers that they spell, LIKE their letters."""
    if op in ("<", "<=", ">", ">=", "BETWEEN") and isinstance(value, str):
        message = f"{op} compares numbers: expected a number without quotes, but found {found(token)}."
    elif "LIKE" in op and not isinstance(value, str):
        message = f"Expected a text in quotes after {op}, but found {found(token)}."
    else:
        return
    raise QueryError(message, start=token.start, end=token.end)


def _advice(token: Token, kind: str) -> str:
    if kind == NUMBER and token.kind == "text" and values.number(token.text[1:-1]) is not None:
        return " Leave the quotes out."
    if kind == TIME and token.kind == "text" and values.duration(token.text[1:-1]) is not None:
        return f" For a time ago write now() - {token.text}."
    if kind in (WORDS, LABEL) and token.kind in ("name", "number") and token.text[0] not in "`'\"":
        return f" Did you mean '{found(token)}'?"
    return ""

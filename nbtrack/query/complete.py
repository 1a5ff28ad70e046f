"""What may stand where the cursor is, and which columns are there at all?

The one source of column names for `search_runs`, the dashboard's filter box and `%track ls`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.errors import QueryError
from nbtrack.frame import ATTRIBUTES, Frame, Metrics, Text
from nbtrack.frame import Column as Cells
from nbtrack.query import values
from nbtrack.query.columns import DURATION, SPAN, TIME, column_of, kind, written
from nbtrack.query.evaluate import Place, cells
from nbtrack.query.lex import Token, lex
from nbtrack.query.like import fold
from nbtrack.query.parse import operators
from nbtrack.query.tree import PARTS, Column

MOST = 20
EXAMPLES = 3
FEW_NUMBERS = 8  # a param with more of them is compared with a number that is typed, not chosen
COLUMN, OPERATOR, VALUE, JOINT = "column", "operator", "value", "joint"
EXAMPLE_VALUES = {TIME: ("now() - '1d'", "now() - '7d'"), SPAN: ("'1m'", "'1h'", "'1d'")}
QUOTES = str.maketrans("", "", "`\"'")


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """`name` as a filter spells it; `count` runs have it; `examples` are its commonest words, or least and greatest."""

    name: str
    kind: str
    count: int
    examples: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Put `text` in place of the characters from `start` to `end`. `count` runs have it, 0 where that says nothing."""

    text: str
    start: int
    end: int
    kind: str
    count: int = 0
    examples: tuple[str | float, ...] = ()


def columns(frame: Frame) -> list[ColumnInfo]:
    """What can be filtered and ordered by: attributes, then metrics, params and tags as the frame has them."""
    return [_info(frame, name) for name in _names(frame)]


def complete(frame: Frame, text: str, cursor: int) -> list[Suggestion]:
    """What may stand at the cursor (a count of characters), the likeliest first, at most 20."""
    before, typed = _typed(text[:cursor])
    state = _state(before, frame)
    start = cursor - len(typed)
    if state.wanted == COLUMN:
        return _columns(frame, typed, start, cursor)
    if state.wanted == JOINT:
        words = ["AND", "OR"]
    elif state.column is None:
        return []
    elif state.wanted == VALUE:
        return _values(frame, state, typed, start, cursor)
    else:
        words = [*operators(state.column), "IN", "NOT IN", "IS NULL", "IS NOT NULL"]
    return [Suggestion(word, start, cursor, state.wanted) for word in words if word.startswith(typed.upper())]


def _names(frame: Frame) -> Iterator[str]:
    yield from (name for name in ATTRIBUTES if name in frame.columns)
    if "start_time" in frame.columns and "end_time" in frame.columns:
        yield DURATION
    yield from (name for name in frame.columns if "." in name)


def _column(frame: Frame, name: str) -> Column:
    return column_of(Token("name", written(name), 0, 0), frame.columns)


def _info(frame: Frame, name: str) -> ColumnInfo:
    column = _column(frame, name)
    held = cells(column, Place(frame, 0.0))
    if isinstance(held, Text):
        words = _commonest(held)
        count = sum(n for _, n in words)
        return ColumnInfo(written(name), kind(column), count, tuple(word for word, _ in words[:EXAMPLES]))
    return ColumnInfo(written(name), kind(column), int((~held.missing).sum()), _span(held))


def _commonest(held: Text) -> list[tuple[str, int]]:
    """Words that rows hold with their numbers, the commonest first, equals by their letters."""
    counts = np.bincount(held.codes[held.codes >= 0], minlength=len(held.words)).tolist()
    found = [(word, count) for word, count in zip(held.words, counts, strict=True) if count]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _span(held: Cells) -> tuple[float, ...]:
    assert not isinstance(held, Text)
    finite = held.values[~held.missing & np.isfinite(held.values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else ()


def _typed(text: str) -> tuple[list[Token], str]:
    """The whole tokens before the cursor, and the unfinished one that touches it."""
    try:
        tokens = lex(text)[:-1]
    except QueryError as error:
        # A quote that is still open: what follows it is being typed.
        opened = _family_before(text[: error.start])
        return lex(text[:opened])[:-1], text[opened:]
    last = tokens[-1] if tokens else None
    if last is None or last.end < len(text) or last.kind not in ("name", "number", "text"):
        return tokens, ""
    return tokens[:-1], last.text


def _family_before(text: str) -> int:
    """Where the token begins that an open quote continues: `metrics.` in front of `metrics.\\`my lo`."""
    *_, last, _ = (None, *lex(text))
    return last.start if last and last.end == len(text) and last.text.endswith(".") else len(text)


@dataclass(slots=True)
class _State:
    """Which kind of word comes next, and the column and operator that it is about."""

    wanted: str = COLUMN
    column: Column | None = None
    op: str = ""


def _state(tokens: Sequence[Token], frame: Frame) -> _State:
    state = _State()
    for token in tokens:
        _step(state, token, token.word or token.text, frame)
    return state


def _step(state: _State, token: Token, word: str, frame: Frame) -> None:
    if state.wanted == COLUMN:
        if token.kind == "name" and word not in ("AND", "OR", "NOT"):
            state.wanted, state.column, state.op = OPERATOR, _read(token, frame), ""
    elif state.wanted == OPERATOR:
        if word == "NULL":
            state.wanted = JOINT
        elif token.kind == "op" or word in ("LIKE", "ILIKE", "RLIKE", "IN", "BETWEEN"):
            state.wanted, state.op = VALUE, word
    elif state.wanted == VALUE:
        # now() ends with its parenthesis, and goes on behind a sign.
        if (token.kind in ("text", "number", "name") and word != "NOW") or (word == ")" and state.op != "IN"):
            state.wanted = JOINT
    elif word in ("+", "-"):
        state.wanted, state.op = VALUE, word
    elif word == "," and state.op == "IN":
        state.wanted = VALUE
    elif word == "AND" and state.op == "BETWEEN":
        state.wanted, state.op = VALUE, "<="
    elif word in ("AND", "OR"):
        state.wanted = COLUMN


def _read(token: Token, frame: Frame) -> Column | None:
    try:
        return column_of(token, frame.columns)
    except QueryError:
        return None


def _columns(frame: Frame, typed: str, start: int, end: int) -> list[Suggestion]:
    """Names that begin with what was typed, then those whose key does, then those that hold it somewhere.

    Behind `metrics.loss.` stand the parts of its history.
    """
    sought = fold(typed.translate(QUOTES))
    ranked: list[list[tuple[str, str]]] = [[], [], []]
    for name in _names(frame):
        whole = fold(name)
        key = whole[whole.find(".") + 1 :]
        if sought in whole:
            ranked[0 if whole.startswith(sought) else 1 if key.startswith(sought) else 2].append((name, ""))
        elif sought.startswith(f"{whole}.") and isinstance(frame.columns.get(name), Metrics):
            begun = sought[len(whole) + 1 :]
            # A metric of that name wins over the part, and is suggested as such.
            parts = [part for part in PARTS if part.startswith(begun) and f"{name}.{part}" not in frame.columns]
            ranked[0] += [(name, f".{part}") for part in parts]
    chosen = [pair for pairs in ranked for pair in pairs][:MOST]
    found = [(_info(frame, name), part) for name, part in chosen]
    return [Suggestion(info.name + part, start, end, COLUMN, info.count, info.examples) for info, part in found]


def _values(frame: Frame, state: _State, typed: str, start: int, end: int) -> list[Suggestion]:
    column = state.column
    assert column is not None
    of = SPAN if state.op in ("+", "-") else kind(column)
    if of in EXAMPLE_VALUES:
        return [Suggestion(text, start, end, VALUE) for text in EXAMPLE_VALUES[of] if not typed]
    held = frame.columns.get(column.name)
    if not isinstance(held, Text):
        return []
    numeric = state.op in ("<", "<=", ">", ">=", "BETWEEN")
    sought = fold(typed.strip("'\""))
    commonest = _commonest(held)
    if not typed.startswith(("'", '"')) and _are_many_numbers([word for word, _ in commonest]):
        return []
    found = [(word, count) for word, count in commonest if sought in fold(word)]
    found.sort(key=lambda pair: not fold(pair[0]).startswith(sought))
    spelled = [(_spelled(word, numeric), count) for word, count in found]
    return [Suggestion(word, start, end, VALUE, count) for word, count in spelled if word][:MOST]


def _are_many_numbers(words: Sequence[str]) -> bool:
    numbers = [word for word in words if values.number(word) is not None]
    return len(numbers) > FEW_NUMBERS and 2 * len(numbers) > len(words)


def _spelled(word: str, numeric: bool) -> str:
    """The word as a filter spells it; nothing where no spelling would do."""
    if numeric:
        return word if values.NUMBER.fullmatch(word) else ""
    if word.endswith("\\"):
        return ""
    return next((f"{quote}{word}{quote}" for quote in "'\"" if quote not in word), "")

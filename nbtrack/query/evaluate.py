"""Which rows of a frame does a tree keep?

Text is tested once per distinct word, then spread over the rows by their codes. A missing cell matches no comparison,
`!=` and NOT IN neither: only IS NULL finds it, and NOT (…), which keeps every row that its inside leaves out.
NaN equals nothing, itself neither, and is less or greater than nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from nbtrack.errors import QueryError
from nbtrack.frame import F64, I64, Bool, Frame, Metrics, Numbers, Series, Text
from nbtrack.frame import Column as Cells
from nbtrack.query.columns import DURATION
from nbtrack.query.direction import directions_by_row
from nbtrack.query.like import matcher
from nbtrack.query.pattern import searcher
from nbtrack.query.suggest import nearest
from nbtrack.query.tree import (
    ATTRIBUTE,
    BARE,
    DATASET,
    METRIC,
    PARTS,
    And,
    Column,
    Compare,
    Day,
    Node,
    Not,
    Now,
    Null,
    Or,
    Value,
    Within,
)
from nbtrack.query.values import DAY, exact

History = Callable[[str, str], Series]
Test = Callable[[F64, float], Bool]

NUMERIC: Mapping[str, Test] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True, slots=True)
class Datasets:
    """The datasets of all runs in one list: `rows` says to which row of the frame each belongs.

    `columns` are "dataset.name", "dataset.digest" and "dataset.context". Each comparison asks whether any dataset of a
    run matches it, so that two comparisons may be met by two datasets: so does MLflow.
    """

    rows: I64
    columns: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Place:
    """What a tree is asked about: the rows, the moment of asking (ms), and where histories and datasets are read."""

    frame: Frame
    now: float
    history: History | None = None
    datasets: Callable[[], Datasets] | None = None


def evaluate(node: Node, place: Place) -> Bool:
    """True for each row that the tree keeps."""
    match node:
        case And(nodes):
            return reduce(np.logical_and, [evaluate(n, place) for n in nodes])
        case Or(nodes):
            return reduce(np.logical_or, [evaluate(n, place) for n in nodes])
        case Not(inside):
            return ~evaluate(inside, place)
        case Null(column, negated):
            present = _where(column, place, _present)
            return present if negated else ~present
        case Within(column, values, negated):
            return _where(column, place, lambda held: _within(held, values, negated, place.now))
        case Compare(column, op, value):
            return _where(column, place, lambda held: _compare(held, op, value, place.now))


def _where(column: Column, place: Place, test: Callable[[Cells], Bool]) -> Bool:
    """The rows whose cell passes the test; of the datasets of a run, any one may."""
    if column.family != DATASET or place.datasets is None:
        return test(cells(column, place))
    datasets = place.datasets()
    kept = np.zeros(len(place.frame), np.bool_)
    kept[datasets.rows[test(datasets.columns[column.name])]] = True
    return kept


def cells(column: Column, place: Place) -> Cells:
    """The cells that a column of a filter stands for. One that no run has is missing everywhere."""
    frame = place.frame
    if column.family == METRIC:
        return _metric(column, place)
    if column.family == ATTRIBUTE and column.key == DURATION:
        return _duration(frame)
    held = frame.columns.get(column.name)
    if held is None and column.family == DATASET:
        message = f"These runs were read without their datasets, so {column.name} cannot be asked here."
        raise QueryError(message, start=column.start, end=column.end)
    return _nothing(len(frame)) if held is None else held


def _nothing(length: int) -> Numbers:
    return Numbers(np.full(length, np.nan), np.ones(length, np.bool_))


def _duration(frame: Frame) -> Numbers:
    start, end = (frame.columns.get(name) for name in ("start_time", "end_time"))
    if not isinstance(start, Numbers) or not isinstance(end, Numbers):
        return _nothing(len(frame))
    return Numbers(end.values - start.values, start.missing | end.missing)


def _metric(column: Column, place: Place) -> Cells:
    """A metric whose own name ends in .min wins over the minimum of a shorter one."""
    columns = place.frame.columns
    held = columns.get(column.name)
    if column.part is None and held is None and not column.quoted:
        key, _, part = column.key.rpartition(".")
        if part in PARTS and f"{METRIC}.{key}" in columns:
            return _part(columns[f"{METRIC}.{key}"], key, part, place.frame, column)
    if held is None:
        return _nothing(len(place.frame))
    if column.part == "at":
        return _at(column, held, place)
    return held if column.part is None else _part(held, column.key, column.part, place.frame, column)


def _part(held: Cells, key: str, part: str, frame: Frame, column: Column) -> Cells:
    if part == "last" or not isinstance(held, Metrics):
        return held
    return _best(held, key, frame, column) if part == "best" else Numbers(getattr(held, part), held.missing)


def _best(held: Metrics, key: str, frame: Frame, column: Column) -> Cells:
    """The least or greatest of each run's history, by its own direction; missing where none is known."""
    ways = np.array([way or "" for way in directions_by_row(frame, key)])
    if len(frame) and not ways.astype(np.bool_).any():
        message = f"Which value of {key} is the best is not known. Ask for .min or .max, or say it when tracking:"
        raise QueryError(f"{message} -m {key}:min.", start=column.start, end=column.end)
    values = np.where(ways == "min", held.min, held.max)
    return Numbers(np.where(ways == "", np.nan, values), held.missing | (ways == ""))


def _at(column: Column, held: Cells, place: Place) -> Cells:
    """The value at one step; of several at it, the one with the latest clock, then the greatest."""
    if place.history is None:
        message = f"{column.name}.at({column.step}) needs whole histories, which are not at hand here."
        raise QueryError(f"{message} Ask for .first, .last, .min or .max.", start=column.start, end=column.end)
    found = _nothing(len(place.frame))
    ids = place.frame.run_ids
    for row in np.flatnonzero(_present(held)):
        series = place.history(ids[row], column.key)
        there = np.flatnonzero(series.step == column.step)
        if len(there):
            best = max(there, key=lambda i: (series.timestamp[i], series.value[i]))
            found.values[row], found.missing[row] = series.value[best], False
    return found


def _present(held: Cells) -> Bool:
    return held.codes >= 0 if isinstance(held, Text) else ~held.missing


def _compare(held: Cells, op: str, value: Value, now: float) -> Bool:
    if isinstance(held, Text):
        return _spread(held, _word_test(op, value))
    if isinstance(value, Day):
        return _compare_day(held.values, op, value.ms) & ~held.missing
    if isinstance(value, str):
        return np.zeros(len(held), np.bool_)
    return NUMERIC[op](held.values, _instant(value, now)) & ~held.missing


def _compare_day(times: F64, op: str, start: float) -> Bool:
    """A day is the whole day in each comparison: `<` is before it began, `<=` before it ended."""
    before, past = times < start, times >= start + DAY
    inside = (times >= start) & (times < start + DAY)
    answers = {"=": inside, "!=": before | past, "<": before, "<=": before | inside, ">": past, ">=": inside | past}
    return answers[op]


def _instant(value: float | Now, now: float) -> float:
    return now + value.offset if isinstance(value, Now) else value


def _within(held: Cells, values: tuple[Value, ...], negated: bool, now: float) -> Bool:
    if isinstance(held, Text):
        words = frozenset(v for v in values if isinstance(v, str))
        numbers = frozenset(v for v in values if isinstance(v, float | int))
        if numbers and not words:
            return _spread(held, lambda w: (n := exact(w)) is not None and (n in numbers) != negated)
        return _spread(held, lambda w: (w in words or (bool(numbers) and exact(w) in numbers)) != negated)
    found = np.zeros(len(held), np.bool_)
    for value in values:
        found |= _compare(held, "=", value, now)
    return (~found if negated else found) & ~held.missing


def _spread(held: Text, test: Callable[[str], bool]) -> Bool:
    """The answer for each row from the answer for each word; a missing cell's code, -1, reads the last one: False."""
    answers = np.zeros(len(held.words) + 1, np.bool_)
    answers[:-1] = [test(word) for word in held.words]
    return answers[held.codes]


def _word_test(op: str, value: Value) -> Callable[[str], bool]:
    if isinstance(value, float | int):
        return _number_test(op, value)
    assert isinstance(value, str)
    if op == "=":
        return lambda word: word == value
    if op == "!=":
        return lambda word: word != value
    matches = searcher(value) if op.endswith("RLIKE") else matcher(value, ignore_case=op.endswith("ILIKE"))
    assert matches is not None  # the parser took the pattern
    return (lambda word: not matches(word)) if op.startswith("NOT") else matches


def _number_test(op: str, value: float) -> Callable[[str], bool]:
    """Text that spells no number matches nothing, `!=` neither."""
    compare = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
               ">": operator.gt, ">=": operator.ge}[op]  # fmt: skip

    def test(word: str) -> bool:
        read = exact(word)
        return read is not None and bool(compare(read, value))

    return test


def unknown(node: Node, frame: Frame) -> list[tuple[Column, str | None]]:
    """The columns of a tree that no run of a filled frame has, each with the nearest one that some run has."""
    if not len(frame):
        return []
    match node:
        case And(nodes) | Or(nodes):
            return [lost for n in nodes for lost in unknown(n, frame)]
        case Not(inside):
            return unknown(inside, frame)
        case Null(column) | Within(column) | Compare(column):
            if column.family in (ATTRIBUTE, DATASET, BARE) or _known(column, frame):
                return []
            return [(column, nearest(column.name, frame.columns))]


def _known(column: Column, frame: Frame) -> bool:
    if column.name in frame.columns:
        return True
    key, _, part = column.key.rpartition(".")
    return column.family == METRIC and part in PARTS and f"{METRIC}.{key}" in frame.columns

"""In which order do the rows stand?

As MLflow orders them: by the given keys, then newest start first, then by run id. In both directions values come before
NaN and NaN before missing. Text is ordered by code points; `number(params.lr)` orders it by the numbers it spells, with
other text behind NaN.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbtrack.frame import F64, I64, Bool, Text
from nbtrack.frame import Column as Cells
from nbtrack.query.evaluate import Place, cells
from nbtrack.query.tree import ATTRIBUTE, Column, Key
from nbtrack.query.values import number

NEWEST = Key(Column(ATTRIBUTE, "start_time"), descending=True, as_number=False)
RUN_ID = Column(ATTRIBUTE, "run_id")
VALUE, NAN, OTHER, MISSING = range(4)


def arranged(keys: Sequence[Key], place: Place, rows: I64) -> I64:
    """The given row numbers, which rise, in order."""
    sorters: list[F64] = []
    for key in (*keys, NEWEST):
        sorters += [each for each in _sorters(cells(key.column, place).take(rows), key) if not _constant(each)]
    # lexsort takes the strongest key last.
    found = np.lexsort(sorters[::-1]) if sorters else np.arange(len(rows))
    return _by_run_id(rows[found], _equal_to_next(sorters, found), place)


def _constant(values: F64) -> bool:
    return len(values) == 0 or bool((values == values[0]).all())


def _equal_to_next(sorters: list[F64], found: I64) -> Bool:
    equal = np.ones(max(len(found) - 1, 0), np.bool_)
    for values in sorters:
        equal &= values[found[:-1]] == values[found[1:]]
    return equal


def _by_run_id(rows: I64, equal: Bool, place: Place) -> I64:
    """Few runs start in the same millisecond, so ids are compared only among those: sorting all would cost most."""
    ids = cells(RUN_ID, place)
    if not isinstance(ids, Text):
        return rows
    edges = np.flatnonzero(np.diff(np.concatenate(([False], equal, [False])).astype(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        group = rows[first : last + 1]
        rows[first : last + 1] = sorted(group.tolist(), key=lambda row: ids.at(row) or "")
    return rows


def _sorters(held: Cells, key: Key) -> list[F64]:
    """Arrays to sort by, strongest first: what kind of cell it is, then its value."""
    sign = -1.0 if key.descending else 1.0
    if isinstance(held, Text):
        return _by_number(held, sign) if key.as_number else _by_word(held, sign)
    nan = np.isnan(held.values)
    group = np.where(held.missing, MISSING, np.where(nan, NAN, VALUE)).astype(np.float64)
    return [group, np.where(nan | held.missing, 0.0, sign * held.values)]


def _by_word(held: Text, sign: float) -> list[F64]:
    return [(held.codes < 0).astype(np.float64), sign * _ranks(held)[held.codes]]


def _by_number(held: Text, sign: float) -> list[F64]:
    read = [number(word) for word in held.words]
    group = np.array([OTHER if n is None else NAN if n != n else VALUE for n in read] + [MISSING], np.float64)
    value = np.array([0.0 if n is None or n != n else sign * n for n in read] + [0.0])
    rank = np.where(group == OTHER, sign * _ranks(held), 0.0)
    return [group[held.codes], value[held.codes], rank[held.codes]]


def _ranks(held: Text) -> F64:
    """The place of each word among all words, and 0 for the missing code -1."""
    ranks = np.zeros(len(held.words) + 1)
    ranks[sorted(range(len(held.words)), key=held.words.__getitem__)] = np.arange(len(held.words))
    return ranks

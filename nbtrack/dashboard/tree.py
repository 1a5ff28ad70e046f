"""In which order do runs stand that are nested in runs? As js/src/data/tree.ts has it, with nothing folded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from nbtrack.frame import Bool, Frame, Text

PARENT = "tags.mlflow.parentRunId"


def parents(frame: Frame) -> list[int]:
    """The row of each row's parent, -1 where there is none in the frame. A ring is cut open at its least run id."""
    column = frame.columns.get(PARENT)
    if not isinstance(column, Text):
        return [-1] * len(frame)
    ids = frame.run_ids
    row_of = {run: row for row, run in enumerate(ids)}
    of_word = np.array([row_of.get(word, -1) for word in column.words] + [-1], np.int64)
    found: list[int] = of_word[column.codes].tolist()
    walk = [-1] * len(found)  # the walk that met the row first
    for start in range(len(found)):
        row = start
        while row >= 0 and walk[row] < 0:
            walk[row] = start
            row = found[row]
        if row >= 0 and walk[row] == start:
            found[min(_ring(found, row), key=ids.__getitem__)] = -1
    return found


def _ring(parent: Sequence[int], row: int) -> list[int]:
    ring = [row]
    while (row := parent[row]) != ring[0]:
        ring.append(row)
    return ring


def nested(order: Iterable[int], match: Bool, scope: Bool, parent: Sequence[int], pinned: Collection[int]) -> list[int]:
    """The rows that match, each under the one it belongs to. Pinned ones come first, each with those under it.

    `order` has all rows that match or are pinned; a parent that does not match holds its children together as well.
    """
    shown = (match | _among(pinned, scope)).tolist()
    for row in np.flatnonzero(match).tolist():
        up = parent[row]
        while up >= 0 and scope[up] and not shown[up]:
            shown[up] = True
            up = parent[up]
    above = [up if up >= 0 and shown[up] and row not in pinned else -1 for row, up in enumerate(parent)]
    return [row for row in grown(order, above, pinned) if match[row]]


def _among(rows: Collection[int], scope: Bool) -> Bool:
    found = np.zeros(len(scope), np.bool_)
    found[list(rows)] = True
    return found & scope


def grown(rows: Iterable[int], above: Sequence[int], first: Collection[int] = ()) -> list[int]:
    """The rows and those that they stand under, nested. A row stands where the first of it and those under it would:
    whoever sorts by a metric has the best run at the top, be it under another one. Roots of `first` come before others.
    """
    under: dict[int, list[int]] = {}
    roots: list[int] = []
    placed: set[int] = set()
    for row in rows:
        family = []
        while row >= 0 and row not in placed:
            placed.add(row)
            family.append(row)
            row = above[row]
        for each in reversed(family):
            (roots if above[each] < 0 else under.setdefault(above[each], [])).append(each)
    stack = sorted(roots, key=lambda row: row not in first)[::-1]
    found = []
    while stack:
        found.append(stack.pop())
        stack += reversed(under.get(found[-1], ()))
    return found

"""Which known name did the person mean?"""

from __future__ import annotations

from collections.abc import Iterable

from nbtrack.query.like import fold


def nearest(typed: str, names: Iterable[str]) -> str | None:
    """The name closest to what was typed, or None when none is close; the first of equals.

    A name's key alone counts too: `accuracy` is `metrics.accuracy`. A third of the letters may differ; failing that, a
    name that begins with what was typed will do.
    """
    wanted = fold(typed)
    best, closest, longer = None, len(typed) // 3 + 1, None
    for name in names:
        whole = fold(name)
        for candidate in (whole, whole[whole.find(".") + 1 :]):
            far = distance(wanted, candidate, closest)
            if far < closest:
                best, closest = name, far
            if longer is None and len(wanted) > 1 and candidate.startswith(wanted):
                longer = name
    return best or longer


def distance(a: str, b: str, limit: int) -> int:
    """How many letters must be changed, added, dropped or swapped with their neighbour; `limit` when at least that."""
    if abs(len(a) - len(b)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        earlier, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)

"""Which params matter for a metric? Rank correlation, and what k nearest runs lose without a param.

Everything works on ranks, so that one diverged run does not speak for all. js/src/data/importance.ts is its twin.
Few runs say little: below FEW nothing is said, below ENOUGH no permutation importance, and where the nearest runs do
not foretell the metric, that is told instead of being drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.frame import F64, I64
from nbtrack.query.values import number

FEW = 4
ENOUGH = 20
MOST = 400  # runs: the work grows with their square
NEIGHBOURS = 5
SHUFFLES = 8
UNIT = 1_000_000  # distances are whole numbers, so that ties are ties in every language
WEAK = 0.1


@dataclass(frozen=True, slots=True)
class Importance:
    param: str
    correlation: float  # Spearman's rho; for texts the correlation ratio of the ranks, without a sign
    signed: bool
    permutation: float | None  # share of the ranks' variance that is foretold no more; None where not said
    spread: float


@dataclass(frozen=True, slots=True)
class Found:
    importances: list[Importance]  # the most important first
    runs: int
    explained: float | None  # share of the ranks' variance that the nearest runs foretell
    notes: list[str]


def importances_of(params: Sequence[tuple[str, Sequence[str | None]]], values: Sequence[float | None]) -> Found:
    """Of runs with a finite value; params that are the same everywhere are left out."""
    rows = [row for row, value in enumerate(values) if value is not None and np.isfinite(value)]
    runs = len(rows)
    if runs < FEW:
        return Found([], runs, None, [f"{_runs(runs)} with a value: too few to say anything."])
    notes = []
    if runs > MOST:
        rows = [rows[place * runs // MOST] for place in range(MOST)]
        notes.append(f"{MOST} of {runs} runs, evenly chosen.")
    target = ranks(np.array([values[row] for row in rows], np.float64))
    cells = [(name, [column[row] for row in rows]) for name, column in params]
    cells = [(name, column) for name, column in cells if len(set(column)) > 1]
    if not cells:
        return Found([], runs, None, ["No param varies among these runs."])
    if np.ptp(target) == 0:
        return Found([], runs, None, ["The metric is the same in all these runs."])
    correlations = [_correlation(column, target) for _, column in cells]
    if runs < ENOUGH:
        notes.append(f"{_runs(runs)}: correlations only, and with care. Permutation importance needs {ENOUGH}.")
        lost, explained = None, None
    else:
        lost, explained = _permuted([_codes(column) for _, column in cells], target)
        if explained < WEAK:
            notes.append("Similar params gave very different results, so this ranking is not reliable.")
    found = [
        Importance(name, rho, signed, None if lost is None else lost[i][0], 0.0 if lost is None else lost[i][1])
        for i, ((name, _), (rho, signed)) in enumerate(zip(cells, correlations, strict=True))
    ]
    found.sort(key=lambda each: (-(each.permutation or 0.0), -abs(each.correlation)))
    return Found(found, runs, explained, notes)


def foretold(found: Found, metric: str) -> str | None:
    """What must be known before the importances are believed; None where a note says it."""
    if found.explained is None or found.explained < WEAK:
        return None
    share = int(np.floor(100 * found.explained + 0.5))  # as JavaScript rounds
    return f"Params explain {share} % of the ranking by {metric} ({found.runs} runs, nearest neighbors)."


def ranks(values: F64) -> F64:
    """From 0; equal values share the mean of their ranks."""
    order = np.argsort(values, kind="stable")
    held = values[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(held) != 0) + 1, [len(held)]))
    found = np.empty(len(values))
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        found[order[start:end]] = (start + end - 1) / 2
    return found


def numeric(column: Sequence[str | None]) -> F64 | None:
    """The numbers of a param, NaN where it is missing; None where one of them is no finite number."""
    held = [None if text is None else number(text) for text in column]
    if any(
        text is not None and (value is None or not np.isfinite(value)) for text, value in zip(column, held, strict=True)
    ):
        return None
    return np.array([np.nan if value is None else value for value in held], np.float64)


def _correlation(column: Sequence[str | None], target: F64) -> tuple[float, bool]:
    values = numeric(column)
    if values is None:
        return _ratio(column, target), False
    here = ~np.isnan(values)
    if here.sum() < FEW:
        return 0.0, True
    x, y = ranks(values[here]), ranks(target[here])
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return (0.0 if size == 0 else float((x * y).sum()) / size), True


def _ratio(column: Sequence[str | None], target: F64) -> float:
    """How much of the variance lies between the texts."""
    groups: dict[str | None, list[float]] = {}
    for text, value in zip(column, target.tolist(), strict=True):
        groups.setdefault(text, []).append(value)
    mean = float(target.mean())
    between = sum(len(group) * (sum(group) / len(group) - mean) ** 2 for group in groups.values())
    return float(np.sqrt(between / float(((target - mean) ** 2).sum())))


@dataclass(frozen=True, slots=True, eq=False)
class _Codes:
    at: I64  # the rank in 0 … UNIT, or the number of the text; -1 where missing
    ordered: bool

    def distances(self, moved: I64) -> I64:
        """From each run, its value taken from `moved`, to each other."""
        a, b = moved[:, None], self.at[None, :]
        apart = np.where(a == b, 0, UNIT)
        return np.where((a < 0) | (b < 0), apart, np.abs(a - b)) if self.ordered else apart


def _codes(column: Sequence[str | None]) -> _Codes:
    values = numeric(column)
    if values is None:
        words: dict[str, int] = {}
        return _Codes(np.array([-1 if t is None else words.setdefault(t, len(words)) for t in column], np.int64), False)
    here = ~np.isnan(values)
    at = np.full(len(column), -1, np.int64)
    held = ranks(values[here])
    at[here] = np.floor(held * UNIT / max(1, int(here.sum()) - 1)).astype(np.int64)
    return _Codes(at, True)


def _permuted(columns: Sequence[_Codes], target: F64) -> tuple[list[tuple[float, float]], float]:
    own = [column.distances(column.at) for column in columns]
    together = np.sum(own, axis=0)
    variance = float(((target - target.mean()) ** 2).mean())
    base = _error(together, target)
    state = 1
    lost: list[tuple[float, float]] = []
    for column, mine in zip(columns, own, strict=True):
        rest = together - mine
        errors = []
        for _ in range(SHUFFLES):
            order, state = shuffle(len(target), state)
            errors.append((_error(rest + column.distances(column.at[order]), target) - base) / variance)
        mean = sum(errors) / SHUFFLES
        lost.append((mean, float(np.sqrt(sum((each - mean) ** 2 for each in errors) / (SHUFFLES - 1)))))
    return lost, 1 - base / variance


def _error(distances: I64, target: F64) -> float:
    """The mean squared error of foretelling each run from its nearest others."""
    distances = distances.copy()
    np.fill_diagonal(distances, np.iinfo(np.int64).max)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :NEIGHBOURS]
    return float(((target[nearest].sum(axis=1) / NEIGHBOURS - target) ** 2).mean())


def shuffle(n: int, state: int) -> tuple[I64, int]:
    """A permutation, the same in both languages, and the state from which to go on."""
    order = list(range(n))
    for last in range(n - 1, 0, -1):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        other = state * (last + 1) >> 32
        order[last], order[other] = order[other], order[last]
    return np.array(order, np.int64), state


def _runs(n: int) -> str:
    return "1 run" if n == 1 else f"{n} runs"

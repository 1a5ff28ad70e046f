"""Which params matter for a metric? Rank correlation, and what the nearest runs explain no more without a param.

Everything works on ranks, so that one diverged run does not speak for all, and nothing depends on the order of the
runs: of equally near ones each counts alike. What could be chance is said so: both measures are compared with those of
the same runs with their results mixed up. js/src/data/importance.ts is the twin of this module, docs/numbers.md
explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbtrack.figures.hashing import fnv1a
from nbtrack.frame import F64, I64
from nbtrack.query.values import number

FEW = 4
ENOUGH = 20
MOST = 400  # runs: the work grows with their square
NEIGHBOURS = 5
SHUFFLES = 24  # of few runs, of which each says much; of more than MANY eight are enough
MANY = 100
DRAWS = 199  # of the test against chance
CHANCE = 0.05
UNIT = 1_000_000  # distances are whole numbers, so that ties are ties in every language
WEAK = 0.1

Params = Sequence[tuple[str, Sequence[str | None]]]


@dataclass(frozen=True, slots=True)
class Importance:
    param: str
    correlation: float  # Spearman's rho; for texts the root of epsilon squared of the ranks, without a sign
    signed: bool
    permutation: float | None  # share of the ranks' variance that is explained no more; None where not said
    spread: float


@dataclass(frozen=True, slots=True)
class Found:
    importances: list[Importance]  # the most important first
    runs: int
    explained: float | None  # share of the ranks' variance that the nearest runs explain
    notes: list[str]
    chance: float | None = None  # how often mixed-up results show as much


def importances_of(params: Params, values: Sequence[float | None], ids: Sequence[str] = ()) -> Found:
    """Of runs with a finite value; params that are the same everywhere are left out.

    Of more than MOST runs those with the least hashes of their `ids` are taken, or of what they hold without ids.
    """
    rows = [row for row, value in enumerate(values) if value is not None and np.isfinite(value)]
    runs = len(rows)
    if runs < FEW:
        return Found([], runs, None, [f"{_runs(runs)} with a value: too few to say anything."])
    notes = []
    rows.sort(key=lambda row: _content(params, values, row))
    if runs > MOST:
        names = {row: fnv1a(ids[row] if ids else "\n".join(_content(params, values, row)[0])) for row in rows}
        kept = set(sorted(rows, key=names.__getitem__)[:MOST])
        rows = [row for row in rows if row in kept]
        notes.append(f"{MOST} of {runs} runs, chosen by a hash of their ids.")
    target = ranks(np.array([values[row] for row in rows], np.float64))
    cells = [(name, [column[row] for row in rows]) for name, column in params]
    cells = [(name, column) for name, column in cells if len(set(column)) > 1]
    if not cells:
        return Found([], runs, None, ["No param varies among these runs."])
    if np.ptp(target) == 0:
        return Found([], runs, None, ["The metric is the same in all these runs."])
    measures = [_measure(column) for _, column in cells]
    correlations = [measure.of(target) for measure in measures]
    near = None
    if runs < ENOUGH:
        notes.append(f"{_runs(runs)}: correlations only, and with care. Permutation importance needs {ENOUGH}.")
    else:
        near = _permuted([_codes(column) for _, column in cells], target)
    chance = _chance(measures, correlations, near, target)
    if chance > CHANCE:
        notes.append(f"This could be chance (p = {chance:.2f}), so this ranking is not reliable.")
    elif near is not None and near.explained < WEAK:
        notes.append("Similar params gave very different results: only the correlation says something here.")
    once = [name for name, column in cells if numeric(column) is None and len(set(column)) == len(column)]
    if once:
        notes.append(f"Another text in each run, which says nothing: {', '.join(once)}.")
    found = [
        Importance(
            name, rho, measure.signed, None if near is None else near.lost[i], 0.0 if near is None else near.spread[i]
        )
        for i, ((name, _), rho, measure) in enumerate(zip(cells, correlations, measures, strict=True))
    ]
    weak = near is None or near.explained < WEAK
    found.sort(key=lambda each: (-(0.0 if weak else each.permutation or 0.0), -abs(each.correlation), each.param))
    return Found(found, runs, None if near is None else near.explained, notes, chance)


def _content(params: Params, values: Sequence[float | None], row: int) -> tuple[list[str], float]:
    """By what runs are put in one order, however they came."""
    return [f"{name}={column[row]}" for name, column in sorted(params, key=lambda each: each[0])], values[row] or 0.0


def foretold(found: Found, metric: str) -> str | None:
    """What must be known before the importances are believed; None where a note says it."""
    if found.explained is None or found.explained < WEAK or (found.chance or 0.0) > CHANCE:
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


@dataclass(frozen=True, slots=True, eq=False)
class _Measure:
    """How strongly a param goes with a target: `groups` of texts, or the centered `ranks` of the runs `here`."""

    signed: bool
    here: I64
    ranks: F64
    groups: I64

    def of(self, target: F64) -> float:
        if not self.signed:
            return _epsilon(self.groups, target)
        if len(self.here) < FEW:
            return 0.0
        y = ranks(target[self.here])
        y = y - y.mean()
        size = float(np.sqrt((self.ranks**2).sum() * (y**2).sum()))
        return 0.0 if size == 0 else float((self.ranks * y).sum()) / size


def _measure(column: Sequence[str | None]) -> _Measure:
    values = numeric(column)
    none = np.zeros(0)
    if values is None:
        words: dict[str | None, int] = {}
        groups = np.array([words.setdefault(text, len(words)) for text in column], np.int64)
        return _Measure(False, np.zeros(0, np.int64), none, groups)
    here = np.flatnonzero(~np.isnan(values))
    held = ranks(values[here]) if len(here) else none
    return _Measure(True, here, held - held.mean() if len(here) else none, np.zeros(0, np.int64))


def _epsilon(groups: I64, target: F64) -> float:
    """The root of epsilon squared: how much of the variance lies between the texts, less what chance puts there."""
    count = np.bincount(groups)
    if len(count) >= len(target):
        return 0.0
    means = np.bincount(groups, target) / count
    within = float(((target - means[groups]) ** 2).sum())
    total = float(((target - target.mean()) ** 2).sum())
    share = 1 - within / total * (len(target) - 1) / (len(target) - len(count))
    return float(np.sqrt(max(0.0, share)))


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


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """What the nearest runs explain of the ranks' variance, and of that how much no more with each param mixed up."""

    explained: float
    lost: list[float]
    spread: list[float]
    weights: F64


def _permuted(columns: Sequence[_Codes], target: F64) -> _Near:
    own = [column.distances(column.at) for column in columns]
    together = np.sum(own, axis=0)
    weights = _weights(together)
    explained = _explained(weights, target)
    times = SHUFFLES // 3 if len(target) > MANY else SHUFFLES
    lost: list[float] = []
    spread: list[float] = []
    for column, mine in zip(columns, own, strict=True):
        rest, state, found = together - mine, 1, []
        for _ in range(times):
            order, state = shuffle(len(target), state)
            moved = _explained(_weights(rest + column.distances(column.at[order])), target)
            found.append(max(0.0, explained) - max(0.0, moved))
        mean = sum(found) / times
        lost.append(mean)
        spread.append(float(np.sqrt(sum((each - mean) ** 2 for each in found) / (times - 1))))
    return _Near(explained, lost, spread, weights)


def _weights(distances: I64) -> F64:
    """How much each other run counts for each run: 1 if it is nearer than the last neighbor; those as near as that one
    share what is left."""
    distances = distances.copy()
    np.fill_diagonal(distances, np.iinfo(np.int64).max)
    last = np.partition(distances, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1 : NEIGHBOURS]
    nearer, level = distances < last, distances == last
    left = (NEIGHBOURS - nearer.sum(axis=1)) / level.sum(axis=1)
    weights: F64 = (nearer + level * left[:, None]) / NEIGHBOURS
    return weights


def _explained(weights: F64, target: F64) -> float:
    variance = float(((target - target.mean()) ** 2).mean())
    return 1 - float(((weights @ target - target) ** 2).mean()) / variance


def _chance(measures: Sequence[_Measure], correlations: Sequence[float], near: _Near | None, target: F64) -> float:
    """How often mixed-up results show a correlation as strong, or as much explained.

    The smaller of the two shares, times two where both are asked.
    """
    strongest = max(abs(rho) for rho in correlations) - 1e-9
    explained = -np.inf if near is None else near.explained - 1e-9
    state, as_strong, as_near = 1, 0, 0
    for _ in range(DRAWS):
        order, state = shuffle(len(target), state)
        mixed = target[order]
        as_strong += max(abs(measure.of(mixed)) for measure in measures) >= strongest
        as_near += near is not None and _explained(near.weights, mixed) >= explained
    shares = [as_strong, *([] if near is None else [as_near])]
    return min(1.0, len(shares) * (1 + min(shares)) / (DRAWS + 1))


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

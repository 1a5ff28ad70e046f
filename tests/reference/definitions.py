"""The statistics of docs/numbers.md from their definitions, by scipy, pandas and numpy; nothing here is of nbtrack.

NaN and infinities do not count: of a smoothed line they stay as they are, of a group they are gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from statistics import quantiles
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import interpolate, ndimage, stats
from scipy.spatial.distance import cdist
from sklearn.metrics import r2_score

F64 = NDArray[np.float64]


def finite(y: F64) -> F64:
    return np.where(np.isfinite(y), y, np.nan)


def ema(y: F64, weight: float) -> F64:
    """pandas' weighted mean with weights w^i, which is TensorBoard's debiased one."""
    means = pd.Series(finite(y)).ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean().to_numpy()
    return np.where(np.isfinite(y), means, y)


def gaussian(y: F64, weight: float) -> F64:
    """scipy's filter, where beyond the ends and in gaps there is nothing: normalized convolution."""
    sigma = 0.5 / (1 - weight)
    radius = max(1, int(np.floor(3 * sigma + 0.5)))

    def spread(values: F64) -> F64:
        return np.asarray(ndimage.gaussian_filter1d(values, sigma, mode="constant", radius=radius))

    here = np.isfinite(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = spread(np.where(here, y, 0.0)) / spread(here.astype(np.float64))
    return np.where(here, means, y)


def moving(y: F64, weight: float) -> F64:
    side = max(1, int(np.floor(0.5 / (1 - weight) + 0.5)))
    means = pd.Series(finite(y)).rolling(2 * side + 1, center=True, min_periods=1).mean().to_numpy()
    return np.where(np.isfinite(y), means, y)


SMOOTHERS = {"ema": ema, "gaussian": gaussian, "mean": moving}


def band(lines: Sequence[tuple[F64, F64]], kind: str) -> tuple[F64, F64, F64, F64, F64]:
    """x, mean, low, high and number of runs; lines have ascending x, each once."""
    grid = np.unique(np.concatenate([x for x, _ in lines]))
    rows = [_along(x, finite(y), grid) for x, y in lines]
    found = np.array([_summary(column[~np.isnan(column)], kind) for column in np.array(rows).T])
    mean, low, high, n = found.T
    return grid, mean, low, high, n


def _along(x: F64, y: F64, grid: F64) -> F64:
    """Straight lines between the points, and at a point its own value; a gap beside one that is missing."""
    between = interpolate.interp1d(x, y, bounds_error=False)(grid) if len(x) > 1 else np.full(len(grid), np.nan)
    between[np.searchsorted(grid, x)] = y
    return between


def _summary(values: F64, kind: str) -> tuple[float, float, float, int]:
    n = len(values)
    if n == 0:
        return np.nan, np.nan, np.nan, 0
    mean = float(np.mean(values))
    if kind == "minmax":
        return mean, float(values.min()), float(values.max()), n
    if n == 1:
        return mean, mean, mean, 1
    if kind == "sd":
        sd = float(np.std(values, ddof=1))
        return mean, mean - sd, mean + sd, n
    half = float(stats.t.ppf(0.975, n - 1) * stats.sem(values))
    return mean, mean - half, mean + half, n


def five_numbers(values: Sequence[float]) -> list[float]:
    """The least, the quartiles of linear interpolation, the greatest."""
    return [min(values), *quantiles(values, n=4, method="inclusive"), max(values)]


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    return float(stats.spearmanr(a, b).statistic)


def epsilon(texts: Sequence[Any], values: Sequence[float]) -> float:
    """The root of (H - k + 1) / (n - k), H that of Kruskal and Wallis: the share of the ranks' variance between the
    texts less what chance puts there; 0 where that is negative."""
    groups = [
        [value for text, value in zip(texts, values, strict=True) if text == word] for word in dict.fromkeys(texts)
    ]
    n, k = len(values), len(groups)
    if k == n:
        return 0.0
    h = float(stats.kruskal(*groups).statistic)
    return float(np.sqrt(max(0.0, (h - k + 1) / (n - k))))


def explained(columns: Sequence[Sequence[float]], values: Sequence[float], neighbors: int = 5) -> float:
    """R² of each run's rank as the mean of its nearest other runs by the sum of differences of ranks; those as near as
    the last neighbor share its place."""
    target = stats.rankdata(values)
    places = np.array([stats.rankdata(column) for column in columns]).T
    distances = cdist(places, places, "cityblock")
    foretold = []
    for run, row in enumerate(distances):
        others = np.delete(np.arange(len(row)), run)
        last = np.sort(row[others])[neighbors - 1]
        near, level = target[others[row[others] < last]], target[others[row[others] == last]]
        foretold.append((near.sum() + level.mean() * (neighbors - len(near))) / neighbors)
    return float(r2_score(target, foretold))


def histogram(values: Sequence[float], bins: int) -> tuple[list[float], list[int]]:
    low, high = min(values), max(values)
    edges = np.geomspace(low, high, bins + 1) if low > 0 and high / low >= 100 else np.linspace(low, high, bins + 1)
    edges[0], edges[-1] = low, high
    counts, _ = np.histogram(values, edges)
    return edges.tolist(), counts.tolist()


def written(value: float) -> float:
    """The number that the text of `value` spells: whole ones below 10^15 whole, up to a relative 10^-12; others with
    five significant digits, and between 10^-4 and 10^10 at least one behind the point. Halves go away from zero."""
    exact = Decimal(value)
    whole = exact.to_integral_value(ROUND_HALF_UP)
    if abs(value) < 1e15 and abs(exact - whole) <= Decimal("1e-12") * abs(exact):
        return float(whole)
    last = exact.adjusted() - 4
    if 1e-4 <= abs(value) < 1e10:
        last = min(last, -1)
    return float(exact.quantize(Decimal(1).scaleb(last), ROUND_HALF_UP))

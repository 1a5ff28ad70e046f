"""How is a noisy line smoothed? The same numbers as js/src/data/smooth.ts, held together by tests/golden/figures.json.

What is not finite stays as it is and does not touch its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.frame import F64


def smoothed(y: F64, weight: float, smoother: str = "ema") -> F64:
    """`weight` in 0 … 0.99 says how many points speak together, 1 / (1 - weight), whatever the smoother."""
    if smoother not in SMOOTHERS:
        raise InvalidValueError(f"smoother is one of {', '.join(SMOOTHERS)}, not {smoother!r}.")
    if not 0 <= weight < 1:
        raise InvalidValueError(f"smoothing is a number from 0 to below 1, not {weight!r}.")
    return y if weight == 0 else SMOOTHERS[smoother](y, weight)


def debiased(y: F64, weight: float) -> F64:
    """The exponential mean, debiased: the start leans on the points seen so far and not on zero."""
    smooth = np.array(y, np.float64)
    mean, known = 0.0, 1.0  # known: weight ** points seen
    for i, value in enumerate(y.tolist()):
        if not -np.inf < value < np.inf:
            continue
        mean = mean * weight + (1 - weight) * value
        known *= weight
        smooth[i] = mean / (1 - known)
    return smooth


def gaussian(y: F64, weight: float) -> F64:
    """A bell around each point, whose standard deviation is half the points that speak together."""
    sigma = 0.5 / (1 - weight)
    radius = max(1, int(np.floor(3 * sigma + 0.5)))  # as JavaScript rounds
    return _around(y, np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2))


def moving(y: F64, weight: float) -> F64:
    """The mean of each point and as many before as after it."""
    return _around(y, np.ones(2 * reach(weight) + 1))


def reach(weight: float) -> int:
    """Points on each side of a moving mean."""
    return max(1, int(np.floor(0.5 / (1 - weight) + 0.5)))


def _around(y: F64, kernel: F64) -> F64:
    finite = np.isfinite(y)
    radius = len(kernel) // 2

    def spread(values: F64) -> F64:
        return np.convolve(values, kernel)[radius : radius + len(y)]

    if not finite.any():
        return np.array(y, np.float64)
    means = spread(np.where(finite, y, 0.0)) / np.where(finite, spread(finite.astype(np.float64)), 1.0)
    return np.where(finite, means, y)


SMOOTHERS: dict[str, Callable[[F64, float], F64]] = {"ema": debiased, "gaussian": gaussian, "mean": moving}

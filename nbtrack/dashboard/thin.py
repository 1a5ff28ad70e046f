"""How is a long history drawn from few points without losing its extremes? The lowest and highest of each bucket."""

from __future__ import annotations

import numpy as np

from nbtrack.frame import Series


def thin(points: Series, most: int) -> Series:
    """At most `most` points (4 or more) in their order: the first, the last, and each bucket's minimum and maximum."""
    n = len(points)
    if n <= most:
        return points
    buckets = max(1, (most - 2) // 2)
    edges = np.linspace(1, n - 1, buckets + 1).astype(np.int64)
    starts = edges[:-1]
    low = np.where(np.isnan(points.value), np.inf, points.value)[1:-1]
    high = np.where(np.isnan(points.value), -np.inf, points.value)[1:-1]
    kept = {0, n - 1}
    for start, end in zip(starts - 1, edges[1:] - 1, strict=True):
        if end > start:
            kept.add(int(start + low[start:end].argmin()) + 1)
            kept.add(int(start + high[start:end].argmax()) + 1)
    rows = np.array(sorted(kept), np.int64)
    return Series(points.step[rows], points.timestamp[rows], points.value[rows])

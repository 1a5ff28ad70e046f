"""How does MLflow put numbers that SQLite has no word for into its columns?

NaN is stored as 0 with is_nan = 1, infinities as the largest float; read back they are what was logged.
"""

from __future__ import annotations

import math
import sys

LARGEST = sys.float_info.max


def stored(value: float) -> tuple[float, int]:
    """(value, is_nan) as MLflow's columns hold them."""
    if math.isnan(value):
        return 0.0, 1
    return max(-LARGEST, min(LARGEST, value)), 0


def read(value: float | None, is_nan: int = 0) -> float:
    """The number that was logged; NaN also where an aggregate found nothing."""
    if is_nan or value is None:
        return math.nan
    if abs(value) == LARGEST:
        return math.copysign(math.inf, value)
    return float(value)

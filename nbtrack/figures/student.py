"""How sure is a mean? Half of its two-sided 95 % interval, by Student's t: as js/src/data/student.ts."""

from __future__ import annotations

import numpy as np

from nbtrack.format_rules import NORMAL, STUDENT
from nbtrack.frame import F64

SURE = (
    3  # an interval of fewer runs is many times as wide as they lie apart: on an axis that held it nothing else is seen
)


def half95(sd: F64, n: F64) -> F64:
    """`sd` is that of the sample; 0 for fewer than two values."""
    freedom = np.maximum(n - 1, 1)
    return np.where(n < 2, 0.0, sd * student(freedom) / np.sqrt(np.maximum(n, 1)))


def student(freedom: F64) -> F64:
    """The 97.5 % point of t: from a table up to 30 degrees of freedom, then Cornish and Fisher's expansion."""
    z, v = NORMAL, np.maximum(freedom, 1)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    wide = z + sum(term / v ** (power + 1) for power, term in enumerate(terms))
    table = np.array(STUDENT)
    return np.where(v <= len(table), table[np.minimum(v, len(table)).astype(np.int64) - 1], wide)

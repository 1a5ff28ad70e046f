"""How much worse does a random forest predict left-out runs when a param is shuffled? scikit-learn's permutation
importance, an independent second measure beside nbtrack.figures.importances.

A forest learns interactions and thresholds that rank correlation and nearest runs do not see, and needs more runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from nbtrack.figures.hashing import fnv1a
from nbtrack.figures.importances import ENOUGH, MOST, Params, numeric, ranks
from nbtrack.frame import F64

FOLDS, TREES, REPEATS = 5, 60, 5


def forest_importances(
    params: Params, values: Sequence[float | None], ids: Sequence[str]
) -> dict[str, tuple[float, float]] | None:
    """By param the share of the ranks' variance that is predicted no more, mean and deviation over the folds; None
    without scikit-learn, for fewer than ENOUGH runs, and where the forest predicts nothing.
    """
    rows = [row for row, value in enumerate(values) if value is not None and np.isfinite(value)]
    if len(rows) < ENOUGH or find_spec("sklearn") is None:
        return None
    rows = sorted(rows, key=lambda row: (fnv1a(ids[row]), ids[row]))[:MOST]
    cells = [(name, [column[row] for row in rows]) for name, column in params]
    cells = [(name, column) for name, column in cells if len(set(column)) > 1]
    target = ranks(np.array([values[row] for row in rows], np.float64))
    if not cells or np.ptp(target) == 0:
        return None
    lost, score = _cross_validated(np.array([_codes(column) for _, column in cells]).T, target)
    if score <= 0:
        return None
    return {name: (float(each.mean()), float(each.std(ddof=1))) for (name, _), each in zip(cells, lost.T, strict=True)}


def _codes(column: Sequence[str | None]) -> F64:
    """Numbers by rank, texts in the order of their letters; -1 where missing."""
    held = numeric(column)
    if held is None:
        words = sorted({text for text in column if text is not None})
        return np.array([-1.0 if text is None else float(words.index(text)) for text in column])
    here = ~np.isnan(held)
    codes = np.full(len(held), -1.0)
    codes[here] = ranks(held[here])
    return codes


def _cross_validated(features: F64, target: F64) -> tuple[F64, float]:
    """What is lost by fold and param, and the mean R² of the folds."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance
    from sklearn.model_selection import KFold

    lost, scores = [], []
    for train, test in KFold(FOLDS).split(features):
        forest = RandomForestRegressor(TREES, min_samples_leaf=2, random_state=0).fit(features[train], target[train])
        scores.append(float(forest.score(features[test], target[test])))
        found = permutation_importance(forest, features[test], target[test], n_repeats=REPEATS, random_state=0)
        lost.append(found.importances_mean)
    return np.array(lost), float(np.mean(scores))

"""What are a classifier's and a regressor's usual scores, of plain arrays, in one pass?

The values of scikit-learn's functions. Those check and convert their arguments anew each time, which takes longer than
a small fit. What is not plain (several outputs, arrays of objects or of a GPU, NaN) raises NotPlainError: scikit-learn
itself is asked then.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

LABELS = "biuU"  # kinds of arrays: booleans, integers, texts
NUMBERS = "biuf"


class NotPlainError(Exception):
    """This has to be asked of scikit-learn."""


def classification(targets: Any, predicted: Any, weights: Any = None) -> dict[str, float]:
    """Precision, recall, F1 (averaged by how often each class is there) and accuracy."""
    true, guess = _labels(targets), _labels(predicted)
    if len(true) != len(guess) or (true.dtype.kind == "U") != (guess.dtype.kind == "U"):
        raise NotPlainError
    classes, codes = np.unique(np.concatenate([true, guess]), return_inverse=True)
    right, asked, weigh = codes[: len(true)], codes[len(true) :], _weights(weights, len(true))
    same, count = right == asked, len(classes)
    hits = np.bincount(right[same], weigh[same], count)
    there, said = np.bincount(right, weigh, count), np.bincount(asked, weigh, count)
    whole = there.sum()
    if not whole > 0:
        raise NotPlainError
    return {
        "precision_score": float(_share(hits, said) @ there / whole),
        "recall_score": float(_share(hits, there) @ there / whole),
        "f1_score": float(_share(2 * hits, there + said) @ there / whole),
        "accuracy_score": float(hits.sum() / whole),
    }


def probabilities(targets: Any, likely: Any, weights: Any = None) -> dict[str, float]:
    """Log loss, and the area under the ROC curve: of several classes the mean over pairs, for which there is no
    weighting of samples. Empty where a class is not among the targets."""
    true = _labels(targets)
    if not isinstance(likely, np.ndarray) or likely.ndim != 2 or len(likely) != len(true) or likely.dtype.kind != "f":
        raise NotPlainError
    classes, codes = np.unique(true, return_inverse=True)
    sums = likely.sum(axis=1)
    if not (likely.min() >= 0 and likely.max() <= 1 and np.allclose(sums, 1)) or len(classes) < 2:
        raise NotPlainError
    if likely.shape[1] != len(classes):
        return {}
    weigh = _weights(weights, len(true))
    tiny = np.finfo(likely.dtype).eps
    losses = -np.log(np.clip(likely[np.arange(len(true)), codes], tiny, 1 - tiny))
    # Without weights in the precision of the probabilities, as scikit-learn has it.
    found = {"log_loss": float(np.average(losses, weights=None if weights is None else weigh))}
    if len(classes) == 2:
        found["roc_auc"] = _area(codes == 1, likely[:, 1], weigh)
    elif weights is None:
        found["roc_auc"] = _area_of_pairs(codes, likely)
    return found


def regression(targets: Any, predicted: Any, weights: Any = None) -> dict[str, float]:
    """Mean squared and absolute error, R² and the root of the first."""
    true, guess = _vector(targets, NUMBERS).astype(float), _vector(predicted, NUMBERS).astype(float)
    if len(true) != len(guess) or len(true) < 2:
        raise NotPlainError
    weigh = _weights(weights, len(true))
    off = true - guess
    squared = float(np.average(off**2, weights=weigh))
    spread = float(np.average((true - np.average(true, weights=weigh)) ** 2, weights=weigh))
    if not np.isfinite(squared) or spread == 0:
        raise NotPlainError
    return {
        "mean_squared_error": squared,
        "mean_absolute_error": float(np.average(np.abs(off), weights=weigh)),
        "r2_score": 1 - squared / spread,
        "root_mean_squared_error": float(np.sqrt(squared)),
    }


def _labels(values: Any) -> Any:
    """Whole numbers are labels too where they are kept as floats."""
    array = np.asarray(values)
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.trunc(array)).all():
        array = array.astype(np.int64)
    return _vector(array, LABELS)


def _vector(values: Any, kinds: str) -> Any:
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in kinds or not len(array):
        raise NotPlainError
    return array


def _weights(weights: Any, count: int) -> Any:
    if weights is None:
        return np.ones(count)
    array = _vector(weights, NUMBERS).astype(float)
    if len(array) != count:
        raise NotPlainError
    return array


def _share(part: Any, whole: Any) -> Any:
    """Nothing of nothing is nothing, as in scikit-learn."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole != 0)


def _area(positive: Any, scores: Any, weigh: Any) -> float:
    """Under the ROC curve, equal scores taken together."""
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], (positive * weigh)[order].cumsum()
    misses = (~positive * weigh)[order].cumsum()
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    rising, along = np.append(0.0, hits[ends]), np.append(0.0, misses[ends])
    return float((np.diff(along) * (rising[1:] + rising[:-1])).sum() / 2 / (rising[-1] * along[-1]))


def _area_of_pairs(codes: Any, likely: Any) -> float:
    """Each pair of classes counts as often as its samples are there."""
    areas, shares = [], []
    for one, other in combinations(range(likely.shape[1]), 2):
        among = (codes == one) | (codes == other)
        here, equal = codes[among], np.ones(int(among.sum()))
        both = [_area(here == each, likely[among, each], equal) for each in (one, other)]
        areas.append(sum(both) / 2)
        shares.append(among.mean())
    return float(np.average(areas, weights=shares))

"""The quick scores are scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from nbtrack.autolog import quick_scores

generator = np.random.default_rng(3)


def _likely(rows: int, classes: int, dtype: Any = float) -> Any:
    drawn = np.round(generator.random((rows, classes)) + 0.01, 1)  # many are equal
    return (drawn / drawn.sum(axis=1, keepdims=True)).astype(dtype)


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("names", [False, True])
def test_classes_are_scored_as_scikit_learn_scores_them(classes: int, weighted: bool, names: bool) -> None:
    true, guess = generator.integers(0, classes, 60), generator.integers(0, classes + 1, 60)
    true[:classes] = range(classes)
    if names:
        true, guess = (np.array(["a", "b", "c", "d", "e", "f"])[each] for each in (true, guess))
    weights = generator.random(60) if weighted else None
    found = quick_scores.classification(list(true), guess, weights)
    p, r, f, _ = metrics.precision_recall_fscore_support(
        true, guess, average="weighted", sample_weight=weights, zero_division=0
    )
    accuracy = metrics.accuracy_score(true, guess, sample_weight=weights)
    assert list(found.values()) == pytest.approx([p, r, f, accuracy], rel=1e-12)


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_probabilities_are_scored_as_scikit_learn_scores_them(classes: int, weighted: bool, dtype: Any) -> None:
    true, likely = generator.integers(0, classes, 60), _likely(60, classes, dtype)
    true[:classes] = range(classes)
    weights = generator.random(60) if weighted else None
    found = quick_scores.probabilities(true, likely, weights)
    assert found["log_loss"] == pytest.approx(metrics.log_loss(true, likely, sample_weight=weights), rel=1e-12)
    if classes == 2:
        area = metrics.roc_auc_score(true, likely[:, 1], sample_weight=weights)
        assert found["roc_auc"] == pytest.approx(area, rel=1e-12)
    elif not weighted:
        area = metrics.roc_auc_score(true, likely, average="weighted", multi_class="ovo")
        assert found["roc_auc"] == pytest.approx(area, rel=1e-12)
    else:
        assert "roc_auc" not in found  # scikit-learn refuses it


@pytest.mark.parametrize("weighted", [False, True])
def test_numbers_are_scored_as_scikit_learn_scores_them(weighted: bool) -> None:
    true = generator.normal(size=60)
    guess, weights = true + generator.normal(size=60), generator.random(60) if weighted else None
    found = quick_scores.regression(true, guess, weights)
    functions = (metrics.mean_squared_error, metrics.mean_absolute_error, metrics.r2_score)
    expected = [function(true, guess, sample_weight=weights) for function in functions]
    assert list(found.values()) == pytest.approx([*expected, np.sqrt(expected[0])], rel=1e-12)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: quick_scores.classification(np.eye(3), np.eye(3)),
        lambda: quick_scores.classification([1, 2], ["1", "2"]),
        lambda: quick_scores.classification([0.5, 1.5], [0.5, 1.5]),
        lambda: quick_scores.classification([], []),
        lambda: quick_scores.probabilities([1, 1], np.array([[0.5, 0.5], [0.2, 0.8]])),
        lambda: quick_scores.probabilities([0, 1], np.array([[0.5, np.nan], [0.2, 0.8]])),
        lambda: quick_scores.regression([1.0, np.nan], [1.0, 2.0]),
        lambda: quick_scores.regression([1.0, 1.0], [1.0, 2.0]),
        lambda: quick_scores.regression(np.ones((3, 2)), np.ones((3, 2))),
    ],
)
def test_what_is_not_plain_is_left_to_scikit_learn(ask: Any) -> None:
    with pytest.raises(quick_scores.NotPlainError):
        ask()

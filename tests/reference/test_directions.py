"""Is each metric's name known as better the way its library says? Asked of the installed libraries."""

from __future__ import annotations

import warnings

import lightgbm
import numpy as np
import pytest
from sklearn.metrics import get_scorer, get_scorer_names

from nbtrack.query.direction import known_direction


@pytest.mark.parametrize("name", get_scorer_names())
def test_of_scikit_learns_scorers_more_is_better_and_of_their_functions_what_the_sign_says(name: str) -> None:
    scorer = get_scorer(name)
    assert known_direction(name) == known_direction(f"mean_test_{name}") == "max"
    if name == "roc_auc_ovo_weighted" or not hasattr(scorer, "_score_func"):
        return
    function = scorer._score_func.__name__
    assert known_direction(function) == ("max" if scorer._sign > 0 else "min"), function


LIGHTGBM = {
    # Not gamma, a word of many meanings, nor r2, of which LightGBM 4.7 itself says that less is better.
    "regression": "l1 l2 rmse quantile mape huber fair poisson gamma_deviance tweedie".split(),
    "binary": "binary_logloss binary_error auc average_precision xentropy xentlambda kullback_leibler".split(),
    "multiclass": "multi_logloss multi_error auc_mu".split(),
    "lambdarank": "ndcg map".split(),
}


def heard(objective: str, metrics: list[str]) -> dict[str, bool]:
    """LightGBM's own `is_higher_better` of each metric."""
    rng = np.random.default_rng(0)
    x, classes = rng.normal(size=(60, 3)), 3 if objective == "multiclass" else 2
    y = rng.uniform(0.1, 0.9, 60) if objective == "regression" else rng.integers(0, classes, 60)
    data = lightgbm.Dataset(x, y, group=[30, 30] if objective == "lambdarank" else None)
    found: dict[str, bool] = {}

    def listen(env: lightgbm.callback.CallbackEnv) -> None:
        found.update({each[1]: each[3] for each in env.evaluation_result_list or ()})

    params = {"objective": objective, "metric": metrics, "verbosity": -1, "num_leaves": 3, "num_threads": 1}
    params |= {"num_class": classes} if objective == "multiclass" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lightgbm.train(params, data, 1, valid_sets=[data], callbacks=[listen])
    return found


@pytest.mark.parametrize("objective", LIGHTGBM)
def test_of_lightgbms_metrics_what_is_higher_better_says(objective: str) -> None:
    found = heard(objective, LIGHTGBM[objective])
    assert found
    wrong = {
        name: known_direction(name)
        for name, higher in found.items()
        if known_direction(name.split("@")[0]) != ("max" if higher else "min")
    }
    assert not wrong


XGBOOST_MIN = (
    "rmse rmsle mae mape mphe logloss error mlogloss merror poisson-nloglik gamma-nloglik cox-nloglik gamma-deviance "
    "tweedie-nloglik aft-nloglik quantile error@0.3"
)
XGBOOST_MAX = "auc aucpr pre pre@5 ndcg map ndcg@10 map@3 interval-regression-accuracy"


@pytest.mark.parametrize(
    ("name", "way"), [(n, "min") for n in XGBOOST_MIN.split()] + [(n, "max") for n in XGBOOST_MAX.split()]
)
def test_of_xgboosts_metrics_what_its_documentation_says(name: str, way: str) -> None:
    """Where XGBoost's EarlyStopping maximizes: python-package/xgboost/callback.py."""
    assert known_direction(name) == known_direction(f"validation_0-{name}") == way

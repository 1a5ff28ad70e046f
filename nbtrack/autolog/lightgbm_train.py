"""How is LightGBM watched? `train` and `cv`, which its sklearn API trains through, get one more official callback."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from nbtrack.autolog.boosting import Training, log_importance, watch_estimator, watch_training
from nbtrack.autolog.patching import Call, Patches
from nbtrack.errors import guard

_NO_PARAMS = frozenset(
    "params train_set valid_sets valid_names fobj feval init_model learning_rates callbacks folds fpreproc".split()
)


def patch(patches: Patches) -> None:
    import lightgbm
    from lightgbm import sklearn

    patches.watch_everywhere({lightgbm.train: _watch_train, lightgbm.cv: _watch_cv})
    for estimator in (sklearn.LGBMModel, sklearn.LGBMRegressor, sklearn.LGBMClassifier, sklearn.LGBMRanker):
        patches.watch(estimator, "fit", _watch_fit)


def _watch_train(call: Call) -> Generator[None, None, None]:
    return watch_training(call, "lightgbm", _NO_PARAMS, _callback, _finish)


SAID_WRONG = {"r2"}  # LightGBM 4.7 says that less of it is better: `higher_better` in lightgbm/basic.py lacks it


def _watch_cv(call: Call) -> Generator[None, None, None]:
    return watch_training(call, "lightgbm", _NO_PARAMS, _callback, _finish_cv, "cross-validation")


def _watch_fit(call: Call) -> Generator[None, None, None]:
    return watch_estimator(call, "_Booster")


def _callback(training: Training) -> Any:
    def points(env: Any) -> None:
        with guard("log this round of lightgbm"):
            training.round(env.iteration, _newest(env.evaluation_result_list or (), training.directions))

    points.order = float("-inf")  # type: ignore[attr-defined]  # before early stopping, which ends the round
    return points


def _newest(results: Any, directions: dict[str, str]) -> dict[str, float]:
    """A result is (data, metric, value, whether more is better); while cross-validating a deviation comes with it."""
    newest: dict[str, float] = {}
    for data, metric, value, more_is_better, *deviation in results:
        key = f"{data}-{metric}"
        if deviation and deviation[0] is not None:
            newest[f"{key}-stdv"], directions[f"{key}-stdv"] = deviation[0], "none"
            key += "-mean"
        newest[key], directions[key] = value, "max" if more_is_better or metric in SAID_WRONG else "min"
    return newest


def _finish(training: Training, call: Call) -> None:
    booster = call.result
    if booster.best_iteration - 1 in training.rounds:
        training.best_round(booster.best_iteration, first=1)
    names = booster.feature_name()
    kinds = ("split", "gain")
    log_importance(
        training.recording,
        {kind: lambda kind=kind: dict(zip(names, booster.feature_importance(kind), strict=True)) for kind in kinds},  # type: ignore[misc]
    )


def _finish_cv(training: Training, call: Call) -> None:
    best = len(next((values for key, values in call.result.items() if key != "cvbooster"), ()))
    if 0 < best < len(training.rounds):
        training.best_round(best, first=1)

"""How is XGBoost watched? `train` and `cv`, which its sklearn API trains through, get one more official callback."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from nbtrack.autolog.asked import asked
from nbtrack.autolog.boosting import Training, log_importance, watch_estimator, watch_training
from nbtrack.autolog.patching import Call, Patches
from nbtrack.errors import guard

_NO_PARAMS = frozenset(
    "params dtrain evals obj feval evals_result xgb_model callbacks learning_rates folds fpreproc".split()
)

# XGBoost's own metrics, by its documentation of `eval_metric`
MORE = frozenset("auc aucpr pre ndcg map interval-regression-accuracy".split())
LESS = frozenset(
    "rmse rmsle mae mape mphe logloss error merror mlogloss poisson-nloglik gamma-nloglik cox-nloglik gamma-deviance "
    "tweedie-nloglik aft-nloglik quantile expectile".split()
)


def patch(patches: Patches) -> None:
    import xgboost
    from xgboost import sklearn

    patches.watch_everywhere({xgboost.train: _watch_train, xgboost.cv: _watch_cv})
    for estimator in (sklearn.XGBModel, sklearn.XGBClassifier, sklearn.XGBRanker):
        patches.watch(estimator, "fit", _watch_fit)


def _watch_train(call: Call) -> Generator[None, None, None]:
    return watch_training(call, "xgboost", _NO_PARAMS, _callback, _finish)


def _watch_cv(call: Call) -> Generator[None, None, None]:
    return watch_training(call, "xgboost", _NO_PARAMS, _callback, _finish_cv, "cross-validation")


def _watch_fit(call: Call) -> Generator[None, None, None]:
    return watch_estimator(call, "_Booster")


def _callback(training: Training) -> Any:
    from xgboost.callback import TrainingCallback

    class Points(TrainingCallback):
        """One point of each metric after each round."""

        def before_training(self, model: Any) -> Any:
            with guard("count the rounds of an earlier training"):
                training.before = model.num_boosted_rounds()
            return model

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            with guard("log this round of xgboost"):
                if not training.rounds:
                    training.directions |= _directions(training.arguments, evals_log)
                training.round(epoch, _newest(evals_log))
            return False

    return Points()


def _directions(arguments: Mapping[str, Any], evals_log: Any) -> dict[str, str]:
    """By metric: what early stopping was told, which without a name is for the last one, else what XGBoost's own
    metrics are by its documentation. Of a metric of the person's own nothing is said."""
    asked = [(getattr(each, "metric_name", None), each.maximize) for each in arguments.get("callbacks") or ()
             if getattr(each, "maximize", None) is not None]  # fmt: skip
    if arguments.get("maximize") is not None:
        asked.append((None, arguments["maximize"]))
    ways: dict[str, str | None] = {}
    for data, metrics in evals_log.items():
        for metric, values in metrics.items():
            said = next((more for name, more in asked if metric == (name or [*metrics][-1])), None)
            key = f"{data}-{metric}"
            if isinstance(values[-1], tuple):
                ways[f"{key}-std"] = "none"
                key += "-mean"
            ways[key] = _known(metric) if said is None else "max" if said else "min"
    return {key: way for key, way in ways.items() if way is not None}


def _known(metric: str) -> str | None:
    name = metric.partition("@")[0].rstrip("-")
    return "max" if name in MORE else "min" if name in LESS else None


def _newest(evals_log: Any) -> dict[str, float]:
    """The last value of every metric; mean and deviation while cross-validating."""
    newest: dict[str, float] = {}
    for data, metrics in evals_log.items():
        for metric, values in metrics.items():
            value = values[-1]
            if isinstance(value, tuple):
                newest[f"{data}-{metric}-mean"], newest[f"{data}-{metric}-std"] = value
            else:
                newest[f"{data}-{metric}"] = value
    return newest


def _finish(training: Training, call: Call) -> None:
    booster = call.result
    best = booster.attr("best_iteration")  # there also where a callback stops early, or where an earlier training did
    if best is not None and int(best) - training.before in training.rounds:
        training.best_round(int(best), first=training.before)
    kinds = asked("xgboost").importance_types
    log_importance(
        training.recording,
        {kind: lambda kind=kind: booster.get_score(importance_type=kind) for kind in kinds},  # type: ignore[misc]
    )


def _finish_cv(training: Training, call: Call) -> None:
    """XGBoost cuts what it returns at the best round, whether an argument or a callback has stopped it."""
    best = len(call.result) if hasattr(call.result, "columns") else len(next(iter(call.result.values()), ()))
    if best > 0 and (best < len(training.rounds) or training.arguments.get("early_stopping_rounds")):
        training.best_round(best - 1)

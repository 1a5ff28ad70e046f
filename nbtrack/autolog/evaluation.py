"""Which run do a score and a metric belong to that the person computes after the fit?

`model.score(X_test, y_test)` gives `LogisticRegression_score_X_test`, and a function of sklearn.metrics on what a
model has predicted gives `accuracy_score_X_test`, both in the run of the model's last fit: MLflow's names.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Real
from typing import Any

from nbtrack.autolog.naming import name_of
from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call
from nbtrack.autolog.recording import Recording
from nbtrack.autolog.scope import inside, is_inside


@dataclass(eq=False)
class Fitted:
    """The run of a model's last fit, and what was computed since: calls by metric, data by name."""

    recording: Recording
    calls: dict[str, int] = field(default_factory=dict)
    data: dict[str, list[int]] = field(default_factory=dict)

    def data_name(self, thing: Any) -> str:
        """What the person calls the data; other data of the same name get a number, as with MLflow."""
        name = name_of(thing)
        seen = self.data.setdefault(name, [])
        if id(thing) not in seen:
            seen.append(id(thing))
        return _numbered(name, seen.index(id(thing)))

    def log(self, metric: str, data: str, value: Any) -> None:
        if isinstance(value, Real) and not isinstance(value, bool):
            count = self.calls.get(metric, 0)
            self.calls[metric] = count + 1
            key = f"{_numbered(metric, count)}_{data}"
            self.recording.metrics({key: float(value)})
            if way := _directions().get(metric):
                self.recording.directions({key: way})


def _numbered(name: str, index: int) -> str:
    return name if index == 0 else f"{name}-{index + 1}"


@lru_cache(1)
def _directions() -> dict[str, str]:
    """By function of sklearn.metrics what scikit-learn's scorers say: whether they turn its sign. One of which they say
    both ways has none."""
    metrics: Any = importlib.import_module("sklearn.metrics")
    ways: dict[str, set[str]] = {}
    for name in metrics.get_scorer_names():
        scorer = metrics.get_scorer(name)
        function, sign = getattr(scorer, "_score_func", None), getattr(scorer, "_sign", None)
        if function is not None and sign in (1, -1):
            ways.setdefault(function.__name__, set()).add("max" if sign == 1 else "min")
    return {name: each.pop() for name, each in ways.items() if len(each) == 1}


_fitted: ByIdentity[Fitted] = ByIdentity()
_predicted: ByIdentity[tuple[Fitted, str]] = ByIdentity()


def remember(model: Any, recording: Recording) -> None:
    """Later scores of `model` belong to this run."""
    _fitted[model] = Fitted(recording)


def watch_predict(call: Call) -> Generator[None, None, None]:
    """Hook of `predict` and its like: remember which model and which data an array of predictions comes from."""
    fitted = _fitted.get(call.args[0])
    if fitted is None or is_inside():
        return
    data = _first_argument(call)
    with inside():
        yield
    if call.error is None and data is not None:
        _predicted[call.result] = (fitted, fitted.data_name(data))


def watch_score(call: Call) -> Generator[None, None, None]:
    """Hook of `score`."""
    model = call.args[0]
    fitted = _fitted.get(model)
    if fitted is None or is_inside():
        return
    data = _first_argument(call)
    with inside():
        yield
    if call.error is None and data is not None:
        fitted.log(f"{type(model).__name__}_score", fitted.data_name(data), call.result)


def watch_metric(call: Call) -> Generator[None, None, None]:
    """Hook of the functions of sklearn.metrics."""
    if is_inside():
        return
    known = next((found for value in _arguments(call) if (found := _predicted.get(value)) is not None), None)
    if known is None:
        return
    with inside():
        yield
    if call.error is None:
        fitted, data = known
        fitted.log(call.original.__name__, data, call.result)


def _arguments(call: Call) -> list[Any]:
    return [*call.args, *call.kwargs.values()]


def _first_argument(call: Call) -> Any:
    """The features, which sklearn calls X."""
    return call.args[1] if len(call.args) > 1 else call.kwargs.get("X", next(iter(call.kwargs.values()), None))

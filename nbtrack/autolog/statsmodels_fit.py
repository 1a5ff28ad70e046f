"""How are the models of statsmodels watched? Their `fit`, which returns the results that MLflow logs numbers of."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Generator, Iterator
from numbers import Real
from typing import Any

from nbtrack.autolog.defaults import unchosen
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.errors import guard

_METRICS = (
    "aic bic centered_tss condition_number df_model df_resid ess f_pvalue fvalue llf mse_model mse_resid mse_total "
    "rsquared rsquared_adj scale ssr uncentered_tss"
).split()


def patch(patches: Patches) -> None:
    """Watch every model there is, and those of modules that are imported later."""
    model: Any = importlib.import_module("statsmodels.base.model").Model
    for each in _with_subclasses(model):
        _watch_class(patches, each)

    def watching(cls: Any, /, **kwargs: Any) -> None:
        super(model, cls).__init_subclass__(**kwargs)
        with guard(f"watch the model {cls.__name__}"):
            _watch_class(patches, cls)

    patches.replace(model, "__init_subclass__", classmethod(watching))


def _with_subclasses(base: type) -> Iterator[type]:
    yield base
    below: list[type] = base.__subclasses__()
    for each in below:
        yield from _with_subclasses(each)


def _watch_class(patches: Patches, cls: type) -> None:
    if cls.__module__ != "__main__":  # see `sklearn_fit`: it would not travel to other processes
        patches.watch(cls, "fit", _watch_fit)


def _watch_fit(call: Call) -> Generator[None, None, None]:
    if is_inside() or (bound := call.bound()) is None:
        return
    bound.apply_defaults()
    named = {name: value for name, value in bound.arguments.items() if name not in ("self", "kwargs")}
    with inside():
        recording = new_recording("statsmodels")
        with ending(recording, call):
            with guard("log the params of this fit"):
                recording.params(
                    {**named, **bound.arguments.get("kwargs", {})}, defaults=unchosen(call.original, named)
                )
            with logging_into(recording):
                yield
            wrapper: Any = importlib.import_module("statsmodels.base.wrapper").ResultsWrapper
            if call.error is None and isinstance(call.result, wrapper):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    recording.metrics(_numbers(call.result))
                    recording.file("model_summary.txt", str(call.result.summary()))
                recording.model(call.result)


def _numbers(results: Any) -> dict[str, float]:
    """One that these results do not have, or cannot compute, is left out."""
    found: dict[str, float] = {}
    for name in _METRICS:
        try:
            value = getattr(results, name, None)
        except Exception:  # statsmodels computes some of them only when asked, and raises many kinds of errors then
            continue
        if isinstance(value, Real):
            found[name] = float(value)
    return found

"""What was `autolog(…)` of each library asked for?

An argument of MLflow's function either acts here, or says what nbtrack does anyway; any other value of it is told once
to be without effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbtrack.errors import InvalidValueError, warn_once

MODELS = tuple("sklearn xgboost lightgbm catboost statsmodels keras pytorch transformers".split())
# Not by default: MLflow's autolog keeps none of these either.
_NOT_BY_DEFAULT = frozenset(("transformers",))
# Of each argument the values that say what nbtrack does anyway, and what that is.
_AS_IT_IS: dict[str, tuple[tuple[Any, ...], str]] = {
    "exclusive": ((False,), "a fit logs into the active run"),
    "disable_for_unsupported_versions": ((True, False), ""),
    "silent": ((True, False), ""),
    "log_datasets": ((False,), "no data sets are kept of a fit"),
    "log_input_examples": ((False,), "models are kept without an example of an input"),
    "log_model_signatures": ((False,), "models of fits are kept without a signature"),
    "log_traces": ((False,), "nbtrack keeps no traces"),
    "registered_model_name": ((None,), "models are kept in their run: nbtrack has no model registry"),
    "serialization_format": (("cloudpickle",), "models are pickled with cloudpickle"),
    "model_format": (("ubj",), "models of XGBoost are kept as ubj"),
    "log_every_epoch": ((True,), "each epoch is logged"),
    "log_every_n_steps": ((None,), "each epoch is logged"),
    "log_every_n_epoch": ((1,), "each epoch is logged"),
    "log_every_n_step": ((None,), "each epoch is logged"),
    "checkpoint": ((False,), "no checkpoints are kept"),
    "save_exported_model": ((False,), "models of Keras are kept as .keras"),
    **{
        name: ((None, {}), "models are kept with their library's defaults")
        for name in ("save_model_kwargs", "saved_model_kwargs", "keras_model_kwargs")
    },
    **{
        f"checkpoint_{name}": ((), "no checkpoints are kept")
        for name in ("monitor", "mode", "save_best_only", "save_weights_only", "save_freq")
    },
}
HEARD = frozenset("extra_tags pos_label log_post_training_metrics importance_types max_tuning_runs".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """`pos_label` is the class that precision, recall and F1 are of, None for all. `importance_types` are XGBoost's.
    Of a search, the best `max_tuning_runs` candidates have runs; None for as many as there are."""

    log_models: bool = False
    extra_tags: Mapping[str, str] = field(default_factory=dict)
    pos_label: Any = None
    log_post_training_metrics: bool = True
    importance_types: Sequence[str] = ("weight",)
    max_tuning_runs: int | None = None


NOTHING = Asked()
_asked: dict[str, Asked] = {}


def asked(library: str) -> Asked:
    """What holds for a fit of this library that starts now."""
    return _asked.get(library, NOTHING)


def forget(library: str) -> None:
    _asked.pop(library, None)


def ask(library: str, what: str, log_models: bool | None, given: Mapping[str, Any]) -> None:
    """Keep what was given to `what`, such as "sklearn.autolog". Raises InvalidValueError where a library's models are
    asked for that are not kept."""
    if log_models and library not in MODELS:
        raise InvalidValueError(
            f"Models of {library} are not kept, only those of {', '.join(MODELS)}. Leave log_models out."
        )
    tell_of_others(what, given)
    by_default = library in MODELS and library not in _NOT_BY_DEFAULT
    acting = {name: value for name, value in given.items() if name in HEARD and value is not None}
    if tags := acting.get("extra_tags"):
        acting["extra_tags"] = {str(key): str(value) for key, value in tags.items()}
    _asked[library] = Asked(by_default if log_models is None else log_models, **acting)


def tell_of_others(what: str, given: Mapping[str, Any]) -> None:
    """Raises TypeError for an argument that MLflow's functions do not have either; warns of one without effect."""
    for name, value in given.items():
        if name in HEARD:
            continue
        if name not in _AS_IT_IS:
            raise TypeError(f"{what}() got an unexpected keyword argument '{name}'")
        values, instead = _AS_IT_IS[name]
        if not any(value is each or value == each for each in values):
            warn_once(f"{what}({name}={value!r}) is without effect: {instead}.")

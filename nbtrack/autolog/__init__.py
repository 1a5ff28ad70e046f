"""How does a fit log itself?

`switch` says when, `patching` watches functions, `recording` finds the run; the other files know one library each.
"""

from nbtrack.autolog.switch import (
    LIBRARIES,
    autolog,
    begin_cell,
    catboost,
    checked_names,
    chosen_libraries,
    keras,
    keras_tuner,
    lightgbm,
    optuna,
    pytorch,
    ray,
    sklearn,
    statsmodels,
    tensorflow,
    transformers,
    xgboost,
)

__all__ = [
    "LIBRARIES",
    "autolog",
    "begin_cell",
    "catboost",
    "checked_names",
    "chosen_libraries",
    "keras",
    "keras_tuner",
    "lightgbm",
    "optuna",
    "pytorch",
    "ray",
    "sklearn",
    "statsmodels",
    "tensorflow",
    "transformers",
    "xgboost",
]

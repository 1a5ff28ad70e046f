"""How does a fit log itself?

`switch` says when, `patching` watches functions, `recording` finds the run; the other files know one library each.
"""

from nbtrack.autolog.switch import LIBRARIES, autolog, begin_cell, checked_names, lightgbm, optuna, sklearn, xgboost

__all__ = ["LIBRARIES", "autolog", "begin_cell", "checked_names", "lightgbm", "optuna", "sklearn", "xgboost"]

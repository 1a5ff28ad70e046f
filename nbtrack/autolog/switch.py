"""Which libraries are watched, since when, and until when?

By default all that a tracked cell uses, for as long as it runs; after `autolog()` every fit. A library is watched
when it is imported, at once or later: nothing here imports one.
"""

from __future__ import annotations

import functools
import importlib
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from nbtrack.autolog import arriving, optimizer_names, unasked
from nbtrack.autolog.active_here import is_logged_elsewhere
from nbtrack.autolog.asked import HEARD, MODELS, ask, forget, tell_of_others
from nbtrack.autolog.patching import Patches, at_once
from nbtrack.autolog.recording import has_enough
from nbtrack.errors import InvalidValueError, guard, warn_once

# MLflow's words for the model itself, library by library
_MODEL = tuple("sk_model xgb_model lgb_model pytorch_model cb_model statsmodels_model transformers_model".split())
_changing = threading.RLock()


@dataclass(eq=False)
class Library:
    """One library that nbtrack can watch. `parts` says which function patches what once which module is imported.

    `wanted` is what `autolog` was asked for, None before it was called. The last of `cells` is what the tracked
    cell or block says that began last: True, False, or None for "as outside of it". `theirs` are MLflow's names for it.
    """

    name: str
    parts: Mapping[str, str]
    theirs: tuple[str, ...] = ()
    wanted: bool | None = None
    cells: dict[object, bool | None] = field(default_factory=dict)
    _patched: dict[str, Patches] = field(default_factory=dict, repr=False)

    def autolog(self, disable: bool = False, log_models: bool | None = None, **given: Any) -> None:
        """Log what this library trains from now on, or, with `disable=True`, no longer.

        Where it is not imported yet, that begins with its import. Each fitted model is kept as artifacts `model/…`, as
        `nbtrack.log_model` does, unless `log_models=False`; of transformers where asked; not of loops of one's own
        around torch, of which only the optimizer is seen. `extra_tags` are set on each run; `pos_label`,
        `log_post_training_metrics` and `max_tuning_runs` act for scikit-learn, `importance_types` for XGBoost. Another
        argument of MLflow's function is told once to be without effect, unless it says what nbtrack does anyway.
        """
        ask(self.name, f"{self.name}.autolog", False if disable else log_models, given)
        with _changing, at_once():
            self.wanted = not disable
            if disable:
                forget(self.name)
            self.settle()

    def log_model(
        self, model: Any = None, artifact_path: str | None = None, name: str | None = None, **given: Any
    ) -> Any:
        """Keep a model as `nbtrack.log_model` does, with the arguments of MLflow's function.

        `run_id` and `signature` are heard, the others (`input_example`, requirements, …) are ignored; there is no
        registry, and a warning says so where `registered_model_name` is given.
        """
        from nbtrack.tracking.models import log_model

        named = next((given.pop(key) for key in _MODEL if key in given), None)
        if registered := given.get("registered_model_name"):
            warn_once(f"The model is kept, but not registered as '{registered}': nbtrack has no model registry.")
        where, signature = name or artifact_path or "model", given.get("signature")
        return log_model(named if model is None else model, where, given.get("run_id"), signature=signature)

    def save_model(self, model: Any = None, path: str | Path = "", **given: Any) -> None:
        """Write a model as a folder, with the arguments of MLflow's function, of which `signature` is heard."""
        from nbtrack.tracking.models import save_model

        named = next((given.pop(key) for key in _MODEL if key in given), None)
        save_model(named if model is None else model, path, signature=given.get("signature"))

    def load_model(self, model_uri: str, dst_path: str | None = None, **ignored: Any) -> Any:
        """The model at `runs:/ID/name` as this library's own object; see `nbtrack.pyfunc.load_native`."""
        from nbtrack.tracking.pyfunc import load_native

        return load_native(model_uri, dst_path, self.name)

    @property
    def on(self) -> bool:
        """Was it asked for, or does a tracked cell have it?"""
        here = next(reversed(self.cells.values())) if self.cells else None
        return here if here is not None else self.wanted is True

    def off(self) -> bool:
        """Not on; or logged by MLflow's own autolog in this process, and two would log everything twice."""
        theirs = sys.modules.get("mlflow.utils.autologging_utils")
        return not self.on or (theirs is not None and self._is_on_in(theirs))

    def _is_on_in(self, theirs: ModuleType) -> bool:
        settings = getattr(theirs, "AUTOLOGGING_INTEGRATIONS", {})
        found = [settings[name] for name in self.theirs or (self.name,) if settings.get(name)]
        return any(not each.get("disable", False) for each in found)

    def silent(self) -> bool:
        """Is a fit that starts now not to be logged: off, or one too many of a cell?"""
        return self.off() or has_enough() or is_logged_elsewhere()

    def settle(self) -> None:
        """Patch what is imported and due, and undo it all when the library was switched off.

        After a tracked cell the patches stay and are silent: putting them in place anew costs each cell more.
        """
        if self.wanted is False and not self.on:
            for patches in self._patched.values():
                patches.undo()
            self._patched.clear()
        elif self.on:
            for module in self.parts:
                if module in sys.modules:
                    self.arrived(module)
                else:
                    arriving.expect(module, self.arrived)

    def arrived(self, module: str) -> None:
        """Patch one part, whose module has been imported."""
        with _changing, guard(f"watch {module}"):
            if module not in self._patched and self.on:
                home, _, function = self.parts[module].rpartition(".")
                patches = self._patched[module] = Patches(self.name, self.silent, self.off)
                getattr(importlib.import_module(home), function)(patches)


sklearn = Library(
    "sklearn",
    {
        "sklearn.base": "nbtrack.autolog.sklearn_fit.patch_estimators",
        "sklearn.metrics": "nbtrack.autolog.sklearn_fit.patch_metrics",
        "sklearn.model_selection": "nbtrack.autolog.sklearn_validation.patch",
        "sklearn.inspection": "nbtrack.autolog.sklearn_validation.patch_inspection",
    },
)
xgboost = Library("xgboost", {"xgboost": "nbtrack.autolog.xgboost_train.patch"})
lightgbm = Library("lightgbm", {"lightgbm": "nbtrack.autolog.lightgbm_train.patch"})
optuna = Library("optuna", {"optuna": "nbtrack.autolog.optuna_study.patch"})


class Keras(Library):
    """Keras on every backend. Which of its two autologs in MLflow was asked for, says how the optimizer's params are
    named."""

    def autolog(self, disable: bool = False, log_models: bool | None = None, **given: Any) -> None:
        super().autolog(disable, log_models, **given)
        optimizer_names.asked = None if disable else "optimizer"


keras = Keras("keras", {"keras.src.models.model": "nbtrack.autolog.keras_fit.patch"}, ("keras", "tensorflow"))
pytorch = Library(
    "pytorch",
    {
        "torch.optim.optimizer": "nbtrack.autolog.torch_loop.patch",
        "torch.amp.grad_scaler": "nbtrack.autolog.torch_loop.patch_scaler",
        "torch._dynamo.trace_rules": "nbtrack.autolog.torch_loop.patch_compiler",
        "lightning.pytorch.trainer.trainer": "nbtrack.autolog.lightning_fit.patch_lightning",
        "pytorch_lightning.trainer.trainer": "nbtrack.autolog.lightning_fit.patch_pytorch_lightning",
    },
)
transformers = Library("transformers", {"transformers.trainer": "nbtrack.autolog.transformers_trainer.patch"})
catboost = Library("catboost", {"catboost.core": "nbtrack.autolog.catboost_fit.patch"})
statsmodels = Library("statsmodels", {"statsmodels.base.model": "nbtrack.autolog.statsmodels_fit.patch"})
keras_tuner = Library("keras_tuner", {"keras_tuner.src.engine.base_tuner": "nbtrack.autolog.keras_tuner_search.patch"})
ray = Library("ray", {"ray.tune.tune": "nbtrack.autolog.ray_tune.patch"})
LIBRARIES = {
    library.name: library
    for library in (
        sklearn, xgboost, lightgbm, catboost, statsmodels, keras, pytorch, transformers, optuna, keras_tuner, ray
    )
}  # fmt: skip


class TensorFlow:
    """What tf.keras trains is trained by Keras; MLflow's autolog for it has other names for the optimizer's params."""

    log_model = staticmethod(keras.log_model)
    save_model = staticmethod(keras.save_model)
    load_model = staticmethod(keras.load_model)

    @staticmethod
    def autolog(disable: bool = False, log_models: bool | None = None, **given: Any) -> None:
        """As `keras.autolog`, with params of the optimizer as `opt_…`."""
        keras.autolog(disable, log_models, **given)
        optimizer_names.asked = None if disable else "opt"


tensorflow = TensorFlow()


def autolog(
    disable: bool = False,
    exclude_flavors: Collection[str] | None = None,
    log_models: bool | None = None,
    **given: Any,
) -> None:
    """Log every fit from now on. `disable=True` ends that.

    Of scikit-learn, XGBoost, LightGBM, CatBoost, statsmodels, Keras, PyTorch (Lightning, and loops of one's own inside
    a run), transformers; and of searches each trial: scikit-learn's, Optuna, keras-tuner, Ray Tune.

    A fit logs into the active run, or into a run of its own. Libraries that are imported later are watched from then
    on; `exclude_flavors` names some to leave alone. Each fitted model is kept, up to 200 MB and 10 s of serializing
    (`nbtrack.capture.options`), unless `log_models=False`. `extra_tags` are set on each run. Another argument of
    MLflow's `autolog` is told once to be without effect. Tracked cells need no such call, and keep no models without.
    """
    tell_of_others("autolog", given)
    heard = {name: value for name, value in given.items() if name in HEARD}
    with _changing, at_once():
        for library in LIBRARIES.values():
            if not {library.name, *library.theirs} & set(exclude_flavors or ()):
                library.autolog(disable, log_models if library.name in MODELS else None, **heard)
        optimizer_names.asked = None


def checked_names(names: Collection[str]) -> None:
    """Raises InvalidValueError for a library that nbtrack cannot watch."""
    for name in names:
        if name not in LIBRARIES:
            raise InvalidValueError(f"There is no autolog for '{name}', only for {', '.join(LIBRARIES)}.")


def chosen_libraries(given: bool | Collection[str] | None) -> tuple[str, ...] | None:
    """What was said as `begin_cell` wants it: False for none, True for all, None for nothing said."""
    if given is None:
        return None
    names = () if given is False else tuple(LIBRARIES) if given is True else tuple(given)
    checked_names(names)
    return names


def begin_cell(names: Collection[str] | None, *, by_default: bool = False) -> Callable[[Mapping[str, Any]], None]:
    """Watch for one tracked cell or block: these libraries, or none; for `None` what is on anyway, and `by_default` all
    but what was switched off. Blocks of several threads may end in any order.

    The returned function ends that; it looks through the given variables for estimators that could not be watched.
    """
    every, cell = names is None and by_default, object()
    with _changing, at_once():
        unasked.begin(cell, every and not any(library.wanted for library in LIBRARIES.values()))
        for library in LIBRARIES.values():
            here = (library.wanted is not False or None) if every else None if names is None else library.name in names
            library.cells[cell] = here
            library.settle()
    return functools.partial(_end_cell, cell)


def _end_cell(cell: object, space: Mapping[str, Any]) -> None:
    try:
        if "sklearn.base" in sys.modules and not sklearn.silent():
            from nbtrack.autolog.sklearn_fit import harvest

            with guard("log the notebook's own estimators"):
                harvest(space)
    finally:
        with _changing:
            unasked.end(cell)
            for library in LIBRARIES.values():
                library.cells.pop(cell, None)

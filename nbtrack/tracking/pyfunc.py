"""How does a kept model come back: as its library's own object, or as something that only predicts?"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.stores.copying.special import shelf
from nbtrack.tracking.artifacts import download_artifacts
from nbtrack.tracking.model_reading import FLAVORS, read_model
from nbtrack.tracking.settings import store_at

_SAME = {"keras": ("keras", "tensorflow"), "tensorflow": ("tensorflow", "keras"), "transformers": ("pytorch",)}


@dataclass(frozen=True, slots=True)
class PyFuncModel:
    """A model of any library, as one that predicts from rows of an array or a DataFrame."""

    native: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """`params` is ignored."""
        kinds = {f"{cls.__module__.partition('.')[0]}.{cls.__name__}" for cls in type(self.native).__mro__}
        if type(self.native).__module__ == "xgboost.core":
            return self.native.predict(importlib.import_module("xgboost").DMatrix(data))
        if "keras.Model" in kinds:
            return self.native.predict(np.asarray(data), verbose=0)
        if "torch.Module" in kinds:
            torch: Any = importlib.import_module("torch")
            with torch.no_grad():
                return self.native(torch.as_tensor(np.asarray(data, dtype=np.float32))).numpy()
        return self.native.predict(data)


def load_model(model_uri: str, dst_path: str | None = None, **ignored: Any) -> PyFuncModel:
    """The model at `runs:/ID/name`, at `models:/m-…` of MLflow 3, or in a folder.

    What `load_native` says of trust and errors holds here too.
    """
    return PyFuncModel(load_native(model_uri, dst_path))


def load_native(model_uri: str, dst_path: str | None = None, flavor: str | None = None) -> Any:
    """The library's own object that was logged: by nbtrack, or by MLflow 2 and 3 as a run's files. Of scikit-learn,
    XGBoost, LightGBM, CatBoost, statsmodels, Keras and torch.

    Loading runs code of the file: load only what you trust. Raises NotFoundError where there is no model, and
    InvalidValueError for one that only MLflow loads.
    """
    folder = folder_of(model_uri, dst_path)
    flavors = described(folder, model_uri)["flavors"]
    wanted = FLAVORS if flavor is None else _SAME.get(flavor, (flavor,))
    found = next((name for name in wanted if name in flavors and name in FLAVORS), None)
    if found is None:
        raise InvalidValueError(
            f"The model at '{model_uri}' is of {', '.join(map(str, flavors))}; "
            f"{'nbtrack' if flavor is None else f'nbtrack.{flavor}'} loads those of {', '.join(wanted)}. "
            + ("Load it with MLflow." if flavor is None else "Load it with MLflow, or by nbtrack.pyfunc.load_model.")
        )
    return read_model(found, flavors[found], folder)


def folder_of(model_uri: str, dst_path: str | None = None) -> Path:
    """Where the files of a model are on this machine."""
    if str(model_uri).startswith("models:"):
        return _logged(str(model_uri))
    return Path(model_uri) if Path(model_uri).is_dir() else Path(download_artifacts(str(model_uri), dst_path=dst_path))


def described(folder: Path, model_uri: str) -> dict[str, Any]:
    """What `MLmodel` says. Raises NotFoundError where there is none."""
    try:
        known = yaml.safe_load((folder / "MLmodel").read_text("utf-8"))
        if not isinstance(known["flavors"], dict):
            raise TypeError("no flavors")
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise NotFoundError(f"There is no model at '{model_uri}': it has no readable file MLmodel.") from error
    return dict(known)


def _logged(model_uri: str) -> Path:
    """The folder of `models:/m-…`, a model that MLflow 3 logged beside its run. A name of the registry is none."""
    model_id = model_uri.removeprefix("models:").strip("/")
    if not model_id.startswith("m-"):
        raise InvalidValueError(
            f"'{model_uri}' names a registered model, and nbtrack has no registry. Load it by 'runs:/ID/name', or with "
            "mlflow.pyfunc.load_model and the database or server where it is registered."
        )
    store = store_at()
    held = shelf(store)
    if held is None:
        raise InvalidValueError(
            f"The files of '{model_uri}' do not lie on this machine, as '{store.uri}' says. Load it with "
            "mlflow.pyfunc.load_model."
        )
    return held.model_files(model_id)

"""How does a kept model come back: as its library's own object, or as something that only predicts?"""

from __future__ import annotations

import importlib
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.stores.copying.special import shelf
from nbtrack.tracking.artifacts import download_artifacts
from nbtrack.tracking.settings import store_at

FLAVORS = ("sklearn", "xgboost", "lightgbm")


@dataclass(frozen=True, slots=True)
class PyFuncModel:
    """A model of any library, as one that predicts from rows of an array or a DataFrame."""

    native: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """`params` is ignored."""
        if type(self.native).__module__ == "xgboost.core":
            return self.native.predict(importlib.import_module("xgboost").DMatrix(data))
        return self.native.predict(data)


def load_model(model_uri: str, dst_path: str | None = None, **ignored: Any) -> PyFuncModel:
    """The model at `runs:/ID/name`, at `models:/m-…` of MLflow 3, or in a folder.

    What `load_native` says of trust and errors holds here too.
    """
    return PyFuncModel(load_native(model_uri, dst_path))


def load_native(model_uri: str, dst_path: str | None = None, flavor: str | None = None) -> Any:
    """The scikit-learn, XGBoost or LightGBM object that was logged: by nbtrack, or by MLflow 2 and 3 as a run's files.

    Loading runs code of the file: load only what you trust. Raises NotFoundError where there is no model, and
    InvalidValueError for one that only MLflow loads.
    """
    if str(model_uri).startswith("models:"):
        folder = _logged(str(model_uri))
    elif Path(model_uri).is_dir():
        folder = Path(model_uri)
    else:
        folder = Path(download_artifacts(str(model_uri), dst_path=dst_path))
    try:
        flavors = yaml.safe_load((folder / "MLmodel").read_text("utf-8"))["flavors"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise NotFoundError(f"There is no model at '{model_uri}': it has no readable file MLmodel.") from error
    found = next((name for name in FLAVORS if name in flavors and flavor in (None, name)), None)
    if found is None:
        raise InvalidValueError(
            f"The model at '{model_uri}' is of {', '.join(map(str, flavors))}; nbtrack loads those of "
            f"{', '.join(FLAVORS)}. Load it with MLflow."
        )
    about = flavors[found]
    return _read(found, about, _inside(folder, str(about.get("pickled_model") or about.get("data") or "")))


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


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotFoundError(f"The model in '{folder}' names the file '{name[:80]}', and it has no such file.")
    return path


def _read(flavor: str, about: dict[str, Any], path: Path) -> Any:
    if path.suffix == ".pkl" or about.get("serialization_format") in ("pickle", "cloudpickle"):
        return pickle.loads(path.read_bytes())
    library = importlib.import_module(flavor)
    if flavor == "lightgbm":
        return library.Booster(model_file=str(path))
    if flavor == "xgboost":
        kind = str(about.get("model_class", "xgboost.core.Booster")).rpartition(".")[2]
        model = (library.Booster if kind == "Booster" else getattr(library, kind))()
        model.load_model(str(path))
        return model
    raise InvalidValueError(f"The model in '{path.parent}' is kept as '{path.suffix}'. Load it with MLflow.")

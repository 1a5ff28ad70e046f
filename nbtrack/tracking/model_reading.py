"""How is a model read that one of MLflow's flavors has written as a folder?

Each function takes what `MLmodel` says of the flavor, and the folder. No name in `MLmodel` leads out of the folder.
"""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbtrack.errors import InvalidValueError, NotFoundError


def read_model(flavor: str, about: Mapping[str, Any], folder: Path) -> Any:
    """The library's own object. Raises InvalidValueError for a form that only MLflow reads, NotFoundError where the
    model's file is missing."""
    return _READERS[flavor](about, folder)


def _file(folder: Path, *parts: Any) -> Path:
    path = folder.joinpath(*map(str, parts)).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        name = "/".join(map(str, parts))
        raise NotFoundError(f"The model in '{folder}' names the file '{name[:80]}', and it has no such file.")
    return path


def _is_pickled(about: Mapping[str, Any], path: Path) -> bool:
    return path.suffix == ".pkl" or about.get("serialization_format") in ("pickle", "cloudpickle")


def _only_mlflow(path: Path) -> InvalidValueError:
    return InvalidValueError(f"The model in '{path.parent}' is kept as '{path.suffix}'. Load it with MLflow.")


def _class(library: Any, name: Any, default: str) -> Any:
    """A class that the library itself offers; what `MLmodel` names may be anything."""
    found = getattr(library, str(name or default).rpartition(".")[2], None)
    return found if isinstance(found, type) else getattr(library, default)


def _sklearn(about: Mapping[str, Any], folder: Path) -> Any:
    path = _file(folder, about.get("pickled_model") or about.get("data") or "")
    if not _is_pickled(about, path):
        raise _only_mlflow(path)
    return pickle.loads(path.read_bytes())


def _lightgbm(about: Mapping[str, Any], folder: Path) -> Any:
    path = _file(folder, about.get("data", ""))
    if _is_pickled(about, path):
        return pickle.loads(path.read_bytes())
    return importlib.import_module("lightgbm").Booster(model_file=str(path))


def _xgboost(about: Mapping[str, Any], folder: Path) -> Any:
    path = _file(folder, about.get("data", ""))
    model = _class(importlib.import_module("xgboost"), about.get("model_class"), "Booster")()
    model.load_model(str(path))
    return model


def _catboost(about: Mapping[str, Any], folder: Path) -> Any:
    path = _file(folder, about.get("data", ""))
    model = _class(importlib.import_module("catboost"), about.get("model_type"), "CatBoost")()
    return model.load_model(str(path), format=str(about.get("save_format", "cbm")))


def _statsmodels(about: Mapping[str, Any], folder: Path) -> Any:
    path = _file(folder, about.get("data", ""))
    return importlib.import_module("statsmodels.iolib.smpickle").load_pickle(str(path))


def _keras(about: Mapping[str, Any], folder: Path) -> Any:
    data = str(about.get("data", "data"))
    if not (folder / data / "model.keras").is_file():
        raise InvalidValueError(f"The model in '{folder}' is not kept as model.keras. Load it with MLflow.")
    return importlib.import_module("keras").models.load_model(str(_file(folder, data, "model.keras")))


def _pytorch(about: Mapping[str, Any], folder: Path) -> Any:
    path = _file(folder, about.get("model_data", "data"), "model.pth")
    return importlib.import_module("torch").load(str(path), weights_only=False)


_READERS: dict[str, Callable[[Mapping[str, Any], Path], Any]] = {
    "sklearn": _sklearn, "xgboost": _xgboost, "lightgbm": _lightgbm, "catboost": _catboost,
    "statsmodels": _statsmodels, "keras": _keras, "tensorflow": _keras, "pytorch": _pytorch,
}  # fmt: skip
FLAVORS = tuple(_READERS)

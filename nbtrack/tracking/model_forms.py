"""In which files, and by which of MLflow's flavours, is a model of each library kept?"""

from __future__ import annotations

import importlib
import io
import math
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

from nbtrack.errors import InvalidValueError


@dataclass(frozen=True, slots=True)
class Form:
    """A model as files, with what its flavour says of it, and the packages it needs.

    `predict` is what the python_function flavour says besides; None where MLflow has no way to predict with plain
    arrays.
    """

    flavor: str
    files: Mapping[str, bytes]
    about: Mapping[str, Any]
    needs: tuple[str, ...]
    predict: Mapping[str, Any] | None


class ModelTooLargeError(Exception):
    """A model is larger, or takes longer to serialize, than is allowed. Its text says how large it is."""


class Limits:
    """How large the files of a model may be, in bytes, and how long making them may take, in seconds from now."""

    def __init__(self, most_bytes: float = math.inf, most_seconds: float = math.inf) -> None:
        self.most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._began = time.perf_counter()

    def check(self, size: float, *, whole: bool = True) -> None:
        """Raises ModelTooLargeError; `whole` says that there is no more to come."""
        late = time.perf_counter() - self._began > self._most_seconds
        if late or (whole and size > self.most_bytes):
            raise ModelTooLargeError(f"{'' if whole else 'more than '}{size / 1e6:,.3g} MB")


class _Counting(io.RawIOBase):
    """Holds what is written, up to the limit; beyond it only counts, so that a warning can say how large a model is."""

    def __init__(self, limits: Limits) -> None:
        self.parts: list[bytes] = []
        self._size = 0
        self._limits = limits

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self._size += size
        if self._size <= self._limits.most_bytes:
            self.parts.append(bytes(data))
        else:
            self.parts.clear()
            self._limits.check(self._size, whole=False)
        return size

    def whole(self) -> bytes:
        self._limits.check(self._size)
        return b"".join(self.parts)


def form_of(model: Any, limits: Limits | None = None) -> Form:
    """By the library that the model's class comes from, or is derived from. Raises InvalidValueError for another."""
    limits = limits or Limits()
    form = _form(model, limits)
    limits.check(sum(map(len, form.files.values())))
    return form


def _form(model: Any, limits: Limits) -> Form:
    kind = f"{type(model).__module__}.{type(model).__qualname__}"
    for package, form in (("xgboost", _xgboost), ("lightgbm", _lightgbm), ("catboost", _catboost)):
        if kind.startswith(f"{package}."):
            return form(model, kind, limits)
    names = {cls.__module__.partition(".")[0] for cls in type(model).__mro__}
    if "statsmodels" in names and hasattr(model, "save"):
        return _statsmodels(model)
    if isinstance(model, _class("keras", "Model")):  # with torch below it is a module of torch too
        limits.check(4 * model.count_params() if model.built else 0)
        return _keras(model)
    if isinstance(model, _class("torch.nn", "Module")):
        limits.check(sum(each.numel() * each.element_size() for each in model.parameters()))
        return _torch(model)
    if "sklearn" in names or callable(getattr(model, "get_params", None)):
        data, how = _pickled(model, limits)
        about = {"pickled_model": "model.pkl", "sklearn_version": version_of("scikit-learn")}
        needs = ("scikit-learn", "scipy", "cloudpickle")
        of_function = {"model_path": "model.pkl", "predict_fn": "predict"}
        return Form("sklearn", {"model.pkl": data}, {**about, "serialization_format": how}, needs, of_function)
    raise InvalidValueError(
        f"A model of the class {kind} cannot be kept: nbtrack writes those of scikit-learn, XGBoost, LightGBM, "
        "CatBoost, statsmodels, Keras and torch. Save it with its library, and keep the file with "
        "nbtrack.log_artifact()."
    )


def _class(module: str, name: str) -> Any:
    """A class of a library that is imported; otherwise nothing can be an instance of it."""
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) else ()


def _saved(name: str, save: Callable[[str], Any]) -> bytes:
    """What `save` writes to a file of this name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        save(str(path))
        return path.read_bytes()


def _xgboost(model: Any, kind: str, limits: Limits) -> Form:
    file = "model.ubj"
    about = {"xgb_version": version_of("xgboost"), "data": file, "model_class": kind, "model_format": "ubj"}
    needs = ("xgboost",) if kind == "xgboost.core.Booster" else ("xgboost", "scikit-learn")
    return Form("xgboost", {file: _saved(file, model.save_model)}, about, needs, {"data": file})


def _lightgbm(model: Any, kind: str, limits: Limits) -> Form:
    about = {"lgb_version": version_of("lightgbm"), "model_class": kind}
    if kind == "lightgbm.basic.Booster":
        file, data = "model.lgb", model.model_to_string().encode()
        return Form("lightgbm", {file: data}, {**about, "data": file}, ("lightgbm",), {"data": file})
    file, (data, how) = "model.pkl", _pickled(model, limits)
    about |= {"serialization_format": how, "data": file}
    return Form("lightgbm", {file: data}, about, ("lightgbm", "scikit-learn", "cloudpickle"), {"data": file})


def _catboost(model: Any, kind: str, limits: Limits) -> Form:
    file = "model.cb"
    about = {"catboost_version": version_of("catboost"), "data": file, "save_format": "cbm"}
    about |= {"model_type": type(model).__name__}
    return Form("catboost", {file: _saved(file, model.save_model)}, about, ("catboost",), {"data": file})


def _statsmodels(results: Any) -> Form:
    file = "model.statsmodels"
    about = {"statsmodels_version": version_of("statsmodels"), "data": file}
    return Form("statsmodels", {file: _saved(file, results.save)}, about, ("statsmodels",), {"data": file})


def _keras(model: Any) -> Form:
    keras = importlib.import_module("keras")
    backend = keras.backend.backend()
    about = {"data": "data", "keras_version": keras.__version__, "keras_backend": backend, "save_exported_model": False}
    files = {"data/keras_module.txt": b"keras", "data/model.keras": _saved("model.keras", model.save)}
    return Form("keras", files, about, ("keras", backend), {})


def _torch(model: Any) -> Form:
    """Pickled whole, with the classes of the notebook, in the manner that MLflow's own module of pickling reads."""
    torch: Any = importlib.import_module("torch")
    cloud = _cloudpickle()
    if cloud is None:
        raise InvalidValueError("To keep a model of torch takes cloudpickle: pip install cloudpickle.")
    how: Any = ModuleType("mlflow.pytorch.pickle_module")
    how.__dict__.update(vars(cloud), Pickler=cloud.CloudPickler, Unpickler=pickle.Unpickler, __name__=how.__name__)
    data = _saved("model.pth", lambda path: torch.save(model, path, pickle_module=how))
    about = {"model_data": "data", "pytorch_version": version_of("torch")}
    files = {"data/pickle_module_info.txt": how.__name__.encode(), "data/model.pth": data}
    of_function = {"data": "data", "pickle_module_name": how.__name__, "config": {"device": None}}
    pretrained = isinstance(model, _class("transformers.modeling_utils", "PreTrainedModel"))
    used = ("lightning", "pytorch_lightning", "transformers")
    needs = [name.replace("_", "-") for name in used if any(name in cls.__module__ for cls in type(model).__mro__)]
    return Form("pytorch", files, about, ("torch", "cloudpickle", *needs), None if pretrained else of_function)


def _pickled(model: Any, limits: Limits) -> tuple[bytes, str]:
    """With cloudpickle where there is one, which takes classes and functions of the notebook along."""
    cloud, file = _cloudpickle(), _Counting(limits)
    (cloud or pickle).dump(model, file)
    return file.whole(), "pickle" if cloud is None else "cloudpickle"


def _cloudpickle() -> Any:
    for name in ("cloudpickle", "joblib.externals.cloudpickle"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


@lru_cache(100)
def version_of(package: str) -> str | None:
    """Of what is imported its own word: a distribution may be called otherwise (xgboost-cpu). Without the label of a
    build (2.13.0+cpu), which no index has."""
    module = sys.modules.get({"scikit-learn": "sklearn"}.get(package, package.replace("-", "_")))
    if (said := getattr(module, "__version__", None)) is None:
        try:
            said = version(package)
        except PackageNotFoundError:
            return None
    return str(said).partition("+")[0]

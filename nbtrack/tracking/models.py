"""How is a model kept so that MLflow loads it?

As the folder that MLflow's own flavours write: `MLmodel` says how to load, beside it the model in its library's form
and what it needs. There is no signature, no example of an input and no code of the person's: a class of a module of
theirs must be importable where the model is loaded; one of the notebook travels along.
"""

from __future__ import annotations

import importlib
import json
import pickle
import platform
import sys
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from nbtrack.entities import RunTag
from nbtrack.errors import InvalidValueError
from nbtrack.stores.names import checked_key
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.fluent import outliving_the_store, target

HISTORY = "mlflow.log-model.history"
_ENVIRONMENT = {"conda": "conda.yaml", "virtualenv": "python_env.yaml"}


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Where a model was kept: `mlflow.pyfunc.load_model(info.model_uri)`."""

    run_id: str
    artifact_path: str
    model_uuid: str
    utc_time_created: str
    flavors: Mapping[str, Mapping[str, Any]]
    model_id: None = None  # MLflow 3 gives one to models outside of runs

    @property
    def model_uri(self) -> str:
        return f"runs:/{self.run_id}/{self.artifact_path}"


@dataclass(frozen=True, slots=True)
class Form:
    """A model as one file, with what its flavour says of it, and the packages it needs."""

    flavor: str
    file: str
    data: bytes
    about: Mapping[str, Any]
    needs: tuple[str, ...]
    predict: Mapping[str, Any]  # what the python_function flavour says besides


def log_model(model: Any, name: str = "model", run_id: str | None = None) -> ModelInfo | None:
    """Keep a fitted scikit-learn, XGBoost or LightGBM model as artifacts `name/…` of the active run, or of `run_id`.

    MLflow loads it: `mlflow.sklearn.load_model(info.model_uri)`, `mlflow.pyfunc.load_model(…)`. Loading runs code of
    the file: load only what you trust. Raises InvalidValueError for other models.
    """
    form = form_of(model)
    checked_key(name, "model")
    with outliving_the_store(run_id):
        client, run = target(run_id)
        return write_model(client, run, form, name)
    return None


def write_model(client: MlflowClient, run_id: str, form: Form, name: str) -> ModelInfo:
    """`MLmodel` is written last: without it there is no model to MLflow."""
    info = ModelInfo(run_id, name, uuid.uuid4().hex, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}", _flavors(form))
    for path, data in {form.file: form.data, **_requirements(form), "MLmodel": _described(info, form)}.items():
        client.store.write_artifact(run_id, f"{name}/{path}", data)
    known = client.get_run(run_id).data.tags.get(HISTORY, "[]")
    models = json.loads(known) if known.startswith("[") else []
    history = [*(each for each in models if each.get("artifact_path") != name), _summary(info)]
    client.log_batch(run_id, tags=[RunTag(HISTORY, json.dumps(history))])
    return info


def form_of(model: Any) -> Form:
    """By the library that the model's class comes from, or is derived from."""
    names = {cls.__module__.partition(".")[0] for cls in type(model).__mro__}
    kind = f"{type(model).__module__}.{type(model).__qualname__}"
    if "xgboost" in names and type(model).__module__.startswith("xgboost."):
        return _xgboost(model, kind)
    if "lightgbm" in names and type(model).__module__.startswith("lightgbm."):
        return _lightgbm(model, kind)
    if "sklearn" in names or callable(getattr(model, "get_params", None)):
        about = {"pickled_model": "model.pkl", "sklearn_version": _version("scikit-learn")}
        data, how = _pickled(model)
        needs = ("scikit-learn", "scipy", "cloudpickle")
        of_function = {"model_path": "model.pkl", "predict_fn": "predict"}
        return Form("sklearn", "model.pkl", data, {**about, "serialization_format": how}, needs, of_function)
    raise InvalidValueError(
        f"A model of the class {kind} cannot be kept: nbtrack writes scikit-learn's, XGBoost's and LightGBM's. "
        "Save it with its library, and keep the file with nbtrack.log_artifact()."
    )


def _xgboost(model: Any, kind: str) -> Form:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.ubj")
        model.save_model(path)
        data = path.read_bytes()
    about = {"xgb_version": _version("xgboost"), "data": "model.ubj", "model_class": kind, "model_format": "ubj"}
    needs = ("xgboost",) if kind == "xgboost.core.Booster" else ("xgboost", "scikit-learn")
    return Form("xgboost", "model.ubj", data, about, needs, {"data": "model.ubj"})


def _lightgbm(model: Any, kind: str) -> Form:
    about = {"lgb_version": _version("lightgbm"), "model_class": kind}
    if kind == "lightgbm.basic.Booster":
        file, data = "model.lgb", model.model_to_string().encode()
        return Form("lightgbm", file, data, {**about, "data": file}, ("lightgbm",), {"data": file})
    file, (data, how) = "model.pkl", _pickled(model)
    needs = ("lightgbm", "scikit-learn", "cloudpickle")
    return Form("lightgbm", file, data, {**about, "serialization_format": how, "data": file}, needs, {"data": file})


def _pickled(model: Any) -> tuple[bytes, str]:
    """With cloudpickle where there is one, which takes classes and functions of the notebook along."""
    for name in ("cloudpickle", "joblib.externals.cloudpickle"):
        try:
            return importlib.import_module(name).dumps(model), "cloudpickle"
        except ImportError:
            continue
    return pickle.dumps(model), "pickle"


def _flavors(form: Form) -> dict[str, dict[str, Any]]:
    function = {
        "loader_module": f"mlflow.{form.flavor}", "python_version": platform.python_version(), "env": _ENVIRONMENT,
    }  # fmt: skip
    return {"python_function": {**form.predict, **function}, form.flavor: {**form.about, "code": None}}


def _summary(info: ModelInfo) -> dict[str, Any]:
    names = ("run_id", "artifact_path", "utc_time_created", "model_uuid", "flavors")
    return {name: getattr(info, name) for name in names}


def _described(info: ModelInfo, form: Form) -> bytes:
    return yaml.safe_dump({**json.loads(json.dumps(_summary(info))), "model_size_bytes": len(form.data)}).encode()


def _requirements(form: Form) -> dict[str, bytes]:
    """The three files by which MLflow makes an environment anew."""
    pinned = [f"{name}=={found}" for name in ("mlflow", "numpy", "pandas", *form.needs) if (found := _version(name))]
    if not any(line.startswith("mlflow==") for line in pinned):
        pinned.insert(0, "mlflow")
    python, text = platform.python_version(), "\n".join(pinned)
    conda = {
        "name": "mlflow-env", "channels": ["conda-forge"],
        "dependencies": [f"python={python}", "pip", {"pip": pinned}],
    }  # fmt: skip
    virtual = {"python": python, "build_dependencies": ["pip"], "dependencies": ["-r requirements.txt"]}
    described = {"conda.yaml": conda, "python_env.yaml": virtual}
    return {"requirements.txt": text.encode(), **{k: yaml.safe_dump(each).encode() for k, each in described.items()}}


def _version(package: str) -> str | None:
    """Of what is imported its own word: a distribution may be called otherwise (xgboost-cpu)."""
    module = sys.modules.get("sklearn" if package == "scikit-learn" else package)
    if (said := getattr(module, "__version__", None)) is not None:
        return str(said)
    try:
        return version(package)
    except PackageNotFoundError:
        return None

"""How is a model kept so that MLflow loads it?

As the folder that MLflow's own flavours write: `MLmodel` says how to load, beside it the model in its library's form
and what it needs, with the signature where the person gives one. There is no example of an input and no code of the
person's: a class of a module of theirs must be importable where the model is loaded; one of the notebook travels along.
"""

from __future__ import annotations

import json
import platform
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from nbtrack.entities import RunTag
from nbtrack.errors import InvalidValueError
from nbtrack.stores.names import checked_key
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.fluent import outliving_the_store, target
from nbtrack.tracking.model_forms import Form, form_of, version_of

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
    signature: Any = None  # as it was given
    model_id: None = None  # MLflow 3 gives one to models outside of runs

    @property
    def model_uri(self) -> str:
        return f"runs:/{self.run_id}/{self.artifact_path}"


def log_model(model: Any, name: str = "model", run_id: str | None = None, *, signature: Any = None) -> ModelInfo | None:
    """Keep a fitted model as artifacts `name/…` of the active run, or of `run_id`: of scikit-learn, XGBoost, LightGBM,
    CatBoost, statsmodels (its results), Keras, torch, Lightning or transformers.

    MLflow loads it: `mlflow.sklearn.load_model(info.model_uri)`, `mlflow.pyfunc.load_model(…)`. Loading runs code of
    the file: load only what you trust. `signature` is what MLflow's `infer_signature` gives; it is kept as MLflow keeps
    it. Raises InvalidValueError for other models, and for another signature.
    """
    form = form_of(model)
    checked_key(name, "model")
    _signed(signature)
    with outliving_the_store(run_id):
        client, run = target(run_id)
        return write_model(client, run, form, name, signature)
    return None


def save_model(model: Any, path: str | Path, *, signature: Any = None) -> None:
    """Write a fitted model as a folder, as `log_model` does. Raises InvalidValueError where there is one already."""
    form, folder = form_of(model), Path(path)
    _signed(signature)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidValueError(f"'{path}' is there already and not empty. Give another path, or delete it.")
    for name, data in _files(_info("", "", form, signature), form).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def get_model_info(model_uri: str) -> ModelInfo:
    """What is known of the model at `runs:/ID/name`, at `models:/m-…` of MLflow 3, or in a folder."""
    from nbtrack.tracking.pyfunc import described, folder_of

    known = described(folder_of(model_uri), model_uri)
    run_id, path, unique, made = (
        str(known.get(key) or "") for key in ("run_id", "artifact_path", "model_uuid", "utc_time_created")
    )
    return ModelInfo(run_id, path, unique, made, known["flavors"], known.get("signature"))


def write_model(client: MlflowClient, run_id: str, form: Form, name: str, signature: Any = None) -> ModelInfo:
    """`MLmodel` is written last: without it there is no model to MLflow."""
    info = _info(run_id, name, form, signature)
    for path, data in _files(info, form).items():
        client.store.write_artifact(run_id, f"{name}/{path}", data)
    known = client.get_run(run_id).data.tags.get(HISTORY, "[]")
    models = json.loads(known) if known.startswith("[") else []
    history = [*(each for each in models if each.get("artifact_path") != name), _summary(info)]
    client.log_batch(run_id, tags=[RunTag(HISTORY, json.dumps(history))])
    return info


def _info(run_id: str, name: str, form: Form, signature: Any) -> ModelInfo:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return ModelInfo(run_id, name, uuid.uuid4().hex, now, _flavors(form), signature)


def _files(info: ModelInfo, form: Form) -> dict[str, bytes]:
    return {**form.files, **_requirements(form), "MLmodel": _described(info, form)}


def _flavors(form: Form) -> dict[str, dict[str, Any]]:
    own = {form.flavor: {**form.about, "code": None}}
    if form.predict is None:
        return own
    function = {
        "loader_module": f"mlflow.{form.flavor}", "python_version": platform.python_version(), "env": _ENVIRONMENT,
    }  # fmt: skip
    return {"python_function": {**form.predict, **function}, **own}


def _summary(info: ModelInfo) -> dict[str, Any]:
    names = ("run_id", "artifact_path", "utc_time_created", "model_uuid", "flavors")
    return {name: getattr(info, name) for name in names}


def _described(info: ModelInfo, form: Form) -> bytes:
    said = {**json.loads(json.dumps(_summary(info))), "model_size_bytes": sum(map(len, form.files.values()))}
    return yaml.safe_dump({**said, **_signed(info.signature)}).encode()


def _signed(signature: Any) -> dict[str, Any]:
    """What `MLmodel` says of a signature; nothing without one, for which MLflow writes None or False."""
    if signature is None or signature is False:
        return {}
    told = signature.to_dict() if hasattr(signature, "to_dict") else None
    if not isinstance(told, dict) or not {"inputs", "outputs"} <= told.keys():
        raise InvalidValueError(
            f"signature={str(signature)[:80]!r} is none. Give what nbtrack.models.infer_signature(X, model.predict(X)) "
            "returns, or leave it out."
        )
    # MLflow says both of every signature; they are true only of models that are Python functions with type hints.
    return {"signature": told, "is_signature_from_type_hint": False, "type_hint_from_example": False}


def _requirements(form: Form) -> dict[str, bytes]:
    """The three files by which MLflow makes an environment anew."""
    pinned = [f"{name}=={found}" for name in ("mlflow", "numpy", "pandas", *form.needs) if (found := version_of(name))]
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

"""How is a model kept so that MLflow loads it?

As the folder that MLflow's own flavours write: `MLmodel` says how to load, beside it the model in its library's form
and what it needs. There is no signature, no example of an input and no code of the person's: a class of a module of
theirs must be importable where the model is loaded; one of the notebook travels along.
"""

from __future__ import annotations

import json
import platform
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from nbtrack.entities import RunTag
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
    model_id: None = None  # MLflow 3 gives one to models outside of runs

    @property
    def model_uri(self) -> str:
        return f"runs:/{self.run_id}/{self.artifact_path}"


def log_model(model: Any, name: str = "model", run_id: str | None = None) -> ModelInfo | None:
    """Keep a fitted model as artifacts `name/…` of the active run, or of `run_id`: of scikit-learn, XGBoost, LightGBM,
    CatBoost, statsmodels (its results), Keras, torch, Lightning or transformers.

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
    for path, data in {**form.files, **_requirements(form), "MLmodel": _described(info, form)}.items():
        client.store.write_artifact(run_id, f"{name}/{path}", data)
    known = client.get_run(run_id).data.tags.get(HISTORY, "[]")
    models = json.loads(known) if known.startswith("[") else []
    history = [*(each for each in models if each.get("artifact_path") != name), _summary(info)]
    client.log_batch(run_id, tags=[RunTag(HISTORY, json.dumps(history))])
    return info


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
    return yaml.safe_dump(
        {**json.loads(json.dumps(_summary(info))), "model_size_bytes": sum(map(len, form.files.values()))}
    ).encode()


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

"""Every import line of MLflow's tutorials works with nbtrack in MLflow's place, or says what to do instead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import nbtrack
from nbtrack.absent import why_absent
from nbtrack.error_codes import NUMBERS
from nbtrack.errors import (
    AlreadyExistsError,
    DamagedError,
    InvalidValueError,
    NbtrackError,
    NotFoundError,
    QueryError,
    ReadOnlyError,
    ServerError,
)

LINES = """
import nbtrack.keras
import nbtrack.tensorflow as mlflow_tf; mlflow_tf.autolog
import nbtrack.sklearn, nbtrack.xgboost, nbtrack.lightgbm, nbtrack.pytorch, nbtrack.catboost, nbtrack.statsmodels
import nbtrack.transformers, nbtrack.optuna, nbtrack.keras_tuner, nbtrack.ray
from nbtrack import pyfunc, models, data, artifacts, client, entities, exceptions, tracking, types, system_metrics
from nbtrack.client import MlflowClient
from nbtrack.tracking import MlflowClient, get_tracking_uri, set_tracking_uri
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.fluent import log_metric
from nbtrack.exceptions import MlflowException, RestException
from nbtrack.entities import Run, RunInfo, Metric, Param, RunTag, ViewType, RunStatus, Experiment, LifecycleStage
from nbtrack.models import infer_signature
from nbtrack.models.signature import infer_signature
from nbtrack.pyfunc import load_model, PyFuncModel
from nbtrack.sklearn import autolog, log_model, load_model, save_model
from nbtrack.keras import load_model, log_model
from nbtrack.data import from_pandas, from_numpy, from_polars
from nbtrack.data.pandas_dataset import PandasDataset
from nbtrack.data.numpy_dataset import NumpyDataset
from nbtrack.data.dataset_source import DatasetSource
from nbtrack.artifacts import download_artifacts, load_dict, load_image, load_text, list_artifacts
from nbtrack.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME
from nbtrack.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode
from nbtrack.system_metrics import enable_system_metrics_logging
""".strip().splitlines()


def test_the_lines_of_tutorials_import_without_the_libraries_they_name() -> None:
    heavy = "sklearn xgboost lightgbm torch keras tensorflow pandas optuna".split()
    code = "\n".join([*LINES, "import sys", f"print([name for name in {heavy} if name in sys.modules])"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("line", LINES)
def test_a_line_alone(line: str) -> None:
    exec(line, {})


def test_a_module_is_the_attribute_of_its_name() -> None:
    import nbtrack.keras as module

    assert module is nbtrack.keras
    assert callable(nbtrack.autolog)
    assert callable(nbtrack.dashboard)
    assert nbtrack.models.infer_signature is nbtrack.models.signature.infer_signature


def test_a_module_that_only_mlflow_has_says_what_to_do() -> None:
    for name in ("langchain", "spark", "onnx", "genai", "projects", "gateway", "evaluation"):
        with pytest.raises(ModuleNotFoundError, match=r"set_tracking_uri\("):
            __import__(f"nbtrack.{name}")
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'nbtrack\.no_such_module'$"):
        __import__("nbtrack.no_such_module")
    with pytest.raises(AttributeError, match=r"'nbtrack.sklearn' has no attribute 'get_default_conda_env'\. nbtrack"):
        _ = nbtrack.sklearn.get_default_conda_env
    assert why_absent("no_such_name") is None


def test_the_type_checker_knows_the_modules(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    file = tmp_path / "tutorial.py"
    file.write_text(
        "import nbtrack as mlflow\n"
        "import nbtrack.keras\n"
        "from nbtrack.client import MlflowClient\n"
        "from nbtrack.entities import RunStatus\n"
        "mlflow.sklearn.autolog(log_models=False)\n"
        "reveal_type(RunStatus.to_string(RunStatus.FINISHED))\n"
        "reveal_type(MlflowClient().get_run('x').info.run_id)\n"
        "reveal_type(mlflow.exceptions.MlflowException('x').error_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-incremental", "--cache-dir", str(tmp_path / "cache"), str(file)],
        cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout.count('Revealed type is "str"') == 3


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (InvalidValueError("x"), "INVALID_PARAMETER_VALUE", 400),
        (AlreadyExistsError("x"), "RESOURCE_ALREADY_EXISTS", 400),
        (NotFoundError("x"), "RESOURCE_DOES_NOT_EXIST", 404),
        (QueryError("x"), "INVALID_PARAMETER_VALUE", 400),
        (ReadOnlyError("x"), "PERMISSION_DENIED", 403),
        (DamagedError("x"), "INTERNAL_ERROR", 500),
        (ServerError("x", status=401), "UNAUTHENTICATED", 401),
        (ServerError("x", status=503), "TEMPORARILY_UNAVAILABLE", 503),
        (ServerError("x"), "INTERNAL_ERROR", 500),
    ],
)
def test_an_error_has_mlflows_word_for_its_kind(error: NbtrackError, code: str, status: int) -> None:
    assert (error.error_code, error.get_http_status_code()) == (code, status)
    assert isinstance(error, nbtrack.MlflowException)


def test_an_error_is_made_and_asked_as_mlflows() -> None:
    exceptions = nbtrack.exceptions
    for code in (3002, "RESOURCE_DOES_NOT_EXIST"):
        error = exceptions.MlflowException("no such run", error_code=code, run="a")
        assert error.error_code == "RESOURCE_DOES_NOT_EXIST"
        assert str(error) == error.message == "no such run"
        assert '"run": "a"' in error.serialize_as_json()
    assert exceptions.MlflowException("x").error_code == "INTERNAL_ERROR"
    assert exceptions.MlflowException("x", error_code=987654).error_code == "INTERNAL_ERROR"
    assert exceptions.MlflowException.invalid_parameter_value("x").error_code == "INVALID_PARAMETER_VALUE"
    assert NUMBERS["INVALID_PARAMETER_VALUE"] == 1000

"""Track experiments in a notebook, and look at them there.

Names load when first used, so that `import nbtrack` costs the standard library and nothing else; in a notebook
the rest comes while the kernel is idle (ahead.py).
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbtrack import artifacts as artifacts
    from nbtrack import capture as capture
    from nbtrack import catboost as catboost
    from nbtrack import client as client
    from nbtrack import data as data
    from nbtrack import entities as entities
    from nbtrack import exceptions as exceptions
    from nbtrack import figures as figures
    from nbtrack import keras as keras
    from nbtrack import keras_tuner as keras_tuner
    from nbtrack import lightgbm as lightgbm
    from nbtrack import models as models
    from nbtrack import optuna as optuna
    from nbtrack import pyfunc as pyfunc
    from nbtrack import pytorch as pytorch
    from nbtrack import ray as ray
    from nbtrack import sklearn as sklearn
    from nbtrack import statsmodels as statsmodels
    from nbtrack import system_metrics as system_metrics
    from nbtrack import tensorflow as tensorflow
    from nbtrack import tracking as tracking
    from nbtrack import transformers as transformers
    from nbtrack import types as types
    from nbtrack import xgboost as xgboost
    from nbtrack.autolog import autolog
    from nbtrack.dashboard import chart, compare, dashboard, show, table
    from nbtrack.entities import Experiment, ExperimentTag, Metric, Param, Run, RunInfo, RunStatus, RunTag, ViewType
    from nbtrack.errors import NbtrackError
    from nbtrack.exceptions import MlflowException
    from nbtrack.magics import load_ipython_extension as load_ipython_extension
    from nbtrack.magics import unload_ipython_extension as unload_ipython_extension
    from nbtrack.magics.checkout import checkout
    from nbtrack.magics.track import track
    from nbtrack.stores import open_store
    from nbtrack.tracking.active import ActiveRun
    from nbtrack.tracking.artifacts import (
        download_artifacts,
        get_artifact_uri,
        list_artifacts,
        load_table,
        log_artifact,
        log_artifacts,
        log_dict,
        log_figure,
        log_image,
        log_stream,
        log_table,
        log_text,
    )
    from nbtrack.tracking.client import MlflowClient
    from nbtrack.tracking.experiments import (
        create_experiment,
        delete_experiment,
        delete_experiment_tag,
        get_experiment,
        get_experiment_by_name,
        rename_experiment,
        restore_experiment,
        search_experiments,
        set_experiment,
        set_experiment_tag,
        set_experiment_tags,
    )
    from nbtrack.tracking.fluent import (
        delete_tag,
        get_metric_history,
        log_batch,
        log_input,
        log_inputs,
        log_metric,
        log_metrics,
        log_param,
        log_params,
        set_tag,
        set_tags,
    )
    from nbtrack.tracking.git_logger import GitLogger, git_logger
    from nbtrack.tracking.images import Image as Image
    from nbtrack.tracking.models import log_model
    from nbtrack.tracking.operations import RunOperations, flush, flush_artifact_async_logging, flush_async_logging
    from nbtrack.tracking.runs import (
        active_run,
        delete_run,
        end_run,
        get_parent_run,
        get_run,
        last_active_run,
        restore_run,
        start_run,
    )
    from nbtrack.tracking.search import search_runs
    from nbtrack.tracking.settings import get_tracking_uri, is_tracking_uri_set, set_tracking_uri
    from nbtrack.tracking.system_metrics import (
        disable_system_metrics_logging,
        enable_system_metrics_logging,
        set_system_metrics_node_id,
        set_system_metrics_samples_before_logging,
        set_system_metrics_sampling_interval,
    )

    last_run: Run | None

__version__ = "0.1.0"

# What `from nbtrack import *` binds: no module, no library's name and no value that changes, for these a person has
# under the same names (`sklearn`, `data`, `Image`). They are there all the same, as `nbtrack.sklearn`.
__all__ = [
    "ActiveRun",
    "Experiment",
    "ExperimentTag",
    "GitLogger",
    "Metric",
    "MlflowClient",
    "MlflowException",
    "NbtrackError",
    "Param",
    "Run",
    "RunInfo",
    "RunOperations",
    "RunStatus",
    "RunTag",
    "ViewType",
    "active_run",
    "autolog",
    "chart",
    "checkout",
    "compare",
    "create_experiment",
    "dashboard",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_run",
    "delete_tag",
    "disable_system_metrics_logging",
    "download_artifacts",
    "enable_system_metrics_logging",
    "end_run",
    "flush",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_metric_history",
    "get_parent_run",
    "get_run",
    "get_tracking_uri",
    "git_logger",
    "is_tracking_uri_set",
    "last_active_run",
    "list_artifacts",
    "load_table",
    "log_artifact",
    "log_artifacts",
    "log_batch",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_model",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "open_store",
    "rename_experiment",
    "restore_experiment",
    "restore_run",
    "search_experiments",
    "search_runs",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_system_metrics_node_id",
    "set_system_metrics_samples_before_logging",
    "set_system_metrics_sampling_interval",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "show",
    "start_run",
    "table",
    "track",
]

_FROM = {
    "nbtrack.autolog": "autolog",
    "nbtrack.dashboard": "chart compare dashboard show table",
    "nbtrack.entities": "Experiment ExperimentTag Metric Param Run RunInfo RunStatus RunTag ViewType",
    "nbtrack.errors": "NbtrackError",
    "nbtrack.exceptions": "MlflowException",
    "nbtrack.magics": "load_ipython_extension unload_ipython_extension",
    "nbtrack.magics.checkout": "checkout",
    "nbtrack.magics.track": "track",
    "nbtrack.stores": "open_store",
    "nbtrack.tracking.active": "ActiveRun",
    "nbtrack.tracking.artifacts": (
        "download_artifacts get_artifact_uri list_artifacts load_table log_artifact log_artifacts "
        "log_dict log_figure log_image log_stream log_table log_text"
    ),
    "nbtrack.tracking.client": "MlflowClient",
    "nbtrack.tracking.experiments": (
        "create_experiment delete_experiment delete_experiment_tag get_experiment get_experiment_by_name "
        "rename_experiment restore_experiment search_experiments set_experiment set_experiment_tag "
        "set_experiment_tags"
    ),
    "nbtrack.tracking.fluent": (
        "delete_tag get_metric_history log_batch log_input log_inputs log_metric log_metrics log_param "
        "log_params set_tag set_tags"
    ),
    "nbtrack.tracking.git_logger": "GitLogger git_logger",
    "nbtrack.tracking.images": "Image",
    "nbtrack.tracking.operations": "RunOperations flush flush_artifact_async_logging flush_async_logging",
    "nbtrack.tracking.models": "log_model",
    "nbtrack.tracking.runs": (
        "active_run delete_run end_run get_parent_run get_run last_active_run restore_run start_run"
    ),
    "nbtrack.tracking.search": "search_runs",
    "nbtrack.tracking.settings": "get_tracking_uri is_tracking_uri_set set_tracking_uri",
    "nbtrack.tracking.system_metrics": (
        "disable_system_metrics_logging enable_system_metrics_logging set_system_metrics_node_id "
        "set_system_metrics_samples_before_logging set_system_metrics_sampling_interval"
    ),
}
_HOME = {name: module for module, names in _FROM.items() for name in names.split()}
# Modules by MLflow's names, and our own. The libraries' are loaded without the libraries.
_MODULES = frozenset(
    (
        "artifacts capture catboost client data entities exceptions figures keras keras_tuner lightgbm models optuna "
        "pyfunc pytorch ray sklearn statsmodels system_metrics tensorflow tracking transformers types xgboost"
    ).split()
)


def __getattr__(name: str) -> Any:
    if name == "last_run":  # changes with every run, so it is asked for anew each time
        from nbtrack.tracking.runs import last_run

        return last_run()
    if name in _MODULES:
        value: Any = importlib.import_module(f"nbtrack.{name}")
    elif name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    else:
        from nbtrack.absent import absent

        raise AttributeError(absent("module 'nbtrack'", name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_MODULES, "last_run"})


class _Package(ModuleType):
    """Importing a room binds its name here; `nbtrack.dashboard` must stay the function."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in _HOME):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


class _AbsentModules:
    """Says of `import nbtrack.langchain`, a module that only MLflow has, what to do instead. Asked when no other finder
    has found the module."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        owner, _, part = name.rpartition(".")
        if owner == __name__:
            from nbtrack.absent import why_absent

            if (why := why_absent(part)) is not None:
                raise ModuleNotFoundError(f"There is no module '{name}'. {why}", name=name)


if not any(getattr(each, "__name__", "") == "_AbsentModules" for each in sys.meta_path):
    sys.meta_path.append(_AbsentModules)

if "ipykernel" in sys.modules:
    from nbtrack.ahead import load_when_idle

    load_when_idle()
    del load_when_idle

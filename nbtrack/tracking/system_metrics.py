"""For which runs is the machine measured, and how often? MLflow's functions and variables for it.

A cell under `%%track` is measured without being asked (`nbtrack.capture.options.system`); this is about the others.
"""

from __future__ import annotations

import os

from nbtrack.errors import InvalidValueError

ENABLED = "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"
_INTERVAL = "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"
_SAMPLES = "MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING"
_NODE = "MLFLOW_SYSTEM_METRICS_NODE_ID"


def enable_system_metrics_logging() -> None:
    """Measure processor, memory, disk, network and GPU for every run that starts from now on, as `system/*` metrics;
    `start_run(log_system_metrics=False)` leaves one out."""
    os.environ[ENABLED] = "true"


def disable_system_metrics_logging() -> None:
    """Runs that start from now on are measured only with `start_run(log_system_metrics=True)`."""
    os.environ[ENABLED] = "false"


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Seconds between two samples; 10 with None."""
    _set(_INTERVAL, interval)


def set_system_metrics_samples_before_logging(samples: int | None) -> None:
    """How many samples one point is the mean of; 1 with None."""
    _set(_SAMPLES, samples)


def set_system_metrics_node_id(node_id: str | None) -> None:
    """The name of this machine among several that log into one run: `system/<node_id>/…`."""
    if node_id is None:
        os.environ.pop(_NODE, None)
    else:
        os.environ[_NODE] = node_id


def measured(asked: bool | None) -> bool:
    """Is a run measured that asked for it, asked not to be, or said nothing?"""
    return os.environ.get(ENABLED, "").lower() in {"true", "1"} if asked is None else asked


def seconds_between() -> float:
    return _number(_INTERVAL, 10.0)


def samples_together() -> int:
    return max(1, int(_number(_SAMPLES, 1)))


def node() -> str:
    return os.environ.get(_NODE, "")


def _set(variable: str, value: float | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
    elif value > 0:
        os.environ[variable] = str(value)
    else:
        raise InvalidValueError(f"{value} does not fit: more than 0 is wanted, or None for MLflow's default.")


def _number(variable: str, otherwise: float) -> float:
    try:
        found = float(os.environ[variable])
    except (KeyError, ValueError):
        return otherwise
    return found if found > 0 else otherwise

"""How are metrics and params written so that a git commit makes them a run?

Two files as DagsHub's logger (0.7.3) writes them, line for line, so that its site, `git diff` and a store at
`git+FOLDER` read them. Unlike it, every point is in the file when the call returns.
"""

from __future__ import annotations

import csv
import io
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from nbtrack.errors import InvalidValueError
from nbtrack.stores.names import checked_number

HEADER = b"Name,Value,Timestamp,Step\n"
PLAIN = (bool, int, float, type(None))


class GitLogger:
    """Made by `nbtrack.git_logger`. A context manager; safe to use from several threads."""

    def __init__(self, metrics_path: str | Path | None, hparams_path: str | Path | None) -> None:
        self._metrics = Path(metrics_path) if metrics_path else None
        self._params_path = Path(hparams_path) if hparams_path else None
        self._params: dict[str, Any] = {}
        self._lock = threading.Lock()
        if self._metrics:
            self._metrics.parent.mkdir(parents=True, exist_ok=True)
            self._metrics.write_bytes(HEADER)
        if self._params_path:
            self._write_params()

    def log_metrics(self, metrics: Mapping[str, Any] | None = None, step_num: int = 1, **more: Any) -> None:
        """One row for each metric, at `step_num`, with the time in ms. InvalidValueError for what is no number."""
        if self._metrics is None:
            raise InvalidValueError("This logger keeps no metrics: should_log_metrics is False.")
        now = time.time_ns() // 1_000_000
        rows = [[str(k), _number(v, k), now, step_num] for k, v in {**(metrics or {}), **more}.items()]
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
        with self._lock, self._metrics.open("ab") as file:  # one write, so that rows of two processes stay whole
            file.write(text.getvalue().encode())

    def log_hyperparams(self, params: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Added to those before; the file is replaced whole. Numbers, bools, None and nested mappings keep their kind,
        the rest is kept as text."""
        if self._params_path is None:
            raise InvalidValueError("This logger keeps no params: should_log_hparams is False.")
        with self._lock:
            self._params.update(_kept({**(params or {}), **more}))
            self._write_params()

    def close(self) -> None:
        """Nothing is left to write: what was logged is in the files."""

    def __enter__(self) -> GitLogger:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _write_params(self) -> None:
        import yaml

        assert self._params_path is not None
        self._params_path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._params_path.with_name(f".{self._params_path.name}.{os.getpid()}")
        beside.write_text(yaml.safe_dump(self._params), encoding="utf-8")
        os.replace(beside, self._params_path)


def git_logger(
    metrics_path: str | Path = "metrics.csv",
    should_log_metrics: bool = True,
    hparams_path: str | Path = "params.yml",
    should_log_hparams: bool = True,
) -> GitLogger:
    """Write metrics and params as files for git, in DagsHub's format. Both files begin anew: a run is a commit.

    The arguments are those of `dagshub.dagshub_logger`. `nbtrack.dashboard(store="git+.")` shows one run for each
    commit that changed a file.

        with nbtrack.git_logger() as logger:
            logger.log_hyperparams(lr=0.1)
            logger.log_metrics({"loss": 0.5}, step_num=1)
    """
    return GitLogger(metrics_path if should_log_metrics else None, hparams_path if should_log_hparams else None)


def _number(value: Any, key: str) -> float | int:
    if isinstance(value, bool | int):
        return value
    return checked_number(value, key)


def _kept(params: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(key): _kept(value) if isinstance(value, Mapping) else value if type(value) in PLAIN else str(value)
        for key, value in params.items()
    }

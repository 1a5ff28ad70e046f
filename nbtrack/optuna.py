"""Optuna: each trial of its searches is a child run after `autolog()`."""

from __future__ import annotations

from typing import Any

from nbtrack.absent import absent
from nbtrack.autolog.switch import optuna as _library

__all__ = ["autolog"]

autolog = _library.autolog


def __getattr__(name: str) -> Any:
    raise AttributeError(absent(f"module '{__name__}'", name))

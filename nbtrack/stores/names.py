"""Which keys and values does every store take?

The rules are MLflow's (a key becomes a path in the file store, so it must be one): what is refused here, MLflow refuses
too, and what is taken here, every MLflow from 2.0 on reads back.
"""

from __future__ import annotations

import math
import os
import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache

from nbtrack.entities import Param
from nbtrack.errors import InvalidValueError, warn_once

LONGEST_KEY = 250
LONGEST_PARAM = 6000
LONGEST_TAG = 8000
LONGEST_EXPERIMENT_NAME = 500
LONGEST_EXPERIMENT_TAG = 20000
LEAST_WHOLE, GREATEST_WHOLE = -(2**63), 2**63 - 1  # what MLflow's databases and its protocol hold

_KEY = re.compile(r"[/\w.\- :]+")
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}")
_EXPERIMENT_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,63}")


@lru_cache(10_000)
def is_key(name: str) -> bool:
    """Can a param, metric or tag be called so? (Its length aside.)"""
    return bool(_KEY.fullmatch(name)) and posixpath.normpath(name) == name and name[0] != "/" and name[:2] != ".."


def is_new_key(name: str) -> bool:
    """Can a new param or metric be called so, its length included?"""
    return is_key(name) and len(name) <= LONGEST_KEY


def is_run_id(name: str) -> bool:
    return bool(_RUN_ID.fullmatch(name))


def is_experiment_id(name: str) -> bool:
    return bool(_EXPERIMENT_ID.fullmatch(name))


def checked_key(key: object, what: str, *, longest: int | None = LONGEST_KEY) -> str:
    """`key` itself, or an InvalidValueError; `what` is "metric", "param" or "tag"."""
    if not isinstance(key, str):
        raise InvalidValueError(
            f"The name of a {what} must be text, not {type(key).__name__}: {key!r}. Write it in quotes."
        )
    if not is_key(key) or key in (".", ".."):
        raise InvalidValueError(
            f"{_short(key)} cannot be the name of a {what}. Use letters, digits, '_', '-', '.', ':', spaces, and "
            "single '/' between parts, with no '/' at either end and no '.' or '..' as a part."
        )
    if longest is not None and len(key) > longest:
        raise InvalidValueError(
            f"The {what} name {_short(key)} has {len(key)} characters; at most {longest} can be stored. Shorten it."
        )
    return key


def checked_value(value: object, key: str, *, longest: int, what: str) -> str:
    """`value` as text; longer than `longest` it is cut, as MLflow does, with a warning that says so."""
    text = value if isinstance(value, str) else str(value)
    if len(text) > longest:
        if what in ("param", "tag") and os.environ.get("MLFLOW_TRUNCATE_LONG_VALUES", "").lower() in ("false", "0"):
            raise InvalidValueError(
                f"The {what} '{key}' has {len(text)} characters, and MLflow keeps {longest}. Log it as an artifact "
                "(log_text), or unset MLFLOW_TRUNCATE_LONG_VALUES to have it cut."
            )
        warn_once(
            f"The {what} '{key}' has {len(text)} characters and was cut to {longest}, the most that MLflow keeps. "
            "Log it as an artifact (log_text) to keep all of it."
        )
        text = text[:longest]
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"The {what} '{key}' holds a character that no file can hold ({error.object[error.start]!r}, half of a "
            "surrogate pair). Replace it, for example with .encode('utf-8', 'replace').decode()."
        ) from error
    return text


def checked_number(value: object, key: str) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise InvalidValueError(
            f"The metric '{key}' must be a number, not {type(value).__name__} {_short(value)}. Convert it with float()."
        ) from error


def json_number(value: float) -> float | str:
    """Strict JSON has no NaN and no infinity; JavaScript and MLflow's servers read these words as them."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def checked_whole(value: object, key: str, what: str) -> int:
    """`value` as an int. A fraction is refused: written to a file, it makes the run unreadable for MLflow."""
    try:
        whole = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(f"The {what} of metric '{key}' must be a whole number, not {_short(value)}.") from error
    if whole != value:
        raise InvalidValueError(f"The {what} of metric '{key}' must be a whole number, not {_short(value)}. Round it.")
    return _in_64_bits(int(whole), f"The {what} of metric '{key}'")


def checked_time(value: object, what: str) -> int | None:
    """A start or an end of a run in whole milliseconds, or None where it is None."""
    if value is None:
        return None
    try:
        whole = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(f"The {what} of a run must be milliseconds since 1970, not {_short(value)}.") from error
    return _in_64_bits(int(whole), f"The {what} of a run")


def _in_64_bits(value: int, what: str) -> int:
    if LEAST_WHOLE <= value <= GREATEST_WHOLE:
        return value
    raise InvalidValueError(
        f"{what} must fit into 64 bits, from {LEAST_WHOLE} to {GREATEST_WHOLE}, not {_short(value)}. No store of "
        "MLflow's holds more. Times are milliseconds since 1970."
    )


def checked_experiment_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise InvalidValueError(f"An experiment needs a name that is not empty, not {name!r}.")
    if len(name) > LONGEST_EXPERIMENT_NAME:
        raise InvalidValueError(
            f"The experiment name {_short(name)} has {len(name)} characters; at most {LONGEST_EXPERIMENT_NAME} can be "
            "stored. Shorten it."
        )
    return checked_value(name, "name", longest=LONGEST_EXPERIMENT_NAME, what="experiment")


def checked_model_name(name: str) -> str:
    """The name of a new logged model. MLflow refuses the same: the name is part of addresses `models:/<name>`."""
    if not name or set(name) & set("/:.%\"'"):
        raise InvalidValueError(
            f"A logged model cannot be called {_short(name)}. Give it a name without any of / : . % \" '."
        )
    return name


def checked_params(params: Iterable[Param]) -> dict[str, str]:
    """The params by key, all valid; the same key twice with two values is refused before anything is written."""
    seen: dict[str, str] = {}
    for param in params:
        key = checked_key(param.key, "param")
        value = checked_value(param.value, key, longest=LONGEST_PARAM, what="param")
        if seen.setdefault(key, value) != value:
            raise InvalidValueError(f"The param '{key}' is given twice, as {_short(seen[key])} and as {_short(value)}.")
    return seen


def changed_param(key: str, old: str, new: str, run_id: str) -> InvalidValueError:
    """What to raise when a param would get another value."""
    return InvalidValueError(
        f"The param '{key}' of run {run_id} is {_short(old)} and cannot become {_short(new)}: params are fixed once "
        "logged. Start another run, or keep changing values in a tag or a metric."
    )


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python does not write out a number of 4,300 digits
        text = f"a {type(value).__name__} that is too long to show"
    return text if len(text) <= 80 else text[:77] + "…" + text[0]

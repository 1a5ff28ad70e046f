"""How does a number become a point of a run's history?

This is what a training loop calls, so the common case (a float, an int step, no timestamp) takes no detour.
"""

from __future__ import annotations

import math
import operator
from time import time_ns
from typing import Any, SupportsFloat

from nbtrack.errors import InvalidValueError
from nbtrack.stores import RunWriter
from nbtrack.stores.names import checked_whole
from nbtrack.tracking.events import Point, announce_point, heard


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return time_ns() // 1_000_000


def as_float(key: str, value: Any) -> float:
    """`value` as a float: numbers, bools, numeric strings, and whatever holds one number (arrays, tensors, series).

    Raises InvalidValueError for everything else, None and complex numbers among them.
    """
    if type(value) is float:
        return value
    try:
        # .item() comes first: float() of a one-element array or of a tensor with a gradient warns.
        item = getattr(value, "item", None)
        number: SupportsFloat | str = value if item is None else item()
        return float(number)
    except Exception as error:  # an array type's own exceptions are not ours to list
        raise InvalidValueError(
            f"Metric '{key}' got {_shown(value)}, which is not a number. Pass one number, such as float(value)."
        ) from error


def as_step(key: str, step: Any) -> int:
    """`step` as an int; None is 0, as in MLflow. A whole float (2.0) counts, a broken one is an InvalidValueError."""
    if step is None:
        return 0
    try:
        number = operator.index(step)
    except TypeError:
        whole = as_float(key, step)
        if not whole.is_integer():
            raise InvalidValueError(
                f"Metric '{key}' got the step {_shown(step)}. Steps are whole numbers; round it."
            ) from None
        number = int(whole)
    return checked_whole(number, key, "step")


def as_timestamp(key: str, timestamp: Any) -> int:
    """`timestamp` in whole milliseconds since 1970; None is now. Fractions are cut."""
    if timestamp is None:
        return now()
    number = as_float(key, timestamp)
    if not math.isfinite(number) or number < 0:
        raise InvalidValueError(
            f"Metric '{key}' got the timestamp {_shown(timestamp)}. Pass milliseconds since 1970, or nothing for now."
        )
    return checked_whole(timestamp if type(timestamp) is int else int(number), key, "timestamp")


def log_point(uri: str, writer: RunWriter, key: str, value: Any, step: Any, timestamp: Any) -> None:
    """Write one point, then tell who listens."""
    if type(value) is not float:
        value = as_float(key, value)
    if type(step) is not int:
        step = as_step(key, step)
    timestamp = time_ns() // 1_000_000 if timestamp is None else as_timestamp(key, timestamp)
    writer.log_metric(key, value, timestamp, step)
    if heard():
        announce_point(Point(uri, writer.run_id, key, value, step, timestamp))


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python does not write out a number of 4,300 digits
        text = "a number that is too long to show"
    return f"{text if len(text) <= 80 else text[:77] + '…'} (a {type(value).__name__})"

"""Which tables and arrays does a cell read, and what tells them from others?

A fingerprint looks at a thousand rows, spread evenly, with shape, names and types. So a million rows cost as much as a
thousand, and a change between the rows that are looked at is not seen: such a fingerprint is marked as sampled.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from nbtrack.capture.inputs import first_reads
from nbtrack.capture.numbers import followed
from nbtrack.entities import Dataset, DatasetInput, InputTag

ROWS = 1000  # that are looked at
WIDE = 100_000  # values of an array's sample
MOST = 12  # datasets of one cell
BUDGET = 0.05  # seconds after which no further one is looked at
_TYPES = {"i": "long", "u": "long", "f": "double", "b": "boolean", "M": "datetime", "U": "string", "O": "string"}


def datasets_read(tree: ast.Module, space: Mapping[str, object], source: Mapping[str, str]) -> list[DatasetInput]:
    """A dataset for each table or array that the cell reads as it found it. `source` are tags that say where."""
    found: list[DatasetInput] = []
    began = time.monotonic()
    for name in dict.fromkeys(followed(first_reads(tree), space)):
        if len(found) == MOST or time.monotonic() - began > BUDGET:
            break
        if not name.startswith("_") and (one := dataset(name, space[name], source)):
            found.append(one)
    return found


def dataset(name: str, value: object, source: Mapping[str, str]) -> DatasetInput | None:
    """None for what is no table and no array, and for arrays without a dimension."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.Series):
        value = value.to_frame()
    if pandas is not None and isinstance(value, pandas.DataFrame):
        digest, schema, profile = _of_frame(value, pandas)
    elif isinstance(value, np.ndarray) and value.ndim:
        digest, schema, profile = _of_array(value)
    else:
        return None
    tags = [InputTag("mlflow.data.context", "read")]
    if len(value) > ROWS or getattr(value, "size", 0) > WIDE:
        tags.append(InputTag("nbtrack.sampled", "true"))
    told = json.dumps({"tags": dict(source)})
    return DatasetInput(Dataset(name, digest, "code", told, json.dumps(schema), json.dumps(profile)), tuple(tags))


def _places(length: int) -> Any:
    """Row numbers from the first to the last, evenly spread."""
    return np.arange(length) if length <= ROWS else np.linspace(0, length - 1, ROWS).astype(np.int64)


def _of_frame(frame: Any, pandas: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    sample = frame.iloc[_places(len(frame))]
    kinds = [str(kind) for kind in frame.dtypes]
    parts = [repr((frame.shape, [str(column) for column in frame.columns], kinds)).encode()]
    for at in range(frame.shape[1]):
        column = sample.iloc[:, at]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufcbmM":
            parts.append(column.to_numpy().tobytes())  # a tenth of the time of a hash
            continue
        try:
            parts.append(pandas.util.hash_pandas_object(column, index=False).to_numpy().tobytes())
        except TypeError:  # cells that have no hash (lists, dicts) count by their number alone
            continue
    columns = [
        {"type": _TYPES.get(getattr(kind, "kind", "O"), "string"), "name": str(name), "required": True}
        for name, kind in zip(frame.columns, frame.dtypes, strict=True)
    ]
    profile = {"num_rows": len(frame), "num_elements": int(frame.size)}
    return _digest(parts), {"mlflow_colspec": columns}, profile


def _of_array(array: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    sample = array[_places(len(array))]
    flat = sample.reshape(-1)
    flat = flat[:: max(1, flat.size // WIDE)]
    parts = [repr((array.shape, str(array.dtype))).encode()]
    parts.append(repr(flat[:ROWS].tolist()).encode() if array.dtype.hasobject else flat.tobytes())
    spec = {"type": "tensor", "tensor-spec": {"dtype": str(array.dtype), "shape": [-1, *array.shape[1:]]}}
    schema = {"mlflow_tensorspec": {"features": json.dumps([spec]), "targets": None}}
    profile = {"features_shape": list(array.shape), "features_size": int(array.size)}
    return _digest(parts), schema, {**profile, "features_nbytes": int(array.nbytes)}


def _digest(parts: list[bytes]) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    for part in parts:
        md5.update(part)
    return md5.hexdigest()[:8]

"""What tells one table or array from another: MLflow's digest and schema of data, computed the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

ROWS = 10_000  # that are hashed, from the top
_SCALARS = {bool: "boolean", int: "long", float: "double", str: "string", bytes: "binary"}


def pandas_digest(df: pd.DataFrame) -> str:
    """Eight hex digits of the first rows of text and number columns, the length and all column names."""
    import pandas as pd

    texts = [all(type(cell) is str for cell in _cells(df.iloc[:, at])) for at in range(len(df.columns))]
    numbers = df.select_dtypes(include=[np.number]).columns
    hashed = df.head(ROWS)[df.columns[np.array(texts, np.bool_)].union(numbers)]
    rows = np.asarray(pd.util.hash_pandas_object(hashed).values)
    return _digest([rows, np.int64(len(df)), *(str(column).encode() for column in df.columns)])


def _cells(column: Any) -> Iterable[Any]:
    # Only columns that can hold text are worth looking into cell by cell.
    return (None,) if getattr(column.dtype, "kind", "O") in "biufcmM" else column


def numpy_digest(features: Any, targets: Any = None) -> str:
    """Eight hex digits of the first values and the shape of each array; dicts in the order of their keys."""
    elements: list[Any] = []
    for part in (features, targets):
        if part is None:
            continue
        arrays = [part[key] for key in sorted(part)] if isinstance(part, Mapping) else [part]
        for array in arrays:
            elements.extend(_array_elements(array))
    return _digest(elements)


def _array_elements(array: NDArray[Any]) -> list[Any]:
    import pandas as pd

    head = array.flatten()[:ROWS]
    try:
        hashed: Any = pd.util.hash_array(head)
    except TypeError:  # what pandas cannot hash counts by its length alone
        hashed = np.int64(head.size)
    return [hashed, *(np.int64(length) for length in array.shape)]


def _digest(elements: Iterable[Any]) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    for element in elements:
        md5.update(element)
    return md5.hexdigest()[:8]


def column_schema(df: pd.DataFrame) -> list[dict[str, Any]] | None:
    """Type, name and whether it is never missing, for each column; None where MLflow has no word for a type, or where
    two columns have one name."""
    if not df.columns.is_unique:
        return None
    columns = []
    for name in df.columns:
        kind = _column_type(df[name])
        if kind is None:
            return None
        columns.append({"type": kind, "name": name, "required": not any(_missing(cell) for cell in df[name])})
    return columns


def polars_digest(df: Any) -> str:
    """MLflow's: the sum of polars' hashes of all rows, in decimal digits."""
    return str(df.hash_rows().sum())


_POLARS = {
    "Binary": "binary", "Boolean": "boolean", "Datetime": "datetime", "Date": "datetime", "Float32": "float",
    "Float64": "double", "Int8": "integer", "Int16": "integer", "Int32": "integer", "Int64": "long",
    "UInt8": "integer", "UInt16": "integer", "UInt32": "long", "String": "string", "Categorical": "string",
    "Enum": "string",
}  # fmt: skip


def polars_schema(df: Any) -> list[dict[str, Any]] | None:
    """As `column_schema`; a column is required where it holds any value."""
    names = [type(df[column].dtype).__name__ for column in df.columns]
    if not _POLARS.keys() >= set(names):
        return None
    return [
        {"type": _POLARS[kind], "name": column, "required": df[column].count() > 0}
        for column, kind in zip(df.columns, names, strict=True)
    ]


def _column_type(column: Any) -> str | None:
    kind = column.dtype.kind
    if kind == "O":
        column = column.infer_objects()
        kind = column.dtype.kind
    if kind == "O":
        types = {type(cell) for cell in column if not _missing(cell)}
        return _SCALARS.get(types.pop()) if len(types) == 1 else None
    return _number_type(kind, column.dtype.itemsize)


def _number_type(kind: str, size: int) -> str | None:
    if kind in "iu":
        if size < 4 or (kind == "i" and size == 4):
            return "integer"
        return "long" if size < 8 or kind == "i" else None
    if kind == "f":
        return "float" if size <= 4 else "double"
    return {"b": "boolean", "U": "string", "S": "binary", "M": "datetime"}.get(kind)


def _missing(cell: Any) -> bool:
    import pandas as pd

    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell))


def tensor_schema(arrays: NDArray[Any] | Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Type and shape of each array, the first axis open (-1)."""
    if isinstance(arrays, np.ndarray):
        return [{"type": "tensor", "tensor-spec": _tensor(arrays)}]
    return [{"name": name, "type": "tensor", "tensor-spec": _tensor(array)} for name, array in arrays.items()]


def _tensor(array: NDArray[Any]) -> dict[str, Any]:
    # The length of the longest text says nothing about the next one, so MLflow writes `str` and `bytes` without it.
    dtype = {"U": "str", "S": "bytes"}.get(array.dtype.kind) or str(array.dtype)
    return {"dtype": dtype, "shape": [-1, *array.shape[1:]]}

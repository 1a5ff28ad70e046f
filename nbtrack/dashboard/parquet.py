"""What stands in the first rows of a Parquet file? Only these are read, however large it is."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nbtrack.errors import StoreError

MOST_ROWS = 500
MOST_COLUMNS = 60
SAFE = (14, 0, 1)
LONGEST_CELL = 500  # characters
LARGEST_PAGE = 300_000_000  # bytes that one column may take while its first rows are read
# What the libraries raise over files that are damaged, or hold what they do not know.
DAMAGED = (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, NotImplementedError)


def first_rows(source: Path | bytes) -> dict[str, Any]:
    """`columns`, `rows` of texts (None where empty), and how many of both the file has. Raises StoreError."""
    arrow = _has_safe_pyarrow()
    if not arrow and find_spec("fastparquet") is None:
        raise StoreError("A preview of Parquet needs pyarrow 14.0.1 or newer, or fastparquet, where the kernel runs.")
    read = _by_pyarrow if arrow else _by_fastparquet
    try:
        return read(source)
    except DAMAGED as error:
        raise StoreError(f"This file cannot be read as Parquet: {str(error)[:200]}") from error


def _has_safe_pyarrow() -> bool:
    """Is there one that runs nothing of a file? Older ones unpickle what its schema names (CVE-2023-47248)."""
    with suppress(PackageNotFoundError, ValueError):
        return tuple(int(part) for part in version("pyarrow").split(".")[:3]) >= SAFE
    return False


def _by_pyarrow(source: Path | bytes) -> dict[str, Any]:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(io.BytesIO(source) if isinstance(source, bytes) else source, buffer_size=1 << 16) as file:
        names = file.schema_arrow.names
        shown = names[:MOST_COLUMNS]
        if file.metadata.num_row_groups:
            _check(file.metadata.row_group(0))
        batch = next(file.iter_batches(MOST_ROWS, columns=shown, use_threads=False), None)
        columns = [] if batch is None else [_texts(column.to_pylist()) for column in batch.columns]
        return _told(shown, columns, file.metadata.num_rows, len(names))


def _check(group: Any) -> None:
    """A few bytes can be deflated into many: what says so of itself is left alone."""
    for at in range(min(group.num_columns, MOST_COLUMNS)):
        column = group.column(at)
        if column.total_uncompressed_size > LARGEST_PAGE and column.total_compressed_size < LARGEST_PAGE // 100:
            raise StoreError(f"The column '{column.path_in_schema}' is too large for a preview.")


def _by_fastparquet(source: Path | bytes) -> dict[str, Any]:
    from fastparquet import ParquetFile

    file = ParquetFile(io.BytesIO(source) if isinstance(source, bytes) else str(source))
    shown = list(file.columns)[:MOST_COLUMNS]
    head = file.head(MOST_ROWS, columns=shown)
    columns = [_texts(head[name].astype(object).where(head[name].notna(), None)) for name in shown]
    return _told(shown, columns, file.count(), len(file.columns))


def _told(names: list[str], columns: list[list[str | None]], rows: int, width: int) -> dict[str, Any]:
    return {
        "columns": [name[:LONGEST_CELL] for name in names],
        "rows": [list(row) for row in zip(*columns, strict=True)],
        "all_rows": int(rows),
        "all_columns": width,
    }


def _texts(values: Iterable[Any]) -> list[str | None]:
    return [None if value is None else str(value)[:LONGEST_CELL] for value in values]

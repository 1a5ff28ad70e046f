"""What stands in the first rows of a Parquet file? Only these are read, however large it is."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nbtrack.errors import StoreError

MOST_ROWS = 500
MOST_COLUMNS = 60
SAFE = (14, 0, 1)
LONGEST_CELL = 500  # characters
LARGEST = 200_000_000  # bytes that columns may take, of those that are many times larger than in the file
SWOLLEN = 50  # so many times
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


@dataclass(frozen=True, slots=True)
class Part:
    """A column's bytes in one row group, in the file and unpacked, as the file says."""

    column: str
    packed: int
    unpacked: int


def groups_within(groups: Sequence[tuple[int, Sequence[Part]]]) -> list[int]:
    """The numbers of the first row groups, each (rows, parts), whose rows are shown. Raises StoreError for none.

    A few bytes can be packed into many, and a page is unpacked whole: what says so of itself is counted, over all
    columns and groups together, and read only as far as there is memory meant for it.
    """
    found: list[int] = []
    rows = swollen = 0
    for number, (length, parts) in enumerate(groups):
        large = [part for part in parts if part.unpacked > SWOLLEN * max(part.packed, 1)]
        swollen += sum(part.unpacked for part in large)
        if swollen > LARGEST:
            if not found:
                most = max(large, key=lambda part: part.unpacked)
                raise StoreError(
                    f"Its first rows are too large for a preview: '{most.column[:LONGEST_CELL]}' alone unpacks "
                    f"{most.packed:,} bytes to {most.unpacked:,}."
                )
            break
        found.append(number)
        rows += length
        if rows >= MOST_ROWS:
            break
    return found


def _by_pyarrow(source: Path | bytes) -> dict[str, Any]:
    from pyarrow.parquet import ParquetFile

    def opened(texts: list[str] | None = None) -> Any:
        given = io.BytesIO(source) if isinstance(source, bytes) else source
        return ParquetFile(given, buffer_size=1 << 16, read_dictionary=texts)

    with opened() as file:
        texts = [str(field.name) for field in file.schema_arrow if _is_text(field.type)]
    for name in texts:
        if texts.count(name) > 1:  # pyarrow keeps only one of them as it is stored
            raise StoreError(f"It has several columns '{name[:LONGEST_CELL]}'. Rename all but one for a preview.")
    # A text that many rows share is stored once and must stay so: written out, 300 bytes can be gigabytes.
    with opened(texts) as file:
        names = file.schema_arrow.names
        shown = names[:MOST_COLUMNS]
        about = file.metadata
        groups = groups_within([_of_arrow(about.row_group(at), shown) for at in range(_first_groups(about))])
        batches = file.iter_batches(MOST_ROWS, row_groups=groups, columns=shown, use_threads=False)
        batch = next(batches, None) if groups else None
        columns = [] if batch is None else [_texts(each.as_py() for each in column) for column in batch.columns]
        return _told(shown, columns, about.num_rows, len(names))


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind))


def _first_groups(about: Any) -> int:
    return min(int(about.num_row_groups), MOST_ROWS)


def _of_arrow(group: Any, shown: list[str]) -> tuple[int, list[Part]]:
    columns = (group.column(at) for at in range(group.num_columns))
    parts = [
        Part(str(each.path_in_schema), each.total_compressed_size, each.total_uncompressed_size) for each in columns
    ]
    wanted = frozenset(shown)
    return int(group.num_rows), [part for part in parts if part.column in wanted or part.column.split(".")[0] in wanted]


def _by_fastparquet(source: Path | bytes) -> dict[str, Any]:
    from fastparquet import ParquetFile

    file = ParquetFile(io.BytesIO(source) if isinstance(source, bytes) else str(source))
    shown = list(file.columns)[:MOST_COLUMNS]
    groups = groups_within([_of_fastparquet(group) for group in file.row_groups[:MOST_ROWS]])
    head = file[: len(groups)].head(MOST_ROWS, columns=shown)
    columns = [_texts(head[name].astype(object).where(head[name].notna(), None)) for name in shown]
    return _told(shown, columns, file.count(), len(file.columns))


def _of_fastparquet(group: Any) -> tuple[int, list[Part]]:
    data = [column.meta_data for column in group.columns]
    parts = [
        Part(".".join(map(str, d.path_in_schema)), d.total_compressed_size, d.total_uncompressed_size) for d in data
    ]
    return int(group.num_rows), parts


def _told(names: list[str], columns: list[list[str | None]], rows: int, width: int) -> dict[str, Any]:
    return {
        "columns": [name[:LONGEST_CELL] for name in names],
        "rows": [list(row) for row in zip(*columns, strict=True)],
        "all_rows": int(rows),
        "all_columns": width,
    }


def _texts(values: Iterable[Any]) -> list[str | None]:
    return [None if value is None else str(value)[:LONGEST_CELL] for value in values]

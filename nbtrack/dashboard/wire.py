"""How do a header and typed arrays travel as one piece of bytes? The same as js/src/data/pack.ts.

"nbt1" | uint32 LE: header length | header, JSON in UTF-8 | zeros to a multiple of 8 | arrays, each at a multiple of 8

`header.arrays` lists [type, offset from the first array, length in elements]; the whole is deflated.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbtrack.frame import Frame, Metrics, Numbers, Series, Text

Array = NDArray[Any]

MAGIC = b"nbt1"
LARGE = 4_000_000  # bytes
TYPES: dict[str, np.dtype[Any]] = {
    "f64": np.dtype("<f8"),
    "f32": np.dtype("<f4"),
    "i32": np.dtype("<i4"),
    "u32": np.dtype("<u4"),
    "u8": np.dtype("u1"),
}
NAMES = {dtype: name for name, dtype in TYPES.items()}
LONGEST_WORD = 2_000  # characters of a tag's value; longer ones are cut, and the status says so
KEPT_WHOLE = {"tags.mlflow.note.content"}  # people edit it, so it must not come back cut
SUMMARY = ("values", "step", "min", "max", "first", "count")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Points of one history. `start`: index of the first; `total`: points in the history so far; `whole` replaces."""

    run: str
    key: str
    points: Series
    start: int
    total: int
    whole: bool


def pack(header: Mapping[str, Any], arrays: Iterable[Array], *, deflated: bool = True) -> bytes:
    """One piece of bytes."""
    listed: list[list[Any]] = []
    parts: list[bytes | memoryview] = []
    offset = 0
    for array in arrays:
        data = np.ascontiguousarray(array)
        listed.append(
            [NAMES[data.dtype.newbyteorder("<") if data.dtype.itemsize > 1 else data.dtype], offset, data.size]
        )
        padding = -data.nbytes % 8
        parts += [data.data.cast("B") if data.size else b"", bytes(padding)]
        offset += data.nbytes + padding
    head = json.dumps({**header, "arrays": listed}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    encoded = head.encode("utf-8", "replace")
    prefix = MAGIC + struct.pack("<I", len(encoded)) + encoded
    raw = b"".join([prefix, bytes(-len(prefix) % 8), *parts])
    if not deflated:
        return raw
    # Run lengths alone cost half the time, and among many random numbers they find almost as much.
    deflate = zlib.compressobj(1, strategy=zlib.Z_RLE if len(raw) > LARGE else zlib.Z_DEFAULT_STRATEGY)
    return deflate.compress(raw) + deflate.flush()


def unpack(data: bytes) -> tuple[dict[str, Any], list[Array]]:
    """The header and the arrays. Raises ValueError for bytes that are no pack."""
    raw = zlib.decompress(data) if data[:1] == b"\x78" else data
    if raw[:4] != MAGIC:
        raise ValueError("not a pack")
    (length,) = struct.unpack_from("<I", raw, 4)
    header: dict[str, Any] = json.loads(raw[8 : 8 + length])
    first = 8 + length + (-(8 + length) % 8)
    arrays = [np.frombuffer(raw, TYPES[kind], count, first + offset) for kind, offset, count in header["arrays"]]
    return header, arrays


def pack_frame(frame: Frame, *, deflated: bool = True) -> bytes:
    """A frame; equal arrays are sent once."""
    arrays = _Distinct()
    columns = []
    for name, column in frame.columns.items():
        if isinstance(column, Text):
            words, codes = _short_words(name, column)
            columns.append({"name": name, "kind": "text", "words": words, "arrays": {"codes": arrays.add(codes)}})
            continue
        places = {"missing": arrays.add(column.missing.astype(np.uint8))}
        if isinstance(column, Numbers):
            places["values"] = arrays.add(column.values.astype(np.float64))
        else:
            places |= {part: arrays.add(_summary(column, part)) for part in SUMMARY}
        columns.append({"name": name, "kind": "number" if isinstance(column, Numbers) else "metric", "arrays": places})
    return pack({"length": len(frame), "columns": columns}, arrays.kept, deflated=deflated)


def pack_series(chunks: Iterable[Chunk], *, deflated: bool = True) -> bytes:
    chunks = list(chunks)
    listed = [
        {"run": c.run, "key": c.key, "from": c.start, "n": len(c.points), "total": c.total, "whole": c.whole}
        for c in chunks
    ]
    parts = [[c.points.step, c.points.timestamp, c.points.value] for c in chunks]
    arrays = [np.concatenate([np.asarray(p[i], np.float64) for p in parts] or [np.empty(0)]) for i in range(3)]
    return pack({"chunks": listed}, arrays, deflated=deflated)


def cut_columns(frame: Frame) -> list[str]:
    """Names of the text columns that hold words too long to be sent whole."""
    return [n for n, c in frame.columns.items() if isinstance(c, Text) and _cuts(n) and any(map(_too_long, c.words))]


class _Distinct:
    """Arrays in order of arrival, equal ones once: in many stores every metric has one point, so last = min = max."""

    def __init__(self) -> None:
        self.kept: list[Array] = []
        self._places: dict[tuple[str, int], int] = {}

    def add(self, array: Array) -> int:
        data = np.ascontiguousarray(array)
        key = (data.dtype.str, hash(data.tobytes()) if data.size else 0)
        place = self._places.get(key)
        if place is not None and self.kept[place].data.cast("B") == data.data.cast("B"):
            return place
        self.kept.append(data)
        self._places[key] = len(self.kept) - 1
        return len(self.kept) - 1


def _summary(column: Metrics, part: str) -> Array:
    """Steps and counts are whole numbers: half the bytes where they fit into 32 bits."""
    values: Array = getattr(column, part)
    if part in ("step", "count"):
        whole = np.where(column.missing, 0, values)
        if len(whole) == 0 or (np.isfinite(whole).all() and np.abs(whole).max() < 2**31):
            return whole.astype(np.int32)
    return values.astype(np.float64)


def _short_words(name: str, column: Text) -> tuple[list[str], Array]:
    """Only the words that the codes use, long ones cut."""
    used = np.unique(column.codes)
    used = used[used >= 0]
    place = np.full(len(column.words) + 1, -1, np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    words = [column.words[code] for code in used.tolist()]
    if _cuts(name):
        words = [word[:LONGEST_WORD] + "…" if _too_long(word) else word for word in words]
    return words, place[column.codes]


def _cuts(name: str) -> bool:
    return name.startswith("tags.") and name not in KEPT_WHOLE


def _too_long(word: str) -> bool:
    return len(word) > LONGEST_WORD

"""How are records laid into a `.wandb` file?

Read off files of W&B 0.31: seven bytes of heading (`:W&B`, two bytes, a version), then LevelDB's log format: blocks of
32 KiB, each piece of a record behind a checksum (4 bytes, CRC-32 of the kind and the piece), a length (2) and a kind
(1: whole, 2: first, 3: middle, 4: last). No piece crosses a block.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

MAGIC = b":W&B"
HEADING, BLOCK, PIECE = 7, 32_768, struct.Struct("<IHB")
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def records(data: bytes, damaged: Callable[[int], None] = lambda size: None) -> Iterator[bytes]:
    """The records in order, up to where the file ends: a killed run's does, in mid-record.

    `damaged` is told how many bytes in the middle make no sense; the reading goes on with the next block. Raises
    ValueError where the heading is another's.
    """
    if data[:4] != MAGIC:
        raise ValueError("does not begin as a W&B log does")
    at, parts = HEADING, list[bytes]()
    while at + PIECE.size <= len(data):
        left = BLOCK - at % BLOCK
        if left < PIECE.size:
            at += left
            continue
        found = _piece(data, at, left)
        if found is None:
            after = min(at + left, len(data))
            if any(data[at:after]):  # zeros fill up a block
                if _is_torn(data, at, left):
                    return
                damaged(after - at + sum(map(len, parts)))
            at, parts = after, []
            continue
        kind, body = found
        at += PIECE.size + len(body)
        if kind in (WHOLE, FIRST):
            parts = [body]
        elif parts:
            parts.append(body)
        else:  # the beginning of this record was in a damaged block
            damaged(len(body))
        if kind in (WHOLE, LAST) and parts:
            yield b"".join(parts)
            parts = []


def _piece(data: bytes, at: int, left: int) -> tuple[int, bytes] | None:
    """None where there is no whole and right piece."""
    checksum, length, kind = PIECE.unpack_from(data, at)
    body = data[at + PIECE.size : at + PIECE.size + length]
    if kind not in (WHOLE, FIRST, MIDDLE, LAST) or len(body) < length or length > left - PIECE.size:
        return None
    return (kind, body) if zlib.crc32(bytes([kind]) + body) == checksum else None


def _is_torn(data: bytes, at: int, left: int) -> bool:
    """Is the rest what a killed run leaves, a last piece that is not complete?"""
    _, length, kind = PIECE.unpack_from(data, at)
    fits = kind in (WHOLE, FIRST, MIDDLE, LAST) and length <= left - PIECE.size
    return fits and at + PIECE.size + length > len(data)

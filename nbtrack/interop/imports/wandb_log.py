"""How are records laid into a `.wandb` file?

Read off files of W&B 0.31: seven bytes of heading (`:W&B`, two bytes, a version), then LevelDB's log format: blocks of
32 KiB, each piece of a record behind a checksum (4 bytes), a length (2) and a kind (1: whole, 2: first, 3: middle,
4: last). No piece crosses a block.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = b":W&B"
HEADING, BLOCK, PIECE = 7, 32_768, struct.Struct("<IHB")
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def records(data: bytes) -> Iterator[bytes]:
    """The records in order, up to where the file ends or stops making sense: a killed run's does, in mid-record.

    Raises ValueError where the heading is another's.
    """
    if data[:4] != MAGIC:
        raise ValueError("does not begin as a W&B log does")
    at, parts = HEADING, list[bytes]()
    while at + PIECE.size <= len(data):
        left = BLOCK - at % BLOCK
        if left < PIECE.size:
            at += left
            continue
        _, length, kind = PIECE.unpack_from(data, at)
        body = data[at + PIECE.size : at + PIECE.size + length]
        if kind not in (WHOLE, FIRST, MIDDLE, LAST) or len(body) < length or length > left - PIECE.size:
            return
        at += PIECE.size + length
        parts = [body] if kind in (WHOLE, FIRST) else [*parts, body]
        if kind in (WHOLE, LAST):
            yield b"".join(parts)
            parts = []

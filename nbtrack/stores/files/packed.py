"""How do the readings of many runs become bytes, and readings again?

A line with the checksum of the rest, a JSON header, and the columns as arrays one after the other. It holds data only
and is checked as a stranger's.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nbtrack.entities import Dataset, DatasetInput, InputTag, RunInputs
from nbtrack.frame import ATTRIBUTES, TIMES, Column, Frame, Metrics, Numbers, Text
from nbtrack.stores.base import Damage
from nbtrack.stores.files.reader import Reading, shared
from nbtrack.stores.files.shelf import Held, Rows, Shelf, Standing, arranged, shelf_of
from nbtrack.stores.files.stamps import ALL_BYTES, META_BYTES

VERSION = 4  # also to be raised when a run's files are read in another way
MAGIC = b"nbtrack runs %d" % VERSION
SIGNED = META_BYTES + ALL_BYTES
NEVER = bytes(SIGNED)  # the signature of a run that must be read again

Known = Mapping[tuple[str, str], Reading]  # by the experiment's folder and the run's id
WRONG = (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file says: the runs on one shelf, and for each of them what it was read from."""

    shelf: Shelf
    folders: Sequence[str]  # of the experiments
    folder_of: NDArray[Any]
    paths: Sequence[tuple[str, ...]]
    paths_of: NDArray[Any]
    live: NDArray[Any]
    signatures: bytes
    damages: Mapping[int, tuple[Damage, ...]]

    def within(self, folders: Collection[str]) -> tuple[Rows, Frame]:
        """The runs of these experiments, as they stand on the shelf: cheap, however many there are."""
        wanted = np.array([folder in folders for folder in self.folders], np.bool_)
        at = np.flatnonzero(wanted[self.folder_of]) if len(wanted) else np.arange(0)
        frame = self.shelf.frame if len(at) == len(self.shelf.frame) else self.shelf.frame.take(at)
        return Standing(self.shelf, at), frame

    def readings(self) -> dict[tuple[str, str], Reading]:
        ids, folder_of, paths_of, live = (
            self.shelf.frame.run_ids, self.folder_of.tolist(), self.paths_of.tolist(), self.live.tolist()
        )  # fmt: skip
        return {
            (self.folders[folder_of[i]], ids[i]): Reading(
                Held((self.shelf, i)),
                self.damages.get(i, ()),
                self.paths[paths_of[i]],
                signature,
                signature == NEVER,
                live[i],
            )
            for i in range(len(ids))
            for signature in (self.signatures[i * SIGNED : (i + 1) * SIGNED],)
        }


def gathered(known: Known) -> tuple[Shelf, list[tuple[str, Reading]]]:
    """The runs on one shelf, and for each its experiment's folder and its reading."""
    by_held = {id(each.held): (folder, each) for (folder, _), each in known.items() if each.held is not None}
    held = arranged([each.held for _, each in by_held.values() if each.held is not None])
    return shelf_of(held), [by_held[id(each)] for each in held]


def pack(shelf: Shelf, facts: list[tuple[str, Reading]], identity: list[Any]) -> bytes:
    folders: dict[str, int] = {}
    paths: dict[tuple[str, ...], int] = {}
    arrays: list[NDArray[Any]] = [
        np.array([folders.setdefault(folder, len(folders)) for folder, _ in facts], "<i4"),
        np.array([paths.setdefault(each.paths, len(paths)) for _, each in facts], "<i4"),
        np.array([each.live for _, each in facts], "?"),
        np.frombuffer(b"".join(NEVER if each.racy else each.signature for _, each in facts), "u1"),
    ]
    columns: list[tuple[str, list[str] | None]] = []
    for name, column in shelf.frame.columns.items():
        if isinstance(column, Text):
            columns.append((name, list(column.words)))
            arrays.append(column.codes.astype("<i4"))
        else:
            columns.append((name, None))
            arrays += [_little(getattr(column, part)) for part in type(column).__slots__]
            arrays += [_little(part) for part in shelf.clock.get(name, ())]
    header = {
        "identity": identity,
        "runs": len(facts),
        "folders": [os.fsencode(folder).hex() for folder in folders],
        "paths": list(paths),
        "damages": {i: [(d.path, d.problem, d.remedy) for d in each.damages]
                    for i, (_, each) in enumerate(facts) if each.damages},
        "inputs": {i: [asdict(each) for each in given.dataset_inputs] for i, given in shelf.inputs.items()},
        "columns": columns,
    }  # fmt: skip
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    body = b"".join([text, *(each.tobytes() for each in arrays)])
    return MAGIC + b" %08x %d\n" % (zlib.crc32(body), len(text)) + body


def _little(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def unpack(data: bytes, identity: list[Any]) -> Kept:
    """What a file says. Raises one of several errors where it is not such a file, or not about this store."""
    start = data.index(b"\n", 0, 80) + 1
    *magic, checksum, size = data[: start - 1].split(b" ")
    end = start + int(size)
    if b" ".join(magic) != MAGIC or int(checksum, 16) != zlib.crc32(memoryview(data)[start:]):
        raise ValueError
    header = json.loads(data[start:end])
    if header["identity"] != identity:
        raise ValueError
    runs = int(header["runs"])
    take = _taker(data, end)
    folder_of, paths_of = take("<i4", runs), take("<i4", runs)
    live, signatures = take("?", runs), take("u1", runs * SIGNED).tobytes()
    shelf = _shelf(header, runs, take)
    folders = [os.fsdecode(bytes.fromhex(folder)) for folder in header["folders"]]
    paths = [shared(tuple(map(str, each))) for each in header["paths"]]
    damages = {int(i): tuple(Damage(*map(str, each)) for each in found) for i, found in header["damages"].items()}
    _check(folder_of, len(folders))
    _check(paths_of, len(paths))
    return Kept(shelf, folders, folder_of, paths, paths_of, live, signatures, damages)


def _check(places: NDArray[Any], length: int, least: int = 0) -> None:
    if len(places) and not least <= int(places.min()) <= int(places.max()) < length:
        raise ValueError


def _taker(data: bytes, start: int) -> Callable[[str, int], NDArray[Any]]:
    at = start

    def take(kind: str, count: int) -> NDArray[Any]:
        nonlocal at
        # A copy, because a view would keep the whole file. ValueError where it is too short.
        found = np.frombuffer(data, kind, count, at).copy()
        at += found.nbytes
        return found

    return take


def _shelf(header: Mapping[str, Any], runs: int, take: Callable[[str, int], NDArray[Any]]) -> Shelf:
    columns: dict[str, Column] = {}
    clock = {}
    for name, words in header["columns"]:
        if words is not None:
            columns[name] = _text(take("<i4", runs), words)
        elif name in TIMES:
            columns[name] = Numbers(take("<f8", runs), take("?", runs))
        else:
            values, missing, *parts = [take(kind, runs) for kind in ("<f8", "?", "<f8", "<f8", "<f8", "<f8", "<i8")]
            columns[name] = Metrics(values, missing, *parts)
            clock[name] = take("<i8", runs), take("<i8", runs)
    if not all(name in columns for name in ATTRIBUTES):
        raise ValueError
    inputs = {int(i): RunInputs(tuple(_inputs(given))) for i, given in header["inputs"].items()}
    return Shelf(Frame(columns, runs), clock, inputs)


def _text(codes: NDArray[Any], words: list[str]) -> Text:
    _check(codes, len(words), least=-1)
    return Text(codes, words)


def _inputs(given: list[Mapping[str, Any]]) -> Iterator[DatasetInput]:
    for each in given:
        yield DatasetInput(Dataset(**each["dataset"]), tuple(InputTag(**tag) for tag in each["tags"]))

"""What do TensorBoard's event files hold?

As in TensorBoard, each folder with event files is a run, named by its path. The files are read by TensorBoard's own
loader, which turns every older way of writing a scalar into the newest.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from nbtrack.entities import RunStatus
from nbtrack.errors import warn_once
from nbtrack.interop.imports import Found, below, theirs
from nbtrack.tracking.images import series_stem

ENDINGS = {b"\x89PNG": "png", b"\xff\xd8": "jpg", b"GIF8": "gif"}


def files_of(place: Path) -> list[Path]:
    return below(place, "tfevents")


def runs(place: Path, files: Sequence[Path]) -> Iterator[Found]:
    base = place if place.is_dir() else place.parent
    for folder, there in groupby(files, key=lambda path: path.parent):
        name = folder.relative_to(base).as_posix()
        found = _run(name if name != "." else folder.resolve().name, base.resolve().name, list(there))
        if found is not None:
            yield found


def _run(name: str, experiment: str, files: Sequence[Path]) -> Found | None:
    """None where the files hold no event."""
    found: Found | None = None
    kinds: dict[str, str] = {}  # only the first event of a tag says of what kind it is
    for path in files:
        for event in _events(path):
            time = round(event.wall_time * 1000)
            if found is None:
                found = Found(f"tensorboard:{name}@{time}", name, experiment, time)
            found.start, found.end = min(found.start, time), max(found.end or time, time)
            if event.HasField("graph_def"):
                found.left_out["graph"] += 1
            for value in event.summary.value:
                kind = kinds.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
                _take(found, kind, value, time, event.step)
    return found


def _events(path: Path) -> Iterator[Any]:
    """The loader stops without a word at a checksum that is wrong, as it does where a file is still being written."""
    loader = theirs("tensorboard.backend.event_processing.event_file_loader", "Reading event files")
    read = 0
    for event in loader.EventFileLoader(str(path)).Load():
        read += 1
        yield event
    if (more := _whole_records(path) - read) > 0:
        warn_once(f"'{path}' is damaged after event {read:,}: the {more:,} behind it were left out.")


def _whole_records(path: Path) -> int:
    """How many records the file has by their lengths alone: each is a length (8 bytes), its checksum (4), the data and
    its checksum (4), as TFRecord files are."""
    size, at, found = path.stat().st_size, 0, 0
    with path.open("rb") as file:
        while at + 16 <= size:
            file.seek(at)
            at += 16 + int.from_bytes(file.read(8), "little")
            found += at <= size
    return found


def _take(found: Found, kind: str, value: Any, time: int, step: int) -> None:
    tensor_util = theirs("tensorboard.util.tensor_util", "Reading event files")
    if kind == "scalars":
        found.add(value.tag, float(tensor_util.make_ndarray(value.tensor)), time, step)
    elif kind == "hparams":
        _take_params(found, value.metadata.plugin_data.content)
    elif kind == "images":
        # Width, height, then the encoded pictures. Brought again, a picture gets the same name.
        for number, data in enumerate(tensor_util.make_ndarray(value.tensor)[2:]):
            tag = value.tag if number == 0 else f"{value.tag} {number}"
            same = uuid.uuid5(uuid.NAMESPACE_OID, f"{found.origin} {tag} {step}")
            found.files[f"{series_stem(tag, step, time, same)}.{_ending(data)}"] = bytes(data)
    elif kind == "text":
        text = b"\n\n".join(bytes(part) for part in tensor_util.make_ndarray(value.tensor).reshape(-1))
        found.files[f"text/{value.tag.replace('/', '~')}+step+{step}.md"] = text
    else:
        found.left_out[kind or "event of an unknown kind"] += 1


def _ending(data: bytes) -> str:
    return next((ending for start, ending in ENDINGS.items() if data.startswith(start)), "bin")


def _take_params(found: Found, content: bytes) -> None:
    said = theirs("tensorboard.plugins.hparams.plugin_data_pb2", "Reading params").HParamsPluginData.FromString(content)
    for key, value in said.session_start_info.hparams.items():
        known = value.WhichOneof("kind")
        found.params[key] = _written(getattr(value, known)) if known and known != "null_value" else "None"
    if said.session_start_info.group_name:
        found.tags["group"] = said.session_start_info.group_name
    if said.HasField("session_end_info"):
        failed = said.session_end_info.status == 2  # STATUS_FAILURE in hparams/api.proto
        found.status = RunStatus.FAILED if failed else RunStatus.FINISHED


def _written(value: object) -> str:
    """Every number is a double in the file; whole ones were ints to the person."""
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)

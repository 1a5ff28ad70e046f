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
from nbtrack.interop.imports import Found, Unread, below, kept_apart, ms_of, theirs
from nbtrack.tracking.images import series_stem

RECORD = 16  # bytes of a record beside its data
START = 1  # SessionLog.START in event.proto
ENDINGS = {b"\x89PNG": "png", b"\xff\xd8": "jpg", b"GIF8": "gif"}


def files_of(place: Path) -> list[Path]:
    return below(place, "tfevents")


def runs(place: Path, files: Sequence[Path]) -> Iterator[Found | Unread]:
    base = place if place.is_dir() else place.parent
    for folder, there in groupby(files, key=lambda path: path.parent):
        name = folder.relative_to(base).as_posix()
        shown = name if name != "." else folder.resolve().name
        found = kept_apart(shown, _run, shown, base.resolve().name, list(there))
        if found is not None:
            yield found


def _run(name: str, experiment: str, files: Sequence[Path]) -> Found | None:
    """None where the files hold no event."""
    found: Found | None = None
    kinds: dict[str, str] = {}  # only the first event of a tag says of what kind it is
    version, newest = 0.0, (0, 0.0)  # of the file; step and time of the newest event
    for path in files:
        for event in _events(path):
            time = ms_of(event.wall_time, found.start if found else int(path.stat().st_mtime * 1000))
            if found is None:
                found = Found(f"tensorboard:{name}@{time}", name, experiment, time)
            found.start, found.end = min(found.start, time), max(found.end or time, time)
            version = _version(event) or version
            if event.HasField("graph_def"):
                found.left_out["graph"] += 1
            if event.HasField("session_log") and event.session_log.status == START:
                found.purge(event.step)
            elif version < 2 and event.step < newest[0] and event.wall_time >= newest[1]:
                found.purge(event.step, [value.tag for value in event.summary.value])
            newest = event.step, event.wall_time
            for value in event.summary.value:
                kind = kinds.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
                try:
                    _take(found, kind, value, time, event.step)
                except (ValueError, TypeError, OverflowError, IndexError):
                    found.left_out[f"event of '{value.tag}' that cannot be read"] += 1
    return found


def _version(event: Any) -> float:
    """Which format the file is in, as its first event says (`brain.Event:2`); 0 where another event does not."""
    if not event.HasField("file_version"):
        return 0.0
    try:
        return float(event.file_version.rpartition(":")[2])
    except ValueError:
        return 0.0


def _events(path: Path) -> Iterator[Any]:
    """The loader stops without a word at a checksum that is wrong, as it does where a file is still being written."""
    loader = theirs("tensorboard.backend.event_processing.event_file_loader", "Reading event files")
    read = 0
    for event in loader.EventFileLoader(str(path)).Load():
        read += 1
        yield event
    lost = _behind(path, read)
    if lost > 0:
        about = f", about {max(1, round(lost * read / (path.stat().st_size - lost))):,} events," if read else ""
        warn_once(f"'{path}' is damaged after event {read:,}: the {lost:,} bytes behind it{about} were left out.")


def _behind(path: Path, read: int) -> int:
    """How many bytes lie behind the first `read` records; 0 where that is the end of a file still being written.

    Each record is a length (8 bytes), its checksum (4), the data and its checksum (4), as TFRecord files are.
    """
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        for _ in range(read):
            file.seek(at)
            at += RECORD + int.from_bytes(file.read(8), "little")
        file.seek(at)
        head = file.read(12)
    if len(head) < 12 or size <= at:
        return 0
    right = masked_crc(head[:8]) == int.from_bytes(head[8:], "little")
    return 0 if right and at + RECORD + int.from_bytes(head[:8], "little") > size else size - at


def masked_crc(data: bytes) -> int:
    """CRC-32C, turned and added to as TFRecord files have it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


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
            found.add_file(f"{series_stem(tag, step, time, same)}.{_ending(data)}", bytes(data), value.tag, step)
    elif kind == "text":
        text = b"\n\n".join(bytes(part) for part in tensor_util.make_ndarray(value.tensor).reshape(-1))
        found.add_file(f"text/{value.tag.replace('/', '~')}+step+{step}.md", text, value.tag, step)
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

"""What does a run hold that W&B wrote offline?

Its `.wandb` file is a log of records; the records' own classes come from the installed wandb, and nothing is sent
anywhere. Config becomes params, numbers of the history metrics at W&B's step, `system/…` what it measured of the
machine; the run's files become artifacts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbtrack.entities import RunStatus
from nbtrack.errors import warn_once
from nbtrack.interop.imports import Found, Unread, below, kept_apart, ms_of, theirs
from nbtrack.interop.imports.wandb_log import records
from nbtrack.stores.files.links import leads_out

DEEPEST = 32  # levels of nested values that become names with dots
OWN = frozenset({"_step", "_timestamp", "_runtime", "_wandb"})
LARGEST = 4 << 30  # bytes of a log
NOTE = "mlflow.note.content"


def files_of(place: Path) -> list[Path]:
    return [path for path in below(place, ".wandb") if path.suffix == ".wandb"]


def runs(place: Path, files: Sequence[Path]) -> Iterator[Found | Unread]:
    for path in files:
        found = kept_apart(str(path), _run, path)
        if found is not None:
            yield found


def _run(path: Path) -> Found | None:
    """None for a log that does not get as far as to say which run it is."""
    found: Found | None = None
    summary: dict[str, Any] = {}
    printed: list[bytes] = []
    for record in _records(path):
        kind = record.WhichOneof("record_type")
        if kind == "run" and found is None:
            found = _opened(record.run)
        if kind == "summary":
            summary.update((".".join(where), value) for where, value in _items(record.summary.update))
        elif found is not None and kind:
            try:
                _take(found, kind, getattr(record, kind), printed)
            except (ValueError, TypeError, OverflowError, RecursionError, AttributeError, KeyError):
                found.left_out[f"record of kind {kind} that cannot be read"] += 1
    if found is None:
        return None
    if printed:
        found.files["output.txt"] = b"".join(printed)
    if found.end is None:  # no record of its end: it was killed, or is still running
        found.status = RunStatus.KILLED
        found.end = max((p.timestamp for points in found.points.values() for p in points), default=found.start)
    _take_summary(found, summary)
    files = path.parent / "files"
    if (link := leads_out(str(files), str(path.parent.parent))) is None:
        found.files.update(_files(files))
    else:
        found.left_out[f"folder of files that {link.problem}. {link.remedy}"] += 1
    return found


def _records(path: Path) -> Iterator[Any]:
    classes = theirs("wandb.proto.wandb_internal_pb2", "Reading W&B's offline runs")
    if path.stat().st_size > LARGEST:
        warn_once(f"'{path}' has more than {LARGEST:,} bytes and was left out.")
        return
    lost: list[int] = []  # bytes of each damaged place
    try:
        for data in records(path.read_bytes(), lost.append):
            try:
                record = classes.Record.FromString(data)
            except Exception:  # protobuf's own class for bytes that are no record
                lost.append(len(data))
                continue
            yield record
    except ValueError as error:
        warn_once(f"'{path}' {error}, and was left out.")
    if lost:
        warn_once(f"'{path}' is damaged: {sum(lost):,} bytes in {len(lost):,} places were left out.")


def _opened(run: Any) -> Found:
    name = run.display_name or run.run_id
    start = _ms(run.start_time)
    found = Found(f"wandb:{run.project}/{run.run_id}@{start}", name, run.project or "wandb", start, user=run.host)
    tags = {"wandb.id": run.run_id, "wandb.group": run.run_group, "wandb.job_type": run.job_type, NOTE: run.notes}
    tags |= {"wandb.sweep": run.sweep_id, "wandb.tags": ", ".join(run.tags)}
    tags |= {"mlflow.source.git.commit": run.git.commit}
    found.tags = {key: value for key, value in tags.items() if value}
    _take_config(found, run.config)
    return found


def _take(found: Found, kind: str, record: Any, printed: list[bytes]) -> None:
    if kind == "config":
        _take_config(found, record)
    elif kind == "history":
        _take_history(found, record)
    elif kind == "stats":
        _take_stats(found, record)
    elif kind == "exit":
        found.status = RunStatus.FINISHED if record.exit_code == 0 else RunStatus.FAILED
        found.end = found.start + record.runtime * 1000
    elif kind == "output_raw":
        printed.append(record.line.encode())


def _take_config(found: Found, config: Any) -> None:
    for path, value in _items(config.update):
        if path[0] not in OWN:
            found.params.update(_flat(".".join(path), value))


def _flat(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value and depth < DEEPEST:
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner, depth + 1)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value) if isinstance(value, list) else str(value)


def _take_history(found: Found, record: Any) -> None:
    items = list(_items(record.item))
    own = {path[0]: value for path, value in items if len(path) == 1 and path[0] in OWN}
    time = ms_of(own.get("_timestamp"), found.start)
    step = own["_step"] if type(own.get("_step")) is int else record.step.num
    media = {path[0] for path, _ in items if len(path) > 1 and path[-1] == "_type"}
    found.left_out.update(_kind(value) for path, value in items if len(path) > 1 and path[-1] == "_type")
    for path, value in items:
        if path[0] in OWN or path[0] in media:
            continue
        for key, number in _numbers(".".join(path), value):
            found.add(key, number, time, step)


def _numbers(key: str, value: Any, depth: int = 0) -> Iterator[tuple[str, float]]:
    """NaN and the infinities are kept as JSON's words or as texts."""
    if isinstance(value, dict) and "_type" not in value and depth < DEEPEST:
        for name, inner in value.items():
            yield from _numbers(f"{key}.{name}", inner, depth + 1)
    elif isinstance(value, bool | int | float) or value in ("NaN", "Infinity", "-Infinity"):
        with suppress(OverflowError):  # an int of hundreds of digits
            yield key, float(value)


def _kind(value: Any) -> str:
    """Media are kept as the files they are; a histogram is not."""
    return value if isinstance(value, str) and value.endswith("histogram") else "link from a step to a file"


def _take_stats(found: Found, record: Any) -> None:
    time = _ms(record.timestamp)
    for item in record.item:
        value = _loaded(item.value_json)
        if isinstance(value, int | float):
            key = f"system/{item.key}"
            found.add(key, float(value), time, len(found.points.get(key, ())))


def _take_summary(found: Found, summary: dict[str, Any]) -> None:
    """What was set by hand: numbers as one point at the last step, texts as tags `summary.…`. The rest of a summary
    repeats the history's last values."""
    last = max((p.step for key, ps in found.points.items() if not key.startswith("system/") for p in ps), default=0)
    for key, value in summary.items():
        first = key.split(".")[0]
        if first in OWN or key in found.points or f"{first}._type" in summary:
            continue
        if isinstance(value, bool | int | float):
            for _, number in _numbers(key, value):
                found.add(key, number, found.end or found.start, last)
        elif isinstance(value, str):
            found.tags[f"summary.{key}"] = value


def _items(items: Iterable[Any]) -> Iterator[tuple[list[str], Any]]:
    for item in items:
        path = list(item.nested_key) or [item.key]
        yield path, _loaded(item.value_json)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _files(folder: Path) -> dict[str, bytes | Path]:
    """The plain files below, links left out."""
    found: dict[str, bytes | Path] = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = Path(at) / name
            if path.is_file() and not path.is_symlink():
                found[path.relative_to(folder).as_posix()] = path
    return found


def _ms(time: Any) -> int:
    return int(time.seconds) * 1000 + int(time.nanos) // 1_000_000

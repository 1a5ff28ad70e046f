"""How does a value that is still to be sent stand in a line, and how do lines go to the server together?

A point is `["m", run, key, value, time, step]`, anything else `["post", path, body]` as the server's interface has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbtrack.stores.names import json_number

MOST_METRICS, MOST_PARAMS = 1000, 100  # of one log-batch, by the server's rules
BATCH = "runs/log-batch"
POSTS = (BATCH, "runs/update", "runs/delete-tag", "runs/log-inputs")
LISTS = ("metrics", "params", "tags", "datasets")  # what of a body can be sent in two parts

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Lines that go together, and how they are sent. Without a path there is nothing to send: a remark, or damage."""

    lines: list[bytes]
    run_id: str = ""
    path: str = ""
    body: Body | None = None

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))

    @property
    def is_damaged(self) -> bool:
        return not self.path and not self.lines[0].startswith(b"#")


def metric_line(run_id: str, key: str, value: float, timestamp: int, step: int) -> bytes:
    """`key` and `run_id` are checked: they hold no quote, backslash or line end."""
    number = repr(value) if value - value == 0 else json.dumps(value)  # NaN and the infinities as JSON writes them
    return f'["m","{run_id}","{key}",{number},{timestamp},{step}]\n'.encode()


def post_line(path: str, body: Body) -> bytes:
    return json.dumps(["post", path, body]).encode() + b"\n"


def batches(run_id: str, params: Mapping[str, str], tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Bodies of log-batch within the server's limits."""
    made = []
    for start in range(0, max(len(params), len(tags)), MOST_PARAMS):
        part = slice(start, start + MOST_PARAMS)
        made.append(
            {
                "run_id": run_id,
                "params": [{"key": key, "value": value} for key, value in [*params.items()][part]],
                "tags": [{"key": key, "value": value} for key, value in [*tags.items()][part]],
            }
        )
    return made


def first_parcel(lines: Sequence[bytes]) -> Parcel:
    """The points of one run that stand at the beginning, or the one other thing that does."""
    points: list[dict[str, Any]] = []
    run_id = ""
    for number, line in enumerate(lines):
        found = _parsed(line)
        if found is None or found[0] == "post":
            if points:
                return _points(lines[:number], run_id, points)
            return Parcel([line]) if found is None else _post(line, found)
        if (points and found[1] != run_id) or len(points) == MOST_METRICS:
            return _points(lines[:number], run_id, points)
        run_id = found[1]
        points.append({"key": found[2], "value": json_number(found[3]), "timestamp": found[4], "step": found[5]})
    return _points(lines, run_id, points)


def halves(parcel: Parcel) -> list[Parcel]:
    """The same in two parts, for a server that takes less at once; none where it cannot be divided."""
    half = len(parcel.lines) // 2
    if half:
        return [first_parcel(parcel.lines[:half]), first_parcel(parcel.lines[half:])]
    return [Parcel(parcel.lines, parcel.run_id, parcel.path, body) for body in body_halves(parcel.body or {})]


def body_halves(body: Body) -> list[Body]:
    items = [(name, each) for name in LISTS for each in body.get(name, ())]
    if len(items) < 2:
        return []
    rest = {name: value for name, value in body.items() if name not in LISTS}
    made: list[Body] = []
    for part in (items[: len(items) // 2], items[len(items) // 2 :]):
        lists = {name: [each for kind, each in part if kind == name] for name in LISTS}
        made.append({**rest, **{name: values for name, values in lists.items() if values}})
    return made


def run_of(line: bytes) -> str:
    """The run that a line is about; empty for a remark or damage."""
    if line.startswith(b'["m","'):
        return line[6 : line.find(b'"', 6)].decode(errors="replace")
    found = _parsed(line)
    return "" if found is None else str(found[2].get("run_id", ""))


def _points(lines: Sequence[bytes], run_id: str, points: Sequence[Mapping[str, Any]]) -> Parcel:
    return Parcel(list(lines), run_id, BATCH, {"run_id": run_id, "metrics": points})


def _post(line: bytes, found: list[Any]) -> Parcel:
    return Parcel([line], str(found[2].get("run_id", "")), found[1], found[2])


def _parsed(line: bytes) -> list[Any] | None:
    """None for what is no line of ours."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not found:
        return None
    if len(found) == 6 and found[0] == "m":
        return found
    is_post = len(found) == 3 and found[0] == "post" and found[1] in POSTS and isinstance(found[2], dict)
    return found if is_post else None

"""What can a view ask of the kernel, and what can it change?

Handlers may run on another thread than the cell (an ipykernel subshell), and late: everything here is safe to do twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbtrack.dashboard import commits, files, logged, named, trash
from nbtrack.dashboard._protocol import PROTOCOL
from nbtrack.dashboard.assets import plotly_code
from nbtrack.dashboard.live import Hub
from nbtrack.dashboard.thin import Span, thin, within
from nbtrack.dashboard.view import known_view
from nbtrack.dashboard.wire import Chunk, pack_series
from nbtrack.entities import RunTag
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.figures._palette import COLOR_TAG
from nbtrack.figures.ink import valid_color
from nbtrack.stores import run_colors
from nbtrack.stores.base import Store
from nbtrack.stores.several import home_of
from nbtrack.tracking.events import announce_run

POINTS_AT_ONCE = 150_000  # in one answer: 3.6 MB before deflating, so that nothing waits long behind it


@dataclass(frozen=True, slots=True)
class Answer:
    body: Any = None
    packed: bytes | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A message from the browser, checked."""

    kind: str
    what: str
    runs: list[str]
    keys: list[str]
    path: str
    width: int
    key: str
    value: str
    seen: Mapping[str, str | None] | None  # by run; None where the change is to be made whatever stands there now
    window: Mapping[str, Any] | None  # of a `range`: protocol.ts says what it holds

    @staticmethod
    def of(content: Mapping[str, Any]) -> Request:
        texts = {name: str(content.get(name, "")) for name in ("what", "path", "key", "value")}
        runs, keys = ([str(each) for each in content.get(name) or ()] for name in ("runs", "keys"))
        given = (content.get(name) for name in ("seen", "window"))
        seen, window = (dict(each) if isinstance(each, Mapping) else None for each in given)
        width = int(content.get("width") or 0)
        return Request(str(content["type"]), runs=runs, keys=keys, width=width, seen=seen, window=window, **texts)


def answers(hub: Hub, request: Request) -> Iterator[Answer]:
    """The answers to a need (but `resync`) or an edit. Raises what the store raises."""
    if request.what in ("save_view", "drop_view"):
        _keep_view(hub.store.uri, request)
        yield Answer()
    elif request.kind == "edit":
        conflicts = {}
        keeps_color = False  # beside a store that can only be read, told by the status
        for run in request.runs:
            home, own = home_of(hub.store, run)
            keeps_color = keeps_color or (request.key == COLOR_TAG and home.read_only)
            if overtaken(now := present(home, own, request), run, request):
                conflicts[run] = now
            else:
                edit(home, own, request)
            announce_run(home.uri, own)
        hub.look_now(status=keeps_color)
        yield Answer({"conflicts": conflicts})
    elif request.what == "hello":
        yield Answer({"protocol": PROTOCOL})
    elif request.what == "views":
        uri = hub.store.uri
        yield Answer({"views": {name: known_view(named.load(uri, name)) for name in named.names(uri)}})
    elif request.what == "series":
        yield from _in_portions(_series(hub, request))
    elif request.what == "range":
        yield from _in_portions(_ranges(hub, request))
    else:
        yield Answer(_about_runs(hub.store, request))


def _about_runs(store: Store, request: Request) -> dict[str, Any]:
    """What lies beside the table: files, data, code."""
    match request.what:
        case "artifacts":
            return {"files": files.listing(*home_of(store, request.runs[0]), request.path, *request.keys[:1])}
        case "trees":
            return files.trees(store, request.runs)
        case "artifact":
            return files.content(*home_of(store, request.runs[0]), request.path, request.width, *request.keys[:1])
        case "inputs":
            return {"datasets": _datasets(store, request.runs[0])}
        case "models":
            return logged.models(*home_of(store, request.runs[0]))
        case "commits":
            runs = [store.run(run) for run in request.runs[:2]]
            return commits.between(store, *runs) if len(runs) == 2 else commits.uncommitted(store, runs[0])
        case "plotly":
            return {"gzip": plotly_code()}
        case "purgeable":
            return trash.purgeable(store, request.runs)
        case other:
            raise InvalidValueError(f"This nbtrack does not know the request '{other}'. Reload the page.")


def _keep_view(uri: str, request: Request) -> None:
    if request.what == "drop_view":
        named.drop(uri, request.key)
    else:
        named.save(uri, request.key, known_view(json.loads(request.value)))


def present(store: Store, run: str, request: Request) -> str | None:
    """What stands now where the change would write."""
    if request.what == "purge":
        return None
    held = store.run(run)
    match request.what:
        case "rename":
            return held.info.run_name
        case "set_tag" | "delete_tag":
            return held.data.tags.get(request.key)
        case _:
            return held.info.lifecycle_stage


def overtaken(now: str | None, run: str, request: Request) -> bool:
    """Whether another writer has put something else there. What is done already is no conflict."""
    wanted = None if request.what == "delete_tag" else request.value
    if request.seen is None or run not in request.seen or request.what in ("delete", "restore", "purge"):
        return False
    return now not in (request.seen[run], wanted)


def edit(store: Store, run: str, request: Request) -> None:
    match request.what:
        case "rename":
            store.update_run(run, run_name=request.value)
        case "set_tag" | "delete_tag" if request.key == COLOR_TAG and store.read_only:
            run_colors.save(store.uri, run, valid_color(request.value) if request.what == "set_tag" else None)
        case "set_tag":
            store.log_batch(run, tags=[RunTag(request.key, request.value)])
        case "delete_tag":
            if request.key in store.run(run).data.tags:
                store.delete_tag(run, request.key)
        case "delete":
            if store.run(run).info.lifecycle_stage != "deleted":
                store.delete_run(run)
        case "restore":
            if store.run(run).info.lifecycle_stage == "deleted":
                store.restore_run(run)
        case "purge":
            trash.purge(store, run)
        case other:
            raise InvalidValueError(f"This nbtrack does not know the change '{other}'. Reload the page.")


def _series(hub: Hub, request: Request) -> Iterator[Chunk]:
    for run in request.runs:
        for key in request.keys or hub.metric_keys(run):
            try:
                points = hub.history(run, key)
            except NotFoundError:
                continue  # asked for several runs at once, and not each has each metric
            part = thin(points, request.width) if request.width else points
            yield Chunk(run, key, part, 0, len(points), whole=True)


def _ranges(hub: Hub, request: Request) -> Iterator[Chunk]:
    """A part of each run's history of one metric; `whole` says that it is every point of this part."""
    window = request.window or {}
    for run, (start, end, zero) in zip(request.runs, window["spans"], strict=True):
        try:
            points = hub.history(run, request.keys[0])
        except NotFoundError:
            continue
        part, every = within(points, Span(window["axis"], start, end, zero, window["log"]), int(window["columns"]))
        yield Chunk(run, request.keys[0], part, 0, len(points), whole=every)


def _in_portions(chunks: Iterable[Chunk]) -> Iterator[Answer]:
    portion: list[Chunk] = []
    size = 0
    for chunk in chunks:
        portion.append(chunk)
        size += len(chunk.points)
        if size > POINTS_AT_ONCE:
            yield Answer(packed=pack_series(portion), more=True)
            portion, size = [], 0
    yield Answer(packed=pack_series(portion))


def _datasets(store: Store, run: str) -> list[dict[str, Any]]:
    return [
        {
            "name": each.dataset.name,
            "digest": each.dataset.digest,
            "source": each.dataset.source,
            "context": ", ".join(tag.value for tag in each.tags if tag.key == "mlflow.data.context"),
            "profile": each.dataset.profile or "",
        }
        for each in store.run(run).inputs.dataset_inputs
    ]

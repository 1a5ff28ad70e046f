"""What does the card of a run say?

A plain value: the live thread fills one from the feed of events, `%track show` from a store, and two functions
draw it, as HTML and as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from nbtrack.capture.alive import HEARTBEAT, is_abandoned
from nbtrack.capture.git import COMMIT, REMOTE
from nbtrack.entities import Run
from nbtrack.errors import NotFoundError
from nbtrack.frame import Series
from nbtrack.git.web import commit_page, comparison_page
from nbtrack.magics.trace import Trace
from nbtrack.magics.words import ABANDONED, count, number
from nbtrack.stores import Store
from nbtrack.stores.walk import all_files
from nbtrack.tracking.authors import defaults, own_first, written
from nbtrack.tracking.names import AUTOLOGGED

OWN_FILES = re.compile(r"(cell|inputs|output|traceback|requirements)(-\d+)?\.(py|txt|json)")
SYSTEM = "system/"
GONE = "left open by a kernel that is gone"
HIDDEN_TAGS = ("mlflow.", "nbtrack.")


@dataclass(slots=True)
class Card:
    """`directions` says of a metric which way is better. `duration` is in milliseconds. `changes` and `code` are what
    is different from the run of the same cell before. `progress` (how much of how much), `left` (ms), `rate` (points a
    second), `said` (the newest line) and `kernel` (whose server can stop it) are told while it runs. `autolog` is what
    fits have logged by themselves, and `quiet` those of the params that are a library's defaults: they are only
    counted. `written` are names of params by which the person knows them, `inner` says what other runs that the cell
    started logged, `left_out` which files that it wrote are not kept. `commit_page` shows the commit on its hosting
    service, `comparison_page` what changed since the run of the same cell before."""

    run_id: str
    name: str
    experiment: str
    status: str = "RUNNING"
    duration: int = 0
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, Trace] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    artifacts: int = 0
    error: str = ""
    changes: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    note: str = ""
    progress: tuple[float, float] | None = None
    left: int | None = None
    rate: float = 0.0
    said: str = ""
    kernel: str = ""
    autolog: str = ""
    quiet: frozenset[str] = frozenset()
    written: Mapping[str, str] = field(default_factory=dict)
    inner: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    commit: str = ""
    commit_page: str | None = None
    comparison_page: str | None = None

    def of_autolog(self, tags: Mapping[str, str]) -> None:
        """Put what the person wrote before what was read off a model."""
        self.autolog, self.quiet, self.written = tags.get(AUTOLOGGED, ""), defaults(tags), written(tags)
        self.params = {key: self.params[key] for key in own_first(self.params, tags, "params")}
        self.metrics = {key: self.metrics[key] for key in own_first(self.metrics, tags, "metrics")}

    def of_commit(self, tags: Mapping[str, str], before: Mapping[str, str] | None = None) -> None:
        """`tags` are those of the run, `before` those of the run of the same cell before."""
        self.commit = tags.get(COMMIT, "")
        self.commit_page = commit_page(tags.get(REMOTE), self.commit)
        if before is not None:
            old = before.get(REMOTE), before.get(COMMIT)
            self.comparison_page = comparison_page(*old, tags.get(REMOTE), self.commit)

    def shown_params(self, most: int) -> tuple[list[tuple[str, str]], int]:
        """The first ones that somebody chose, and how many more there are."""
        chosen = [item for item in self.params.items() if item[0] not in self.quiet]
        shown = [(self.written.get(key, key), value) for key, value in chosen[:most]]
        return shown, len(self.params) - len(shown)

    def add_point(self, key: str, value: float, step: int, timestamp: int) -> None:
        if key.startswith(SYSTEM):  # they would hide the others
            return
        self.metrics.setdefault(key, Trace()).add(value, step, timestamp)


MOST_INNER, MOST_NUMBERS = 8, 4  # runs of which the card says something, and metrics of each


def inner_lines(runs: Sequence[Run]) -> list[str]:
    """`Ridge Regression: 7 params, mse=0.9, r2=0.8`: what runs that were started inside a cell have logged."""
    lines = []
    for run in runs[:MOST_INNER]:
        metrics = [key for key in own_first(run.data.metrics, run.data.tags, "metrics") if not key.startswith(SYSTEM)]
        said = [count(len(run.data.params), "param")] if run.data.params else []
        said += [f"{key}={number(run.data.metrics[key])}" for key in metrics[:MOST_NUMBERS]]
        more = len(metrics) - MOST_NUMBERS
        said += [count(more, "more metric")] if more > 0 else []
        lines.append(f"{run.info.run_name}: {', '.join(said) or 'nothing logged'}")
    more = len(runs) - MOST_INNER
    return [*lines, f"and {count(more, 'more run')}"] if more > 0 else lines


def own_tags(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The person's tags, without those that say where a run came from."""
    return {key: value for key, value in tags if not key.startswith(HIDDEN_TAGS)}


def direction_tags(directions: dict[str, str]) -> dict[str, str]:
    """How `-m loss:min` is kept with the run."""
    return {f"nbtrack.metric.{key}": way for key, way in directions.items()}


def directions_of(run: Run) -> dict[str, str]:
    prefix = "nbtrack.metric."
    tags = run.data.tags.items()
    return {key.removeprefix(prefix): way for key, way in tags if key.startswith(prefix) and way in ("min", "max")}


def card_of(store: Store, run: Run, *, now: int) -> Card:
    """The card of a run as it is in its store."""
    info = run.info
    started = info.start_time or now
    left_open = is_abandoned(run, now)
    card = Card(
        run_id=info.run_id,
        name=info.run_name,
        experiment=store.experiment(info.experiment_id).name,
        status=shown_status(run, now),
        duration=ended(run, now) - started,
        params=dict(sorted(run.data.params.items())),
        tags=own_tags(run.data.tags.items()),
        directions=directions_of(run),
        error=run.data.tags.get("nbtrack.error", ""),
        note="deleted" if info.lifecycle_stage == "deleted" else GONE if left_open else "",
    )
    for key in sorted(run.data.metrics):
        _add_series(card, key, store.history(info.run_id, key))
    card.of_autolog(run.data.tags)
    card.of_commit(run.data.tags)
    card.artifacts = count_files(store, info.run_id)
    return card


def ended(run: Run, now: int) -> int:
    """When the run ended, in ms: its last heartbeat where nobody could end it, now for one that goes on."""
    beat = run.data.tags.get(HEARTBEAT, "")
    last = int(beat) if beat.isdigit() and is_abandoned(run, now) else now
    return run.info.end_time or last


def shown_status(run: Run, now: int) -> str:
    """The run's status, or ABANDONED for one that a dead kernel has left open."""
    return ABANDONED if is_abandoned(run, now) else run.info.status


def _add_series(card: Card, key: str, series: Series) -> None:
    rows = zip(series.value.tolist(), series.step.tolist(), series.timestamp.tolist(), strict=True)
    for value, step, timestamp in sorted(rows, key=lambda row: row[1:]):
        card.add_point(key, value, step, timestamp)


def count_files(store: Store, run_id: str, most: int = 1000) -> int:
    """How many artifact files the run has, counted up to `most`; what every tracked cell has is left out. None are
    counted that lie on another machine."""
    kept = (file for file in all_files(store, run_id) if not OWN_FILES.fullmatch(file.path))
    try:
        return sum(1 for _ in islice(kept, most))
    except NotFoundError:
        return 0

"""Which runs and experiments does the store hold, and what is new since the dashboards last looked?"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from nbtrack.capture.alive import is_abandoned, last_sign
from nbtrack.dashboard.known import MANY, Runs, active, differing
from nbtrack.entities import Experiment, LifecycleStage, ViewType
from nbtrack.frame import Frame, Row, frame_of
from nbtrack.query import order
from nbtrack.stores import run_colors
from nbtrack.stores.base import Arriving, Damage, FirstLook, Snapshot, Store
from nbtrack.stores.several import SEVERAL, SeveralStores
from nbtrack.tracking.finding import rows_of_ids

QUIET = 1.0  # s between looks where change is likely
THOROUGH = 20.0  # s between looks at everything
SHARE = 25  # a look that took t is not repeated before 25 t, so that looking costs less than a twentieth of a core
THOROUGH_SHARE = 100


@dataclass(slots=True)
class Found:
    """What a look brought."""

    rows: list[Row] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    other: bool = False  # experiments or damages are different

    def __bool__(self) -> bool:
        return bool(self.rows or self.gone or self.other)


class Reading(NamedTuple):
    """How far the first reading of a store is."""

    done: int
    total: int


class Catalog:
    def __init__(self, store: Store, experiment_ids: Sequence[str] | None) -> None:
        self.store = store
        self.experiment_ids = None if experiment_ids is None else list(experiment_ids)
        self.rows = Runs()
        self.open: set[str] = set()  # runs that say RUNNING
        self.experiments: Sequence[Experiment] = ()
        self.damages: Sequence[Damage] = ()
        self._watch = store.watch(self.experiment_ids)
        self.reading: Reading | None = None
        self._early: Frame | None = None  # what is shown until the first look
        self._next_look = self._next_thorough = 0.0
        self._round: Iterator[Callable[[], Found]] | None = None  # a thorough look under way

    def frame(self) -> Frame:
        """Newest first, as search_runs orders."""
        return self.rows.frame() if self._early is None else self._early

    def remember(self) -> bool:
        """Take for the frame what an earlier process saw, until the first look; False where that is not much."""
        early = self._watch.remembered()
        if len(early.rows) < MANY:
            return False
        frame = early.frame()
        self.experiments, self._early = early.experiments, frame.take(order(frame))
        return True

    @property
    def far(self) -> bool:
        """Are the runs on a server, where every question takes its time?"""
        return isinstance(self._watch, Arriving)

    def arriving(self, first: Sequence[str] = ()) -> Iterator[Callable[[], Found]]:
        """The first look: in parts where the store gives parts, each of them to be kept by calling it.

        The runs of `first` come first then: they are what somebody wants to see.
        """
        if not isinstance(self._watch, Arriving):
            if isinstance(self._watch, FirstLook) and self._early is None:
                for snapshot, done, total in self._watch.first_look():
                    self.reading = Reading(done, total)
                    yield partial(self._keep_part, snapshot)
            yield self._ask_all()
            self.reading = None
            return
        if first:
            yield partial(self._keep_part, Snapshot(rows_of_ids(self.store, first), self.experiments))
        yield from self._ask_in_parts(self._watch)

    def ask(self, *, soon: bool = False) -> Callable[[], Found]:
        """Look at the store if it is time; `soon` says that something surely happened.

        This may take long on a server. What it returns keeps what was seen, says what changed, and takes no time.
        """
        now = time.monotonic()
        if self._round is None and now >= self._next_thorough and isinstance(self._watch, Arriving):
            self._round = self._ask_in_parts(self._watch)
        if self._round is not None:
            keep = next(self._round, None)
            if keep is not None:
                return keep
            self._round = None
        elif now >= self._next_thorough:
            return self._ask_all()
        if not soon and now < self._next_look:
            return Found
        keep = self._ask_where_likely()
        took = time.monotonic() - now
        self._next_look = now + took + max(QUIET, SHARE * took)
        return keep

    def look_at_all(self) -> Found:
        return self._ask_all()()

    def _ask_all(self) -> Callable[[], Found]:
        began = time.monotonic()
        seen = self._watch.snapshot()
        rows = seen.rows if len(seen.rows) > MANY else list(seen.rows)
        self._looked_at_all(began)
        return lambda: self._keep_all(seen, rows)

    def _ask_in_parts(self, watch: Arriving) -> Iterator[Callable[[], Found]]:
        began = time.monotonic()
        rows: list[Row] = []
        for part in watch.arriving():
            rows += part.rows
            yield partial(self._keep_part, part)
        self._looked_at_all(began)
        yield lambda: self._keep_all(part, rows)

    def _looked_at_all(self, began: float) -> None:
        took = time.monotonic() - began
        self._next_look = began + took + QUIET
        self._next_thorough = began + took + max(THOROUGH, THOROUGH_SHARE * took)

    def _keep_part(self, seen: Snapshot) -> Found:
        found = Found([row for row in seen.rows if self._is_news(row)], [], seen.experiments != self.experiments)
        self.experiments = seen.experiments
        return self._keep(found)

    def _keep_all(self, seen: Snapshot, rows: Sequence[Row]) -> Found:
        now = Runs(rows, _columns(seen, rows))
        found = Found(self._news_of(now), [run for run in self._known_ids() if run not in now])
        found.other = (list(seen.experiments), list(seen.damages)) != (list(self.experiments), list(self.damages))
        self.experiments, self.damages = seen.experiments, seen.damages
        self.rows, self._early = now, None
        self.open = now.open()
        return found

    def _known_ids(self) -> Iterable[str]:
        return self.rows if self._early is None else self._early.run_ids

    def _news_of(self, now: Runs) -> list[Row]:
        """The runs that are not as they were shown. Of many, only as much as is shown is compared."""
        if len(now) <= MANY:
            return [row for row in now.values() if self._is_news(row)]
        before, after = self.frame(), now.frame()
        if before is after:
            return []
        ids = after.run_ids
        return now.several([ids[at] for at in differing(before, after).tolist()])

    def _ask_where_likely(self) -> Callable[[], Found]:
        changes = self._watch.changes(thorough=False)
        experiments = self._chosen(self.store.experiments(ViewType.ALL)) if changes.experiments else None

        def keep() -> Found:
            gone = [run for run in changes.gone if run in self.rows]
            if experiments is not None:
                self.experiments = experiments
            return self._keep(Found([row for row in changes.rows if self._is_news(row)], gone, changes.experiments))

        return keep

    def _chosen(self, experiments: Iterable[Experiment]) -> list[Experiment]:
        ids = self.experiment_ids
        if ids is None:
            return [each for each in experiments if each.lifecycle_stage == LifecycleStage.ACTIVE]
        return [each for each in experiments if each.experiment_id in ids]

    def _is_news(self, row: Row) -> bool:
        known = self.rows.get(row.run.info.run_id)
        return known is not row and known != row

    def _keep(self, found: Found) -> Found:
        self.rows.put(found.rows)
        for row in found.rows:
            (self.open.add if row.run.info.status == "RUNNING" else self.open.discard)(row.run.info.run_id)
        self.rows.drop(found.gone)
        self.open.difference_update(found.gone)
        return found

    def abandoned(self) -> dict[str, int | None]:
        """The runs that a process which is gone has left open, with its last sign of life (ms)."""
        runs = (self.rows[run].run for run in self.open)
        return {run.info.run_id: last_sign(run) for run in runs if is_abandoned(run)}

    def status(self) -> dict[str, Any]:
        """The part of the protocol's status that the store decides."""
        counts = self.rows.active() if self._early is None else active(self._early)
        return {
            "store": {"label": label(self.store.uri), "kind": kind(self.store), "read_only": self.store.read_only},
            "experiments": [
                {
                    "id": each.experiment_id,
                    "name": each.name,
                    "stage": each.lifecycle_stage,
                    "runs": counts.get(each.experiment_id, 0),
                    "created": each.creation_time,
                }
                for each in self.experiments
            ],
            "colors": colors(self.store),
            "damages": [{"path": d.path, "problem": d.problem, "remedy": d.remedy} for d in self.damages],
        }


def _columns(seen: Snapshot, rows: Sequence[Row]) -> Frame | None:
    """The rows as columns where there are many; a store that has them so need not be asked for rows."""
    if len(rows) <= MANY:
        return None
    return seen.frame() if rows is seen.rows else frame_of(rows)


def colors(store: Store) -> dict[str, str]:
    """The colors chosen for runs of stores that can only be read; others keep them in a tag."""
    if isinstance(store, SeveralStores):
        kept = ((each, run_colors.load(each.uri)) for each in store.opened if each.read_only)
        return {store.id_of(each.uri, run) or run: color for each, found in kept for run, color in found.items()}
    return run_colors.load(store.uri) if store.read_only else {}


def label(uri: str) -> str:
    """The address as it may be shown and saved: no user, password or query, and no home folder."""
    if uri.startswith(SEVERAL):
        return " + ".join(label(each) for each in uri.removeprefix(SEVERAL).split(" + "))
    without_secrets = public(uri)
    home = os.path.expanduser("~").rstrip("/")
    if home and without_secrets.startswith(home + "/"):
        return "~" + without_secrets[len(home) :]
    return without_secrets


def public(uri: str) -> str:
    """The address without user, password and query."""
    if uri.startswith("file:"):
        return unquote(urlsplit(uri).path)
    return re.sub(r"//[^/@]*@", "//", uri.split("?")[0]) if "://" in uri else uri


def kind(store: Store) -> str:
    """file, sqlite, rest or git; of several stores rest where one is a server, else file."""
    if isinstance(store, SeveralStores):
        return "rest" if store.is_far else "file"
    scheme = store.uri.split(":", 1)[0]
    if scheme in ("http", "https"):
        return "rest"
    if scheme in ("sqlite", "git"):
        return scheme
    return "git" if store.uri.startswith("git+") else "file"

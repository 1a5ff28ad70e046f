"""What is noted about machine, repository and session while the cell is already running?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from nbtrack.capture import options
from nbtrack.capture.environment import packages, system_tags
from nbtrack.capture.git import ROOT, SNAPSHOT, git_tags, place_before, same_tree
from nbtrack.capture.hold import Hold, let_this_thread
from nbtrack.capture.snapshot import take_snapshot
from nbtrack.capture.source import Place, is_ignored, place_here
from nbtrack.entities import DatasetInput, LifecycleStage, RunTag
from nbtrack.errors import NbtrackError, guard
from nbtrack.git.command import Git, isolated
from nbtrack.git.location import Repository
from nbtrack.git.work_tree import State, read_state
from nbtrack.magics.background import Background, calm
from nbtrack.magics.files import INPUTS, PACKAGES
from nbtrack.stores.own_files import own_files
from nbtrack.tracking.active import Held

CALM = 0.05  # seconds in which a short cell comes to its end before this thread takes Python's time from it
LATE = "nbtrack.git.snapshot_late"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`given` are the keys of the person's own tags, which win. `inputs` tells the earlier inputs as JSON, or "", and
    `inputs_path` where they are kept. `part` counts the cells of a run that is open across several, from 1."""

    held: Held
    given: Collection[str]
    inputs: Callable[[], str]
    data: Sequence[DatasetInput] = ()
    inputs_path: str = INPUTS
    part: int = 1

    def note(self) -> Background:
        """Begin; from now on, a write into the repository waits for its snapshot."""
        place = place_here() if options.git or options.snapshot else None
        repository = None if place is None or place.repository.work_tree is None else place.repository
        own = _below(own_files(self.held.client.store, self.held.run_id), repository)
        hold = Hold(repository.root, own) if repository and options.snapshot else None
        return Background(lambda: self._note(place if repository else None, hold, own))

    def _note(self, place: Place | None, hold: Hold | None, own: Sequence[Path]) -> None:
        if place:
            with self._kept("note the repository"):
                self._note_repository(place, hold, own)
        if not hold:
            calm(CALM)
        self._note_data()
        if self.part == 1:
            self._note_machine()
        with self._kept("keep the earlier inputs"):
            if text := self.inputs():
                self.held.client.store.write_artifact(self.held.run_id, self.inputs_path, text.encode())

    def _note_machine(self) -> None:
        with self._kept("note the machine"):
            self._tag(system_tags())
        if options.packages:
            with self._kept("note the packages"):
                self.held.client.store.write_artifact(self.held.run_id, PACKAGES, packages().encode())

    def _note_data(self) -> None:
        with self._kept("note the data that the cell reads"):
            self.held.client.log_inputs(self.held.run_id, list(self.data))

    def _note_repository(self, place: Place, hold: Hold | None, own: Sequence[Path]) -> None:
        let_this_thread()
        with isolated(place.repository) as git:
            try:
                state = None if is_ignored(place) else read_state(git)
                state = None if state is None else state.without(own)
                commit = self._snapshot(git, state, hold) if state and hold else None
            finally:
                if hold:
                    hold.release()
            if state is not None:
                self._note_state(git, state, commit, late=bool(hold and hold.late))

    def _note_state(self, git: Git, state: State, commit: str | None, *, late: bool) -> None:
        if self.part > 1:
            self._note_place(git, commit or state.commit)
            return
        root = str(git.repository.root)
        tags = {**git_tags(state), ROOT: root} if options.git else {ROOT: root}
        if commit:
            tags[SNAPSHOT] = commit
            if late:
                tags[LATE] = "true"
        self._tag(tags)

    def _note_place(self, git: Git, commit: str | None) -> None:
        """A later cell of a run: where its files are not those that the cell before it found."""
        tags = self.held.client.get_run(self.held.run_id).data.tags
        before = place_before(tags, self.part)
        if commit and options.snapshot and (before is None or not same_tree(git, before, commit)):
            self._tag({f"{SNAPSHOT}.{self.part}": commit})

    def _snapshot(self, git: Git, state: State, hold: Hold) -> str | None:
        def read() -> None:
            hold.release()
            calm(CALM)

        name = self.held.run_id if self.part == 1 else f"{self.held.run_id}-{self.part}"
        return take_snapshot(git, state, name, read=read)

    def _tag(self, found: Mapping[str, str]) -> None:
        tags = [RunTag(key, value) for key, value in found.items() if key not in self.given]
        self.held.client.log_batch(self.held.run_id, tags=tags)

    def _kept(self, what: str) -> _Kept:
        return _Kept(self.held, what)


class _Kept(guard):
    """Says nothing where the run has been deleted meanwhile: nobody misses what was not noted of it."""

    __slots__ = ("_held",)

    def __init__(self, held: Held, what: str) -> None:
        super().__init__(what)
        self._held = held

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if isinstance(error, Exception) and not _is_there(self._held):
            return True
        return super().__exit__(kind, error, trace)


def _is_there(held: Held) -> bool:
    try:
        return held.client.get_run(held.run_id).info.lifecycle_stage == LifecycleStage.ACTIVE
    except (NbtrackError, OSError):
        return False


def _below(places: Sequence[Path], repository: Repository | None) -> list[Path]:
    """The store's places inside the work tree: they change with every run, and are no part of it."""
    return (
        []
        if repository is None
        else [place for place in places if place.is_relative_to(repository.root) and place != repository.root]
    )

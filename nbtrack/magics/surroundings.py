"""What is noted about machine, repository and session while the cell is already running?"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from nbtrack.capture import options
from nbtrack.capture.environment import packages, system_tags
from nbtrack.capture.git import ROOT, SNAPSHOT, State, git_state, git_tags, place_before, root_of, same_tree
from nbtrack.capture.hold import Hold, let_this_thread
from nbtrack.capture.snapshot import take_snapshot
from nbtrack.entities import DatasetInput, RunTag
from nbtrack.errors import guard
from nbtrack.magics.background import Background
from nbtrack.magics.files import INPUTS, PACKAGES
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
        root = root_of(Path.cwd()) if options.git or options.snapshot else None
        store = store_folder(self.held)
        hold = Hold(root, store) if root and options.snapshot else None
        return Background(lambda: self._note(root, hold, store))

    def _note(self, root: Path | None, hold: Hold | None, store: Path | None) -> None:
        if root:
            with guard("note the repository"):
                self._note_repository(root, hold, store)
        if not hold:
            time.sleep(CALM)
        self._note_data()
        if self.part == 1:
            self._note_machine()
        with guard("keep the earlier inputs"):
            if text := self.inputs():
                self.held.client.store.write_artifact(self.held.run_id, self.inputs_path, text.encode())

    def _note_machine(self) -> None:
        with guard("note the machine"):
            self._tag(system_tags())
        if options.packages:
            with guard("note the packages"):
                self.held.client.store.write_artifact(self.held.run_id, PACKAGES, packages().encode())

    def _note_data(self) -> None:
        with guard("note the data that the cell reads"):
            self.held.client.log_inputs(self.held.run_id, list(self.data))

    def _note_repository(self, root: Path, hold: Hold | None, store: Path | None) -> None:
        let_this_thread()
        try:
            state = git_state(root)
            commit = self._snapshot(state, hold, store) if state and hold else None
        finally:
            if hold:
                hold.release()
        if state is None:
            return
        if self.part > 1:
            self._note_place(root, commit or state.commit)
            return
        tags = {**git_tags(state), ROOT: str(root)} if options.git else {ROOT: str(root)}
        if commit:
            tags[SNAPSHOT] = commit
            if hold and hold.late:
                tags[LATE] = "true"
        self._tag(tags)

    def _note_place(self, root: Path, commit: str | None) -> None:
        """A later cell of a run: where its files are not those that the cell before it found."""
        tags = self.held.client.get_run(self.held.run_id).data.tags
        before = place_before(tags, self.part)
        if commit and options.snapshot and (before is None or not same_tree(root, before, commit)):
            self._tag({f"{SNAPSHOT}.{self.part}": commit})

    def _snapshot(self, state: State, hold: Hold, store: Path | None) -> str | None:
        def read() -> None:
            hold.release()
            time.sleep(CALM)

        name = self.held.run_id if self.part == 1 else f"{self.held.run_id}-{self.part}"
        return take_snapshot(state, name, leave_out=store, read=read)

    def _tag(self, found: Mapping[str, str]) -> None:
        tags = [RunTag(key, value) for key, value in found.items() if key not in self.given]
        self.held.client.log_batch(self.held.run_id, tags=tags)


def store_folder(held: Held) -> Path | None:
    """Where the store lies on this machine: it changes with every run, and is no part of the work tree."""
    address = urlsplit(held.client.store.uri)
    if address.scheme == "file":
        return Path(url2pathname(address.path))
    artifacts = held.client.store.artifact_dir(held.run_id)
    return artifacts.parent.parent if artifacts else None

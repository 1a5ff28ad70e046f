"""How do several stores answer as one?

Each run is asked of the store that has it, and changed there. Ids that two stores have in common are told apart: the
later store's get `@2`, `@3`, …, the place of the store. A store that does not answer is named among the damages, with
what it held when it answered last; the others are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from nbtrack.entities import Experiment, FileInfo, Run, RunStatus, ViewType
from nbtrack.errors import NotFoundError, ReadOnlyError
from nbtrack.frame import Frame, Series
from nbtrack.stores.base import RunWriter, Snapshot, Store
from nbtrack.stores.several_watch import ArrivingWatch, SeveralWatch
from nbtrack.stores.together import FAULTS, STORE, Member, Together, answers_of, own_id

SEVERAL = "several:"  # begins the address of stores that are open together


class SeveralStores:
    """Made by `any_store`. The contract of a store, for those that are open; new runs and experiments have no place."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = list(members)
        self.uri = f"{SEVERAL}{' + '.join(member.label for member in members)}"
        self.together = Together(members)
        # Can no run be changed? Of those of several stores some may be; the store of a run says what it refuses.
        self.read_only = all(member.opened is None or member.opened.read_only for member in members)

    @property
    def labels(self) -> list[str]:
        return [member.label for member in self.members]

    @property
    def opened(self) -> list[Store]:
        """Those that could be opened."""
        return [member.opened for member in self.members if member.opened is not None]

    # where a run is

    def home(self, run_id: str) -> tuple[Store, str]:
        """The store of a run, and its id there. Raises NotFoundError."""
        owner = self.together.runs.owner(run_id)
        if owner is not None:
            return self.members[owner[0]].store, owner[1]
        for member in self.members:
            try:
                if member.opened is not None:
                    member.opened.run(run_id)
                    return self.home(self.together.runs.give(member.place, run_id))
            except FAULTS:
                continue
        raise NotFoundError(f"None of the stores {', '.join(self.labels)} has a run '{run_id}'.")

    def _experiment_home(self, experiment_id: str) -> tuple[Store, str]:
        owner = self.together.experiments.owner(experiment_id)
        if owner is None:
            self.experiments(ViewType.ALL)
            owner = self.together.experiments.owner(experiment_id)
        if owner is None:
            raise NotFoundError(f"None of the stores {', '.join(self.labels)} has an experiment '{experiment_id}'.")
        return self.members[owner[0]].store, owner[1]

    # experiments

    def experiments(self, view: ViewType = ViewType.ACTIVE_ONLY) -> list[Experiment]:
        answers = dict(answers_of(self.members, lambda member: member.store.experiments(view)))
        members = [member for member in self.members if member in answers]
        found = [self.together.shown_experiment(member, each) for member in members for each in answers[member]]
        return sorted(
            self.together.told_apart(found), key=lambda each: (-(each.creation_time or 0), each.experiment_id)
        )

    def experiments_named(self, name: str) -> list[str]:
        """The ids of all experiments that have this name in their store, or this id here."""
        every = self.experiments(ViewType.ALL)
        return [each.experiment_id for each in every if name in (each.name, each.experiment_id, self._own_name(each))]

    def experiments_with_id(self, experiment_id: str) -> list[str]:
        """The ids of all experiments that have this id in their store, or here."""
        every = [each.experiment_id for each in self.experiments(ViewType.ALL)]
        return [each for each in every if experiment_id in (each, own_id(self.together.experiments, each))]

    def experiment(self, experiment_id: str) -> Experiment:
        store, own = self._experiment_home(experiment_id)
        return replace(store.experiment(own), experiment_id=experiment_id)

    def experiment_by_name(self, name: str) -> Experiment | None:
        ids = self.experiments_named(name)
        return self.experiment(ids[0]) if ids else None

    def default_experiment(self) -> Experiment:
        member = next((each for each in self.members if each.opened is not None), self.members[0])
        return self.together.shown_experiment(member, member.store.default_experiment())

    def _own_name(self, shown: Experiment) -> str:
        return shown.name.removesuffix(f" ({shown.tags.get(STORE)})")

    # many runs

    def snapshot(self, experiment_ids: Sequence[str] | None = None) -> Snapshot:
        """Raises what the first store raised where none answers."""
        chosen = self.chosen(experiment_ids)
        asked = [member for member in self.members if member.place in chosen]

        found = dict(answers_of(asked, lambda member: member.store.snapshot(chosen[member.place])))
        if asked and not found:
            raise next(member.fault for member in asked if member.fault is not None)
        shown = [self.together.shown(member, found[member]) for member in asked if member in found]
        return self.together.together(shown, chosen)

    def chosen(self, experiment_ids: Sequence[str] | None) -> dict[int, list[str] | None]:
        """By the places of stores: their own ids of these experiments, None for all active ones."""
        if experiment_ids is None:
            return {member.place: None for member in self.members}
        if any(self.together.experiments.owner(each) is None for each in experiment_ids):
            self.experiments(ViewType.ALL)
        found: dict[int, list[str] | None] = {}
        for owner in map(self.together.experiments.owner, experiment_ids):
            if owner is not None:
                found[owner[0]] = [*(found.get(owner[0]) or []), owner[1]]
        return found

    @property
    def is_far(self) -> bool:
        """Is one of the stores a server?"""
        return any(member.opened is not None and member.opened.uri.startswith("http") for member in self.members)

    def watch(self, experiment_ids: Sequence[str] | None = None) -> SeveralWatch:
        kind = ArrivingWatch if self.is_far else SeveralWatch
        return kind(self.together, self.chosen(experiment_ids))

    def id_of(self, uri: str, own: str) -> str | None:
        """The id that is shown of a run of the store with this address; None for another store."""
        return self.together.id_of(uri, own)

    def own_ids(self, frame: Frame) -> Frame:
        """The frame with the ids that runs and experiments have in their own stores."""
        return self.together.own_ids(frame)

    # one run: asked of its store

    def run(self, run_id: str) -> Run:
        store, own = self.home(run_id)
        member = next(each for each in self.members if each.opened is store)
        return self.together.shown_run(member, store.run(own))

    def history(self, run_id: str, key: str) -> Series:
        store, own = self.home(run_id)
        return store.history(own, key)

    def artifact_dir(self, run_id: str) -> Path | None:
        store, own = self.home(run_id)
        return store.artifact_dir(own)

    def list_artifacts(self, run_id: str, path: str = "") -> list[FileInfo]:
        store, own = self.home(run_id)
        return store.list_artifacts(own, path)

    def read_artifact(self, run_id: str, path: str, limit: int | None = None) -> bytes:
        store, own = self.home(run_id)
        return store.read_artifact(own, path, limit)

    def write_artifact(self, run_id: str, path: str, data: bytes | Path) -> None:
        store, own = self.home(run_id)
        store.write_artifact(own, path, data)

    def update_run(
        self, run_id: str, *, status: RunStatus | None = None, end_time: int | None = None, run_name: str | None = None
    ) -> None:
        store, own = self.home(run_id)
        store.update_run(own, status=status, end_time=end_time, run_name=run_name)

    def delete_run(self, run_id: str) -> None:
        store, own = self.home(run_id)
        store.delete_run(own)

    def restore_run(self, run_id: str) -> None:
        store, own = self.home(run_id)
        store.restore_run(own)

    def writer(self, run_id: str) -> RunWriter:
        store, own = self.home(run_id)
        return store.writer(own)

    def log_batch(self, run_id: str, *given: Any, **named: Any) -> None:
        store, own = self.home(run_id)
        store.log_batch(own, *given, **named)

    def replace_params(self, run_id: str, *given: Any) -> None:
        store, own = self.home(run_id)
        store.replace_params(own, *given)

    def delete_tag(self, run_id: str, key: str) -> None:
        store, own = self.home(run_id)
        store.delete_tag(own, key)

    def log_inputs(self, run_id: str, *given: Any) -> None:
        store, own = self.home(run_id)
        store.log_inputs(own, *given)

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        store, own = self._experiment_home(experiment_id)
        store.rename_experiment(own, name)

    def delete_experiment(self, experiment_id: str) -> None:
        store, own = self._experiment_home(experiment_id)
        store.delete_experiment(own)

    def restore_experiment(self, experiment_id: str) -> None:
        store, own = self._experiment_home(experiment_id)
        store.restore_experiment(own)

    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        store, own = self._experiment_home(experiment_id)
        store.set_experiment_tag(own, key, value)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        store, own = self._experiment_home(experiment_id)
        store.delete_experiment_tag(own, key)

    def _no_place(self, *_: Any, **__: Any) -> NoReturn:
        raise ReadOnlyError(
            f"The stores {', '.join(self.labels)} are open together, so a new run or experiment has no place. "
            "Open one of them, or call nbtrack.set_tracking_uri() with its address."
        )

    create_experiment = create_run = _no_place

    def close(self) -> None:
        """The stores stay open: others use them too."""


def home_of(store: Store, run_id: str) -> tuple[Store, str]:
    """The store that has the run, and its id there: of several stores the one of the run."""
    return store.home(run_id) if isinstance(store, SeveralStores) else (store, run_id)

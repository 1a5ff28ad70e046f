"""What has changed in several stores since somebody looked last?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nbtrack.frame import Row
from nbtrack.stores.base import Changes, Snapshot, Watch
from nbtrack.stores.together import Member, Together, answers_of


class SeveralWatch:
    """One listener's view of several stores."""

    def __init__(self, stores: Together, chosen: Mapping[int, list[str] | None]) -> None:
        self._stores = stores
        self._chosen = dict(chosen)
        self._watches: dict[int, Watch] = {}
        self._seen: dict[int, Snapshot] = {}  # what each store answered last
        self._members = [member for member in stores.members if member.place in chosen]

    def _watch(self, member: Member) -> Watch:
        if member.place not in self._watches:
            self._watches[member.place] = member.store.watch(self._chosen[member.place])
        return self._watches[member.place]

    def _ask(self, member: Member) -> Snapshot:
        return self._watch(member).snapshot()

    def _keep(self, member: Member, found: Snapshot) -> Snapshot:
        shown = self._seen[member.place] = self._stores.shown(member, found)
        return shown

    def snapshot(self) -> Snapshot:
        found = dict(answers_of(self._members, self._ask))
        for member in self._members:  # in this order, so that ids are the same each time
            if member in found:
                self._keep(member, found[member])
        if not found:
            self._raise_where_nothing_is_known()
        return self._all()

    def _raise_where_nothing_is_known(self) -> None:
        faults = [member.fault for member in self._members if member.fault is not None]
        if faults and not self._seen:
            raise faults[0]

    def _all(self) -> Snapshot:
        """What the stores answered last, silent ones too."""
        return self._stores.together([self._seen[place] for place in sorted(self._seen)], self._chosen)

    def remembered(self) -> Snapshot:
        return Snapshot((), ())

    def changes(self, *, thorough: bool = True) -> Changes:
        rows: list[Row] = []
        gone: list[str] = []
        experiments = False

        def ask(member: Member) -> Changes:
            return self._watch(member).changes(thorough=thorough)

        answering = [member for member in self._members if thorough or member.fault is None]
        answers = dict(answers_of(answering, ask))
        for member, found in ((each, answers[each]) for each in answering if each in answers):
            rows += [self._stores.shown_row(member, row) for row in found.rows]
            gone += [self._stores.known_id(member, run) for run in found.gone]
            experiments = experiments or found.experiments
        return Changes(rows, gone, experiments)


class ArrivingWatch(SeveralWatch):
    """What is near is shown before what is far away has come."""

    def arriving(self) -> Iterator[Snapshot]:
        """A part for each store, as it answers; what a silent one held before is part of the last."""
        came: list[Member] = []
        for member, found in answers_of(self._members, self._ask):
            shown = self._keep(member, found)
            came.append(member)
            whole = self._stores.together([self._seen[each.place] for each in came], self._chosen)
            yield Snapshot(shown.rows, whole.experiments, whole.damages)
        if not came:
            self._raise_where_nothing_is_known()
        silent = [self._seen[each.place] for each in self._members if each not in came and each.place in self._seen]
        whole = self._all()
        rows = [row for shown in silent for row in shown.rows]
        yield Snapshot(rows, whole.experiments, whole.damages)

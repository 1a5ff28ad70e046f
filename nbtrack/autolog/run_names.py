"""What are a fit's metrics and params called in its run, and which way does its library say is better?

Libraries name values freely (`ndcg@5`, `F1 (macro)`); `nbtrack.stores.storable_names` has the rule by which such a name
is changed. A direction that a library gives (of a study, a scorer, an early stopping) stands in the tag
`nbtrack.metric.NAME`, as `min`, `max` or `none`, which the table, charts and figures read before they look at the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbtrack.entities import RunData
from nbtrack.stores.names import is_new_key
from nbtrack.stores.storable_names import StorableNames, names_note

DIRECTION = "nbtrack.metric."  # tag of a run: min, max or none


class RunNames:
    """The names of one run that a fit writes to."""

    def __init__(self) -> None:
        self.metrics = StorableNames()
        self.params = StorableNames()
        self._directions: dict[str, str] = {}
        self._noted: dict[str, str] = {}
        self._renamed = 0

    def meet(self, data: RunData) -> None:
        """Give way to the names that the run has already."""
        self.metrics = _beside(self.metrics, data.metrics)
        self.params = _beside(self.params, data.params)

    def note(self) -> dict[str, str]:
        """The tag of the original names, where it is not as it was written."""
        count = len(self.metrics.renamed) + len(self.params.renamed)
        if count == self._renamed:
            return {}
        self._renamed = count
        note = names_note(metrics=self.metrics, params=self.params)
        changed, self._noted = note != self._noted, note
        return note if changed else {}

    def note_now(self) -> dict[str, str]:
        """The tag of the original names as it was written last; empty where there is none."""
        return dict(self._noted)

    def directions(self, ways: Mapping[str, str]) -> dict[str, str]:
        """The tags of directions that are not as they were written; `ways` by the original name of a metric."""
        named = self.metrics.of_all(ways)
        new = {named[key]: way for key, way in ways.items() if self._directions.get(named[key]) != way}
        self._directions |= new
        return direction_tags(new)


def direction_tags(ways: Mapping[str, str]) -> dict[str, str]:
    """The tags of directions, by the names of metrics; a name that is too long for one has none."""
    return {DIRECTION + name: way for name, way in ways.items() if is_new_key(DIRECTION + name)}


def _beside(names: StorableNames, taken: Iterable[str]) -> StorableNames:
    there = set(taken)
    return StorableNames(there, {name: original for name, original in names.renamed.items() if name in there})

"""Which params of a run are nobody's word, so that the person may still say otherwise?

A param is written once. One that autolog has read off a model gives way when the person's own code logs another value
under its name: their cell must not fail over what they did not write.
"""

from __future__ import annotations

from collections.abc import Iterable

_MOST_RUNS = 1000
_guessed: dict[str, set[str]] = {}  # by run id


def guess(run_id: str, keys: Iterable[str]) -> None:
    """These params of the run were not logged by the person."""
    _guessed.setdefault(run_id, set()).update(keys)
    while len(_guessed) > _MOST_RUNS:
        _guessed.pop(next(iter(_guessed)))


def given(run_id: str, keys: Iterable[str]) -> set[str]:
    """Those of `keys` that were guessed; they are the person's from now on."""
    known = _guessed.get(run_id, set())
    taken = known.intersection(keys)
    known -= taken
    return taken

"""Which params of a run are nobody's word, so that the person may still say otherwise?

A param is written once. One that autolog has read off a model, or nbtrack off the text of a cell, gives way when the
person's own code logs another value under its name: their cell must not fail over what they did not write. A literal of
a cell gives way to autolog too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

_MOST_RUNS = 1000
_guessed: dict[str, dict[str, bool]] = {}  # by run id: the params, and whether a fit has given them
_changing = threading.Lock()


def guess(run_id: str, keys: Iterable[str], *, by_fit: bool = True) -> None:
    """These params of the run were not logged by the person, but by a fit or as literals of the cell."""
    with _changing:
        _guessed.setdefault(run_id, {}).update(dict.fromkeys(keys, by_fit))
        while len(_guessed) > _MOST_RUNS:
            _guessed.pop(next(iter(_guessed)))


def literals(run_id: str) -> set[str]:
    """Params of the run that neither the person nor a fit has logged."""
    return {key for key, by_fit in list(_guessed.get(run_id, {}).items()) if not by_fit}


def of_fits(run_id: str) -> set[str]:
    """Params of the run that a fit has logged and the person has not."""
    return {key for key, by_fit in list(_guessed.get(run_id, {}).items()) if by_fit}


def given(run_id: str, keys: Iterable[str]) -> set[str]:
    """Those of `keys` that were guessed; they are the person's from now on."""
    known = _guessed.get(run_id)
    if not known:
        return set()
    with _changing:
        return {key for key in set(keys) if known.pop(key, None) is not None}

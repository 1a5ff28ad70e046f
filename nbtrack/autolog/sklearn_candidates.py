"""How does a candidate of a search become a run as soon as it has been tried?

Where the search tries one after the other in its own thread (`n_jobs=1`), the function that fits and scores one fold is
seen. Of candidates in other processes or threads nothing is known until the search has ended; they are logged then.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from nbtrack.autolog.patching import Call
from nbtrack.autolog.recording import Recording
from nbtrack.tracking.points import now

MOST_CHILDREN = 500  # candidates of one search; cv_results.csv has all


@dataclass(eq=False)
class Candidates:
    """The candidates of one search that have a run already, by their place in `cv_results_`, with what is logged."""

    recording: Recording
    search: Any
    tags: Mapping[str, str]
    live: bool = True  # do candidates get runs as they are tried?
    done: dict[int, tuple[Recording, dict[str, float]]] = field(default_factory=dict)
    _base: Mapping[str, Any] = field(default_factory=dict)
    _before: int = 0  # candidates of earlier rounds: halving searches have several
    _round: int = 0
    _began: int = 0
    _folds: list[Mapping[str, Any]] = field(default_factory=list)

    def begins(self, place: int, of: int, fold: int) -> None:
        if fold == 0:
            self._began, self._folds = now(), []
            if place == 0:
                self._before, self._round = self._before + self._round, of

    def ended(self, place: int, fold: int, folds: int, params: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        self._folds.append(result)
        if fold != folds - 1 or len(self._folds) != folds or self._before + self._round > MOST_CHILDREN:
            return
        if not self._base:
            self._base = base_params(self.search)
        number = self._before + place
        child = self.recording.child(began=self._began, tags=self.tags, name=candidate_name(self.tags, number))
        self.recording.tries("candidate")
        numbers = means(self._folds)
        self.done[number] = child, numbers
        try:
            child.params({**self._base, **params})
            child.metrics(numbers)
        finally:
            child.end()
        self.recording.progress(place + 1, self._round)

    def fold(self, call: Call) -> Generator[None, None, None]:
        given = call.kwargs
        known = given.get("candidate_progress"), given.get("split_progress")
        if given.get("caller") is not self.search or None in known:
            return
        (place, of), (fold, folds) = given["candidate_progress"], given["split_progress"]
        self.begins(place, of, fold)
        yield
        if call.error is None:
            self.ended(place, fold, folds, given.get("parameters") or {}, call.result)


def candidate_name(tags: Mapping[str, str], number: int) -> str:
    """`Ridge candidate 3`: the estimator, and the place in `cv_results_`."""
    return f"{tags.get('estimator_name', '')} candidate {number}".strip()


def base_params(search: Any) -> Mapping[str, Any]:
    seed = search.estimator
    params: Mapping[str, Any] = seed.get_params(deep=not hasattr(seed, "cv_results_"))
    return params


def means(folds: list[Mapping[str, Any]]) -> dict[str, float]:
    """By the names of `cv_results_`; without the scores where the folds have different ones."""
    found = {f"mean_{key}": [fold[key] for fold in folds] for key in ("fit_time", "score_time") if key in folds[0]}
    scores = [fold["test_scores"] for fold in folds]
    named = [each if isinstance(each, Mapping) else {"score": each} for each in scores]
    if all(each.keys() == named[0].keys() for each in named):
        found |= {f"mean_test_{key}": [each[key] for each in named] for key in named[0]}
    return {key: float(np.average(values)) for key, values in found.items()}


class Folds(Protocol):
    """Who is interested in folds as they are fitted and scored."""

    def fold(self, call: Call) -> Generator[None, None, None]: ...


_running: ContextVar[Folds | None] = ContextVar("nbtrack_running_folds", default=None)


@contextmanager
def watching(folds: Folds | None) -> Iterator[None]:
    token = _running.set(folds)
    try:
        yield
    finally:
        _running.reset(token)


def watch_fold(call: Call) -> Generator[None, None, None]:
    """Hook of `_fit_and_score`, through which every search and cross-validation goes."""
    folds = _running.get()
    if folds is not None:
        yield from folds.fold(call)

"""What did a search over hyperparameters find, candidate by candidate?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Any

from nbtrack.autolog.asked import asked
from nbtrack.autolog.recording import Recording
from nbtrack.autolog.sklearn_candidates import MOST_CHILDREN, Candidates, base_params, candidate_name
from nbtrack.entities import Metric, RunTag
from nbtrack.tracking.points import now

BEST = "nbtrack.best"  # tag of the best child, and on the parent the id of that child


def is_search(estimator: Any) -> bool:
    """Grid, random, and both halving searches, and what is derived from them."""
    from sklearn.model_selection._search import BaseSearchCV

    return isinstance(estimator, BaseSearchCV)


def log_search(recording: Recording, search: Any, candidates: Candidates) -> None:
    """Best params and score on the run of the search, and a child run for each candidate that has none yet."""
    if hasattr(search, "best_score_"):
        recording.metrics({"best_cv_score": search.best_score_})
        recording.directions({"best_cv_score": "max"})
    if hasattr(search, "best_params_"):
        recording.params({f"best_{key}": value for key, value in search.best_params_.items()})
    results = getattr(search, "cv_results_", None)
    if not results:
        return
    _log_table(recording, results)
    best = _log_candidates(recording, search, results, candidates)
    if best is not None:
        recording.tags({BEST: best})


def _log_table(recording: Recording, results: Mapping[str, Any]) -> None:
    import pandas as pd

    recording.file("cv_results.csv", pd.DataFrame(dict(results)).to_csv(index=False))


def _log_candidates(
    recording: Recording, search: Any, results: Mapping[str, Any], candidates: Candidates
) -> str | None:
    """Returns the run id of the best candidate, where the search says which that is."""
    base = base_params(search)
    times = _times(recording.began, now(), results, getattr(search, "n_splits_", 1))
    best, chosen = None, getattr(search, "best_index_", None)
    for index in _shown(results):
        began, ended = times[index]
        mark = {BEST: "true"} if index == chosen else {}
        child, known = candidates.done.get(index) or (_child(recording, began, candidates, index), {})
        found = _numbers(results, index)
        numbers = {key: value for key, value in found.items() if not _same(known.get(key), value)}
        names = child.names.metrics.of_all(numbers)
        points = [Metric(names[key], value, ended) for key, value in numbers.items()]
        tags = {**mark, **child.names.directions(directions(found)), **child.names.note()}
        try:
            if not known:
                recording.tries("candidate")
                child.params({**base, **results["params"][index]})
            child.client.log_batch(child.run_id, points, tags=[RunTag(key, text) for key, text in tags.items()])
        finally:
            if not known:
                child.client.set_terminated(child.run_id, "FINISHED", ended)
        best = child.run_id if mark else best
    return best


def _child(recording: Recording, began: int, candidates: Candidates, index: int) -> Recording:
    return recording.child(began=began, tags=candidates.tags, name=candidate_name(candidates.tags, index))


def directions(names: Iterable[str]) -> dict[str, str]:
    """Of columns of `cv_results_` and of what `cross_validate` returns. A scorer turns its metric's sign where less is
    better (`neg_log_loss`, `greater_is_better=False`), whatever it is called: more of a score is always better."""
    ways = (("std_", "none"), ("rank_test_", "min"), (("mean_test_", "mean_train_", "test_", "train_"), "max"))
    return {name: way for name in names for start, way in ways if name.startswith(start)}


def _same(one: float | None, other: float) -> bool:
    return one == other or (one is not None and one != one and other != other)


def _shown(results: Mapping[str, Any]) -> list[int]:
    """All candidates in the order in which they were tried; of very many only the best."""
    count, told = len(results["params"]), asked("sklearn").max_tuning_runs
    most = MOST_CHILDREN if told is None else told
    ranks = [key for key in results if key.startswith("rank_test_")]
    if count <= most or not ranks:
        return list(range(count))[:most]
    return sorted(sorted(range(count), key=lambda index: results[ranks[0]][index])[:most])


def _numbers(results: Mapping[str, Any], index: int) -> dict[str, float]:
    """Means, deviations and ranks; what single splits gave is in the table."""
    return {
        key: float(values[index])
        for key, values in results.items()
        if not key.startswith(("param", "split")) and isinstance(values[index], Number)
    }


def _times(began: int, ended: int, results: Mapping[str, Any], splits: int) -> list[tuple[int, int]]:
    """When each candidate was tried, in ms: one after the other, as long as it took, within the search's time."""
    each = [
        max(fit + score, 0.0) * splits
        for fit, score in zip(results["mean_fit_time"], results["mean_score_time"], strict=True)
    ]
    whole = sum(value for value in each if value == value) * 1000
    factor = min(1.0, (ended - began) / whole) if whole > 0 else 0.0
    times, at = [], float(began)
    for seconds in each:
        took = seconds * 1000 * factor if seconds == seconds else 0.0
        times.append((int(at), int(at + took)))
        at += took
    return times

"""What does a run say about what autolog did in it?

Two tags: a sentence for people, and which params and metrics were not the person's own, so that a card can show those
later that nobody wrote. They are written when a fit ends, of many fits at most once a second, and when the run ends.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nbtrack.autolog import unasked
from nbtrack.tracking.names import AUTOLOGGED, AUTOLOGGED_NAMES

LONGEST = 5000  # characters that every MLflow keeps of a tag
AGAIN = 1.0  # seconds
NAMES = {  # as their makers write them
    "sklearn": "scikit-learn", "xgboost": "XGBoost", "lightgbm": "LightGBM", "catboost": "CatBoost", "keras": "Keras",
    "pytorch": "PyTorch", "optuna": "Optuna", "keras_tuner": "keras-tuner", "ray": "Ray Tune",
}  # fmt: skip
_PLURALS = {"study": "studies", "search": "searches"}


@dataclass(eq=False)
class Told:
    """Of one run: how many fits (or searches, …) of which library, what these have tried, what else is to be said, and
    the names."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)
    params: dict[str, None] = field(default_factory=dict)
    defaults: dict[str, None] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)  # params by what the person wrote: `n_estimators`
    children: bool = False
    _written: float = 0.0
    _tags: dict[str, str] = field(default_factory=dict)

    def count(self, library: str, what: str) -> None:
        """One more fit, search, …"""
        self.counts[library, what] = self.counts.get((library, what), 0) + 1
        if unasked.is_unasked() and sum(self.counts.values()) >= unasked.MOST_FITS:
            self.remarks["later ones are not logged, unless with --autolog"] = None

    def tries(self, what: str) -> None:
        """One more candidate or trial, which has a run of its own."""
        self.tried[what] = self.tried.get(what, 0) + 1

    def note(self, params: Iterable[str] = (), defaults: Iterable[str] = (), metrics: Iterable[str] = ()) -> None:
        self.params.update(dict.fromkeys(params))
        self.defaults.update(dict.fromkeys(defaults))
        self.metrics.update(dict.fromkeys(metrics))

    def left(self) -> None:
        """The first fit has a run of its own now: what it wrote is no longer in this one."""
        for names in (self.params, self.defaults, self.metrics):
            names.clear()

    def forget(self, params: Iterable[str]) -> None:
        """These were the person's."""
        for key in params:
            self.params.pop(key, None)
            self.defaults.pop(key, None)

    def due(self, *, last: bool = False) -> dict[str, str]:
        """The tags that are not as they were written; empty where they were written just now, unless it is the last
        time."""
        if not last and time.monotonic() - self._written < AGAIN:
            return {}
        tags = {AUTOLOGGED: sentence(self.counts, self.children, self.remarks, self.tried), **_names(self)}
        changed = {key: value for key, value in tags.items() if self._tags.get(key) != value}
        self._written, self._tags = time.monotonic(), tags
        return changed


def _names(told: Told) -> dict[str, str]:
    """Left out where they are more than a tag can hold: then all look like the person's."""
    names: dict[str, object] = {
        "params": [*told.params],
        "defaults": [*told.defaults],
        "metrics": [*told.metrics],
        "written": told.written,
    }
    text = json.dumps({kind: each for kind, each in names.items() if each}, ensure_ascii=False)
    return {AUTOLOGGED_NAMES: text} if 2 < len(text) <= LONGEST else {}


def sentence(
    counts: Mapping[tuple[str, str], int],
    children: bool = False,
    remarks: Iterable[str] = (),
    tried: Mapping[str, int] | None = None,
) -> str:
    """What autolog did in one run: `1 fit of scikit-learn`, `2 fits and 1 search of scikit-learn and 1 fit of XGBoost
    with 6 candidates, each a child run`."""
    by_library: dict[str, list[str]] = {}
    for (library, what), count in counts.items():
        by_library.setdefault(library, []).append(_several(count, what))
    said = _together([f"{_together(each)} of {NAMES.get(library, library)}" for library, each in by_library.items()])
    if tried:
        said += " with " + _together([_several(count, what) for what, count in tried.items()])
    return "; ".join([said + (", each a child run" if children or tried else ""), *remarks])


def _several(count: int, what: str) -> str:
    return f"{count:,} {what if count == 1 else _PLURALS.get(what, what + 's')}"


def _together(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]

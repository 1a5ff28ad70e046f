"""What do XGBoost and LightGBM have in common when they are watched?"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from nbtrack.autolog import evaluation
from nbtrack.autolog.defaults import unchosen, untouched
from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.errors import guard

MOST_FEATURES = 10_000  # of which importances are kept
_boosters: ByIdentity[Recording] = ByIdentity()  # the run that a native booster was trained in


@dataclass(eq=False)
class Training:
    """One call of `train` or `cv`: its arguments with their defaults, and what each round came to."""

    recording: Recording
    arguments: dict[str, Any]
    rounds: dict[int, dict[str, float]] = field(default_factory=dict)  # by number, which LightGBM counts on
    before: int = 0  # rounds of the training that this one goes on from, where the library counts anew
    directions: dict[str, str] = field(default_factory=dict)  # min, max or none of each metric, as the library says

    @property
    def last(self) -> int:
        return max(self.rounds, default=-1)

    def round(self, number: int, metrics: dict[str, float]) -> None:
        """Called after every round, so the points of a round are in the store before the next begins."""
        self.rounds[number] = metrics
        for key, value in metrics.items():
            self.recording.point(key, value, number)
        if len(self.rounds) == 1:
            self.recording.directions(self.directions)
        self.recording.progress(len(self.rounds), self.arguments.get("num_boost_round"))

    def best_round(self, best: int, *, first: int = 0) -> None:
        """MLflow's account of early stopping: two metrics, and the best values once more, behind the last round.
        `first` is what the library calls round zero in `best`."""
        self.recording.metrics({"best_iteration": best, "stopped_iteration": self.last + first})
        self.recording.metrics(self.rounds[best - first], self.last + 1)


def watch_training(
    call: Call,
    library: str,
    no_params: frozenset[str],
    callback: Callable[[Training], Any],
    finish: Callable[[Training, Call], None],
    what: str = "fit",
) -> Generator[None, None, None]:
    """The hook of `train` and `cv`. `what` it is called."""
    if is_inside():
        return
    bound = call.bound()
    if bound is None:
        return
    callbacks = bound.arguments.get("callbacks") or ()
    bound.apply_defaults()
    arguments = dict(bound.arguments)
    with inside():
        training = Training(new_recording(library, what), arguments)
        recording = training.recording
        with ending(recording, call):
            plain = {key: value for key, value in arguments.items() if key not in no_params}
            with guard(f"log the params of this {what}"):
                own = dict(arguments.get("params") or {})
                if _in_estimator.get() is not None:
                    recording.name_as_written({"num_boost_round": "n_estimators"})
                recording.params({**plain, **own}, defaults=_unchosen(call, plain, own))
            # The first of a list of our own: a callback before it that ends the training would hide the last round.
            call.give(bound, callbacks=[callback(training), *callbacks])
            with logging_into(recording):
                yield
            if call.error is None:
                finish(training, call)
                _boosters[call.result] = recording
                if _in_estimator.get() is None and hasattr(call.result, "predict"):
                    recording.model(call.result)


def _unchosen(call: Call, plain: Mapping[str, Any], own: Mapping[str, Any]) -> set[str]:
    """Of the arguments of `train`, and of its `params` where an estimator has made them."""
    estimator = _in_estimator.get()
    alike = unchosen(call.original, plain) - own.keys()
    if estimator is None:
        return alike
    as_made = untouched(estimator, {**estimator.get_params(), **own})
    rounds = {"num_boost_round"} if "n_estimators" in as_made else set()
    return (alike - {"num_boost_round"}) | rounds | (as_made & own.keys())


def log_importance(recording: Recording, kinds: Mapping[str, Callable[[], Mapping[str, Any]]]) -> None:
    """`feature_importance_gain.json` and the like, as MLflow writes them."""
    for kind, importance in kinds.items():
        found = importance()
        if found and len(found) <= MOST_FEATURES:
            plain = {key: value if isinstance(value, list) else float(value) for key, value in found.items()}
            recording.file(f"feature_importance_{kind}.json", plain)


_in_estimator: ContextVar[Any] = ContextVar("nbtrack_in_estimator", default=None)


def watch_estimator(call: Call, booster: str) -> Generator[None, None, None]:
    """Hook of `fit` of the sklearn API: later scores of the estimator belong to the run that its booster was trained
    in, and it is kept in the booster's place."""
    if _in_estimator.get() is not None:  # the estimator's class calls the one that it is derived from
        return
    token = _in_estimator.set(call.args[0])
    try:
        yield
    finally:
        _in_estimator.reset(token)
    model = call.args[0]
    recording = _boosters.get(getattr(model, booster, None)) if call.error is None else None
    if recording is not None:
        evaluation.remember(model, recording)
        recording.model(model)

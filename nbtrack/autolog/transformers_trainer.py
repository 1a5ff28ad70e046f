"""How is the Trainer of transformers watched? While it trains or evaluates it has one more official callback.

Names and values are those of transformers' own MLflow callback: the config of the model and the training arguments as
params, whatever the Trainer logs as metrics by its global step. Only the first process of several logs.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator, Mapping
from numbers import Real
from typing import Any

from nbtrack.autolog.defaults import unchosen
from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.errors import guard
from nbtrack.stores.names import LONGEST_PARAM

_trained: ByIdentity[Recording] = ByIdentity()  # by trainer: the run of its last training


def patch(patches: Patches) -> None:
    trainer = importlib.import_module("transformers.trainer").Trainer
    patches.watch(trainer, "train", _watch_train)
    patches.watch(trainer, "evaluate", _watch_evaluate)


def _watch_train(call: Call) -> Generator[None, None, None]:
    trainer = call.args[0]
    if is_inside() or call.bound() is None or not trainer.is_world_process_zero():
        return
    with inside():
        recording = _trained[trainer] = new_recording("transformers", "training")
        with ending(recording, call):
            callbacks, ours = trainer.callback_handler.callbacks, _callback(recording)
            callbacks.append(ours)
            with logging_into(recording):
                yield
            _without(callbacks, ours)
            if call.error is None:
                recording.model(trainer.model)


def _watch_evaluate(call: Call) -> Generator[None, None, None]:
    """What is evaluated after a training belongs to its run."""
    trainer = call.args[0]
    recording = _trained.get(trainer)
    if recording is None or is_inside():
        return
    with inside():
        callbacks, ours = trainer.callback_handler.callbacks, _callback(recording)
        callbacks.append(ours)
        yield
        _without(callbacks, ours)


def _without(callbacks: list[Any], ours: Any) -> None:
    callbacks[:] = [each for each in callbacks if each is not ours]


def _callback(recording: Recording) -> Any:
    base: Any = importlib.import_module("transformers.trainer_callback").TrainerCallback

    class Points(base):  # type: ignore[misc]
        def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
            with guard("log the params of this training"):
                recording.params(_params(args, model), defaults=_unchosen(args, model))
                recording.directions(_directions(args))

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            with guard("log what the Trainer logs"):
                for key, value in _numbers(logs or {}).items():
                    recording.point(key, value, state.global_step)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            recording.progress(state.global_step, state.max_steps)

    return Points()


def _directions(args: Any) -> dict[str, str]:
    """Of the metric by which the best model is chosen; the Trainer puts `eval_` before a name without it."""
    name, greater = getattr(args, "metric_for_best_model", None), getattr(args, "greater_is_better", None)
    if not isinstance(name, str) or not isinstance(greater, bool):
        return {}
    return {f"eval_{name.removeprefix('eval_')}": "max" if greater else "min"}


def _unchosen(args: Any, model: Any) -> set[str]:
    config = getattr(model, "config", None)
    of_model = config.to_dict() if config is not None else {}
    return unchosen(type(config), of_model) | unchosen(type(args), args.to_dict())


def _params(args: Any, model: Any) -> dict[str, Any]:
    """`to_dict` leaves out what is secret among the arguments. Long ones are left out, as with MLflow."""
    config = getattr(model, "config", None)
    both = {**(config.to_dict() if config is not None else {}), **args.to_dict()}
    return {key: value for key, value in both.items() if len(str(value)) <= LONGEST_PARAM}


def _numbers(logs: Mapping[str, Any]) -> dict[str, float]:
    numbers = {}
    for key, value in logs.items():
        if isinstance(value, Real) or (hasattr(value, "numel") and value.numel() == 1):
            numbers[key] = float(value)
    return numbers

"""How is Keras watched, on every backend and as tf.keras? `fit` gets two more official callbacks.

Names and values are those of MLflow's autolog for Keras 3. What a loop of one's own around `train_on_batch` or a
gradient tape does is not seen.
"""

from __future__ import annotations

import copy
import importlib
import warnings
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from nbtrack.autolog.defaults import unchosen
from nbtrack.autolog.optimizer_names import prefix
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.autolog.values import numbers_of
from nbtrack.errors import guard

_NO_PARAMS = frozenset("self x y callbacks validation_data verbose".split())


def patch(patches: Patches) -> None:
    model = importlib.import_module("keras.src.models.model").Model
    patches.watch(next(cls for cls in model.__mro__ if "fit" in vars(cls)), "fit", _watch_fit)


def _watch_fit(call: Call) -> Generator[None, None, None]:
    if is_inside() or (bound := call.bound()) is None:
        return
    given = bound.arguments.get("callbacks")
    with inside():
        recording = new_recording("keras")
        with ending(recording, call):
            model = call.args[0]
            arguments = {**_defaults(bound.signature), **bound.arguments}
            with guard("log the params of this fit"):
                recording.params(
                    {**_params(arguments), **_optimizer(model, prefix()), **_stopping(given)},
                    defaults=_unchosen(call, arguments, model, prefix()),
                )
            epochs = _Epochs(recording, int(arguments["epochs"]), given)
            call.give(bound, callbacks=_with(given, epochs.callbacks()))
            with logging_into(recording):
                yield
            if call.error is None:
                epochs.log_early_stopping(model, given)
                recording.model(model)


def _defaults(signature: Any) -> dict[str, Any]:
    return {name: each.default for name, each in signature.parameters.items() if each.default is not each.empty}


def _params(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `fit`; the size of a batch is the data set's where that knows its own."""
    params = {name: value for name, value in arguments.items() if name not in _NO_PARAMS}
    if params.get("batch_size") is None:
        data = arguments.get("x")
        size: Any = getattr(data, "batch_size", None) or getattr(data, "_batch_size", None)
        params["batch_size"] = size.numpy() if hasattr(size, "numpy") else size
    return params


def _optimizer(model: Any, prefix: str) -> dict[str, Any]:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:  # not compiled: `fit` itself will say so
        return {}
    with warnings.catch_warnings():  # reading the rate with torch below, Keras does what numpy warns of
        warnings.simplefilter("ignore")
        return {f"{prefix}_{key}": value for key, value in optimizer.get_config().items()}


def _stopping(callbacks: Any) -> dict[str, Any]:
    """What early stopping was given, as MLflow's autolog for tf.keras names it; that for Keras leaves it out."""
    if prefix() != "opt":
        return {}
    kind: Any = importlib.import_module("keras.src.callbacks.early_stopping").EarlyStopping
    callbacks = getattr(callbacks, "callbacks", callbacks)
    each = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    first = next((one for one in each if isinstance(one, kind)), None)
    names = ("monitor", "min_delta", "patience", "baseline", "restore_best_weights")
    return {} if first is None else {name: getattr(first, name, None) for name in names}


def _unchosen(call: Call, arguments: Mapping[str, Any], model: Any, prefix: str) -> set[str]:
    optimizer = getattr(model, "optimizer", None)
    alike = unchosen(call.original, {name: value for name, value in arguments.items() if name != "batch_size"})
    kind = type(optimizer)
    config = {key.partition("_")[2]: value for key, value in _optimizer(model, prefix).items()}
    named = {"name": "", "jit_compile": ""} if optimizer is not None else {}
    return alike | unchosen(kind, config, f"{prefix}_") | {f"{prefix}_{key}" for key in named}


def _directions(model: Any, callbacks: Any) -> dict[str, str]:
    """By metric, without `val_`: what Keras' own metrics say of themselves, then the `mode` that a callback of the
    person's was given for what it monitors."""
    ways = {"loss": "min"}
    waiting = [*getattr(model, "metrics", ())]
    while waiting:
        metric = waiting.pop()
        waiting += getattr(metric, "metrics", ())
        if way := {"up": "max", "down": "min"}.get(str(getattr(metric, "_direction", None))):
            ways[str(metric.name)] = way
    callbacks = getattr(callbacks, "callbacks", callbacks)
    for each in callbacks if isinstance(callbacks, list | tuple) else [callbacks]:
        if getattr(each, "mode", None) in ("min", "max") and isinstance(getattr(each, "monitor", None), str):
            ways[_base(each.monitor)] = each.mode
    return ways


def _base(key: str) -> str:
    return key.removeprefix("validation_").removeprefix("val_")


def _with(given: Any, ours: tuple[Any, Any]) -> Any:
    """The person's callbacks between ours, and what they come in left as it is."""
    first, last = ours
    if hasattr(given, "set_model") and isinstance(getattr(given, "callbacks", None), list):
        both = copy.copy(given)  # a CallbackList has told its callbacks of the model already
        both.callbacks = [first, *given.callbacks, last]
        for each in ours:
            each.set_model(given.model)
            each.set_params(given.params)
        return both
    if given is None:
        return [first, last]
    return [first, *(given if isinstance(given, list | tuple) else [given]), last]


class _Epochs:
    """What each epoch of one call of `fit` came to."""

    def __init__(self, recording: Recording, epochs: int, callbacks: Any = None) -> None:
        """`callbacks` are the person's: one that watches a metric says which way it is better."""
        self._recording = recording
        self._epochs = epochs
        self._callbacks = callbacks
        self._ways: dict[str, str] | None = None
        self._epoch = 0
        self._logged: set[str] = set()

    def begin(self, epoch: int) -> None:
        self._epoch = epoch
        self._logged.clear()

    def end(self, epoch: int, logs: Mapping[str, Any], model: Any = None) -> None:
        """Log what is not logged of this epoch yet."""
        with guard("log this epoch of keras"):
            for key, value in numbers_of({key: logs[key] for key in logs if key not in self._logged}).items():
                self._recording.point(key, value, epoch)
            self._say_directions(logs, model)
            self._logged.update(logs)
            self._recording.progress(epoch + 1, self._epochs)

    def validated(self, logs: Mapping[str, Any], model: Any = None) -> None:
        with guard("log this validation of keras"):
            named = numbers_of({f"validation_{key}": value for key, value in logs.items()})
            for key, value in named.items():
                self._recording.point(key, value, self._epoch)
            self._say_directions(named, model)

    def _say_directions(self, keys: Iterable[str], model: Any) -> None:
        """Keras knows its metrics once the first batch has gone through them."""
        if self._ways is None:
            self._ways = _directions(model, self._callbacks)
        named = ((key, self._ways.get(key) or self._ways.get(_base(key))) for key in keys if key not in self._logged)
        self._recording.directions({key: way for key, way in named if way is not None})

    def summarize(self, model: Any) -> None:
        lines: list[str] = []
        with guard("keep the summary of the model"):
            model.summary(print_fn=lambda line, *_, **__: lines.append(line))
            self._recording.file("model_summary.txt", "\n".join(lines))

    def callbacks(self) -> tuple[Any, Any]:
        """One before the person's callbacks, so that one of theirs that ends the training hides no epoch, and one
        behind them for what they add to an epoch, such as the learning rate of a schedule."""
        base: Any = importlib.import_module("keras.src.callbacks.callback").Callback
        epochs = self

        class Epochs(base):  # type: ignore[misc]
            def on_train_begin(self, logs: Any = None) -> None:
                epochs.summarize(self.model)

            def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
                epochs.begin(epoch)

            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                epochs.end(epoch, logs or {}, self.model)

            def on_test_end(self, logs: Any = None) -> None:
                epochs.validated(logs or {}, self.model)

        class Added(base):  # type: ignore[misc]
            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                epochs.end(epoch, logs or {}, self.model)

        return Epochs(), Added()

    def log_early_stopping(self, model: Any, callbacks: Any) -> None:
        """MLflow's names for tf.keras: when training stopped, and the epoch that weights were restored from."""
        stopping: Any = importlib.import_module("keras.src.callbacks.early_stopping").EarlyStopping
        callbacks = getattr(callbacks, "callbacks", callbacks)
        for each in callbacks if isinstance(callbacks, list | tuple) else [callbacks]:
            if isinstance(each, stopping) and model.stop_training and each.stopped_epoch > 0:
                self._recording.metrics({"stopped_epoch": each.stopped_epoch})
                if each.restore_best_weights:
                    self._recording.metrics({"restored_epoch": each.best_epoch})

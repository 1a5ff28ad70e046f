"""How is Lightning watched, under both of its names? For the time of `fit` the trainer has one more official callback.

Names and values are those of MLflow's autolog: what the module logs, once an epoch. Only the process of rank zero logs.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator
from typing import Any

from nbtrack.autolog.defaults import unchosen
from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Call, Patches
from nbtrack.autolog.recording import Recording, ending, logging_into, new_recording
from nbtrack.autolog.scope import inside, is_inside
from nbtrack.autolog.values import numbers_of
from nbtrack.errors import guard

_STOPPING = ("monitor", "mode", "patience", "min_delta", "stopped_epoch")
_fitted: ByIdentity[Recording] = ByIdentity()  # by trainer: the run of its last fit


def patch_lightning(patches: Patches) -> None:
    _patch(patches, "lightning.pytorch")


def patch_pytorch_lightning(patches: Patches) -> None:
    _patch(patches, "pytorch_lightning")


def _patch(patches: Patches, package: str) -> None:
    trainer = importlib.import_module(f"{package}.trainer.trainer").Trainer
    patches.watch(trainer, "fit", _watch_fit)
    patches.watch(trainer, "test", _watch_test)


def _package(trainer: Any) -> str:
    """Both packages hold the same code twice; a callback must come from the one that the trainer comes from."""
    kinds = (kind.__module__ for kind in type(trainer).__mro__)
    return next(name.removesuffix(".trainer.trainer") for name in kinds if name.endswith(".trainer.trainer"))


def _watch_fit(call: Call) -> Generator[None, None, None]:
    if is_inside() or call.bound() is None or not call.args[0].is_global_zero:
        return
    trainer = call.args[0]
    with inside():
        recording = _fitted[trainer] = new_recording("pytorch", "training")
        with ending(recording, call):
            stopping = _early_stopping(trainer)
            if stopping is not None:
                recording.params({name: getattr(stopping, name) for name in _STOPPING if hasattr(stopping, name)})
            before, ours = trainer.callbacks, _callback(recording, _package(trainer))
            trainer.callbacks = together = [*before, ours]
            with logging_into(recording):
                yield
            unchanged = trainer.callbacks is together
            trainer.callbacks = before if unchanged else [each for each in trainer.callbacks if each is not ours]
            if call.error is None:
                if stopping is not None:
                    _log_stopping(recording, stopping)
                recording.model(trainer.lightning_module)


def _watch_test(call: Call) -> Generator[None, None, None]:
    """What is tested after a fit belongs to the run of the fit, as with MLflow."""
    trainer = call.args[0]
    recording = _fitted.get(trainer)
    if recording is None or is_inside():
        return
    with inside():
        yield
    if call.error is None and trainer.is_global_zero:
        recording.tags({"Mode": "testing"})
        recording.metrics(trainer.callback_metrics)


def _callback(recording: Recording, package: str) -> Any:
    base: Any = importlib.import_module(f"{package}.callbacks.callback").Callback

    class Epochs(base):  # type: ignore[misc]
        """One point of each metric after each epoch, and how far the training is after each batch."""

        whole: int | None = None  # batches of all epochs

        def on_train_start(self, trainer: Any, pl_module: Any) -> None:
            if trainer.is_global_zero:
                with guard("log the beginning of this fit of lightning"):
                    self.whole = _batches(trainer)
                    _log_start(recording, trainer, pl_module, package)

        def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
            if self.whole:
                done = trainer.current_epoch * trainer.num_training_batches + batch_idx + 1
                recording.progress(min(done, self.whole), self.whole)

        def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            if trainer.is_global_zero:
                with guard("log this epoch of lightning"):
                    for key, value in numbers_of(trainer.callback_metrics).items():
                        recording.point(key, value, trainer.current_epoch)

    return Epochs()


def _batches(trainer: Any) -> int | None:
    """Of the whole training; None where it has no end that is known."""
    each, epochs, steps = trainer.num_training_batches, trainer.max_epochs, trainer.max_steps
    if steps is not None and steps > 0:
        return int(steps * trainer.accumulate_grad_batches)
    return int(each * epochs) if epochs and epochs > 0 and each != float("inf") else None


def _log_start(recording: Recording, trainer: Any, module: Any, package: str) -> None:
    params: dict[str, Any] = {"epochs": trainer.max_epochs}
    alike: set[str] = set()
    if trainer.optimizers:
        first = trainer.optimizers[0]
        optimizer = getattr(first, "_optimizer", first)  # Lightning may have wrapped it
        params |= {"optimizer_name": type(optimizer).__name__, **getattr(optimizer, "defaults", {})}
        alike = unchosen(type(optimizer), getattr(optimizer, "defaults", {}))
    recording.tags({"Mode": "training"})
    recording.params(params, defaults=alike)
    recording.directions(_directions(trainer, module))
    summary: Any = importlib.import_module(f"{package}.utilities.model_summary").ModelSummary
    recording.file("model_summary.txt", str(summary(module, max_depth=-1)))


def _directions(trainer: Any, module: Any) -> dict[str, str]:
    """By metric: what the module's own metrics (of torchmetrics) say under whose names they are logged, then the `mode`
    of the callbacks that monitor one."""
    ways = {}
    for name, part in module.named_modules():
        if isinstance(better := getattr(part, "higher_is_better", None), bool):
            ways[name] = "max" if better else "min"
    for each in trainer.callbacks:
        if getattr(each, "mode", None) in ("min", "max") and isinstance(getattr(each, "monitor", None), str):
            ways[each.monitor] = each.mode
    stopping = _early_stopping(trainer)
    return ways if stopping is None else {**ways, "best_score": stopping.mode}


def _early_stopping(trainer: Any) -> Any:
    kind = importlib.import_module(f"{_package(trainer)}.callbacks.early_stopping").EarlyStopping
    return next((each for each in reversed(trainer.callbacks) if isinstance(each, kind)), None)


def _log_stopping(recording: Recording, stopping: Any) -> None:
    """MLflow's account of early stopping; nothing where training ran to its end."""
    if stopping.stopped_epoch == 0:
        return
    recording.metrics(
        {
            "stopped_epoch": stopping.stopped_epoch,
            "restored_epoch": stopping.stopped_epoch - max(1, stopping.patience),
            "best_score": float(stopping.best_score),
            "wait_count": stopping.wait_count,
        }
    )

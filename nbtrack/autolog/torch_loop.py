"""What can be seen of a training loop that somebody wrote themselves around torch?

Two calls that every such loop makes: `loss.backward()` and `optimizer.step()`. They give the optimizer and its
hyperparameters, at each step the loss, and the learning rate where it changes. Epochs, validation and names of metrics
are not seen, nor a loss that goes to `torch.autograd` without `backward()`. It is logged only inside an active run: of
a loop nobody can tell that it has ended.

An optimizer that was made before a training's first step belongs to that training, as the two of a GAN do; one that
was made later, or steps in another thread, begins another.
"""

from __future__ import annotations

import importlib
import itertools
import threading
from collections.abc import Callable
from typing import Any

from nbtrack.autolog.active_here import active_run
from nbtrack.autolog.loop_of_steps import Here, Loop, Steps
from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Patches
from nbtrack.autolog.recording import has_enough, new_recording
from nbtrack.autolog.scope import in_fit, is_inside
from nbtrack.entities import RunStatus
from nbtrack.errors import guard
from nbtrack.tracking import active

Function = Callable[..., Any]
_order = itertools.count(1)
_made: ByIdentity[int] = ByIdentity()  # when each optimizer was made; those of before autolog are not in it
_unscaled: ByIdentity[Any] = ByIdentity()  # by what a GradScaler has multiplied: the loss as it was
_here = Here()
_guard = guard("log this step of torch")


def patch(patches: Patches) -> None:
    optimizers = importlib.import_module("torch.optim.optimizer")
    tensor = importlib.import_module("torch._tensor").Tensor
    patches.wrap(optimizers.Optimizer, "__init__", _noting_when_made)
    patches.wrap(optimizers.Optimizer, "zero_grad", _clearing)
    patches.wrap(tensor, "backward", _sending)
    off = patches.off

    def stepped(optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            sent = _here.sent
            steps = sent.steps
            # Neither the run nor whether this is inside a fit can be another one where nothing has changed.
            if steps is None or steps.of() is not optimizer or sent.changes != active.changes:
                sent.steps, sent.on_cpu, sent.changes = None, False, active.changes
                held = None if in_fit() else active_run()
                if held is None:
                    return
                steps = _steps.get(optimizer)
                if steps is None or steps.loop.run_id != held.run_id:
                    steps = None if off() or is_inside() else _first_step(held, optimizer)
                if steps is None:
                    return
                sent.steps, sent.on_cpu = steps, steps.on_cpu
            steps.step(optimizer, sent.total)
            sent.stepped = True
        except Exception as error:
            _guard.tell(error)

    patches.undone_by(optimizers.register_optimizer_step_post_hook(stepped).remove)


def patch_compiler(patches: Patches) -> None:
    """`torch.compile` is to call what stands here, not to compile it into the person's model."""
    rules = importlib.import_module("torch._dynamo.trace_rules")
    if hasattr(rules, "add"):
        rules.add("nbtrack")


def patch_scaler(patches: Patches) -> None:
    scaler = importlib.import_module("torch.amp.grad_scaler").GradScaler
    patches.wrap(scaler, "scale", _scaling)


def _noting_when_made(original: Function) -> Function:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        _made[self] = next(_order)

    return __init__


def _clearing(original: Function) -> Function:
    def zero_grad(self: Any, *args: Any, **kwargs: Any) -> Any:
        _here.sent.total = None
        return original(self, *args, **kwargs)

    return zero_grad


def _sending(original: Function) -> Function:
    scaled = _unscaled.facts

    def backward(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        try:
            # Whether there is a run is asked at the step: that takes as long as to remember a number.
            # Without an argument torch takes nothing but a single number.
            if not in_fit() and (not (args or kwargs) or self.numel() == 1):
                loss = _before_scaling(self) if scaled else self
                sent = _here.sent
                value = loss.item() if sent.on_cpu or loss.is_cpu else loss.detach()
                total = sent.total
                sent.total = value if total is None or sent.stepped else total + value
                sent.stepped = False
        except Exception as error:
            _guard.tell(error)
        return result

    return backward


def _before_scaling(loss: Any) -> Any:
    unscaled = _unscaled.get(loss)
    return loss if unscaled is None else unscaled


def _scaling(original: Function) -> Function:
    def scale(self: Any, outputs: Any) -> Any:
        result = original(self, outputs)
        if hasattr(result, "detach"):
            _unscaled[result] = outputs.detach()
        return result

    return scale


# which training has which optimizer

_loops: dict[str, list[Loop]] = {}  # by run: its trainings, the newest last
_steps: ByIdentity[Steps] = ByIdentity()  # by optimizer; they and their models may go before the run does
_left_out: ByIdentity[str] = ByIdentity()  # by optimizer: the run in which it has no training
_beginning = threading.Lock()


def _first_step(held: active.Held, optimizer: Any) -> Steps | None:
    """Of this optimizer in this run: in the newest training of this thread, or in one of its own. None where enough is
    logged, or where it has failed before: to try at each step anew may take long each time."""
    with _beginning:
        if _left_out.get(optimizer) == held.run_id:
            return None
        _left_out[optimizer] = held.run_id
        loops = _loops.get(held.run_id)
        if loops is None:
            loops = _loops[held.run_id] = []
            held.leaving.append(lambda status: _end(held.run_id, status))
        thread = threading.get_ident()
        newest = next((loop for loop in reversed(loops) if loop.thread == thread), None)
        if newest is None or (_made.get(optimizer) or 0) >= newest.began:
            if has_enough():
                return None  # for good, in this run
            if newest is not None:
                newest.end(RunStatus.FINISHED)
            newest = Loop(new_recording("pytorch", "training"), held.run_id, began=next(_order))
            loops.append(newest)
        steps = _steps[optimizer] = newest.first(optimizer)
        _left_out.forget(optimizer)
        return steps


def _end(run_id: str, status: RunStatus) -> None:
    for loop in _loops.pop(run_id, ()):
        loop.end(status)

"""What can be seen of a training loop that somebody wrote themselves around torch?

Two calls that every such loop makes: `loss.backward()` and `optimizer.step()`. They give the optimizer and its
hyperparameters, at each step the loss, and the learning rate where it changes. Epochs, validation and names of metrics
are not seen, nor a loss that goes to `torch.autograd` without `backward()`. It is logged only inside an active run: of
a loop nobody can tell that it has ended.

An optimizer that was made before a training's first step belongs to that training, as the two of a GAN do; one that
was made later begins another.
"""

from __future__ import annotations

import importlib
import itertools
import os
from typing import Any

from nbtrack.autolog.loop_of_steps import Loop, Losses
from nbtrack.autolog.objects import ByIdentity
from nbtrack.autolog.patching import Patches
from nbtrack.autolog.recording import new_recording
from nbtrack.autolog.scope import is_inside
from nbtrack.entities import RunStatus
from nbtrack.errors import guard
from nbtrack.tracking import active

_order = itertools.count(1)
_made: ByIdentity[int] = ByIdentity()  # when each optimizer was made; those of before autolog are not in it
_unscaled: ByIdentity[Any] = ByIdentity()  # by what a GradScaler has multiplied: the loss as it was
_losses = Losses()


def patch(patches: Patches) -> None:
    optimizers = importlib.import_module("torch.optim.optimizer")
    tensor = importlib.import_module("torch._tensor").Tensor
    patches.notice(optimizers.Optimizer, "__init__", _made_one)
    patches.notice(optimizers.Optimizer, "zero_grad", _cleared)
    patches.notice(tensor, "backward", _sent_backward)
    pid, silent = os.getpid(), patches.silent

    def stepped(optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if os.getpid() == pid and not silent() and not is_inside():
            held = active.current()
            if held is not None:
                with guard("log this step of torch"):
                    _loop_of(held, optimizer).step(optimizer, _losses.stepped())

    patches.undone_by(optimizers.register_optimizer_step_post_hook(stepped).remove)


def patch_scaler(patches: Patches) -> None:
    scaler = importlib.import_module("torch.amp.grad_scaler").GradScaler
    patches.notice(scaler, "scale", _scaled)


def _made_one(args: tuple[Any, ...], result: None) -> None:
    _made[args[0]] = next(_order)


def _cleared(args: tuple[Any, ...], result: None) -> None:
    _losses.clear()


def _scaled(args: tuple[Any, ...], result: Any) -> None:
    if len(args) > 1 and hasattr(result, "detach"):
        _unscaled[result] = args[1].detach()


def _sent_backward(args: tuple[Any, ...], result: None) -> None:
    loss = args[0]
    if loss.numel() == 1 and active.current() is not None and not is_inside():
        unscaled = _unscaled.get(loss)
        _losses.add(loss if unscaled is None else unscaled)


# which training has which optimizer

_loops: dict[str, list[Loop]] = {}  # by run: its trainings, the newest last


def _loop_of(held: active.Held, optimizer: Any) -> Loop:
    loops = _loops.get(held.run_id)
    if loops is None:
        loops = _loops[held.run_id] = []
        held.leaving.append(lambda status: _end(held.run_id, status))
    for loop in loops:
        if loop.has(optimizer):
            return loop
    made = _made.get(optimizer) or 0
    if loops and made < loops[-1].began:
        return loops[-1]
    if loops:
        loops[-1].end(RunStatus.FINISHED)
    loops.append(Loop(new_recording("pytorch"), began=next(_order)))
    return loops[-1]


def _end(run_id: str, status: RunStatus) -> None:
    loops = _loops.pop(run_id, None)
    if loops:
        loops[-1].end(status)

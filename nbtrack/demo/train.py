"""How is the demo's store made? As a person would: cells under `%%track`, run again after changing a number.

A real IPython shell runs the cells, one experiment after the other, into ./mlruns of the working directory.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIRST = """
%load_ext nbtrack
import nbtrack
import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.metrics import accuracy_score, classification_report, log_loss, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

digits = load_digits()
X, X_val, y, y_val = train_test_split(digits.data / 16, digits.target, test_size=0.3, random_state=0)
patients = load_diabetes()
P, P_val, d, d_val = train_test_split(patients.data, patients.target, test_size=0.3, random_state=0)
scale = StandardScaler().fit(P)
P, P_val = scale.transform(P), scale.transform(P_val)
"""

DIGITS = """
%%track linear -e digits -m val/loss:min val/accuracy:max -t model=linear
lr = {lr}
alpha = {alpha}
loss = "{loss}"
epochs = 20

model = SGDClassifier(loss=loss, learning_rate="constant", eta0=lr, alpha=alpha, random_state=0)
for epoch in range(epochs):
    model.partial_fit(X, y, classes=digits.target_names)
    nbtrack.log_metrics(
        {{
            "train/loss": log_loss(y, model.predict_proba(X)),
            "train/accuracy": model.score(X, y),
            "val/loss": log_loss(y_val, model.predict_proba(X_val)),
            "val/accuracy": model.score(X_val, y_val),
        }},
        step=epoch,
    )
nbtrack.log_dict(classification_report(y_val, model.predict(X_val), output_dict=True, zero_division=0), "report.json")
"""

SWEEP = """
%%track sweep -e digits-sweep -m val/accuracy:max -t model=mlp
widths = [8, 32, 64]
rates = [0.001, 0.003, 0.01, 0.1]
epochs = 15

scores = []
for width in widths:
    for lr in rates:
        with nbtrack.start_run(run_name=f"mlp-{width}-{lr}", nested=True):
            nbtrack.log_params({"width": width, "lr": lr, "epochs": epochs})
            model = MLPClassifier((width,), learning_rate_init=lr, random_state=0)
            for epoch in range(epochs):
                model.partial_fit(X, y, classes=digits.target_names)
                accuracy = model.score(X_val, y_val)
                nbtrack.log_metrics(
                    {
                        "train/loss": model.loss_,
                        "val/loss": log_loss(y_val, model.predict_proba(X_val)),
                        "val/accuracy": accuracy,
                    },
                    step=epoch,
                )
            scores.append(accuracy)
nbtrack.log_metric("val/accuracy", max(scores))
"""

DIABETES = """
%%track {name} -e diabetes -m val/mse:min val/r2:max
lr = {lr}
penalty = "{penalty}"
epochs = 30

model = SGDRegressor(penalty=penalty, learning_rate="constant", eta0=lr, random_state=0)
for epoch in range(epochs):
    model.partial_fit(P, d)
    guess = model.predict(P_val)
    nbtrack.log_metrics(
        {{
            "train/mse": mean_squared_error(d, model.predict(P)),
            "val/mse": mean_squared_error(d_val, guess),
            "val/r2": r2_score(d_val, guess),
        }},
        step=epoch,
    )
nbtrack.log_text("\\n".join(f"{{n}} {{c:.2f}}" for n, c in zip(patients.feature_names, model.coef_)), "weights.txt")
"""


def cells() -> Iterator[tuple[str, bool]]:
    """Each cell with whether it is meant to fail."""
    for lr in (0.001, 0.01, 0.1, 1.0):
        for alpha in (0.0001, 0.01):
            yield DIGITS.format(lr=lr, alpha=alpha, loss="log_loss"), False
    # A support vector machine has no probabilities, so the first epoch fails.
    yield DIGITS.format(lr=0.01, alpha=0.0001, loss="hinge"), True
    yield SWEEP, False
    for penalty in ("l2", "l1"):
        for lr in (0.0001, 0.001, 0.01):
            yield DIABETES.format(name=f"sgd-{penalty}", lr=lr, penalty=penalty), False
    # Too fast: the loss grows without end.
    yield DIABETES.format(name="sgd-fast", lr=0.3, penalty="l2"), False


def main() -> None:
    with tempfile.TemporaryDirectory() as profile, _shell(Path(profile)) as shell:
        _run(shell, FIRST, fails=False)
        todo = list(cells())
        for done, (cell, fails) in enumerate(todo, start=1):
            _tell(done, len(todo))
            _run(shell, cell, fails=fails)


def _tell(done: int, of: int) -> None:
    """One line that counts up in a terminal; a single line elsewhere."""
    if sys.stderr.isatty():
        print(f"\rTraining small models: {done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
    elif done == 1:
        print(f"Training small models in {of} cells", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _shell(profile: Path) -> Iterator[Any]:
    """An IPython shell that leaves the person's profile and history alone."""
    os.environ["IPYTHONDIR"] = str(profile)
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        yield shell
    finally:
        shell.history_manager.end_session()
        InteractiveShell.clear_instance()


def _run(shell: Any, cell: str, *, fails: bool) -> None:
    """Run one cell quietly. What it printed is shown only where it failed against the plan."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = shell.run_cell(cell.lstrip("\n"), store_history=True)
    if result.success == fails:
        planned = "was to fail and did not" if fails else "failed"
        sys.exit(f"\n{printed.getvalue()}\nThis cell of the demo {planned}:\n{cell}")


if __name__ == "__main__":
    main()

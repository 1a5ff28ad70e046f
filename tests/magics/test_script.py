"""What starts in a notebook can move out of it: blocks, functions and scripts are tracked as cells are."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nbtrack
from nbtrack.entities import Run
from nbtrack.magics.arguments import Options
from nbtrack.magics.background import settle
from nbtrack.magics.script import run_script
from nbtrack.stores import Store, open_store
from nbtrack.tracking import active, experiments, settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "_chosen", None)
    monkeypatch.setattr(experiments, "_active", None)
    return open_store(tmp_path / "mlruns")


def runs(store: Store) -> list[Run]:
    settle()
    return sorted((row.run for row in store.snapshot().rows), key=lambda run: run.info.start_time or 0)


def test_a_block_is_a_run_with_source_output_and_packages(here: Store) -> None:
    with nbtrack.track("block", experiment="e", params={"depth": 3}, tags={"a": "b"}) as run:
        assert run is not None
        print("epoch 1 loss=0.5")
        nbtrack.log_metric("m", 1)
        with nbtrack.start_run():
            nbtrack.log_metric("m", 2, step=1)
    (found,) = runs(here)
    assert (found.info.run_name, found.info.status) == ("block", "FINISHED")
    assert dict(found.data.params) == {"depth": "3"}
    assert dict(found.data.metrics) == {"m": 2.0, "loss": 0.5}
    assert here.read_artifact(found.info.run_id, "output.txt") == b"epoch 1 loss=0.5\n"
    assert b"def test_a_block_is" in here.read_artifact(found.info.run_id, "cell.py")
    assert b"numpy==" in here.read_artifact(found.info.run_id, "requirements.txt")
    assert active.own_stack() == []


def test_a_block_that_fails_is_a_failed_run_and_the_error_goes_on(here: Store) -> None:
    with pytest.raises(ZeroDivisionError), nbtrack.track():
        1 / 0  # noqa: B018
    (found,) = runs(here)
    assert found.info.status == "FAILED"
    assert b"ZeroDivisionError" in here.read_artifact(found.info.run_id, "traceback.txt")


def test_each_call_of_a_function_is_a_run_with_its_arguments_and_result(here: Store) -> None:
    @nbtrack.track()
    def train(lr: float, data: object, epochs: int = 3, api_key: str = "hunter2") -> dict[str, float]:
        """Trains."""
        return {"score": lr * epochs}

    assert train(0.5, object()) == {"score": 1.5}
    assert train.__doc__ == "Trains."
    train(1.0, None, epochs=2)
    first, second = runs(here)
    assert first.info.run_name == "train"
    assert dict(first.data.params) == {"lr": "0.5", "epochs": "3"}
    assert (first.data.metrics["score"], second.data.metrics["score"]) == (1.5, 2.0)
    assert b"def train" in here.read_artifact(first.info.run_id, "cell.py")


def test_async_functions_and_functions_in_functions_are_tracked(here: Store) -> None:
    @nbtrack.track()
    def inner() -> int:
        return 2

    @nbtrack.track()
    async def outer() -> int:
        await asyncio.sleep(0)
        return inner() * 2

    assert asyncio.run(outer()) == 4
    above, below = sorted(runs(here), key=lambda run: run.info.run_name, reverse=True)
    assert below.data.tags["mlflow.parentRunId"] == above.info.run_id
    assert above.data.metrics["result"] == 4.0


def test_a_store_that_cannot_be_used_costs_a_warning_and_no_result(here: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no store")
    with pytest.warns(nbtrack.errors.NbtrackWarning), nbtrack.track(store=str(tmp_path / "file")) as run:
        done = True
    assert done
    assert run is None


FITS = """C = 'of my own'
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
class Mine(BaseEstimator):
    def fit(self, X, y):
        self.seen_ = len(X)
        return self
LogisticRegression(C=0.5, tol=0.25).fit([[0.0], [1.0]], [0, 1])
mine = Mine().fit([[0.0]], [1])
"""


def test_fits_of_blocks_functions_and_scripts_log_themselves_unless_told_not_to(here: Store) -> None:
    from sklearn.linear_model import LogisticRegression

    def fit() -> None:
        LogisticRegression(C=0.5).fit([[0.0], [1.0]], [0, 1])

    with nbtrack.track("block"):
        fit()
    with nbtrack.track("none", autolog=False):
        fit()
    nbtrack.track("one", autolog=["xgboost"])(fit)()
    nbtrack.track("call")(fit)()
    fit()
    assert [(run.info.run_name, run.data.params.get("C")) for run in runs(here)] == [
        ("block", "0.5"), ("none", None), ("one", None), ("call", "0.5"),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no autolog for 'bogus'"):
        nbtrack.track(autolog=["bogus"])
    Path("train.py").write_text(FITS)
    run_script(Path("train.py"), (), Options())
    script, first, second = runs(here)[4:]
    assert script.data.params["C"] == "of my own"
    assert first.data.params["tol"] == "0.25"
    assert second.data.tags["estimator_name"] == "Mine"
    run_script(Path("train.py"), (), Options(autolog=()))
    assert len(runs(here)) == 8


SCRIPT = """import sys, nbtrack
lr = 0.1
print('args', sys.argv[1:], __name__)
nbtrack.log_metric('m', 1)
score = lr * 10
"""


def test_nbtrack_run_runs_a_script_as_one_run(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    environment = {**kept, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "nbtrack.cli", "run", "-e", "exp", "-p", "by=me", "train.py", "--fast", "3"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "args ['--fast', '3'] __main__\n"
    assert "✓ train · exp · finished" in done.stderr
    store = open_store(tmp_path / "mlruns")
    (found,) = runs(store)
    assert dict(found.data.params) == {"lr": "0.1", "by": "me", "args": "--fast 3"}
    assert dict(found.data.metrics) == {"m": 1.0, "score": 1.0}
    assert store.read_artifact(found.info.run_id, "cell.py").decode() == SCRIPT

    (tmp_path / "train.py").write_text("import sys\nsys.exit(3)\n")
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 3
    assert runs(store)[1].info.status == "FAILED"

"""The real MLflow, 3 and 2, as processes that answer questions about a store."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class Mlflow:
    """One MLflow in its own interpreter; importing it takes seconds, so a session asks the same process."""

    def __init__(self, python: str) -> None:
        env = {
            **os.environ,
            "MLFLOW_ALLOW_FILE_STORE": "true",
            "GIT_PYTHON_REFRESH": "quiet",
            "PYTHONWARNINGS": "ignore",
        }
        env.pop("MLFLOW_TRACKING_URI", None)
        self._process = subprocess.Popen(
            [python, str(Path(__file__).parent / "mlflow_side.py")],
            env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ask(self, do: str, **arguments: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"do": do, **arguments}), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer
        return answer["value"]

    def call(self, store: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """A method of MlflowClient."""
        return self.ask("call", store=store, method=method, args=args, kwargs=kwargs)

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(timeout=20)


@pytest.fixture(scope="session")
def real_mlflow3(mlflow3: str) -> Iterator[Mlflow]:
    mlflow = Mlflow(mlflow3)
    yield mlflow
    mlflow.close()


@pytest.fixture(scope="session")
def real_mlflow2(mlflow2: str) -> Iterator[Mlflow]:
    mlflow = Mlflow(mlflow2)
    yield mlflow
    mlflow.close()


@pytest.fixture(params=["mlflow3", "mlflow2"])
def real_mlflow(request: pytest.FixtureRequest) -> Mlflow:
    return request.getfixturevalue(f"real_{request.param}")

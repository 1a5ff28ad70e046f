"""How do tests get a real MLflow server on loopback, emptied for each test?"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

TABLES = ("metrics", "latest_metrics", "params", "tags", "inputs", "input_tags", "datasets", "runs", "experiment_tags")


class Server:
    """`mlflow server` over the SQLite database in `folder`; it can be killed and started again at the same port."""

    def __init__(self, python: str, folder: Path, *, app: str | None = None, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.database = folder / "mlflow.db"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
            "--backend-store-uri", f"sqlite:///{self.database}", "--artifacts-destination", str(folder / "artifacts"),
            *(["--app-name", app] if app else []),
        ]  # fmt: skip
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "GIT_PYTHON_REFRESH": "quiet"}
        quiet |= {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "PYTHONWARNINGS": "ignore"}
        # Its own interpreter must be the one that its workers find on the PATH.
        path = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"
        self._env = {**os.environ, "PATH": path, **quiet, **(env or {})}
        for name in [name for name in self._env if name.startswith(("MLFLOW_TRACKING", "MLFLOW_EXPERIMENT"))]:
            del self._env[name]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._env, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def ready(self) -> Server:
        """Wait until it answers: importing MLflow takes it seconds, a minute on a busy machine."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "server.log").read_text()
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return self
        raise AssertionError((self.folder / "server.log").read_text())

    def kill(self) -> None:
        """As `kill -9` does, its workers too: they are a process group of their own."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def empty(self) -> None:
        """No experiment but Default, and no run."""
        with sqlite3.connect(self.database, timeout=20) as database:
            for table in TABLES:
                database.execute(f"DELETE FROM {table}")
            database.execute("DELETE FROM experiments WHERE experiment_id != 0")
            database.execute("UPDATE experiments SET lifecycle_stage = 'active', name = 'Default'")
        database.close()

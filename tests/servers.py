"""How do tests get a real MLflow server on loopback, emptied for each test?"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

TABLES = ("metrics", "latest_metrics", "params", "tags", "inputs", "input_tags", "datasets", "runs", "experiment_tags")
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONWARNINGS": "ignore",
}
PASSWORD = "correct-horse-9"  # of the basic-auth app's admin
Start = Callable[[list[str], dict[str, str], Path], int]  # arguments of `mlflow server`, environment, folder: process


class Server:
    """`mlflow server` over the SQLite database in `folder`; it can be killed and started again at the same port."""

    def __init__(
        self,
        start: Start,
        folder: Path,
        *,
        app: str | None = None,
        env: dict[str, str] | None = None,
        backend: str | None = None,
    ) -> None:
        """`backend` is where its runs are, if not in a database."""
        self.folder = folder
        self.database = folder / "mlflow.db"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = [
            "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
            "--backend-store-uri", backend or f"sqlite:///{self.database}",
            "--artifacts-destination", str(folder / "artifacts"),
            *(["--app-name", app] if app else []),
        ]  # fmt: skip
        self._env = env or {}
        self._start = start
        self._process = 0

    def start(self) -> Server:
        """Wait until it answers."""
        self._process = self._start(self._arguments, self._env, self.folder)
        until = time.monotonic() + 240
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).close()
            except (urllib.error.URLError, OSError):
                os.kill(self._process, 0)
                time.sleep(0.1)
            else:
                return self
        raise AssertionError((self.folder / "server.log").read_text())

    def kill(self) -> None:
        """As `kill -9` does, its workers too: they are a process group of their own."""
        if self._process:
            os.killpg(self._process, signal.SIGKILL)
            if started := _started.pop(self._process, None):
                started.wait()
            self._process = 0

    def empty(self) -> None:
        """No experiment but Default, and no run."""
        with sqlite3.connect(self.database, timeout=20) as database:
            for table in TABLES:
                database.execute(f"DELETE FROM {table}")
            database.execute("DELETE FROM experiments WHERE experiment_id != 0")
            database.execute("UPDATE experiments SET lifecycle_stage = 'active', name = 'Default'")
        database.close()


class Forge:
    """One process that has imported MLflow, and becomes a server as often as it is asked to."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, str(Path(__file__).parent / "server_side.py")],
            env=environment(python), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __call__(self, arguments: list[str], env: dict[str, str], folder: Path) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"arguments": arguments, "env": env, "folder": str(folder), "log": str(folder / "server.log")}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(timeout=60)  # what MLflow has loaded takes a while to go on a busy machine


_started: dict[int, subprocess.Popen[bytes]] = {}


def by_command(python: str) -> Start:
    """Each server by the command `mlflow server`, as a person starts it."""

    def start(arguments: list[str], env: dict[str, str], folder: Path) -> int:
        command = [python, "-m", "mlflow", "server", *arguments]
        with (folder / "server.log").open("ab") as log:
            whole = {**environment(python), **env}
            made = subprocess.Popen(command, env=whole, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        _started[made.pid] = made
        return made.pid

    return start


def environment(python: str) -> dict[str, str]:
    """Of a server: quiet, with its own interpreter first on the PATH, and nothing of the test's own tracking."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    return {**kept, "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}", **QUIET}


CERTIFICATE = """
import datetime, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, sys.argv[2])])
now = datetime.datetime.now(datetime.timezone.utc)
made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(sys.argv[2])]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256()))
pem = serialization.Encoding.PEM
private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
open(sys.argv[1], "wb").write(made.public_bytes(pem) + private)
"""


def certificate(python: str, path: Path, host: str) -> Path:
    """A key and a certificate of its own authority for `host`, by an interpreter that has the package cryptography."""
    subprocess.run([python, "-c", CERTIFICATE, str(path), host], check=True)
    return path


def fill(database: Path, runs: int) -> None:
    """Put runs straight into the database, in experiment 0: logging them would take the server hours."""
    chance = random.Random(7)
    rows, params, tags, points = [], [], [], []
    for number in range(runs):
        run, start = f"{chance.getrandbits(128):032x}", 1_700_000_000_000 + number * 60_000
        folder = f"mlflow-artifacts:/0/{run}/artifacts"
        rows.append((run, f"run-{number}", "me", "FINISHED", start, start + 30_000, "active", folder, 0))
        params += [(f"p{key}", str(chance.random()), run) for key in range(5)]
        tags += [("mlflow.runName", f"run-{number}", run), ("mlflow.source.type", "NOTEBOOK", run)]
        points += [(key, chance.random(), 0, start, 0, run) for key in ("loss", "acc", "time")]
    columns = "run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id"
    with sqlite3.connect(database, timeout=20) as opened:
        opened.executemany(f"INSERT INTO runs ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        opened.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", params)
        opened.executemany("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", tags)
        for table in ("metrics", "latest_metrics"):
            into = f"INSERT INTO {table} (key, value, is_nan, timestamp, step, run_uuid) VALUES (?, ?, ?, ?, ?, ?)"
            opened.executemany(into, points)
    opened.close()

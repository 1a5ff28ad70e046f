"""Does every filter and order that MLflow takes give MLflow's answer?"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from nbtrack.entities import Run, RunData, RunInfo
from nbtrack.frame import Frame, Row, Summary, Text, frame_of
from nbtrack.query import Datasets, QueryError, mask, order, select
from tests.interop import query_questions as questions

ORACLE = Path(__file__).with_name("query_oracle.py")
pytestmark = pytest.mark.interop

# What MLflow takes by accident and nbtrack refuses or reads as it is meant.
ACCIDENTS = {
    "a name with blanks around its dot, which MLflow keeps as part of the key": re.compile(r"\.\s|\s\."),
    "a list behind another operator than IN": re.compile(r"(=|<|>|LIKE)\s*\(", re.IGNORECASE),
    "adjacent texts in a list, which MLflow joins": re.compile(r"['\"]\s+['\"]"),
    "a name without a key": re.compile(r"(metrics|params|tags)\.(\s|$)"),
    "an IS NULL with no AND before it, where MLflow takes all that precedes for part of the name": re.compile(
        r"\S\s+(?!AND\b)\S+\s+IS\s", re.IGNORECASE
    ),
    "a quoted key with more text behind it": re.compile(r"[`'\"]\.?[\w`'\"]"),
}


def asked() -> dict[str, Any]:
    random = Random(20261121)
    ids = [f"<id{place}>" for place in range(8)]
    return {
        "runs": questions.runs(random, 24),
        "filters": [questions.valid_filter(random, ids) for _ in range(700)],
        "broken": [questions.broken_filter(random, ids) for _ in range(700)],
        "orders": [questions.order(random) for _ in range(150)],
        "whole": [[questions.valid_filter(random, ids), questions.order(random)] for _ in range(10)],
    }


@pytest.fixture(scope="module")
def task() -> dict[str, Any]:
    return asked()


@pytest.fixture(scope="module")
def replies(task: dict[str, Any], mlflow3: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    store = tmp_path_factory.mktemp("store") / "mlruns"
    question = {**task, "store": str(store), "filters": task["filters"] + task["broken"]}
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [mlflow3, ORACLE], input=json.dumps(question), capture_output=True, text=True, env=environment, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def frame(replies: dict[str, Any]) -> Frame:
    return frame_of([_row(run) for run in replies["runs"]])


def _row(run: dict[str, Any]) -> Row:
    names = ("run_id", "experiment_id", "run_name", "status", "start_time", "end_time", "user_id", "artifact_uri")
    data = run["data"]
    metrics = data["metrics"]
    info = RunInfo(**{name: run["info"][name] for name in names})
    summaries = {key: Summary.of_one(value, 0, 0) for key, value in metrics.items()}
    return Row(Run(info, RunData(metrics, data["params"], data["tags"])), summaries)


def named(frame: Frame, text: str) -> str:
    """The filter with the ids that its <id0>, <id1>, … stand for."""
    for place, run_id in enumerate(frame.run_ids):
        text = text.replace(f"<id{place}>", run_id)
    return text


@pytest.fixture(scope="module")
def datasets(replies: dict[str, Any]) -> Datasets:
    flat = [(row, *given) for row, of_run in enumerate(replies["datasets"]) for given in of_run]
    rows, *columns = zip(*flat, strict=True)
    names = ("dataset.name", "dataset.digest", "dataset.context")
    return Datasets(np.array(rows), {name: Text.of(cells) for name, cells in zip(names, columns, strict=True)})


def ours(frame: Frame, datasets: Datasets, text: str) -> list[str] | QueryError:
    ids = frame.run_ids
    try:
        return [
            ids[row]
            for row, kept in enumerate(mask(frame, named(frame, text), now=0.0, datasets=lambda: datasets))
            if kept
        ]
    except QueryError as error:
        return error


def test_every_filter_that_mlflow_takes_gives_the_runs_that_mlflow_finds(
    frame: Frame, datasets: Datasets, task: dict[str, Any], replies: dict[str, Any]
) -> None:
    wrong, valid, filled = [], 0, 0
    for text, theirs in zip(task["filters"], replies["filters"], strict=False):
        if isinstance(theirs, dict):
            continue
        valid += 1
        filled += 0 < len(theirs) < len(frame)
        mine = ours(frame, datasets, text)
        if mine != theirs:
            wrong.append((text, mine, theirs))
    assert wrong == []
    assert valid > 600, "most of the generated filters are MLflow's"
    assert filled > 200, "many of them keep some runs and leave others out"


def test_a_broken_filter_is_an_error_with_a_place_or_gives_mlflows_answer(
    frame: Frame, datasets: Datasets, task: dict[str, Any], replies: dict[str, Any]
) -> None:
    wrong = []
    for text, theirs in zip(task["broken"], replies["filters"][len(task["filters"]) :], strict=True):
        mine = ours(frame, datasets, text)
        accident = any(form.search(text) for form in ACCIDENTS.values())
        if isinstance(mine, QueryError):
            assert 0 <= mine.start <= mine.end <= len(named(frame, text)), text
            if isinstance(theirs, list) and not accident:
                wrong.append((text, str(mine), theirs))
        elif isinstance(theirs, list) and mine != theirs and not accident:
            wrong.append((text, mine, theirs))
    assert wrong == []


def test_every_order_puts_the_runs_where_mlflow_puts_them(
    frame: Frame, task: dict[str, Any], replies: dict[str, Any]
) -> None:
    ids = frame.run_ids
    wrong = []
    for keys, theirs in zip(task["orders"], replies["orders"], strict=True):
        if not isinstance(theirs, dict) and [ids[row] for row in order(frame, keys)] != theirs:
            wrong.append(keys)
    assert wrong == []
    assert sum(isinstance(theirs, list) for theirs in replies["orders"]) > 120


def test_a_filtered_and_ordered_search_lists_what_mlflows_client_lists(
    frame: Frame, datasets: Datasets, task: dict[str, Any], replies: dict[str, Any]
) -> None:
    ids = frame.run_ids
    for (text, keys), theirs in zip(task["whole"], replies["whole"], strict=True):
        if not isinstance(theirs, dict):
            assert [ids[row] for row in select(frame, named(frame, text), keys, datasets=lambda: datasets)] == theirs, (
                text,
                keys,
            )

"""Fingerprints of the tables and arrays that a cell reads."""

from __future__ import annotations

import ast
import json
import time

import numpy as np
import pandas as pd
import pytest

from nbtrack.capture import data
from nbtrack.capture.data import dataset, datasets_read
from nbtrack.entities import DatasetInput


def of(value: object) -> DatasetInput:
    found = dataset("d", value, {})
    assert found is not None
    return found


FRAME = pd.DataFrame({"a": range(5), "b": list("vwxyz"), "c": [[1]] * 5})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FRAME, FRAME.rename(columns={"a": "A"})),
        (FRAME, FRAME.iloc[:4]),
        (FRAME, FRAME.assign(b=list("vwxyy"))),
        (FRAME, FRAME.astype({"a": "float64"})),
        (np.arange(6), np.arange(6).reshape(2, 3)),
        (np.arange(6), np.arange(6.0)),
        (np.zeros((9, 9)), np.eye(9)),
        (np.array(["a", None], object), np.array(["b", None], object)),
    ],
)
def test_other_values_names_types_and_shapes_have_another_digest(one: object, other: object) -> None:
    assert of(one).dataset.digest != of(other).dataset.digest
    assert of(one).dataset.digest == of(one.copy()).dataset.digest  # type: ignore[attr-defined]


def test_what_is_large_is_sampled_and_says_so() -> None:
    large = np.zeros((200_000, 20))
    start = time.thread_time()
    marked = {tag.key for tag in of(large).tags}
    assert time.thread_time() - start < 0.1
    assert "nbtrack.sampled" in marked
    assert "nbtrack.sampled" not in {tag.key for tag in of(FRAME).tags}
    assert json.loads(of(large).dataset.profile or "")["features_shape"] == [200_000, 20]


def test_only_what_is_read_before_it_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "BUDGET", 60)
    space = {"df": FRAME, "x": np.zeros(3), "y": np.ones(3), "n": 3, "api_key": np.zeros(2), "z": np.array(1)}
    tree = ast.parse("df = df.dropna()\nx = load()\nx.sum() + y.sum() + n + api_key + z")
    assert [one.dataset.name for one in datasets_read(tree, space, {})] == ["df", "api_key", "y"]

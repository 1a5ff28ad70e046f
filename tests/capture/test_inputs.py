"""The earlier inputs that a cell depends on."""

from __future__ import annotations

import ast

import pytest

from nbtrack.capture.inputs import needed_inputs

SESSION = [
    "import numpy as np",
    "import os",
    "scale = 2",
    "def load(n):\n    return np.arange(n) * scale",
    "unrelated = os.getcwd()",
    "data = load(3)",
    "config = {}",
    "config['lr'] = 0.1",
    "data = load(5)",
    "from math import *",
]


def needed(source: str, session: list[str]) -> list[int]:
    return [n for n, _ in needed_inputs(ast.parse(source), list(enumerate(session)), ast.parse)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 1", []),
        ("data.sum()", [0, 2, 3, 8]),
        ("config", [6, 7]),
        ("unrelated", [1, 4]),
        ("def f():\n    return scale", [2]),
    ],
)
def test_names_are_followed_back_through_the_cells_that_set_them(source: str, expected: list[int]) -> None:
    assert needed(source, SESSION[:-1]) == expected


def test_a_cell_that_may_set_anything_is_always_taken() -> None:
    assert needed("1", SESSION) == [9]


def test_changes_in_place_and_their_reasons_are_taken() -> None:
    session = [
        "model = make()",
        "def make(): ...",
        "x = 1",
        "model.fit(x)",
        "if x:\n    y = 1",
        "y = 2",
        "n += 1",
        "n = 0",
    ]
    assert needed("model", session) == [0, 2, 3]
    assert needed("y", session) == [5]
    assert needed("y", session[:5]) == [2, 4]
    assert needed("n", session[:7]) == [6]


def test_a_tracked_cell_run_again_does_not_need_its_earlier_runs() -> None:
    cell = "lr = 0.1\nfor epoch in range(3):\n    loss = lr * epoch\n    nbtrack.log_metric('loss', loss)"
    session = ["import nbtrack", "nbtrack.set_experiment('mine')", cell, cell.replace("0.1", "0.2")]
    assert needed(cell, session) == [0, 1]
    assert needed("lr", session) == [0, 1, 3]

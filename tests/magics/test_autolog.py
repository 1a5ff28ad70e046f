"""A tracked cell logs its fits without being told to."""

from __future__ import annotations

from typing import Any

import pytest

from nbtrack.autolog.switch import LIBRARIES
from nbtrack.tracking.client import PARENT

DATA = "import numpy as np\nX = np.arange(40.0).reshape(-1, 2)\ny = (X[:, 0] > 20).astype(int)\n"
IMPORTS = "from sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score\n"


@pytest.fixture(autouse=True)
def off_again() -> Any:
    yield
    for library in LIBRARIES.values():
        library.autolog(disable=True)
        library.wanted = None


def test_a_fit_in_a_tracked_cell_is_the_cells_run(nb: Any) -> None:
    nb.cell(DATA + IMPORTS)
    nb.cell("%%track --autolog\nmodel = LogisticRegression(C=0.5).fit(X, y)\nacc = accuracy_score(y, model.predict(X))")
    assert nb.run.data.params["C"] == "0.5"
    assert "training_score" in nb.run.data.metrics
    assert "accuracy_score_X" in nb.run.data.metrics
    assert nb.run.data.tags["nbtrack.autologging"] == "sklearn: 1 fit"


def test_two_fits_in_a_tracked_cell_are_two_children_of_its_run(nb: Any) -> None:
    nb.cell(DATA + IMPORTS)
    nb.cell("%%track --autolog\nfor C in (1, 2):\n    LogisticRegression(C=C).fit(X, y)")
    (parent,) = [run for run in nb.runs if PARENT not in run.data.tags]
    found = [run for run in nb.runs if run.data.tags.get(PARENT) == parent.info.run_id]
    assert sorted(run.data.params["C"] for run in found) == ["1", "2"]
    assert {run.info.status for run in nb.runs} == {"FINISHED"}


def test_a_cell_that_is_not_tracked_logs_nothing_also_after_one_that_is(nb: Any) -> None:
    nb.cell(DATA + IMPORTS)
    nb.cell("%%track --autolog\nLogisticRegression().fit(X, y)")
    nb.cell("LogisticRegression().fit(X, y)")
    assert len(nb.runs) == 1


@pytest.mark.parametrize("option", ["--no-autolog", "--autolog xgboost"])
def test_autolog_is_switched_off_or_narrowed_for_one_cell(nb: Any, option: str) -> None:
    nb.cell(DATA + IMPORTS + "import nbtrack\nnbtrack.autolog()")
    nb.cell(f"%%track {option}\nLogisticRegression().fit(X, y)")
    assert nb.run.data.metrics == {}
    assert "nbtrack.autologging" not in nb.run.data.tags


def test_an_estimator_of_the_notebook_is_found_after_the_cell(nb: Any) -> None:
    nb.cell(
        DATA + "from sklearn.base import BaseEstimator\n"
        "class Mine(BaseEstimator):\n"
        "    def __init__(self, a=1): self.a = a\n"
        "    def fit(self, X, y): self.seen_ = len(X); return self\n"
        "Mine.__module__ = '__main__'"
    )
    nb.cell("%%track --autolog\nmine = Mine(a=3).fit(X, y)")
    nb.cell("%%track --autolog\n1 + 1")
    first, second = nb.runs
    assert first.data.params["a"] == "3"
    assert first.data.tags["estimator_name"] == "Mine"
    assert "estimator_name" not in second.data.tags

"""A tracked cell logs its fits without being told to."""

from __future__ import annotations

from typing import Any

import pytest

from nbtrack import capture
from nbtrack.autolog import unasked
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
    nb.cell("%%track\nmodel = LogisticRegression(C=0.5).fit(X, y)\nacc = accuracy_score(y, model.predict(X))")
    assert nb.run.data.params["C"] == "0.5"
    assert "training_score" in nb.run.data.metrics
    assert "accuracy_score_X" in nb.run.data.metrics
    assert nb.run.data.tags["nbtrack.autologging"] == "1 fit of scikit-learn"


def test_two_fits_in_a_tracked_cell_are_two_children_of_its_run(nb: Any) -> None:
    nb.cell(DATA + IMPORTS)
    nb.cell("%%track\nfor C in (1, 2):\n    LogisticRegression(C=C).fit(X, y)")
    (parent,) = [run for run in nb.runs if PARENT not in run.data.tags]
    found = [run for run in nb.runs if run.data.tags.get(PARENT) == parent.info.run_id]
    assert sorted(run.data.params["C"] for run in found) == ["1", "2"]
    assert {run.info.status for run in nb.runs} == {"FINISHED"}


def test_a_cell_that_is_not_tracked_logs_nothing_also_after_one_that_is(nb: Any) -> None:
    nb.cell(DATA + IMPORTS)
    nb.cell("%%track\nLogisticRegression().fit(X, y)")
    nb.cell("LogisticRegression().fit(X, y)")
    assert len(nb.runs) == 1


@pytest.mark.parametrize("option", ["--no-autolog", "--autolog xgboost", "--no-capture"])
def test_autolog_is_off_or_narrowed_for_one_cell(nb: Any, option: str) -> None:
    nb.cell(DATA + IMPORTS)
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
    nb.cell("%%track\nmine = Mine(a=3).fit(X, y)")
    nb.cell("%%track\n1 + 1")
    first, second = nb.runs
    assert first.data.params["a"] == "3"
    assert first.data.tags["estimator_name"] == "Mine"
    assert "estimator_name" not in second.data.tags


def test_the_switch_of_captured_items_is_for_every_cell_and_autolog_alone_stays(
    nb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture.options, "autolog", False)
    nb.cell(DATA + IMPORTS + "import nbtrack")
    nb.cell("%%track\nLogisticRegression().fit(X, y)")
    assert "nbtrack.autologging" not in nb.run.data.tags
    nb.cell("nbtrack.autolog()\n")
    nb.cell("%%track\nLogisticRegression().fit(X, y)")
    assert [("nbtrack.autologging" in run.data.tags) for run in nb.runs] == [False, True]


def test_who_has_switched_it_off_is_not_given_it_by_a_tracked_cell(nb: Any) -> None:
    nb.cell(DATA + IMPORTS + "import nbtrack\nnbtrack.autolog(disable=True)")
    nb.cell("%%track\nLogisticRegression().fit(X, y)")
    assert "nbtrack.autologging" not in nb.run.data.tags


def test_a_run_of_several_cells_has_its_fits_too(nb: Any) -> None:
    nb.cell(DATA + IMPORTS)
    nb.cell("%track start whole")
    nb.cell("model = LogisticRegression(C=0.5).fit(X, y)")
    nb.cell("%track end")
    assert nb.run.data.params["C"] == "0.5"


@pytest.mark.filterwarnings("error")
def test_what_the_person_logs_wins_before_and_after_the_fit_and_the_fit_over_plain_assignments(nb: Any) -> None:
    nb.cell(DATA + IMPORTS + "import nbtrack")
    nb.cell(
        "%%track -p penalty=mine\ntol = 'of my own'\nnbtrack.log_param('max_iter', 'before')\n"
        "LogisticRegression(C=0.5).fit(X, y)\nnbtrack.log_params({'C': 'after', 'solver': 'lbfgs'})"
    )
    assert "Error" not in nb.output
    assert "Warning" not in nb.output
    params = nb.run.data.params
    assert [params[key] for key in ("penalty", "tol", "max_iter", "C", "solver", "dual")] == [
        "mine", "0.0001", "before", "after", "lbfgs", "False",
    ]  # fmt: skip
    (row,) = nb.store.snapshot().rows
    assert row.run.data.params == params


def test_the_card_shows_what_the_person_wrote_first_and_only_counts_defaults(nb: Any) -> None:
    nb.cell(DATA + IMPORTS)
    nb.cell("%%track\ndepth = 3\nmodel = LogisticRegression(C=0.5).fit(X, y)\nacc = model.score(X, y)")
    shown = nb.output.partition("depth=3")[2]
    line = shown.splitlines()[0]
    assert line.split() == ["C=0.5", "and", str(len(nb.run.data.params) - 2), "more"]
    assert shown.index("\n  acc ") < shown.index("\n  training_score")
    assert "logged automatically: 1 fit of scikit-learn" in shown


def test_another_model_does_not_fill_the_card_with_defaults(nb: Any) -> None:
    nb.cell(DATA + IMPORTS + "from sklearn.tree import DecisionTreeClassifier\nM = LogisticRegression")
    nb.cell("%%track\nmodel = M(random_state=0).fit(X, y)")
    nb.cell("M = DecisionTreeClassifier")
    nb.output = ""
    nb.cell("%%track\nmodel = M(random_state=0).fit(X, y)")
    changed = [line.strip() for line in nb.output.splitlines() if "changed:" in line]
    assert changed[0] == "changed: model LogisticRegression → DecisionTreeClassifier"
    assert not any("—" in line for line in changed)


def test_of_very_many_fits_the_first_are_logged_and_the_run_says_so(nb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unasked, "MOST_FITS", 3)
    nb.cell(DATA + IMPORTS)
    nb.cell("%%track\nfor C in range(1, 6):\n    LogisticRegression(C=C).fit(X, y)")
    assert len(nb.runs) == 1 + 3
    said = nb.runs[0].data.tags["nbtrack.autologging"]
    assert said == "3 fits of scikit-learn, each a child run; later ones are not logged, unless with --autolog"
    nb.cell("%%track --autolog\nfor C in range(1, 6):\n    LogisticRegression(C=C).fit(X, y)")
    assert len(nb.runs) == 1 + 3 + 1 + 5


SLOW = """
import time
from nbtrack.autolog import unasked
class Near:
    pass
from sklearn.neighbors import KNeighborsClassifier
def slowly(self, X):
    time.sleep(0.01 * len(X) / 256)
    return KNeighborsClassifier.predict(self, X)
Slow = type("Slow", (KNeighborsClassifier,), {"predict": slowly, "__module__": "slow_models"})
many = np.repeat(X, 500, axis=0)
"""


def test_training_metrics_that_would_take_long_are_left_out_and_said_to_be(nb: Any) -> None:
    nb.cell(DATA + IMPORTS + SLOW)
    nb.cell("%%track\nmodel = Slow().fit(many, np.repeat(y, 500))")
    assert nb.run.data.metrics == {}
    assert "without training metrics, which would take about" in nb.run.data.tags["nbtrack.autologging"]


def test_the_persons_random_numbers_are_what_they_would_have_been(nb: Any) -> None:
    nb.cell(
        DATA + IMPORTS + "from sklearn.base import BaseEstimator, ClassifierMixin\n"
        "class Guess(ClassifierMixin, BaseEstimator):\n"
        "    def fit(self, X, y): self.classes_ = np.unique(y); return self\n"
        "    def predict(self, X): return np.random.randint(0, 2, len(X))\n"
        "Guess.__module__ = 'elsewhere'\n"
        "from sklearn.utils.validation import check_is_fitted"
    )
    nb.cell("%%track\nnp.random.seed(3)\nGuess().fit(X, y)\ndrawn = float(np.random.random())")
    nb.cell("np.random.seed(3)\nassert drawn == float(np.random.random())")
    assert "AssertionError" not in nb.output

"""One run for several cells."""

from __future__ import annotations

from IPython.core.error import UsageError

from nbtrack.tracking import active
from tests.magics.conftest import Notebook


def test_the_cells_between_start_and_end_are_recorded_in_order(nb: Notebook) -> None:
    nb.cell("%track start long -e study -p seed=1")
    nb.cell("lr = 0.1\nprint('one')")
    nb.cell(
        "import nbtrack\nnbtrack.log_metric('m', 1)\nwith nbtrack.start_run():\n    nbtrack.log_metric('m', 2, step=1)"
    )
    assert nb.run.info.status == "RUNNING"
    nb.cell("%track status")
    nb.cell("1 / 0")
    nb.cell("score = lr * 20\nprint('four')")
    nb.cell("%track end")
    run = nb.run
    assert (run.info.run_name, run.info.status) == ("long", "FINISHED")
    assert dict(run.data.params) == {"seed": "1", "lr": "0.1"}
    assert dict(run.data.metrics) == {"m": 2.0, "score": 2.0}
    assert [nb.artifact(name) for name in ("cell.py", "cell-3.py", "cell-4.py")] == [
        "lr = 0.1\nprint('one')", "1 / 0", "score = lr * 20\nprint('four')",
    ]  # fmt: skip
    assert (nb.artifact("output.txt"), nb.artifact("output-4.txt")) == ("one\n", "four\n")
    assert "ZeroDivisionError" in nb.artifact("traceback-3.txt")
    assert "nbtrack.error" not in run.data.tags
    assert active.own_stack() == []
    nb.cell("after = 1")
    assert "after" not in nb.run.data.params


def test_a_run_whose_last_cell_failed_has_failed_unless_the_person_says_otherwise(nb: Notebook) -> None:
    nb.cell("%track start a")
    nb.cell("1 / 0")
    nb.cell("%track end")
    nb.cell("%track start b")
    nb.cell("1 / 0")
    nb.cell("%track end finished")
    assert [run.info.status for run in nb.runs] == ["FAILED", "FINISHED"]


def test_start_and_end_say_what_does_not_fit(nb: Notebook) -> None:
    assert isinstance(nb.cell("%track end").error_in_exec, UsageError)
    nb.cell("%track start a")
    for line in ("%track start b", "%%track c\npass", "%track end sleeping"):
        assert isinstance(nb.cell(line).error_in_exec, UsageError), line
    nb.cell("%%track c --nested\nx = 1")
    nb.cell("%track end")
    assert sorted(run.info.status for run in nb.runs) == ["FINISHED", "FINISHED"]


def test_a_cell_that_is_no_python_is_recorded_and_the_run_goes_on(nb: Notebook) -> None:
    nb.cell("%track start a")
    nb.cell("x = = 1")
    nb.cell("y = 2")
    nb.cell("%track end")
    assert nb.run.info.status == "FINISHED"
    assert nb.run.data.params["y"] == "2"
    nb.cell("%track load a")
    assert nb.ip.rl_next_input == "x = = 1\n\ny = 2"

"""A run's cell comes back: as it ran, with what it needs, with other values."""

from __future__ import annotations

import json
import re

import pytest
from IPython.core.error import UsageError

from nbtrack.magics import history
from nbtrack.magics.background import settle
from tests.magics.conftest import Notebook


def test_the_inputs_that_a_cell_needs_are_kept_and_come_back(nb: Notebook) -> None:
    first, second = "scale = 2  # é", "%%time\ndef f(x):\n    return scale * x"
    for source in (first, "other = 1", second, "1 / 0"):
        nb.cell(source)
    cell = "%%track kept\ny = f(3)\n"
    nb.cell(cell)
    kept = json.loads(nb.artifact("inputs.json"))
    assert [(row["in"], row["source"]) for row in kept] == [(1, first), (3, second)]
    nb.ip.user_ns.pop("scale")
    nb.ip.user_ns.pop("f")
    nb.cell("%track load kept --with-inputs")
    nb.cell(nb.ip.rl_next_input)
    assert nb.ip.rl_next_input == cell
    assert nb.cell(nb.ip.rl_next_input).success
    assert nb.ip.user_ns["y"] == 6


def test_the_inputs_come_back_also_right_after_the_cell(nb: Notebook) -> None:
    nb.cell("scale = 2")
    for source in ("%%track kept\nscale * 3", "%track load kept --with-inputs"):
        nb.ip.run_cell(source, store_history=True)
    assert nb.ip.rl_next_input.startswith("scale = 2")


def test_a_cell_that_needs_nothing_keeps_no_inputs(nb: Notebook) -> None:
    nb.cell("x = 1")
    nb.cell("%%track\ny = 2")
    assert "inputs.json" not in [entry.path for entry in nb.store.list_artifacts(nb.run.info.run_id)]


def test_the_whole_session_is_kept_in_order_on_request(nb: Notebook) -> None:
    earlier = ["unused = 1", "1 / 0", "%%time\ny = 2"]
    for source in earlier:
        nb.cell(source)
    nb.cell("%%track all --session\nz = 3")
    assert [row["source"] for row in json.loads(nb.artifact("inputs.json"))] == earlier


def test_a_cell_whose_secret_was_masked_says_so_when_loaded_and_runs_again_only_with_a_value_for_it(
    nb: Notebook,
) -> None:
    key = "sk-" + "abcd1234" * 3
    nb.cell(f"%%track base\nlr = 0.1\nkey = '{key}'\nlong = len(key)")
    nb.cell("%track load base")
    assert "A secret in line 3 of this cell was masked when it was kept." in nb.output
    with pytest.raises(UsageError, match=r"secret in line 3 .* masked .* `%track load"):
        nb.cell("%track rerun base lr=0.2").raise_error()
    assert len(nb.runs) == 1
    nb.cell("%track rerun base lr=0.2 key=from-elsewhere").raise_error()
    assert nb.runs[-1].data.metrics["long"] == len("from-elsewhere")


def test_rerun_runs_the_cell_with_other_values_as_a_new_run_linked_to_the_old(nb: Notebook) -> None:
    nb.cell("%%track base -p depth=3\nlr = 0.1  # rate\nopt = 'sgd'\nscore = lr * 10")
    nb.cell("%track rerun base lr=0.5 depth=4 opt=adam")
    old, new = nb.runs
    assert dict(new.data.params) == {"lr": "0.5", "depth": "4", "opt": "adam"}
    assert new.data.metrics["score"] == 5.0
    assert new.data.tags["nbtrack.rerun_of"] == old.info.run_id
    assert nb.artifact("cell.py", new) == "%%track base -p depth=4\nlr = 0.5  # rate\nopt = 'adam'\nscore = lr * 10"
    nb.cell("%%track\nz = 1")
    assert "nbtrack.rerun_of" not in nb.runs[2].data.tags


def test_rerun_refuses_a_name_that_the_cell_does_not_set_and_makes_no_run(nb: Notebook) -> None:
    nb.cell("%%track\nlearning_rate = 0.1")
    result = nb.cell("%track rerun -1 learningrate=1")
    assert isinstance(result.error_in_exec, UsageError)
    assert "Did you mean 'learning_rate'" in str(result.error_in_exec)
    assert len(nb.runs) == 1


def test_a_rerun_that_fails_stops_the_cell_that_asked_for_it(nb: Notebook) -> None:
    nb.cell("%%track\nx = 0\n1 / (1 - x)")
    result = nb.cell("%track rerun -1 x=1\nafter = True")
    assert not result.success
    assert "after" not in nb.ip.user_ns
    assert [run.info.status for run in nb.runs] == ["FINISHED", "FAILED"]


def restart(nb: Notebook) -> None:
    """All that a new kernel would not know; the old one has written what it had to write."""
    settle()
    nb.ip.run_line_magic("unload_ext", "nbtrack")
    nb.ip.run_line_magic("load_ext", "nbtrack")
    nb.output = ""


@pytest.mark.parametrize(("cell_id", "then"), [("c-1", "c-1"), ("c-1", "its copy"), (None, None)])
def test_what_changed_since_the_run_before_survives_a_restart(
    nb: Notebook, cell_id: str | None, then: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PATIENCE", 30)
    nb.cell("import numpy as np\ndata = np.arange(4)")
    body = "%%track -m acc:max\nlr = {}\nepochs = 3\nacc = lr * data.sum()\n{}\nprint('done')"
    nb.cell("%%track\nprint('another')\nx = 1", cell_id="c-2" if cell_id else None)
    nb.cell(body.format(0.1, "# first"), cell_id=cell_id)
    restart(nb)
    nb.ip.user_ns["data"] = nb.ip.user_ns["data"] * 2
    nb.cell(body.format(0.2, "# second"), cell_id=then)
    said = nb.output
    assert "changed: lr 0.1 → 0.2" in said
    assert re.search(r"changed: data \(data\) \w{8} → \w{8}", said)
    assert "changed: acc 0.6 → 2.4 (better)" in said
    assert "  -# first\n  +# second\n" in said


def test_a_cell_unlike_all_before_it_has_nothing_to_compare(nb: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PATIENCE", 30)
    nb.cell("%%track\na = 1\nb = 2")
    nb.cell("%%track\nimport os\nos.getcwd()")
    assert "changed" not in nb.output


def test_rerun_runs_a_cell_that_awaits(nb: Notebook) -> None:
    nb.cell("%%track waits\nimport asyncio\nwait = 0.01\nawait asyncio.sleep(wait)\nslept = wait * 100")
    assert nb.cell("%track rerun waits wait=0.02").success
    assert [run.data.metrics["slept"] for run in nb.runs] == [1.0, 2.0]
    assert nb.runs[1].data.tags["nbtrack.rerun_of"] == nb.runs[0].info.run_id

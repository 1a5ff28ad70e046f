"""%track: what was tracked, listed, shown, compared, brought back and put away."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError

from nbtrack.entities import LifecycleStage
from nbtrack.magics.diff import metric_changes, package_changes, source_changes
from tests.magics.conftest import Notebook


@pytest.fixture
def two(nb: Notebook) -> Notebook:
    """Two runs, `one` and then `two`."""
    nb.cell("import nbtrack")
    nb.cell("%%track one -m acc:max\nlr = 0.1\nnbtrack.log_metric('acc', 0.5)")
    nb.cell("%%track two -m acc:max\nlr = 0.2\n# more\nnbtrack.log_metric('acc', 0.75)")
    nb.output = ""
    return nb


def usage_error(nb: Notebook, line: str) -> str:
    result = nb.cell(line)
    assert isinstance(result.error_in_exec, UsageError)
    return str(result.error_in_exec)


def test_ls_lists_the_newest_first(two: Notebook) -> None:
    two.cell("%track ls")
    assert two.output.index("two") < two.output.index("one")
    assert "0.75" in two.output
    assert "lr" in two.output.splitlines()[0]


def test_ls_asks_whether_another_column_was_meant(two: Notebook) -> None:
    two.cell("%track ls metrics.ac > 0.6")
    assert two.output.splitlines() == ["No run has metrics.ac. Did you mean metrics.acc?", "No run matches."]


def test_tab_behind_track_offers_commands_columns_and_values(two: Notebook) -> None:
    def offered(line: str) -> list[str]:
        with provisionalcompleter():  # as a kernel asks
            return [line[: each.start] + each.text for each in two.ip.Completer.completions(line, len(line))]

    assert offered("%track res") == ["%track restore"]
    assert offered("%track ls metrics.a") == ["%track ls metrics.acc"]
    assert "%track ls metrics.acc > 0.5 AND params.lr" in offered("%track ls metrics.acc > 0.5 AND params.")
    assert "%track ls params.lr = '0.1'" in offered("%track ls params.lr = '0")
    assert "%track ls params.lr >" in offered("%track ls params.lr ")


def test_tab_in_a_filter_offers_columns_with_counts_and_examples(two: Notebook) -> None:
    def offered(text: str) -> dict[str, str]:
        with provisionalcompleter():
            return {text[: each.start] + each.text: each.type for each in two.ip.Completer.completions(text, len(text))}

    assert offered("%track ls metrics.a") == {"%track ls metrics.acc": "2 runs · 0.5 … 0.75"}
    call = "nbtrack.search_runs(\n    experiment_ids=['0'],\n    filter_string='metrics.a"
    assert offered(call) == {f"{call}cc": "2 runs · 0.5 … 0.75"}
    assert "nbtrack.dashboard(filter=\"params.lr = '0.1'" in offered('nbtrack.dashboard(filter="params.lr = ')
    assert "0.1" not in str(
        offered("nbtrack.search_runs(filter_string='params.lr = ")
    )  # a quote would end the argument
    assert "metrics.acc" not in str(offered("nbtrack.search_runs(filter_string='metrics.acc > 1').met"))


def test_ls_takes_a_filter(two: Notebook) -> None:
    two.cell("%track ls metrics.acc > 0.6")
    assert "two" in two.output
    assert "one" not in two.output
    two.output = ""
    two.cell("%track ls metrics.acc > 6")
    assert two.output == "No run matches.\n"


def test_ls_says_where_a_filter_does_not_parse(two: Notebook) -> None:
    assert usage_error(two, "%track ls metrics.acc >>> 1").startswith("%track ls: ")


def test_ls_of_an_empty_store_says_how_to_begin(nb: Notebook) -> None:
    nb.cell("%track ls")
    assert "`%%track` above a cell makes one" in nb.output


@pytest.mark.parametrize("which", ["", "-1", "two", "ID", "PREFIX"])
def test_a_run_is_found_by_id_prefix_name_and_age(two: Notebook, which: str) -> None:
    run_id = two.runs[1].info.run_id
    two.cell(f"%track show {which.replace('ID', run_id).replace('PREFIX', run_id[:10])}")
    assert two.output.startswith("✓ two · Default · finished")


def test_a_name_that_two_runs_bear_is_refused_with_both(two: Notebook) -> None:
    two.cell("%%track one\npass")
    message = usage_error(two, "%track show one")
    assert "fits 2 runs" in message
    assert f"{two.runs[0].info.run_id[:8]} (one, " in message


@pytest.mark.parametrize(
    "line", ["show nobody", "show -9", "bogus", "diff -1", "load", "rerun nobody", "rm", "show a b"]
)
def test_what_cannot_be_done_is_a_usage_error(two: Notebook, line: str) -> None:
    usage_error(two, f"%track {line}")


def test_status_tells_the_active_run_and_the_store(two: Notebook) -> None:
    two.cell("%track status")
    assert "No run is active." in two.output
    assert str(two.folder) in two.output
    two.output = ""
    two.cell("%%track now\nget_ipython().run_line_magic('track', 'status')")
    assert "● now · Default · running" in two.output


def test_diff_shows_params_metrics_and_code(two: Notebook) -> None:
    two.cell("%track diff one two")
    assert "lr 0.1 → 0.2" in two.output
    assert "acc 0.5 → 0.75 (better)" in two.output
    assert "+# more" in two.output


def test_diff_of_a_run_with_itself_says_that_there_is_none(two: Notebook) -> None:
    two.cell("%track diff one one")
    assert "No difference" in two.output


def test_load_puts_the_exact_cell_into_the_next_input(nb: Notebook) -> None:
    source = '# é ü\n%%track  spaced   -p a=1\nx = \'tab\\there\'\n\n\ny = """a\n  b"""\t# end \n'
    nb.cell(source)
    nb.cell("%track load -1")
    assert nb.ip.rl_next_input == source


def test_rm_and_restore_turn_each_other_round(two: Notebook) -> None:
    two.cell("%track rm two")
    assert [run.info.run_name for run in two.runs] == ["one"]
    usage_error(two, "%track show two")
    two.cell("%track restore two")
    assert [run.info.run_name for run in two.runs] == ["one", "two"]
    assert two.runs[1].info.lifecycle_stage == LifecycleStage.ACTIVE


def test_a_running_run_is_not_deleted(two: Notebook) -> None:
    result = two.cell("%%track now\nget_ipython().run_line_magic('track', 'rm now')")
    assert isinstance(result.error_in_exec, UsageError)


def test_html_of_list_and_difference_escapes_what_was_logged(nb: Notebook) -> None:
    shown: list[dict[str, Any]] = []
    nb.cell("%%track '<b>x' -p k=<script>\npass")
    nb.cell("%%track -p k='<img>'\n'<i>'")
    nb.ip.display_pub.publish = lambda data, *args, **options: shown.append(data)
    nb.cell("%track ls")
    nb.cell("%track diff -1 -2")
    pages = "".join(data["text/html"] for data in shown)
    assert len(shown) == 2
    assert not any(tag in pages for tag in ("<script", "<img", "<i>", "<b>x"))
    assert "&lt;script&gt;" in pages


def test_metrics_are_better_or_worse_where_somebody_said_which_way_or_the_name_is_known() -> None:
    old, new = {"a": 1, "b": 1, "c": 1, "val_loss": 1, "acc": 1}, {"a": 2, "b": 2, "d": 1, "val_loss": 2, "acc": 2}
    changes = metric_changes(old, new, {"a": "max", "b": "min"})
    assert [(c.key, c.verdict) for c in changes] == [
        ("a", "better"), ("b", "worse"), ("d", ""), ("val_loss", "worse"), ("acc", "better"), ("c", ""),
    ]  # fmt: skip
    assert metric_changes({"acc": 1}, {"acc": 2}, {"acc": "min"})[0].verdict == "worse"
    nan = float("nan")
    assert metric_changes({"a": nan}, {"a": nan}, {}) == []


def test_source_and_packages_are_compared_line_by_line() -> None:
    assert source_changes("a\nb", "a\nc")[-2:] == ["-b", "+c"]
    assert [str(change) for change in package_changes("a==1\nb==2\n", "a==1\nb==3\n")] == ["b 2 → 3"]

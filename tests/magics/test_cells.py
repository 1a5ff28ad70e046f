"""A cell under %%track behaves as it does without, and leaves a run."""

from __future__ import annotations

import json

import pytest
from IPython.core.error import UsageError
from IPython.utils.capture import capture_output

import nbtrack
from nbtrack.capture.secrets import MASK
from nbtrack.tracking import active
from tests.magics.conftest import Notebook


def test_a_tracked_cell_leaves_a_finished_run_with_its_source_params_and_metrics(nb: Notebook) -> None:
    source = (
        "%%track base -e mnist -p depth=3 -t team=blue -m loss:min\n"
        "lr = 0.1\nimport nbtrack\nnbtrack.log_metric('loss', 0.5)"
    )
    nb.cell(source)
    run = nb.run
    assert (run.info.run_name, run.info.status) == ("base", "FINISHED")
    assert nb.store.experiment(run.info.experiment_id).name == "mnist"
    assert dict(run.data.params) == {"depth": "3", "lr": "0.1"}
    assert dict(run.data.metrics) == {"loss": 0.5}
    assert run.data.tags["team"] == "blue"
    assert run.data.tags["mlflow.source.type"] == "NOTEBOOK"
    assert nb.artifact("cell.py") == source


@pytest.mark.parametrize(
    ("body", "kind"),
    [("1/0", ZeroDivisionError), ("raise KeyboardInterrupt", KeyboardInterrupt), ("raise SystemExit(3)", SystemExit)],
)
def test_what_the_cell_raises_is_what_ipython_sees(nb: Notebook, body: str, kind: type[BaseException]) -> None:
    assert isinstance(nb.cell(f"%%track\n{body}").error_in_exec, kind)


def test_a_failed_cell_has_a_failed_run_with_its_traceback(nb: Notebook) -> None:
    nb.cell("%%track\ndef inner():\n    return 1 / 0\ninner()")
    assert nb.run.info.status == "FAILED"
    assert nb.run.data.tags["nbtrack.error"] == "ZeroDivisionError: division by zero"
    text = nb.artifact("traceback.txt")
    assert "line 3, in inner" in text
    assert "interactiveshell.py" not in text


def test_an_interrupted_cell_has_a_killed_run(nb: Notebook) -> None:
    nb.cell("%%track\nraise KeyboardInterrupt")
    assert nb.run.info.status == "KILLED"


def test_a_cell_that_leaves_by_exit_without_an_error_is_finished(nb: Notebook) -> None:
    with pytest.warns(UserWarning, match="To exit"):
        nb.cell("%%track\nimport sys\nsys.exit(0)")
    assert nb.run.info.status == "FINISHED"


def test_the_last_expression_is_the_cells_result(nb: Notebook) -> None:
    assert nb.cell("%%track\n6 * 7").result == 42
    assert "Out[1]: 42" in nb.output


def test_a_trailing_semicolon_still_hides_the_result(nb: Notebook) -> None:
    nb.cell("%%track\n6 * 7;")
    assert "Out[1]" not in nb.output


def test_top_level_await_works(nb: Notebook) -> None:
    nb.cell("%%track\nimport asyncio, nbtrack\nawait asyncio.sleep(0)\nnbtrack.log_metric('m', 1)")
    assert dict(nb.run.data.metrics) == {"m": 1.0}
    assert nb.run.info.status == "FINISHED"


def test_the_traceback_names_the_line_of_the_cell(nb: Notebook) -> None:
    nb.cell("# a comment\n\n%%track\nx = 1\n\n1/0")
    assert "line 6" in nb.output
    assert "----> 6 1/0" in nb.output


def test_comments_and_blank_lines_may_stand_above_the_magic(nb: Notebook) -> None:
    nb.cell("\n# why\n\n%%track named\nx = 1")
    assert nb.run.info.run_name == "named"
    assert nb.run.data.params["x"] == "1"


def test_a_future_import_stays_the_first_statement(nb: Notebook) -> None:
    result = nb.cell("%%track\nfrom __future__ import annotations  # new style\nlr = 1")
    assert result.success
    assert nb.run.data.params["lr"] == "1"


def test_a_syntax_error_makes_no_run(nb: Notebook) -> None:
    result = nb.cell("%%track\nx = = 1")
    assert isinstance(result.error_before_exec, SyntaxError)
    assert not (nb.folder / "mlruns").exists()


def test_an_empty_body_is_fine(nb: Notebook) -> None:
    assert nb.cell("%%track").success
    assert nb.run.info.status == "FINISHED"


@pytest.mark.parametrize(
    "line",
    [
        "--bogus", "-p lr", "-m loss:up", "-m loss", "-o 1x", "a b", "--nested", "--resume nobody", "-p 'a//b=1'",
        "--autolog nothing", "--autolog --no-autolog", "--vars a --no-capture", "-p lr=1 -p lr=2", "--store redis://x",
        "'open", "--resume -1",
    ],
)  # fmt: skip
def test_a_usage_error_comes_before_any_run_and_before_the_body(nb: Notebook, line: str) -> None:
    result = nb.cell(f"%%track {line}\nran = True")
    assert isinstance(result.error_in_exec, UsageError)
    assert "%%track" in nb.output
    assert "ran" not in nb.ip.user_ns
    assert nb.store.snapshot().rows == []
    assert active.own_stack() == []


def test_names_and_expressions_expand_in_the_magics_line(nb: Notebook) -> None:
    nb.cell("depth, who = 4, 'ann'")
    nb.cell("%%track run-{depth + 1} -t who=$who\npass")
    assert nb.run.info.run_name == "run-5"
    assert nb.run.data.tags["who"] == "ann"


def test_quoted_values_may_hold_spaces(nb: Notebook) -> None:
    nb.cell("""%%track "my run" -t note="two words" -p path='a b'\npass""")
    assert nb.run.info.run_name == "my run"
    assert nb.run.data.tags["note"] == "two words"
    assert nb.run.data.params["path"] == "a b"


def test_several_params_follow_one_option_and_the_name_may_come_last(nb: Notebook) -> None:
    nb.cell("%%track -p a=1 b=-2 last\npass")
    assert nb.run.info.run_name == "last"
    assert dict(nb.run.data.params) == {"a": "1", "b": "-2"}


def test_the_run_is_bound_to_the_variable_of_o(nb: Notebook) -> None:
    nb.cell("%%track -o r\nseen = r.info.status\nimport nbtrack\nnbtrack.log_metric('a', 1)")
    assert nb.ip.user_ns["seen"] == "RUNNING"
    assert nb.ip.user_ns["r"].info.status == "FINISHED"
    assert nb.ip.user_ns["r"].data.metrics == {"a": 1.0}


def test_explicit_params_win_over_literals(nb: Notebook) -> None:
    nb.cell("%%track -p lr=9\nlr = 0.1\ndepth = 3\nimport nbtrack\nnbtrack.log_param('depth', 5)")
    assert dict(nb.run.data.params) == {"lr": "9", "depth": "5"}
    assert nb.output.count("Warning") == 0


def test_vars_takes_only_the_named_variables(nb: Notebook) -> None:
    nb.cell("other = 7")
    nb.cell("%%track --vars lr,size\nlr = 0.1\ndepth = 3\nsize = len('four') + other")
    assert dict(nb.run.data.params) == {"lr": "0.1", "size": "11"}


def test_secrets_are_not_kept_as_params(nb: Notebook) -> None:
    nb.cell("API_KEY = 'k'")
    nb.cell("%%track\npassword = 'x'\ncfg = {'auth_token': 'y', 'lr': 1}\nuse = API_KEY\nn = 1")
    assert dict(nb.run.data.params) == {"cfg.lr": "1", "n": "1"}


def test_a_key_written_out_in_a_cell_is_masked_in_all_that_is_kept_and_the_card(
    nb: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, password = "sk-abcdefghijklmnop1234", "Correct-Horse-9"
    monkeypatch.setenv("DB_PASSWORD", password)
    nb.cell(f"used = '{key}'")
    nb.cell(f"%%track a\nkey = '{key}'\nprint(key, used)\nraise ValueError('{password} is wrong')")
    with capture_output() as shown:
        nb.cell("%%track a\nkey = 1\nprint(key, used)\nraise ValueError('again')")
    kept = [
        nb.artifact(path, run) for run in nb.runs for path in ("cell.py", "inputs.json", "output.txt", "traceback.txt")
    ]
    said = [str(run.data) for run in nb.runs] + [str(output.data) for output in shown.outputs]
    assert not [text for text in (*kept, *said) if key in text or password in text]
    assert [MASK in text for text in kept] == [True] * 4 + [False, True, True, False], kept
    nbtrack.capture.options.masking = False
    try:
        nb.cell(f"%%track b\nkey = '{key}'")
    finally:
        nbtrack.capture.options.masking = True
    assert key in nb.artifact("cell.py", nb.runs[-1])


def test_no_capture_keeps_only_what_the_code_logs(nb: Notebook) -> None:
    nb.cell("%%track --no-capture\nlr = 0.1\nprint('hi')\nimport nbtrack\nnbtrack.log_metric('m', 1)\n3.5")
    assert dict(nb.run.data.params) == {}
    assert dict(nb.run.data.metrics) == {"m": 1.0}
    assert nb.store.list_artifacts(nb.run.info.run_id) == []


def test_a_failed_run_does_not_leak_into_the_next_cell(nb: Notebook) -> None:
    nb.cell("%%track\nimport nbtrack\nnbtrack.start_run(run_name='left open')\n1/0")
    assert active.own_stack() == []
    assert {run.info.status for run in nb.runs} == {"FAILED"}
    nb.cell("%%track\npass")
    assert len(nb.runs) == 3


def test_resuming_goes_on_with_the_run_and_keeps_both_sources(nb: Notebook) -> None:
    nb.cell("%%track first\na = 1")
    nb.cell("%%track --resume first\nb = 2")
    assert dict(nb.run.data.params) == {"a": "1", "b": "2"}
    assert nb.artifact("cell.py").endswith("a = 1")
    assert nb.artifact("cell-2.py").endswith("b = 2")


def test_a_resumed_run_refuses_another_value_of_a_param_before_the_cell_runs(nb: Notebook) -> None:
    nb.cell("%%track first -p a=1\npass")
    result = nb.cell("%%track --resume -1 -p a=2\nran = 1")
    assert isinstance(result.error_in_exec, UsageError)
    assert "ran" not in nb.ip.user_ns


def test_an_active_run_asks_for_nested(nb: Notebook) -> None:
    nb.cell("import nbtrack\nparent = nbtrack.start_run()")
    assert isinstance(nb.cell("%%track\npass").error_in_exec, UsageError)
    nb.cell("%%track --nested child\npass")
    child = next(run for run in nb.runs if run.info.run_name == "child")
    assert child.data.tags["mlflow.parentRunId"] == nb.ip.user_ns["parent"].info.run_id
    assert len(active.own_stack()) == 1
    nb.cell("nbtrack.end_run()")


def test_the_store_option_holds_for_one_cell(nb: Notebook) -> None:
    nb.cell(
        "%%track --store other\nimport nbtrack\nwith nbtrack.start_run(run_name='child'): nbtrack.log_metric('m', 1)"
    )
    from nbtrack.stores import open_store

    assert len(open_store(nb.folder / "other").snapshot().rows) == 2
    assert not (nb.folder / "mlruns").exists()


def test_mlflow_code_in_a_tracked_cell_lands_in_the_cells_run(nb: Notebook) -> None:
    nb.cell(
        "%%track mine\nimport nbtrack as mlflow\n"
        "with mlflow.start_run() as r:\n    mlflow.log_metric('a', 1)\nmlflow.log_metric('b', 2)"
    )
    assert nb.run.info.run_name == "mine"
    assert dict(nb.run.data.metrics) == {"a": 1.0, "b": 2.0}


def test_a_named_run_in_a_tracked_cell_is_a_child(nb: Notebook) -> None:
    nb.cell(
        "%%track -e exp mine\nimport nbtrack\nwith nbtrack.start_run(run_name='part'):\n    nbtrack.log_metric('a', 1)"
    )
    mine, part = sorted(nb.runs, key=lambda run: run.info.run_name)
    assert part.data.tags["mlflow.parentRunId"] == mine.info.run_id
    assert part.info.experiment_id == mine.info.experiment_id
    assert part.info.status == "FINISHED"


def test_a_loop_of_unnamed_runs_gives_a_run_each(nb: Notebook) -> None:
    nb.cell(
        "%%track\nimport nbtrack\n"
        "for lr in (1, 2, 3):\n    with nbtrack.start_run():\n        nbtrack.log_param('rate', lr)"
    )
    assert sorted(run.data.params["rate"] for run in nb.runs) == ["1", "2", "3"]


def test_end_run_in_a_tracked_cell_leaves_the_end_to_the_cell(nb: Notebook) -> None:
    nb.cell("%%track\nimport nbtrack\nnbtrack.start_run()\nnbtrack.end_run('FAILED')\nnbtrack.log_metric('after', 1)")
    assert nb.run.info.status == "FAILED"
    assert dict(nb.run.data.metrics) == {"after": 1.0}


def test_threads_of_the_cell_log_into_its_run(nb: Notebook) -> None:
    nb.cell(
        "%%track\nimport nbtrack, threading\n"
        "ts = [threading.Thread(target=lambda i=i: nbtrack.log_metric('m', i, step=i)) for i in range(4)]\n"
        "[t.start() for t in ts]; [t.join() for t in ts];"
    )
    assert len(nb.store.history(nb.run.info.run_id, "m")) == 4


def test_a_forked_child_neither_ends_nor_logs_the_cells_run(nb: Notebook) -> None:
    nb.cell(
        "%%track\nimport os, nbtrack, warnings\nnbtrack.log_metric('m', 1)\n"
        "warnings.simplefilter('ignore')\npid = os.fork()\n"
        "if pid == 0:\n    os._exit(0 if nbtrack.active_run() is None else 1)\n"
        "code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
    )
    assert nb.ip.user_ns["code"] == 0
    assert len(nb.store.history(nb.run.info.run_id, "m")) == 1


def test_forked_workers_neither_log_twice_nor_end_the_run(nb: Notebook) -> None:
    nb.cell(
        "%%track pool\nimport multiprocessing, nbtrack\n"
        "def work(n):\n    print(f'epoch {n} own=1.0')\n    return n * 2\n"
        "nbtrack.log_metric('m', 1)\nprint('epoch 1 loss=0.5')\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n    doubled = sum(pool.map(work, range(8)))"
    )
    run = nb.run
    assert (run.info.status, dict(run.data.metrics)) == ("FINISHED", {"m": 1.0, "loss": 0.5, "doubled": 56.0})
    assert [len(nb.store.history(run.info.run_id, key)) for key in ("m", "loss")] == [1, 1]


def test_time_below_and_above_the_magic_works(nb: Notebook) -> None:
    nb.cell("%%track below\n%%time\nlr = 0.1\nx = lr * 2")
    nb.cell("%%time\n%%track above\nlr = 0.2\nx = lr * 2")
    assert nb.output.count("Wall time") == 2
    assert [(run.info.run_name, run.data.params["lr"]) for run in nb.runs] == [("below", "0.1"), ("above", "0.2")]
    assert nb.artifact("cell.py", nb.runs[1]) == "%%time\n%%track above\nlr = 0.2\nx = lr * 2"


@pytest.mark.parametrize(
    "source", ["%%track\n%%capture out\nprint('x')\n1/0", "%%capture out\n%%track\nprint('x')\n1/0"]
)
def test_capture_below_and_above_the_magic_marks_a_failed_cell_failed(nb: Notebook, source: str) -> None:
    nb.cell(source)
    assert nb.run.info.status == "FAILED"
    assert nb.artifact("cell.py") == source
    assert active.own_stack() == []


def test_timeit_above_the_magic_is_refused_before_any_run(nb: Notebook) -> None:
    result = nb.cell("%%timeit -n 2 -r 1\n%%track\nx = 1")
    assert isinstance(result.error_in_exec, UsageError)
    assert active.own_stack() == []
    assert nb.runs == []
    assert nb.cell("%%track below\n%timeit -n 2 -r 1 pass").success
    assert nb.run.info.status == "FINISHED"


def test_a_cell_run_by_a_tracked_cell_belongs_to_its_run(nb: Notebook) -> None:
    nb.cell(
        "%%track outer\nimport nbtrack\n"
        "get_ipython().run_cell('nbtrack.log_metric(\"a\", 1)')\nnbtrack.log_metric('b', 2)"
    )
    assert dict(nb.run.data.metrics) == {"a": 1.0, "b": 2.0}


def test_the_magic_called_by_other_code_stops_that_code_where_its_cell_fails(nb: Notebook) -> None:
    result = nb.cell("get_ipython().run_cell_magic('track', 'called', '1/0')\nafter = 1")
    assert not result.success
    assert "after" not in nb.ip.user_ns
    assert nb.output.count("ZeroDivisionError: division by zero") >= 1
    assert nb.run.info.status == "FAILED"


def test_what_the_cell_prints_is_kept(nb: Notebook) -> None:
    nb.cell("%%track\nimport sys\nprint('hello')\nprint('oops', file=sys.stderr)")
    assert nb.artifact("output.txt").startswith("hello\noops\n")
    assert "hello" in nb.output


def test_numbers_that_the_cell_computes_are_metrics(nb: Notebook) -> None:
    nb.cell("%%track\nscores = [1, 2]\nmean = sum(scores) / 2\nfor i in range(3):\n    pass\n{'f1': 0.5, 'label': 'x'}")
    assert dict(nb.run.data.metrics) == {"mean": 1.5, "f1": 0.5}


def test_settings_of_earlier_cells_are_params_of_the_cell_that_reads_them(nb: Notebook) -> None:
    nb.cell("lr = 0.1\nunused = 1\nscale = 3\ndef f(x):\n    return x * scale")
    nb.cell("%%track\ny = f(lr)")
    assert dict(nb.run.data.params) == {"lr": "0.1", "scale": "3"}


def test_a_store_that_cannot_be_written_warns_once_and_the_cell_runs(nb: Notebook) -> None:
    (nb.folder / "mlruns").write_text("a file, no folder")
    with pytest.warns(UserWarning, match="nbtrack could not track this cell"):
        result = nb.cell("%%track\nran = 1")
    assert result.success
    assert nb.ip.user_ns["ran"] == 1
    assert active.own_stack() == []


def test_help_tells_the_options(nb: Notebook) -> None:
    nb.cell("%%track?")
    assert "--no-capture" in nb.output
    assert nb.store.snapshot().rows == []


def test_loading_twice_and_unloading_leave_ipython_as_it_was(nb: Notebook) -> None:
    before = len(nb.ip.input_transformers_cleanup)
    nb.cell("%load_ext nbtrack")
    nb.cell("%reload_ext nbtrack")
    assert len(nb.ip.input_transformers_cleanup) == before
    nb.cell("%unload_ext nbtrack")
    assert "track" not in nb.ip.magics_manager.magics["cell"]
    nb.cell("%load_ext nbtrack")


def test_the_card_says_what_changed_since_the_run_before(nb: Notebook) -> None:
    nb.cell("%%track -m acc:max\nlr = 0.1\nacc = lr * 5", cell_id="one")
    nb.cell("%%track -m acc:max\nlr = 0.2\nacc = lr * 5", cell_id="one")
    assert "changed: lr 0.1 → 0.2" in nb.output
    assert "changed: acc 0.5 → 1 (better)" in nb.output


def test_figures_and_html_that_the_cell_displays_are_kept_in_order(nb: Notebook) -> None:
    nb.cell(
        "%%track\nfrom IPython.display import HTML, SVG, display\nimport pandas as pd\n"
        "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))\n"
        "shown = display(HTML('<p>one</p>'), display_id=True)\nshown.update(HTML('<p>two</p>'))\n"
        "pd.DataFrame({'a': [1]})"
    )
    assert [file.path for file in nb.store.list_artifacts(nb.run.info.run_id, "displays")] == [
        "displays/1.svg", "displays/2.html", "displays/3.html",
    ]  # fmt: skip
    assert nb.artifact("displays/2.html") == "<p>two</p>"
    assert "<table" in nb.artifact("displays/3.html")
    assert "publish" not in vars(nb.ip.display_pub)
    assert "format" not in vars(nb.ip.display_formatter)
    assert "write_format_data" not in vars(nb.ip.displayhook)


def test_displays_are_named_by_title_or_variable_and_by_step(nb: Notebook) -> None:
    nb.cell(
        "%%track\nimport matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt, nbtrack, pandas as pd\n"
        "from IPython.display import display\n"
        "get_ipython().display_formatter.formatters['image/png'].for_type(plt.Figure, lambda figure: b'png')\n"
        "table = pd.DataFrame({'a': [1]})\ndisplay(table)\n"
        "for epoch in range(2):\n    nbtrack.log_metric('loss', 1, step=epoch + 5)\n"
        "    figure, axes = plt.subplots()\n    axes.set_title('Loss / epoch!')\n    display(figure)\n"
        "    plt.close(figure)\n"
        "plotly = {'layout': {'title': {'text': 'Surface'}}}\n"
        "display({'application/vnd.plotly.v1+json': plotly}, raw=True)\n"
        "display({'text/html': '<script>window.PlotlyConfig = {}</script>'}, raw=True)"
    )
    assert [file.path for file in nb.store.list_artifacts(nb.run.info.run_id, "displays")] == [
        "displays/1-table.html", "displays/2-loss-epoch-step-5.png", "displays/3-loss-epoch-step-6.png",
        "displays/4-surface-step-6.plotly.json",
    ]  # fmt: skip


def test_a_full_disk_costs_a_warning_and_no_cell(nb: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    plain = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.warns(UserWarning, match="nbtrack could not"):
            # No file may grow any more: what a full disk looks like to a writer.
            nb.cell(
                "%%track\nimport resource\n"
                f"resource.setrlimit(resource.RLIMIT_FSIZE, (0, {plain[1]}))\n"
                "import nbtrack\nnbtrack.log_metric('m', 1)\nlr = 1\nran = True"
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, plain)
        signal.signal(signal.SIGXFSZ, before)
    assert nb.ip.user_ns["ran"]
    assert active.own_stack() == []
    assert nb.run.info.status == "RUNNING"
    assert "the store still has the run as running" in nb.output, "the card does not say what the store does not"
    nb.cell("%%track after\nx = 1")
    assert nb.runs[-1].info.status == "FINISHED"


@pytest.mark.parametrize(
    "cell",
    [
        "%%track base -p 'a=it''s' -t x=\"y\"\n1/0",
        "# why\n%%track\nfrom __future__ import annotations\n1/0",
        "%%track\nimport asyncio\nawait asyncio.sleep(0)\n1/0",
        "%%track\ndef f():\n    return 1/0\nf()",
    ],
)
def test_a_traceback_shows_the_cell_as_written(nb: Notebook, cell: str) -> None:
    result = nb.cell(cell)
    assert isinstance(result.error_in_exec, ZeroDivisionError), nb.output
    assert "_nbtrack_begin" not in nb.output + nb.artifact("traceback.txt")
    assert "1/0" in nb.output


def test_a_number_under_a_name_that_no_store_takes_is_kept_under_one_that_it_takes(nb: Notebook) -> None:
    nb.cell(
        "%%track\n{'F1 (macro)': 0.5, 'F1 _macro_': 0.25, 'score@5': 1.0, 'loss': 2.0, 'loss/train': 3.0, '100%': 4.0}"
    )
    assert dict(nb.run.data.metrics) == {
        "F1 _macro_": 0.25,
        "F1 _macro__2": 0.5,
        "score_at_5": 1.0,
        "loss_": 2.0,
        "loss/train": 3.0,
        "100_": 4.0,
    }
    originals = json.loads(nb.run.data.tags["nbtrack.original_names"])["metrics"]
    assert originals == {"F1 _macro__2": "F1 (macro)", "score_at_5": "score@5", "loss_": "loss", "100_": "100%"}

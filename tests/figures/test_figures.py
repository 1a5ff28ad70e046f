"""Charts from Python: who is drawn, what stands in the figure, and what is said about it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import nbtrack
from nbtrack import figures
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.figures.bands import band_of
from nbtrack.figures.chosen import chosen_of
from nbtrack.figures.given import runs_of
from nbtrack.figures.importances import importances_of
from nbtrack.figures.line import Line
from nbtrack.figures.smooth import smoothed

MODELS = ["mlp", "svm", "mlp", "svm", "mlp", "svm"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Six runs: val/loss falls below loss by one, learning rate and model vary, one metric has a single point, and
    'ab' and 'val/ab' has only the first run."""
    before = nbtrack.get_tracking_uri()
    nbtrack.set_tracking_uri(tmp_path_factory.mktemp("figures") / "mlruns")
    ids = []
    for i, model in enumerate(MODELS):
        with nbtrack.start_run(run_name=f"run-{i}" if i else "<b>first</b>") as run:
            nbtrack.log_params({"lr": 10.0**-i, "model": model, "same": 1})
            for step in range(10 + i):
                nbtrack.log_metrics({"loss": 2 + i + 1 / (step + 1), "val/loss": 1 + i + 1 / (step + 1)}, step=step)
            nbtrack.log_metrics({"accuracy": 0.9 - i / 10, "epoch": i, **({} if i else {"ab": 1, "val/ab": 1})})
            ids.append(run.info.run_id)
    yield ids
    nbtrack.set_tracking_uri(before)


def test_a_history_has_one_line_a_run_with_every_point(store: list[str]) -> None:
    drawn = figures.metric_history(store, "loss")
    assert [len(trace.x) for trace in drawn.data] == [10, 11, 12, 13, 14, 15, 1]
    assert drawn.data[0].y[0] == 3.0
    assert drawn.data[0].name == "&lt;b&gt;first&lt;/b&gt;"
    assert (drawn.data[-1].name, drawn.data[-1].x[0], drawn.data[-1].y[0]) == ("best", 9, 2.1)


def test_runs_may_be_ids_names_run_objects_tables_or_a_dashboard(store: list[str]) -> None:
    table = nbtrack.search_runs(filter_string="params.model = 'svm'")
    dash = nbtrack.dashboard()
    dash.selected = store[:2]
    counts = [
        len(figures.metric_history(given, "val/loss - loss").data)
        for given in (store[0], "run-1", [nbtrack.get_run(store[0]), "run-3"], table, table.iloc[0], dash, None)
    ]
    dash.close()
    assert counts == [1, 1, 2, 3, 1, 2, 6]


def test_a_long_history_keeps_its_only_spike(store: list[str], tmp_path: Path) -> None:
    where = tmp_path / "mlruns"
    client = nbtrack.MlflowClient(str(where))
    run = client.create_run("0").info.run_id
    points = [nbtrack.entities.Metric("m", 1000.0 if i == 7321 else 0.5, 1, i) for i in range(10_000)]
    for start in range(0, 10_000, 1000):
        client.log_batch(run, metrics=points[start : start + 1000])
    line = figures.metric_history(run, "m", width=320, store=where).data[0]
    assert max(line.y) == 1000.0
    assert len(line.x) < 1400
    assert len(figures.metric_history(run, "m", width=0, store=where).data[0].x) == 10_000


def test_smoothing_draws_the_raw_line_faint_behind(store: list[str]) -> None:
    for smoother in ("ema", "gaussian", "mean"):
        raw, smooth, _ = figures.metric_history(store[:1], "loss", smoothing=0.6, smoother=smoother).data
        assert "rgba" in raw.line.color
        assert smooth.y.tolist() == smoothed(raw.y, 0.6, smoother).tolist()


def test_an_expression_is_joined_by_steps(store: list[str]) -> None:
    drawn = figures.metric_history(store, "val/loss - loss")
    assert np.allclose(drawn.data[3].y, -1)
    with pytest.raises(InvalidValueError, match="unexpected"):
        figures.metric_history(store, "loss +")


def test_another_metric_is_the_axis(store: list[str]) -> None:
    drawn = figures.metric_history(store[:1], "val/loss", x="loss").data[0]
    assert np.allclose(drawn.x - drawn.y, 1)


def test_groups_are_a_mean_with_a_band_over_unequal_steps(store: list[str]) -> None:
    drawn = figures.metric_history(store, "loss", group="params.model", band="minmax")
    high, low, mean = drawn.data[:3]
    assert mean.name == "model = mlp (3)"
    assert (high.y[0], mean.y[0], low.y[0]) == (7.0, 5.0, 3.0)
    assert high.y[-1] == low.y[-1]  # the longest run is alone in the end


def test_the_interval_of_two_runs_is_drawn_as_it_is_and_leaves_the_axis_to_the_runs(store: list[str]) -> None:
    two = [store[0], store[2]]  # 2 apart, so that their interval is 12.7 to each side
    drawn = figures.metric_history(two, "loss", group="params.model", band="ci")
    assert drawn.data[0].y[0] == pytest.approx(4 + 12.706, rel=1e-3)
    low, high = drawn.layout.yaxis.range
    assert (low, high) == pytest.approx((2.1 - 0.06 * 2.9, 5 + 0.06 * 2.9))
    assert "the 95 % interval of two runs goes beyond the axis" in drawn.layout.title.text
    bars = figures.bars(two, "accuracy", group="model", band="ci")
    assert bars.data[0].error_x.array[0] > 1
    assert bars.layout.xaxis.range[1] < 1


def test_a_band_of_values_at_the_end_of_floats_is_drawn_without_a_warning(tmp_path: Path) -> None:
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    for value in (1e308, -1e308, 1e308):
        client.log_metric(client.create_run("0").info.run_id, "huge", value)
    drawn = figures.metric_history(None, "huge", group="status", store=tmp_path / "mlruns")
    assert drawn.data[2].name == "status = RUNNING (3)"


def test_scatter_box_bars_and_parallel_coordinates_hold_every_run(store: list[str]) -> None:
    dots = figures.scatter(store, "lr", "metrics.accuracy", color="model")
    assert sorted(len(trace.x) for trace in dots.data) == [3, 3]
    assert dots.layout.xaxis.type == "log"
    boxes = figures.box(store, "accuracy", "model")
    assert [trace.name for trace in boxes.data] == ["mlp (3)", "svm (3)"]
    bars = figures.bars(store, "accuracy").data[0]
    assert list(bars.x) == sorted(bars.x, reverse=True)
    means = figures.bars(store, "accuracy", group="model", band="minmax").data[0]
    assert dict(zip(means.y, means.x, strict=True)) == pytest.approx({"model = mlp (3)": 0.7, "model = svm (3)": 0.6})
    assert list(means.error_x.array) == pytest.approx([0.2, 0.2])
    labels = [each.label for each in figures.parallel_coordinates(store).data[0].dimensions]
    assert sorted(labels[:2]) == ["lr", "model"]  # not "same"
    assert sorted(labels[2:]) == ["accuracy", "epoch", "loss", "val/loss"]


def test_two_params_meet_in_cells_and_empty_ones_stay_empty(store: list[str]) -> None:
    field = figures.contour(store, "lr", "model", "accuracy").data[0]
    assert field.type == "heatmap"
    assert np.isnan(np.array(field.z, np.float64)).sum() == 6


def test_two_numeric_params_that_fill_a_whole_grid_are_contour_lines(tmp_path: Path) -> None:
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    for width in (8, 16, 32):
        for rate in (0.1, 0.2, 0.4):
            run = client.create_run("0").info.run_id
            client.log_param(run, "width", width)
            client.log_param(run, "rate", rate)
            client.log_metric(run, "score", width * rate, step=0)
    field = figures.contour(None, "rate", "width", "score", store=tmp_path / "mlruns").data[0]
    assert field.type == "contour"
    assert np.allclose(field.z, np.outer((8, 16, 32), (0.1, 0.2, 0.4)))


def test_differences_are_per_cent_of_the_baseline_with_the_better_ones_green(store: list[str]) -> None:
    drawn = figures.difference(store[:2], store[0], metrics=["accuracy", "epoch"])
    (bar,) = drawn.data
    assert bar.x[0] == pytest.approx(-100 / 9)
    assert bar.x[1] is None
    assert bar.marker.line.color[0] == "#c62828"
    assert "epoch" in drawn.layout.title.text


def test_the_value_that_is_compared_is_the_one_asked_for(store: list[str]) -> None:
    def shares(**which: object) -> list[float]:
        return list(figures.difference(store[:2], metrics=["loss"], **which).data[0].x)  # type: ignore[arg-type]

    lasts, best, first = (2.1, 3 + 1 / 11), (2.1, 3 + 1 / 11), (3.0, 4.0)
    assert shares() == pytest.approx([100 * (lasts[1] / lasts[0] - 1)])
    assert shares(pick="best") == pytest.approx([100 * (best[1] / best[0] - 1)])
    assert shares(pick="max") == pytest.approx([100 * (first[1] / first[0] - 1)])
    assert shares(pick="step", step=0) == pytest.approx([100 * (first[1] / first[0] - 1)])
    with pytest.raises(InvalidValueError, match="pick is one of last, best"):
        shares(pick="first")


def test_metrics_that_none_of_the_runs_has_are_not_compared(tmp_path: Path) -> None:
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    runs = [client.create_run("0").info.run_id for _ in range(3)]
    for run, key in zip(runs, ("score", "score", "other"), strict=True):
        client.log_metric(run, key, 2.0, step=0)
    assert list(figures.difference(runs[:2], store=tmp_path / "mlruns").data[0].y) == ["score"]


def test_importance_of_few_runs_says_that_they_are_few(store: list[str]) -> None:
    drawn = figures.importance(store, "accuracy")
    assert [trace.name for trace in drawn.data] == ["rank correlation"]
    assert "6 runs: correlations only" in drawn.layout.title.text
    assert list(drawn.data[0].y) == ["lr", "model"]


def test_importance_finds_what_a_metric_hangs_on_and_not_what_it_does_not() -> None:
    rng = np.random.default_rng(0)
    real, noise = rng.uniform(0, 1, 120), rng.uniform(0, 1, 120)
    both = rng.integers(0, 2, 120)  # matters only together with `real`: no correlation sees it
    values = np.where(both == 1, real, -real)
    params = {"real": real, "noise": noise, "both": both}
    found = importances_of([(name, [str(v) for v in column]) for name, column in params.items()], values.tolist())
    share = {each.param: each.permutation or 0.0 for each in found.importances}
    assert abs(share["noise"]) < 0.1 < 0.3 < min(share["real"], share["both"])
    nothing = importances_of([("noise", [str(v) for v in noise])], rng.normal(size=120).tolist())
    assert "could be chance" in nothing.notes[0]


def test_importance_is_the_same_in_every_order_of_the_runs_and_never_more_than_is_explained() -> None:
    rng = np.random.default_rng(1)
    a, b = np.tile(["x", "y"], 30), np.repeat(["k", "l"], 30)
    y = rng.normal(size=60) * 0.5 + (a == "y")
    orders = (np.arange(60), np.argsort(-y), np.argsort(y), rng.permutation(60))
    found = [importances_of([("a", a[o].tolist()), ("b", b[o].tolist())], y[o].tolist()) for o in orders]
    assert all(each == found[0] for each in found)
    explained = found[0].explained or 0.0
    assert 0.4 < explained < 0.8
    assert all((each.permutation or 0.0) <= explained + 1e-9 for each in found[0].importances)


def test_a_text_that_each_run_has_once_says_nothing_about_the_metric() -> None:
    rng = np.random.default_rng(0)
    for n in (6, 19, 40):
        folders = [f"out/{i:04x}" for i in rng.permutation(n)]
        rates = [repr(float(v)) for v in rng.uniform(size=n)]
        found = importances_of([("lr", rates), ("out_dir", folders)], rng.normal(size=n).tolist())
        assert {each.param: each.correlation for each in found.importances}["out_dir"] == 0
        assert any("out_dir" in note for note in found.notes)


@pytest.mark.parametrize("n", [5, 20, 50])
def test_noise_seldom_looks_like_more_than_chance(n: int) -> None:
    rng = np.random.default_rng(n)
    draws, alarms = 40, 0
    for _ in range(draws):
        params = [(name, [repr(float(v)) for v in rng.uniform(size=n)]) for name in "abc"]
        found = importances_of([*params, ("opt", rng.choice(list("xyz"), n).tolist())], rng.normal(size=n).tolist())
        alarms += found.chance is not None and found.chance <= 0.05
    assert alarms <= 5  # of 40: more than 5 has a probability below 0.02 where 5 % are true


def test_a_planted_param_comes_first_at_twenty_runs() -> None:
    rng = np.random.default_rng(3)
    first = 0
    for _ in range(40):
        x = rng.uniform(size=20)
        params = [(name, [repr(float(v)) for v in rng.uniform(size=20)]) for name in "abc"]
        found = importances_of(
            [*params, ("x", [repr(float(v)) for v in x])], (3 * x + rng.normal(size=20) / 3).tolist()
        )
        first += found.importances[0].param == "x"
    assert first >= 38


def test_the_best_so_far_never_gets_worse(store: list[str]) -> None:
    dots, line = figures.optimisation_history(store, "loss").data
    assert len(dots.x) == 6
    assert all(np.diff(line.y) <= 0)


def test_which_way_is_better_is_what_was_set_then_what_was_tracked_then_what_the_name_says(
    store: list[str], tmp_path: Path
) -> None:
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    for value, tags in ((1.0, {"nbtrack.metric.odd": "min"}), (2.0, {})):
        run = client.create_run("0", tags=tags).info.run_id
        client.log_metric(run, "odd", value, step=0)
        client.log_metric(run, "loss", value, step=0)
    where = {"store": tmp_path / "mlruns"}
    assert list(figures.bars(None, "odd", **where).data[0].x) == [1, 2]
    assert list(figures.bars(None, "odd", direction="max", **where).data[0].x) == [2, 1]
    assert list(figures.bars(None, "loss", **where).data[0].x) == [1, 2]
    dash = nbtrack.dashboard(tmp_path / "mlruns")
    dash.view = {"tab": "analyse", "analyse": {"kind": "bars", "metric": "loss"}, "directions": {"loss": "max"}}
    assert list(dash.figure().data[0].x) == [2, 1]
    dash.view = {"tab": "charts", "chart": {"big": "loss"}}
    assert list(dash.figure().data[0].x) == [2, 1]  # single points are bars
    assert list(figures.bars(dash, "loss").data[0].x) == [2, 1]
    (bar,) = figures.difference(dash, dash.runs["run_id"][0], ["loss"]).data
    dash.view = {"directions": {"loss": "min"}}
    (turned,) = figures.difference(dash, dash.runs["run_id"][0], ["loss"]).data
    assert bar.marker.line.color != turned.marker.line.color
    dash.close()


def test_several_points_at_one_step_are_bars_as_in_the_dashboard(tmp_path: Path) -> None:
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    run = client.create_run("0").info.run_id
    for value in (1.0, 3.0, 2.0):
        client.log_metric(run, "loss", value, step=7)
        client.log_metric(run, "moved", value, step=int(value))
    dash = nbtrack.dashboard(tmp_path / "mlruns")
    kinds = []
    for metric in ("loss", "moved"):
        dash.view = {"tab": "charts", "chart": {"big": metric}}
        kinds.append(dash.figure().data[0].type)
    dash.close()
    assert kinds == ["bar", "scatter"]


def test_what_is_not_there_is_named_with_what_comes_near(store: list[str]) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'accuracy'"):
        figures.bars(store, "acuracy")
    with pytest.raises(NotFoundError, match=r"Did you mean 'params\.model'"):
        figures.scatter(store, "modle", "accuracy")
    with pytest.raises(NotFoundError, match="no run 'nobody'"):
        figures.bars(["nobody"], "accuracy")
    with pytest.raises(NotFoundError, match=r"no metric 'val/los'\. Did you mean 'val/loss'"):
        figures.metric_history(store, "val/los")
    with pytest.raises(InvalidValueError, match=r"metric 'val/los'\. Did you mean 'val/loss'"):
        nbtrack.chart(store, metrics="val/los")


def test_a_dashboard_gives_the_chart_in_focus(store: list[str]) -> None:
    dash = nbtrack.dashboard()
    dash.selected = store[:3]
    dash.view = {"chart": {"big": "val/loss", "smoothing": 0.5}}
    drawn = dash.figure()
    assert drawn.layout.title.text == "val/loss"
    assert len(drawn.data) == 7
    dash.view = {"group": ["params.model"], "chart": {"smoothing": 0}}
    assert [trace.name for trace in dash.figure().data if trace.showlegend is None] == [
        "model = mlp (2)",
        "model = svm (1)",
    ]
    dash.selected = []  # then the first groups of the table are drawn whole, not its first runs
    assert sum(
        int(str(trace.name).split("(")[1][:-1]) for trace in dash.figure().data if trace.showlegend is None
    ) == len(store)
    dash.selected = store[:3]
    kinds = {}
    for kind in ("parallel", "scatter", "bars", "box", "grid", "importance", "history"):
        dash.view = {"tab": "analyse", "analyse": {"kind": kind}}
        kinds[kind] = dash.figure().data[0].type
    dash.view = {"tab": "compare", "compare": {"pick": "step", "step": 3, "baseline": store[5]}}
    assert "Against &lt;b&gt;first&lt;/b&gt;, at step 3 values" in dash.figure().layout.title.text
    dash.view = {"tab": "charts", "group": ["params.model"], "chart": {"big": "accuracy"}}
    single = dash.figure().data[0]
    assert chosen_of(runs_of(store)).metric == "val/loss"  # val/ab tells no runs apart
    assert (single.type, list(single.y)) == ("bar", ["model = mlp (2)", "model = svm (1)"])
    dash.selected = store[5:6]
    dash.view = {"group": [], "chart": {"big": None}}
    assert dash.figure().layout.title.text == "accuracy"  # the first metric that this run has
    dash.close()
    assert kinds == {
        "parallel": "parcoords",
        "scatter": "scatter",
        "bars": "bar",
        "box": "box",
        "grid": "heatmap",
        "importance": "bar",
        "history": "scatter",
    }


def test_plotly_is_imported_only_when_a_figure_is_asked_for() -> None:
    code = "import sys, nbtrack; nbtrack.figures.bars; assert 'plotly' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_mean_says_of_how_many_runs_it_is_and_has_a_gap_where_none_counts() -> None:
    x = np.arange(5.0)
    ended, gap = Line(x[:2], np.array([5.0, 5.0])), Line(x, np.array([1.0, 1.0, np.nan, np.nan, 1.0]))
    found = band_of([gap, Line(x, np.array([3.0, 3.0, 3.0, np.inf, 3.0])), ended], "minmax")
    assert found.n.tolist() == [3, 3, 1, 0, 2]
    assert np.array_equal(found.mean, [3, 3, 3, np.nan, 2], equal_nan=True)


def test_a_min_max_band_holds_every_spike_of_a_long_history() -> None:
    y = np.full(50_001, 0.5)
    y[31_417] = 1000
    found = band_of([Line(np.arange(50_001.0), y), Line(np.array([0.0, 50_000.0]), np.zeros(2))], "minmax")
    assert len(found.x) < len(y)
    assert found.high.max() == 1000


def test_a_group_of_runs_that_end_early_or_diverge_says_so_in_curve_and_bar(tmp_path: Path) -> None:
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    ids = []
    for values in ([1.0] * 6, [1.0] * 3, [5.0, 5.0, np.nan]):
        run = client.create_run("0").info.run_id
        client.log_param(run, "m", "a")
        for step, value in enumerate(values):
            client.log_metric(run, "loss", value, step=step)
        ids.append(run)
    drawn = figures.metric_history(ids, "loss", group="m", store=tmp_path / "mlruns")
    mean = drawn.data[2]
    assert list(mean.customdata) == [3, 3, 2, 1, 1, 1]
    assert "of 3 runs" in mean.hovertemplate
    assert "1 end before their group, 1 end in NaN" in drawn.layout.title.text
    bars = figures.bars(ids, "loss", group="m", store=tmp_path / "mlruns")
    assert list(bars.data[0].y) == ["m = a (2 of 3)"]
    assert "1 without a finite value" in bars.layout.title.text


def test_boxes_have_the_quartiles_of_the_dashboard_and_names_that_tell_them_apart(tmp_path: Path) -> None:
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    start, ids = 1_790_000_000_000, []
    for i in range(40):
        run = client.create_run("0", start_time=start + i * 60_000).info.run_id
        client.log_param(run, "seed", str(100_001 + i))
        client.log_param(run, "depth", ("100", "None", "9", "16")[i % 4])
        client.log_metric(run, "acc", i)
        ids.append(run)
    store = tmp_path / "mlruns"
    for by in ("params.seed", "start_time"):
        names = [trace.name for trace in figures.box(ids, "acc", by, store=store).data]
        assert len(set(names)) == len(names) == 8
        ticks = figures.contour(ids, by, "params.seed", "acc", store=store).layout.xaxis.ticktext
        assert len(set(ticks)) == 8
    boxes = figures.box(ids, "acc", "depth", store=store).data
    assert [trace.name.split()[0] for trace in boxes] == ["9", "16", "100", "None"]
    assert boxes[0].q1[0] == np.percentile(boxes[0].y[0], 25)
    assert boxes[0].upperfence[0] == max(boxes[0].y[0])
    assert figures.scatter(ids, "start_time", "acc", store=store).layout.xaxis.title.text == "start_time (UTC)"

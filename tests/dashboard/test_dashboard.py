"""A dashboard in Python, without a browser: what it shows, gives and takes."""

from __future__ import annotations

import gc
import html
import json
import os
import pickle
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ipywidgets.widgets import widget

import nbtrack
from nbtrack.dashboard import assets, live, requests
from nbtrack.dashboard.requests import Request, answers
from nbtrack.dashboard.widget import Dashboard
from nbtrack.errors import InvalidValueError, NbtrackError, NotFoundError, QueryError, StoreError
from tests.golden import table_cases

HOSTILE = ["</script><script>alert(1)</script>", "<!--", "<img src=x onerror=alert(1)>", "a & b \"c\" 'd'", "]]>"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    before = nbtrack.get_tracking_uri()
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    for i, name in enumerate(["red", "green", "blue"]):
        with nbtrack.start_run(run_name=name):
            nbtrack.log_param("lr", 0.1 * i)
            for step in range(5):
                nbtrack.log_metric("loss", i + 1 / (step + 1), step=step)
    yield tmp_path
    nbtrack.set_tracking_uri(before)


@pytest.fixture
def dash(store: Path) -> Iterator[Dashboard]:
    made = nbtrack.dashboard()
    yield made
    made.close()


def names(frame: object) -> list[str]:
    return list(frame["tags.mlflow.runName"])  # type: ignore[index]


def ask(dash: Dashboard, **message: object) -> list[object]:
    return [each.body for each in answers(dash._hub, Request.of({"type": "need", **message}))]


def change(dash: Dashboard, **message: object) -> None:
    list(answers(dash._hub, Request.of({"type": "edit", **message})))


def _series(run: str, **message: object) -> Request:
    return Request.of({"type": "need", "what": "series", "runs": [run], **message})


def test_runs_are_the_table_as_shown(dash: Dashboard) -> None:
    assert names(dash.runs) == ["blue", "green", "red"]
    dash.view = {"filter": "metrics.loss > 1", "order": ["metrics.loss ASC"]}
    assert names(dash.runs) == ["green", "blue"]
    assert list(dash.runs.columns)[:3] == ["run_id", "experiment_id", "status"]


def test_selected_runs_come_in_the_order_of_selection(dash: Dashboard) -> None:
    ids = dict(zip(names(dash.runs), dash.runs["run_id"], strict=True))
    dash.selected = [ids["red"], ids["blue"], "unknown"]
    assert names(dash.selected_runs) == ["red", "blue"]


def test_the_code_reproduces_the_rows(dash: Dashboard) -> None:
    dash.view = {"filter": "params.lr != '0.0'", "order": ["metrics.loss DESC"]}
    place: dict[str, object] = {}
    exec(dash.code(), place)
    assert names(place["runs"]) == names(dash.runs) == ["blue", "green"]
    ids = dict(zip(names(dash.runs), dash.runs["run_id"], strict=True))
    nbtrack.MlflowClient().set_tag(ids["blue"], "mlflow.parentRunId", ids["green"])
    dash._hub.look_now()
    # The child would come first, and stands under its parent all the same; groups part them, what is pinned leads.
    for view, expected in (
        ({}, ["green", "blue"]),
        ({"tree": False}, ["blue", "green"]),
        ({"filter": "", "pinned": [ids["green"]], "collapsed": [ids["green"]]}, ["green", "blue", "red"]),
        ({"pinned": [], "group": ["params.lr"], "order": ["metrics.loss ASC"]}, ["red", "green", "blue"]),
    ):
        dash.view = view
        exec(dash.code(), place)
        assert names(place["runs"]) == names(dash.runs) == expected
    two = nbtrack.compare(ids["blue"], ids["green"])
    exec(two.code(), place)
    two.close()
    assert set(names(place["runs"])) == {"blue", "green"}


def test_the_cases_of_the_table_are_those_that_the_code_makes_today() -> None:
    """If this fails on purpose: python -m tests.golden.table_cases, and look at what changed."""
    assert table_cases.FILE.read_text(encoding="utf-8") == table_cases.written()


def test_one_text_is_taken_as_a_list_of_one(store: Path) -> None:
    dash = nbtrack.dashboard(order_by="metrics.loss ASC", columns="metrics.loss")
    assert dash.view["order"] == ["metrics.loss ASC"]
    assert dash.view["columns"] == ["metrics.loss"]
    dash.close()


def test_an_experiment_is_named_by_a_number_too_and_what_is_no_store_is_said_to_be_none(store: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no experiment '7' in the store\. It has: Default"):
        nbtrack.dashboard(experiments=7)
    with pytest.raises(InvalidValueError, match=r"store=3 is no store\. Give a path"):
        nbtrack.dashboard(3)


def test_a_view_is_set_in_part_and_checked(dash: Dashboard) -> None:
    dash.view = {"chart": {"smoothing": 0.5}}
    dash.view = {"chart": {"log_y": True}, "height": 400}
    assert (dash.view["chart"]["smoothing"], dash.view["chart"]["log_y"], dash.view["height"]) == (0.5, True, 400)
    with pytest.raises(InvalidValueError, match=r"no 'fiter' in view. Did you mean 'filter'"):
        dash.view = {"fiter": ""}
    with pytest.raises(InvalidValueError, match=r"no 'smoothin' in view\['chart'\]. Did you mean 'smoothing'"):
        dash.view = {"chart": {"smoothin": 1}}
    with pytest.raises(InvalidValueError, match="view height takes a number from 200 on, not -5"):
        dash.view = {"height": -5}
    with pytest.raises(InvalidValueError, match=r"one of ema, gaussian, mean, not 'epoch'"):
        dash.view = {"chart": {"smoother": "epoch"}}
    with pytest.raises(QueryError):
        dash.view = {"filter": "metrics.loss >"}
    assert dash.view["filter"] == ""


def test_a_filter_in_the_middle_of_being_typed_is_taken_from_the_browser(dash: Dashboard) -> None:
    dash.set_state({"view": {**dash.view, "filter": "metrics.loss >", "unknown": 1}})
    assert dash.view["filter"] == "metrics.loss >"
    assert "unknown" not in dash.view


def test_runs_are_given_as_names_ids_runs_or_rows(store: Path) -> None:
    table = nbtrack.search_runs()
    by_name = dict(zip(names(table), table["run_id"], strict=True))
    run = nbtrack.get_run(by_name["blue"])
    made = nbtrack.compare("red", by_name["green"][:12], run, table.iloc[0], table)
    assert made.selected == [by_name[name] for name in ("red", "green", "blue")]
    assert made.frame_kind == "compare"
    made.close()
    with pytest.raises(NotFoundError, match=r"no run 'gren' in the store. Did you mean 'green'"):
        nbtrack.compare("gren")


def test_a_chart_and_a_card_hold_only_their_runs(store: Path) -> None:
    chart = nbtrack.chart(["red", "blue"], "loss", x="time")
    assert chart.view["chart"]["metrics"] == ["loss"]
    assert names(chart.runs) == ["blue", "red"]
    card = nbtrack.show("green")
    assert (card.frame_kind, names(card.runs)) == ("show", ["green"])
    chart.close()
    card.close()


def test_experiments_are_given_by_name_and_an_unknown_one_is_named(store: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no experiment 'nope' in the store. It has: Default"):
        nbtrack.dashboard(experiments="nope")
    made = nbtrack.dashboard(experiments=["Default"])
    assert len(made.runs) == 3
    made.close()


def test_a_path_that_is_no_store_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(StoreError, match=r"notes.txt"):
        nbtrack.dashboard(tmp_path / "notes.txt")


def test_without_a_front_end_the_error_says_what_to_run(
    store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    assets.front.cache_clear()
    with pytest.raises(NbtrackError, match=r"npm run build"):
        nbtrack.dashboard()


def test_the_bundle_holds_text_and_html_alone(dash: Dashboard) -> None:
    bundle = dash._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"].splitlines()[1].split()[:2] == ["run", "status"]
    assert len(bundle["text/html"]) < 1_000_000
    assert not re.search(r"(src|href)=", bundle["text/html"].split("<script")[0])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_wherever_it_stands(tmp_path: Path, name: str) -> None:
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    with nbtrack.start_run(run_name=name, tags={"t": name}):
        nbtrack.log_param("p", name)
    made = nbtrack.dashboard()
    made.selected = [name]
    made.view = {"columns": [name]}
    fragment = made._repr_mimebundle_()["text/html"]
    made.close()
    table, *scripts = re.split(r"<script[^>]*>", fragment)
    assert len(scripts) == 3
    assert "<img" not in fragment
    assert "<!--" not in fragment
    assert html.escape(name, quote=True) in table
    data = json.loads(scripts[0].partition("</script>")[0])
    assert (data["selected"], data["view"]["columns"]) == ([name], [name])


def test_edits_are_safe_to_apply_twice(dash: Dashboard) -> None:
    run = dash.runs["run_id"][0]
    for what, key, value in (("rename", "", "violet"), ("set_tag", "good", "yes"), ("delete", "", "")):
        change(dash, what=what, runs=[run], key=key, value=value)
        change(dash, what=what, runs=[run], key=key, value=value)
    assert nbtrack.get_run(run).info.run_name == "violet"
    assert len(dash.runs) == 2
    for what in ("restore", "delete_tag"):
        change(dash, what=what, runs=[run], key="good")
        change(dash, what=what, runs=[run], key="good")
    assert "violet" in names(dash.runs)
    assert "tags.good" not in dash.runs


def test_artifacts_are_listed_and_read_and_a_large_one_is_cut(dash: Dashboard) -> None:
    run = dash.runs["run_id"][0]
    with nbtrack.start_run(run_id=run):
        nbtrack.log_text("hello", "notes/a.txt")
        nbtrack.log_text("x" * 1_200_000, "big.json")
    (top,) = ask(dash, what="artifacts", runs=[run], path="")
    assert [file["path"] for file in top["files"]] == ["big.json", "notes"]  # type: ignore[index]
    (small,) = ask(dash, what="artifact", runs=[run], path="notes/a.txt")
    assert small == {"path": "notes/a.txt", "size": 5, "mime": "text/plain", "base64": "aGVsbG8=", "cut": False}
    (large,) = ask(dash, what="artifact", runs=[run], path="big.json")
    assert (large["cut"], large["size"]) == (True, 1_200_000)  # type: ignore[index]
    with pytest.raises(NotFoundError):
        ask(dash, what="artifact", runs=[run], path="../../meta.yaml")


def test_large_series_are_answered_in_several_packs(dash: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    run = dash.runs["run_id"][0]
    monkeypatch.setattr(requests, "POINTS_AT_ONCE", 1000)
    with nbtrack.start_run(run_id=run):
        for key in ("a", "b"):
            nbtrack.MlflowClient().log_batch(run, [nbtrack.Metric(key, 1.0, 1, step) for step in range(1100)])
    found = list(answers(dash._hub, _series(run, keys=["a", "b", "c"])))
    assert [each.more for each in found] == [True, True, False]
    thinned = list(answers(dash._hub, _series(run, width=100)))
    assert len(thinned) == 1


def test_closing_ends_the_thread_and_frees_the_channel(store: Path) -> None:
    made = nbtrack.dashboard()
    channel = made._channel
    made.close()
    assert channel.comm is None or channel.comm._closed
    for thread in threading.enumerate():
        if thread.name == "nbtrack-live":
            thread.join(3)
            assert not thread.is_alive()


def test_a_hundred_dashboards_opened_and_closed_leave_no_model_thread_listener_or_file_behind(store: Path) -> None:
    def held() -> tuple[int, int, int, int]:
        gc.collect()
        listeners = sum(len(hub.listeners) for hub in live.hubs())
        threads = sum(thread.is_alive() for thread in threading.enumerate() if thread.name == "nbtrack-live")
        return len(widget._instances), listeners, threads, len(os.listdir("/proc/self/fd"))

    def settled(before: tuple[int, int, int, int]) -> bool:
        return all(now <= then for now, then in zip(held(), before, strict=True))

    nbtrack.dashboard().close()
    end = time.monotonic() + 3
    while held()[2] and time.monotonic() < end:
        time.sleep(0.05)
    before = held()
    for _ in range(100):
        nbtrack.dashboard().close()
    end = time.monotonic() + 3
    while not settled(before) and time.monotonic() < end:
        time.sleep(0.05)
    assert settled(before), (before, held())


class Hostile:
    """What a pickle of a stranger can hold."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("unpickled",)


def test_a_pickle_among_the_files_of_a_run_is_never_loaded(
    store: Path, dash: Dashboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    client = nbtrack.MlflowClient(store / "mlruns")
    run = dash.runs["run_id"].tolist()[0]
    for path in ("model.pkl", "model/model.pkl", "data.npy", "weights.pt", "table.parquet", "table.json"):
        file = tmp_path / Path(path).name
        file.write_bytes(pickle.dumps(Hostile()))
        client.log_artifact(run, file, str(Path(path).parent))
    asked = ["trees", "artifacts", "inputs"]
    for what in asked:
        list(answers(dash._hub, Request.of({"type": "need", "what": what, "runs": [run]})))
    for path in ("model.pkl", "model/model.pkl", "data.npy", "weights.pt", "table.parquet", "table.json"):
        (given,) = answers(dash._hub, Request.of({"type": "need", "what": "artifact", "runs": [run], "path": path}))
        assert given.body
    nbtrack.show(run).close()
    dash.save_html(tmp_path / "page.html")
    assert not (tmp_path / "unpickled").exists()


def test_a_change_is_not_made_where_another_writer_was_quicker(dash: Dashboard) -> None:
    ids = dict(zip(names(dash.runs), dash.runs["run_id"], strict=True))
    both = [ids["red"], ids["blue"]]
    message = {"what": "rename", "runs": both, "value": "mine", "seen": {ids["red"]: "red", ids["blue"]: "older"}}
    for _ in range(2):  # safe to apply twice
        answer = next(answers(dash._hub, Request.of({"type": "edit", **message})))
        assert answer.body == {"conflicts": {ids["blue"]: "blue"}}
    assert sorted(names(dash.runs)) == ["blue", "green", "mine"]
    change(dash, what="rename", runs=[ids["blue"]], value="mine")  # nevertheless
    assert sorted(names(dash.runs)) == ["green", "mine", "mine"]


def test_a_view_is_kept_by_name_and_found_again(
    dash: Dashboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    dash.view = {"filter": "metrics.loss > 1", "directions": {"loss": "max"}, "group": ["params.lr"]}
    dash.save_view("../good: ones")
    assert dash.saved_views() == ["../good: ones"]
    assert len([path for path in tmp_path.rglob("*.json") if path.parent.parent.name == "views"]) == 1
    again = nbtrack.dashboard(view="../good: ones", height=500)
    kept = ("filter", "directions", "group")
    assert {name: again.view[name] for name in kept} == {name: dash.view[name] for name in kept}
    assert again.view["height"] == 500
    again.close()
    with pytest.raises(NotFoundError, match=r"no view 'godo'.*There are: \.\./good: ones"):
        nbtrack.dashboard(view="godo")


def test_the_datasets_of_a_run_are_given_with_what_they_were_for(dash: Dashboard) -> None:
    run = dash.runs["run_id"][0]
    assert ask(dash, what="inputs", runs=[run]) == [{"datasets": []}]


def test_a_large_file_comes_cut_and_whole_when_that_is_wanted(store: Path, dash: Dashboard) -> None:
    run = dash.runs["run_id"][0]
    nbtrack.MlflowClient().log_text(run, "x" * 1_200_000, "long.txt")
    (beginning,) = ask(dash, what="artifact", runs=[run], path="long.txt")
    (whole,) = ask(dash, what="artifact", runs=[run], path="long.txt", width=1_200_001)
    assert (beginning["cut"], whole["cut"]) == (True, False)  # type: ignore[index]

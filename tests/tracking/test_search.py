from __future__ import annotations

import math

import pandas as pd
import pytest

import nbtrack
from nbtrack.errors import InvalidValueError, NbtrackWarning, QueryError
from nbtrack.stores import Store
from nbtrack.tracking.paging import bounds


@pytest.fixture
def runs(store: Store) -> list[str]:
    """Ids of runs "0" to "9", each a millisecond after the other; loss is NaN in "3" and missing in "4"."""
    client = nbtrack.MlflowClient()
    experiment = client.create_experiment("e")
    nbtrack.set_experiment(experiment_id=experiment)
    ids = []
    for i in range(10):
        run_id = client.create_run(experiment, start_time=i, run_name=str(i)).info.run_id
        if i != 4:
            client.log_metric(run_id, "loss", math.nan if i == 3 else i)
        client.log_param(run_id, f"p{9 - i}", i)
        ids.append(run_id)
    return ids


def test_columns_of_a_family_come_in_the_order_of_the_first_run_that_has_them(runs: list[str]) -> None:
    found = nbtrack.search_runs(order_by=["start_time ASC"])
    assert list(found.columns[:6]) == ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]
    assert [c for c in found.columns if c.startswith("params.")] == [f"params.p{9 - i}" for i in range(10)]
    assert found["metrics.loss"].dtype == float
    assert found["params.p9"].notna().sum() == 1
    assert isinstance(found.index, pd.RangeIndex)


def test_values_come_first_then_nan_then_missing(runs: list[str]) -> None:
    found = nbtrack.search_runs(order_by=["metrics.loss DESC"], output_format="list")
    assert [run.info.run_name for run in found] == ["9", "8", "7", "6", "5", "2", "1", "0", "3", "4"]


def test_pages_together_hold_every_run_once(runs: list[str]) -> None:
    client = nbtrack.MlflowClient()
    seen, token = [], None
    while True:
        page = client.search_runs([nbtrack.get_experiment_by_name("e").experiment_id], max_results=3, page_token=token)
        seen += [run.info.run_id for run in page]
        token = page.token
        if token is None:
            break
    assert seen == runs[::-1]


def test_a_filter_may_look_into_a_history(runs: list[str]) -> None:
    nbtrack.MlflowClient().log_metric(runs[5], "loss", 0.5, step=7)
    found = nbtrack.search_runs(filter_string="metrics.loss.at(7) < 1", output_format="list")
    assert [run.info.run_name for run in found] == ["5"]


def test_a_filter_that_does_not_parse_says_where(runs: list[str]) -> None:
    with pytest.raises(QueryError) as caught:
        nbtrack.search_runs(filter_string="metrics.loss >")
    assert caught.value.start == len("metrics.loss >")


def test_a_text_where_a_list_belongs_is_refused_with_the_list(runs: list[str]) -> None:
    with pytest.raises(InvalidValueError, match=r"Pass a list: \['metrics.loss'\]"):
        nbtrack.search_runs(order_by="metrics.loss")
    with pytest.raises(InvalidValueError, match=r"Pass a list: \['12'\]"):
        nbtrack.search_runs("12")


def test_an_unknown_experiment_name_is_left_out_with_a_warning(runs: list[str]) -> None:
    with pytest.warns(NbtrackWarning, match="no experiment 'nobody'"):
        found = nbtrack.search_runs(experiment_names=["nobody", "e"])
    assert len(found) == 10


def test_a_column_that_no_run_has_is_hinted_at_by_its_nearest_name(runs: list[str]) -> None:
    with pytest.warns(NbtrackWarning, match=r"No run has metrics\.los\. Did you mean metrics\.loss\?") as caught:
        assert len(nbtrack.search_runs(filter_string="metrics.los < 9 OR metrics.loss < 9e9")) > 0
    assert caught[0].filename == __file__, "it points at the person's line"


def test_an_empty_answer_has_the_fixed_columns(runs: list[str]) -> None:
    found = nbtrack.search_runs(filter_string="metrics.nothing > 0")
    assert found.shape == (0, 6)


@pytest.mark.parametrize("token", ["junk", "e30=", "eyJvZmZzZXQiOiAwfQ==", "eyJvZmZzZXQiOiAieCJ9"])
def test_a_token_that_no_page_gave_is_refused(token: str) -> None:
    with pytest.raises(InvalidValueError, match="token"):
        bounds(10, 5, token)


@pytest.mark.parametrize("max_results", [0, -1, 50001, "5"])
def test_a_page_of_an_impossible_size_is_refused(max_results: int) -> None:
    with pytest.raises(InvalidValueError, match="1 to 50000"):
        bounds(10, max_results, None)

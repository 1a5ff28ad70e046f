"""Are many runs known as columns as they would be as rows, and is only told what is not as it was shown?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nbtrack.dashboard import widget
from nbtrack.dashboard.known import Runs, differing
from nbtrack.dashboard.live import Hub
from nbtrack.dashboard.widget import Dashboard
from nbtrack.dashboard.wire import unpack
from nbtrack.entities import Run, RunData, RunInfo
from nbtrack.frame import Row, Summary, frame_of
from nbtrack.stores import open_store

NAN = float("nan")


def row(
    number: int, *, loss: float | None = 1.0, stage: str = "active", status: str = "FINISHED", **params: str
) -> Row:
    info = RunInfo(
        run_id=f"{number:032x}", experiment_id=str(number % 2), run_name=f"run {number}", user_id="u", status=status,
        start_time=number, end_time=None, lifecycle_stage=stage, artifact_uri="",
    )  # fmt: skip
    metrics = {} if loss is None else {"loss": Summary.of_one(loss, 1, 1)}
    return Row(Run(info, RunData({k: v.last for k, v in metrics.items()}, params, {})), metrics)


ROWS = [row(i, loss=NAN if i == 3 else i / 7, lr=str(i % 3)) for i in range(9)] + [row(9, loss=None, status="RUNNING")]


@pytest.mark.parametrize(
    "change",
    [
        lambda known: None,
        lambda known: known.put([row(4, loss=-1.0, lr="new", width="8"), row(40, status="RUNNING")]),
        lambda known: (known.drop([ROWS[2].run.info.run_id]), known.put([row(9, stage="deleted")])),
    ],
    ids=["as read", "changed and new", "gone and deleted"],
)
def test_many_runs_held_as_columns_answer_as_few_held_as_rows(change: Callable[[Runs], object]) -> None:
    few, many = Runs(ROWS), Runs(ROWS, frame_of(ROWS))
    for known in (few, many):
        change(known)
    assert dict(many) == dict(few) or str(dict(many)) == str(dict(few))  # NaN is no other NaN
    assert len(many) == len(few) == len(list(many))
    assert (many.open(), many.active()) == (few.open(), few.active())
    assert many.frame().run_ids == few.frame().run_ids
    assert len(differing(few.frame(), many.frame())) == 0
    assert str(many.newest(3)) == str(few.newest(3))


def test_only_runs_that_are_new_or_not_as_before_differ() -> None:
    old = frame_of(ROWS)
    later = [*ROWS[:4], row(4, loss=5.0, lr="1"), *ROWS[5:8], replace(ROWS[8], run=row(8, lr="other").run), row(50)]
    assert differing(old, frame_of(later)).tolist() == [4, 8, 9]
    assert differing(old, frame_of(ROWS[::-1])).tolist() == []


def test_a_table_of_many_runs_begins_with_the_first_of_its_order_and_says_so(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"{tmp_path}/mlruns")
    experiment = store.create_experiment("e")
    for number in range(6):
        store.create_run(experiment, run_name=f"run {number}", user_id="u", start_time=number, tags={})
    monkeypatch.setattr(widget, "MANY", 5)
    monkeypatch.setattr(widget, "FIRST_RUNS", 2)
    filled: list[Dashboard] = []
    monkeypatch.setattr(Hub, "fill", lambda hub, listener, within: filled.append(listener))
    dash = Dashboard(store, view={"order": ["start_time ASC"]})
    assert filled == [dash]
    html = dash._bundle("x", holds=True, begun=True)["text/html"]
    assert "These are the first 2 of 6 runs; the others are on their way." in html
    dash.replace_snapshot()  # as the hub's thread does
    assert unpack(dash.packed_runs)[0]["length"] == 6
    dash.close()

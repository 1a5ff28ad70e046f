"""Do filters and orders mean what the golden cases say? js/test/query/ replays the same files."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nbtrack.frame import Frame, Numbers, Text
from nbtrack.query import Datasets, QueryError, columns, complete, direction, mask, order, parse, select, unknown
from nbtrack.query.direction import direction_of
from tests.golden import patterns, query_generated
from tests.golden.query_frames import frame_from, history_from
from tests.golden.query_generated import answer

GOLDEN = Path(__file__).parent.parent / "golden"
CASES: dict[str, Any] = json.loads((GOLDEN / "query.json").read_text(encoding="utf-8"))
FRAME = frame_from(CASES["frame"])
HISTORY = history_from(CASES["frame"])
NOW = CASES["now"]


@pytest.mark.parametrize(("text", "expected"), CASES["filters"])
def test_a_filter_keeps_the_golden_rows_or_says_what_is_wrong_and_where(text: str, expected: Any) -> None:
    assert answer(lambda: np.flatnonzero(mask(FRAME, text, now=NOW, history=HISTORY)).tolist()) == expected


@pytest.mark.parametrize(("text", "expected"), CASES["withoutHistory"])
def test_a_step_cannot_be_asked_for_where_histories_are_not_at_hand(text: str, expected: Any) -> None:
    assert answer(lambda: mask(FRAME, text, now=NOW).tolist()) == expected


@pytest.mark.parametrize(("clauses", "expected"), CASES["orders"])
def test_an_order_puts_the_golden_rows_first(clauses: list[str], expected: Any) -> None:
    assert answer(lambda: order(FRAME, clauses, now=NOW, history=HISTORY).tolist()) == expected


@pytest.mark.parametrize(("key", "expected"), CASES["directions"])
def test_the_best_of_a_loss_is_its_least_of_a_score_its_greatest_and_unknown_names_have_none(
    key: str, expected: str | None
) -> None:
    assert direction(key) == expected


@pytest.mark.parametrize(("text", "expected"), CASES["unknown"])
def test_a_column_that_no_run_has_is_told_with_the_nearest_one(text: str, expected: Any) -> None:
    node = parse(text)
    assert node is not None
    assert [[column.name, near] for column, near in unknown(node, FRAME)] == expected


def test_an_error_shows_its_place_in_the_filter_and_in_the_order() -> None:
    with pytest.raises(QueryError) as raised:
        select(FRAME, "metrics.loss > 1\n AND metrics.loss > '1'")
    assert str(raised.value).splitlines()[1:] == [
        "    metrics.loss > 1  AND metrics.loss > '1'",
        "                                         ^^^",
    ]
    with pytest.raises(QueryError) as raised:
        select(FRAME, "", ["metrics.loss SIDEWAYS"])
    assert str(raised.value).splitlines()[1:] == ["    metrics.loss SIDEWAYS", "                 ^^^^^^^^"]
    with pytest.raises(QueryError) as raised:
        select(FRAME, f"{'metrics.loss > 1 AND ' * 50}metrics.loss > '1' {'AND metrics.loss > 1 ' * 50}")
    assert max(map(len, str(raised.value).splitlines())) < 140


def test_the_best_of_a_metric_goes_by_the_direction_it_was_tracked_with() -> None:
    tag = Text(np.zeros(len(FRAME), np.int32), ["min"])
    turned = Frame({**FRAME.columns, "tags.nbtrack.metric.accuracy": tag}, len(FRAME))
    least = select(FRAME, "metrics.accuracy.min < 0.8").tolist()
    assert select(turned, "metrics.accuracy.best < 0.8").tolist() == least
    assert select(FRAME, "metrics.accuracy.best < 0.8").tolist() != least


def test_columns_are_listed_with_counts_and_examples() -> None:
    assert json.loads(json.dumps([asdict(column) for column in columns(FRAME)])) == CASES["columns"]


@pytest.mark.parametrize(("text", "cursor", "expected"), CASES["completions"])
def test_completion_offers_what_may_stand_at_the_cursor(text: str, cursor: int, expected: Any) -> None:
    assert json.loads(json.dumps([astuple(found) for found in complete(FRAME, text, cursor)])) == expected


def test_a_param_of_many_numbers_is_typed_and_not_chosen_from_a_list() -> None:
    few, many = (
        Text(np.arange(9, dtype=np.int32) % 3, ["1", "2", "3"]),
        Text(np.arange(9, dtype=np.int32), [str(i / 7) for i in range(9)]),
    )
    frame = Frame({"params.few": few, "params.many": many}, 9)
    texts = ("params.few < ", "params.many < ", "params.many < 0.", "params.many = ", "params.many = '0.1")
    assert [len(complete(frame, text, len(text))) for text in texts] == [3, 0, 0, 0, 1]


def test_the_generated_cases_are_those_that_the_code_makes_today() -> None:
    """If this fails on purpose: python -m tests.golden.query_generated, and look at what changed."""
    assert query_generated.FILE.read_text(encoding="utf-8") == query_generated.written()


def test_a_selection_is_the_kept_rows_in_order() -> None:
    assert select(FRAME, "user_id = 'ann'", ["metrics.loss"]).tolist() == [5, 0, 2, 3]


def test_an_order_given_as_one_text_is_refused_with_the_list_to_write() -> None:
    with pytest.raises(QueryError, match=r"takes a list of texts: \['metrics.loss'\]"):
        order(FRAME, "metrics.loss")


def test_dataset_columns_are_filtered_where_the_frame_has_them() -> None:
    frame = Frame(
        {"start_time": Numbers.of([1, 2]), "run_id": Text.of("ab"), "dataset.name": Text.of(["iris", None])}, 2
    )
    assert mask(frame, "dataset.name LIKE 'i%'").tolist() == [True, False]


def test_any_dataset_of_a_run_may_meet_a_comparison_and_another_one_the_next() -> None:
    frame = Frame({"start_time": Numbers.of([3, 2, 1]), "run_id": Text.of("abc")}, 3)
    asked = []

    def datasets() -> Datasets:
        asked.append(True)
        columns = {
            "dataset.name": Text.of(["iris", "wine", "iris"]),
            "dataset.context": Text.of(["train", "eval", None]),
        }
        return Datasets(np.array([0, 0, 1]), columns)

    def kept(text: str) -> list[int]:
        return select(frame, text, datasets=datasets).tolist()

    assert kept("dataset.name = 'iris' AND dataset.context = 'eval'") == [0]
    assert len(asked) == 1, "a filter reads the datasets once"
    assert kept("dataset.name != 'iris'") == [0]
    assert kept("dataset.name IN ('iris', 'x')") == [0, 1]
    assert kept("NOT dataset.name = 'iris'") == [2]
    assert kept("dataset.context IS NULL") == [1, 2]
    assert kept("status IS NULL") == [0, 1, 2]
    assert len(asked) == 5, "and one that does not ask about them never"


def test_an_empty_frame_answers_every_filter_and_order_with_nothing() -> None:
    empty = FRAME.take(np.array([], np.int64))
    for text, expected in CASES["filters"]:
        if isinstance(expected, list):
            assert select(empty, text, ["metrics.loss", "params.lr"], now=NOW, history=HISTORY).tolist() == []
    assert columns(empty)[0].count == 0


def test_parentheses_beyond_reason_are_an_error_and_no_crash() -> None:
    with pytest.raises(QueryError, match="More than 100"):
        mask(FRAME, "(" * 5000)
    assert mask(FRAME, "NOT " * 5001 + "status = 'FAILED'").tolist() == (~mask(FRAME, "status = 'FAILED'")).tolist()


def test_every_column_is_listed_in_the_spelling_that_a_filter_takes() -> None:
    for column in columns(FRAME):
        assert mask(FRAME, f"{column.name} IS NOT NULL").sum() == column.count


def test_a_regular_expression_finds_the_golden_texts_or_is_refused() -> None:
    golden = json.loads((GOLDEN / "patterns.json").read_text(encoding="utf-8"))
    assert [[text, found] for text, found in patterns.cases()] == golden["cases"]
    assert list(patterns.TEXTS) == golden["texts"]


def test_names_are_searched_by_a_regular_expression() -> None:
    def found(text: str) -> list[int]:
        return np.flatnonzero(mask(FRAME, text)).tolist()

    assert found("run_name RLIKE '^bold'") == [0, 5]
    assert found("run_name rlike '(?i)CAT$'") == [0, 5]
    assert found("run_name NOT RLIKE '^bold|^calm'") == [2, 3, 4]
    with pytest.raises(QueryError, match="takes a regular expression") as wrong:
        mask(FRAME, "run_name RLIKE '(bold'")
    assert (wrong.value.start, wrong.value.end) == (15, 22)


def test_a_bare_name_means_the_only_metric_param_or_tag_that_is_called_so() -> None:
    frame = Frame(
        {
            "metrics.acc": Numbers(np.array([0.95, 0.8]), np.zeros(2, np.bool_)),
            "params.lr": Text.of(["0.001", "0.1"]),
            "params.val/x": Text.of(["1", "2"]),
            "params.both": Text.of(["1", "2"]),
            "tags.both": Text.of(["1", "2"]),
            "status": Text.of(["FINISHED", "FAILED"]),
            "tags.status": Text.of(["a", "b"]),
        },
        2,
    )
    assert mask(frame, "acc > 0.9 and lr < 0.01").tolist() == [True, False]
    assert mask(frame, "`val/x` = '2' AND status = 'FAILED'").tolist() == [False, True]
    assert order(frame, ["acc"]).tolist() == [1, 0]
    with pytest.raises(QueryError, match=r"both is params\.both and tags\.both\. Say which"):
        mask(frame, "both = '1'")
    with pytest.raises(QueryError, match=r"Unknown column ac\. Did you mean metrics\.acc"):
        mask(frame, "ac > 1")
    assert mask(frame.take(np.zeros(0, np.int64)), "acc > 0.9").tolist() == []


@pytest.mark.parametrize(
    ("tags", "chosen", "wanted"),
    [
        (["none"], {}, None),
        (["none"], {"loss": "max"}, "max"),
        (["none", "min"], {}, None),
        (["min"], {"loss": "max"}, "min"),
        ([], {}, "min"),
    ],
)
def test_a_library_that_knows_no_direction_outweighs_the_name(
    tags: list[str], chosen: dict[str, str], wanted: str | None
) -> None:
    words = list(dict.fromkeys(tags)) or [""]
    codes = np.array([words.index(tag) for tag in tags] or [-1], np.int32)
    frame = Frame({"tags.nbtrack.metric.loss": Text(codes, words)}, len(codes))
    assert direction_of(frame, "loss", chosen) == wanted

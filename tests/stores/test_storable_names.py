"""Names that no store takes are changed by one rule, and none of them takes another value with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbtrack.stores.names import is_new_key
from nbtrack.stores.storable_names import ORIGINAL_NAMES, StorableNames, names_note, original_names, storable


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("loss", "loss"),
        ("F1 (macro)", "F1 _macro_"),
        ("100%", "100_"),
        ("score@5", "score_at_5"),
        ("ndcg@[1,5]", "ndcg_at__1_5_"),
        ("/lead", "_/lead"),
        ("a//b", "a/_/b"),
        ("a/../b", "a/__/b"),
        ("trail/", "trail/_"),
        ("", "_"),
        (".", "_"),
        ("new\nline", "new_line"),
        ("größe", "größe"),
        ("half \ud800", "half _"),
        ("a" * 248 + "/.b", "a" * 248),
    ],
)
def test_a_name_is_changed_where_no_key_can_hold_it(original: str, expected: str) -> None:
    assert storable(original) == expected


def test_names_that_become_one_are_told_apart_and_those_that_need_no_change_keep_theirs() -> None:
    assert StorableNames().of_all(["a#b", "a?b", "a_b"]) == {"a#b": "a_b_2", "a?b": "a_b_3", "a_b": "a_b"}


def test_the_name_that_comes_later_gives_way() -> None:
    names = StorableNames()
    assert [names.of(name) for name in ("a#b", "a_b", "a#b")] == ["a_b", "a_b_2", "a_b"]


@pytest.mark.parametrize(
    ("originals", "expected"),
    [
        (["loss", "loss/train"], ["loss_", "loss/train"]),
        (["loss/train", "loss"], ["loss/train", "loss_"]),
        (["loss", "loss_", "loss/a/b"], ["loss__2", "loss_", "loss/a/b"]),
    ],
)
def test_a_name_that_is_a_folder_too_is_kept_with_an_underscore(originals: list[str], expected: list[str]) -> None:
    assert list(StorableNames().of_all(originals).values()) == expected


def test_below_a_name_that_was_written_first_a_folder_has_another_name() -> None:
    names = StorableNames(taken=["loss"])
    assert names.of("loss/train") == "loss_/train"
    assert names.of("loss/val") == "loss_/val"
    assert names.of("loss") == "loss"


def test_the_originals_are_kept_and_read_again() -> None:
    metrics, params = StorableNames(), StorableNames()
    metrics.of("score@5")
    params.of("plain")
    tags = names_note(metrics=metrics, params=params)
    assert original_names(tags) == {"metrics": {"score_at_5": "score@5"}}
    again = StorableNames(taken=["score_at_5"], renamed=original_names(tags)["metrics"])
    assert again.of("score@5") == "score_at_5"
    assert again.of("score_at_5") == "score_at_5_2"


def test_nothing_is_noted_where_nothing_was_changed() -> None:
    assert names_note(metrics=StorableNames(taken=["loss"])) == {}
    assert (
        original_names({}) == original_names({ORIGINAL_NAMES: "no json"}) == original_names({ORIGINAL_NAMES: "3"}) == {}
    )


def test_a_note_of_many_names_fits_into_a_tag() -> None:
    names = StorableNames()
    names.of_all(f"feature ({number})" for number in range(2000))
    tags = names_note(metrics=names)
    assert len(tags[ORIGINAL_NAMES]) <= 5000
    assert len(original_names(tags)["metrics"]) > 50


@given(st.lists(st.text(alphabet="ab/_#@.é漢 ", max_size=300) | st.text(max_size=8), max_size=12))
def test_every_name_is_a_key_and_no_two_are_one(originals: list[str]) -> None:
    names = StorableNames()
    found = [*names.of_all(originals).values()]
    later = names.of("a/b/c")
    for name in (*found, later):
        assert is_new_key(name)
        assert all(len(part.encode()) <= 255 for part in name.split("/"))
    assert len(set(found)) == len(found)
    assert not any(other.startswith(f"{name}/") for name in {*found, later} for other in {*found, later})

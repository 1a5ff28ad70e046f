"""What is packed for the browser is what the store holds."""

from __future__ import annotations

import time

import numpy as np
import pytest

from nbtrack.dashboard._protocol import DEFAULT_STATUS
from nbtrack.dashboard.assets import front
from nbtrack.dashboard.output import Shown, output_html
from nbtrack.dashboard.plain import plain_html
from nbtrack.dashboard.snapshot import SAVED_BYTES, Held, fit, saved_snapshot, snapshot
from nbtrack.dashboard.thin import thin
from nbtrack.dashboard.view import default_view
from nbtrack.dashboard.wire import LONGEST_WORD, pack, pack_frame, unpack
from nbtrack.frame import Frame, Metrics, Series, Text

from . import golden


def series(n: int) -> Series:
    steps = np.arange(n)
    return Series(steps, steps * 1000, np.random.default_rng(0).normal(size=n))


def many_runs(n: int) -> Frame:
    rng = np.random.default_rng(0)
    columns: dict[str, Text | Metrics] = {"run_id": Text.of(f"{i:032x}" for i in range(n))}
    for k in range(7):
        columns[f"attribute{k}"] = Text(rng.integers(0, 50, n).astype(np.int32), [str(w) for w in range(50)])
    none = np.zeros(n, np.bool_)
    for k in range(10):
        value = rng.normal(size=n)
        other = value + 1 if k < 5 else value
        columns[f"metrics.m{k}"] = Metrics(value, none, np.full(n, 9.0), value, other, other, np.full(n, 10))
    for k in range(10):
        columns[f"params.p{k}"] = Text(rng.integers(0, 1000, n).astype(np.int32), [str(w) for w in range(1000)])
    return Frame(columns, n)


@pytest.mark.parametrize("name", ["pack_frame.bin", "pack_frame_deflated.bin", "pack_series.bin"])
def test_packs_are_the_golden_ones_that_the_browser_reads(name: str) -> None:
    header, arrays = unpack((golden.GOLDEN / name).read_bytes())
    made_header, made_arrays = unpack(golden.packs()[name])
    assert made_header == header
    for made, kept in zip(made_arrays, arrays, strict=True):
        np.testing.assert_array_equal(made, kept)


def test_bytes_that_are_no_pack_are_refused() -> None:
    with pytest.raises(ValueError, match="not a pack"):
        unpack(b"PK\x03\x04 something else")


def test_every_array_starts_at_a_multiple_of_eight() -> None:
    data = pack({"é": 1}, [np.zeros(3, np.uint8), np.zeros(2), np.zeros(1, np.int32)], deflated=False)
    header, arrays = unpack(data)
    first = len(data) - sum(-(-array.nbytes // 8) * 8 for array in arrays)
    assert first % 8 == 0
    assert [offset % 8 for _, offset, _ in header["arrays"]] == [0, 0, 0]


def test_a_hundred_thousand_runs_are_packed_in_about_half_a_second() -> None:
    frame = many_runs(100_000)
    began = time.process_time()
    packed = pack_frame(frame)
    assert time.process_time() - began < 1.5
    assert len(packed) < 24_000_000


def test_long_tag_values_are_cut_and_the_cut_is_said_but_notes_stay_whole() -> None:
    text = "x" * (LONGEST_WORD + 100)
    columns = {name: Text.of([value]) for name, value in (("run_id", "a"), ("tags.big", text), ("params.big", text))}
    frame = Frame({**columns, "tags.mlflow.note.content": Text.of([text])}, 1)
    made = snapshot(frame, [])
    header, _ = unpack(made.runs)
    words = {column["name"]: column["words"][0] for column in header["columns"]}
    assert words["tags.big"] == "x" * LONGEST_WORD + "…"
    assert words["params.big"] == words["tags.mlflow.note.content"] == text
    assert made.notes == ["Long values are cut in big."]


def test_a_thinned_history_keeps_its_ends_and_extremes() -> None:
    whole = series(100_000)
    few = thin(whole, 1000)
    assert len(few) <= 1000
    assert (few.step[0], few.step[-1]) == (0, 99_999)
    assert (few.value.min(), few.value.max()) == (whole.value.min(), whole.value.max())
    assert (np.diff(few.step) > 0).all()


def test_histories_over_the_budget_are_thinned_longest_first_and_it_is_said() -> None:
    histories = [Held(run, "loss", series(length)) for run, length in (("a", 50), ("b", 40_000), ("c", 90_000))]
    chunks, notes = fit(histories, 20_000)
    assert [chunk.total for chunk in chunks] == [50, 40_000, 90_000]
    assert len(chunks[0].points) == 50
    assert sum(len(chunk.points) for chunk in chunks) <= 20_000
    assert notes == [
        "2 long metric histories are here with 9,974 points, all extremes among them; a closer look asks for more."
    ]


def test_a_saved_copy_stays_within_its_budget_keeps_the_selected_runs_and_says_what_is_missing() -> None:
    frame = many_runs(30_000)
    oldest = frame.run_ids[-1]
    histories = [Held(run, "m0", series(200)) for run in frame.run_ids[:2000]]
    saved = saved_snapshot(frame, histories, [oldest], SAVED_BYTES)
    shown = Shown("u" * 32, "d" * 40, "dashboard", default_view(), [oldest], DEFAULT_STATUS)
    page = output_html(shown, saved, front(), plain_html(frame, "5,000 runs", saved.notes), group="g" * 32, holds=True)
    assert len(page.encode()) < 1_950_000
    assert len(front().code) < 275_000
    assert len(saved.runs) + len(saved.series) <= SAVED_BYTES
    header, _ = unpack(saved.runs)
    ids = next(column["words"] for column in header["columns"] if column["name"] == "run_id")
    assert oldest in ids
    assert frame.run_ids[0] in ids
    assert saved.notes[0].startswith("This saved copy holds the newest ")


def test_a_small_store_is_saved_whole() -> None:
    frame = many_runs(20)
    saved = saved_snapshot(frame, [Held(run, "m0", series(100)) for run in frame.run_ids], [], SAVED_BYTES)
    header, _ = unpack(saved.series)
    assert [chunk["n"] for chunk in header["chunks"]] == [100] * 20
    assert saved.notes == []

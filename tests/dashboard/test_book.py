"""Histories grow by exactly the points that were written, however reading and announcing fall together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nbtrack.dashboard import book as books
from nbtrack.dashboard.book import POINT, Book, not_yet_in
from nbtrack.dashboard.known import Runs
from nbtrack.entities import Metric
from nbtrack.stores import Store, open_store
from nbtrack.tracking.events import Point


def points(*values: float) -> np.ndarray:
    return np.array([(step, 1000 + step, value) for step, value in enumerate(values)], POINT)


@pytest.mark.parametrize("read", range(6))
def test_points_that_were_read_before_they_were_announced_are_not_counted_twice(read: int) -> None:
    written = points(1, 2, np.nan, np.nan, 5, 6)
    announced = written[2:5]
    added = not_yet_in(written[:read], announced) if read > 2 else announced
    assert len(np.concatenate([written[: max(read, 2)], added])) == max(5, read)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "mlruns")


def new_run(store: Store, name: str = "r") -> str:
    experiment = store.default_experiment().experiment_id
    return store.create_run(experiment, run_name=name, user_id="", start_time=1, tags={}).info.run_id


def rows(store: Store) -> Runs:
    return Runs(list(store.snapshot().rows))


def write(store: Store, run: str, start: int, end: int) -> list[Point]:
    made = [Point(store.uri, run, "loss", 1 / (step + 1), step, 1000 + step) for step in range(start, end)]
    store.log_batch(run, [Metric(p.key, p.value, p.timestamp, p.step) for p in made])
    return made


def test_announced_points_follow_what_the_store_held_before(store: Store) -> None:
    run = new_run(store)
    write(store, run, 0, 10)
    book = Book(store)
    news = write(store, run, 10, 13)
    late = write(store, run, 13, 15)
    book.hear(news, rows(store), lost=False)
    book.hear(late, rows(store), lost=False)
    book.hear(write(store, run, 15, 16), rows(store), lost=False)
    held = book.held_series(run, "loss")
    assert held is not None
    assert held.step.tolist() == list(range(16))


def test_each_point_is_sent_once(store: Store) -> None:
    run = new_run(store)
    book = Book(store)
    sent = []
    for step in range(5):
        book.hear(write(store, run, step * 3, step * 3 + 3), rows(store), lost=False)
        sent += [(c.start, len(c.points), c.whole) for c in book.unsent()]
    assert sent == [(0, 3, True), (3, 3, False), (6, 3, False), (9, 3, False), (12, 3, False)]
    assert book.unsent() == []


def test_what_another_process_appended_is_read_on(store: Store) -> None:
    run = new_run(store)
    write(store, run, 0, 5)
    book = Book(store)
    book.preload(rows(store))
    book.all_sent()
    write(store, run, 5, 9)
    book.catch_up(rows(store).values())
    (chunk,) = book.unsent()
    assert (chunk.start, chunk.points.step.tolist(), chunk.whole) == (5, [5, 6, 7, 8], False)


def test_when_news_were_lost_everything_is_read_again(store: Store) -> None:
    run = new_run(store)
    book = Book(store)
    book.hear(write(store, run, 0, 5), rows(store), lost=False)
    write(store, run, 5, 50)
    book.hear(write(store, run, 50, 51), rows(store), lost=True)
    assert len(book.held_series(run, "loss") or ()) == 51


def test_histories_that_outgrow_their_room_lose_no_point_on_the_way_to_the_page_and_keep_their_extremes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "MOST_HELD", 8_000)
    run, short = new_run(store), new_run(store, "short")
    book, sent = Book(store), []
    book.hear(write(store, short, 0, 20), rows(store), lost=False)
    for start in range(0, 30_000, 500):
        book.hear(write(store, run, start, start + 500), rows(store), lost=False)
        sent += [chunk for chunk in book.unsent() if chunk.run == run]
        assert sum(len(held.points) for held in book.held()) <= 8_000
    assert np.concatenate([chunk.points.step for chunk in sent]).tolist() == list(range(30_000))
    whole, thinned = (next(held for held in book.held() if held.run == each) for each in (short, run))
    assert (len(whole.points), whole.total) == (20, 20)
    assert thinned.total == 30_000
    assert (thinned.points.step[0], thinned.points.value.max()) == (0, 1.0)
    assert np.diff(thinned.points.step).max() < 100  # as fine at the beginning as later
    assert book.held_series(run, "loss") is None  # whoever asks for every point gets them from the store
    write(store, run, 30_000, 30_700)  # as another process would
    book.ours.clear()
    book.catch_up(rows(store).values())
    (chunk,) = book.unsent()
    assert (chunk.start, len(chunk.points), chunk.total) == (30_000, 700, 30_700)
    book.hear(write(store, run, 30_700, 30_710), rows(store), lost=False)
    (chunk,) = book.unsent()
    assert (chunk.start, len(chunk.points)) == (30_700, 10)

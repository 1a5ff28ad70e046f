"""How much is done, by real tqdm bars and by those who tell it."""

from __future__ import annotations

import io
import time

import pytest
from tqdm import tqdm
from tqdm.notebook import tqdm as notebook_tqdm

from nbtrack.capture import progress


@pytest.fixture
def since(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(progress, "_told", None)
    return time.monotonic()


def test_the_outer_bar_counts_with_the_part_of_its_step_that_the_inner_one_has_done(since: float) -> None:
    assert progress.of_bars(since) is None
    outer = tqdm(total=4, file=io.StringIO())
    outer.update(1)
    assert progress.of_bars(since) == (1, 4)
    inner = tqdm(total=10, file=io.StringIO())
    inner.update(5)
    assert progress.of_bars(since) == (1.5, 4)
    inner.close()
    outer.close()
    assert progress.of_bars(since) is None


def test_bars_without_a_total_and_those_of_an_earlier_cell_say_nothing(since: float) -> None:
    endless, old = tqdm(file=io.StringIO()), tqdm(total=3, file=io.StringIO())
    time.sleep(0.01)
    assert progress.of_bars(since) == (0, 3)
    assert progress.of_bars(time.monotonic()) is None
    endless.close()
    old.close()


@pytest.mark.filterwarnings("ignore")  # it warns where ipywidgets is of another version than it knows
def test_the_bars_of_a_notebook_count_too(since: float) -> None:
    bar = notebook_tqdm(total=8, display=False)
    bar.update(2)
    assert progress.of_bars(since) == (2, 8)
    bar.close()

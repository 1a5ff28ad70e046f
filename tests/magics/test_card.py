"""The card: small, safe, and readable whatever was logged."""

from __future__ import annotations

import math
from html.parser import HTMLParser

import pytest

from nbtrack.magics.card import Card
from nbtrack.magics.card_html import LIMIT, card_html
from nbtrack.magics.card_text import card_text
from nbtrack.magics.sparkline import sparkline
from nbtrack.magics.trace import COLUMNS, Trace
from nbtrack.magics.words import ago, duration, number, short

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</table></div><iframe src=javascript:alert(1)>",
    "<svg/onload=alert(1)>",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "]]><!--",
    "a\nb\r\nc\x00d",
]
ALLOWED = {"div", "span", "b", "code", "table", "tbody", "tr", "td", "svg", "polyline", "circle"}
ATTRIBUTES = {
    "style", "class", "title", "width", "height", "viewbox", "role", "aria-label", "points", "fill", "stroke",
    "stroke-width", "stroke-linejoin", "stroke-linecap", "cx", "cy", "r",
}  # fmt: skip


class Seen(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.styles += [value or "" for name, value in attrs if name == "style"]
        if tag not in {"polyline", "circle"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def card(**changes: object) -> Card:
    return Card(**{"run_id": "a" * 32, "name": "base", "experiment": "mnist", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_was_logged_becomes_markup(attack: str) -> None:
    hostile = card(
        run_id=attack, name=attack, experiment=attack, status=attack, error=attack, note=attack, changes=[attack],
        params={attack: attack}, tags={attack: attack}, directions={attack: attack},
    )  # fmt: skip
    for i in range(5):
        hostile.add_point(attack, i, i, i)
    seen = Seen(card_html(hostile))
    assert seen.tags <= ALLOWED
    assert seen.attributes <= ATTRIBUTES
    assert seen.open == []
    assert not any("url(" in style or "alert" in style for style in seen.styles)
    assert "\u202e" not in card_html(hostile) + card_text(hostile)
    assert "\x00" not in card_text(hostile)


def test_only_a_running_card_of_a_known_kernel_holds_a_script_and_nothing_of_the_run_gets_into_it() -> None:
    kernel = "12345678-1234-1234-1234-123456789abc"
    assert "<script" in card_html(Card("a" * 32, "n", "e", kernel=kernel))
    for card in (
        Card("a" * 32, "n", "e"),
        Card("a" * 32, "n", "e", status="FINISHED", kernel=kernel),
        Card('"),alert(1),("', "n", "e", kernel=kernel),
        Card("a" * 32, "n", "e", kernel='");alert(1)//'),
    ):
        assert "<script" not in card_html(card)


def test_a_card_stays_under_its_limit_whatever_was_logged_and_says_what_it_left_out() -> None:
    big = card(
        name="<" * 500, experiment="&" * 500, error="<" * 5000, changes=["<" * 500] * 50,
        params={f"{'p&' * 50}{i}": "<" * 500 for i in range(500)},
    )  # fmt: skip
    for key in range(300):
        for i in range(200):
            big.add_point(f"{'<m>' * 40}{key}", (i * 7919 % 101) * 1e-9, i, i)
    page = card_html(big)
    assert len(page.encode()) < LIMIT
    assert "more metrics" in page
    assert "more</span>" in page


def test_the_numbers_are_in_the_text_even_where_svg_is_taken_away() -> None:
    shown = card(directions={"loss": "min"})
    for i, value in enumerate((3.0, 1.0, 2.0)):
        shown.add_point("loss", value, i, i)
    text = Seen(card_html(shown)).text
    for part in ("loss", "2", "★ min 1", "max 3", "3 points"):
        assert part in text
    assert "min 1  max 3  3 points" in card_text(shown)


def test_a_million_points_keep_few_columns_and_the_true_extremes() -> None:
    trace = Trace()
    for i in range(100_000):
        trace.add(math.sin(i), i, i)
    trace.add(9.0, 100_000, 100_000)
    assert len(trace.columns) <= COLUMNS
    assert trace.high == (9.0, 100_000)
    assert (trace.value, trace.step, trace.count) == (9.0, 100_000, 100_001)
    assert max(high for _, high in trace.columns) == 9.0


def test_the_value_shown_is_the_one_of_the_latest_step_not_of_the_last_line() -> None:
    trace = Trace()
    trace.add(1.0, 5, 10)
    trace.add(2.0, 3, 20)
    trace.add(7.0, 5, 10)
    assert trace.value == 7.0


def test_points_that_are_no_number_are_counted_and_not_drawn() -> None:
    trace = Trace()
    for i, value in enumerate((1.0, math.nan, math.inf, -math.inf, 2.0)):
        trace.add(value, i, i)
    assert trace.count == 5
    assert (trace.low[0], trace.high[0]) == (1.0, 2.0)
    assert len(trace.columns) == 2


def test_a_metric_of_nothing_but_nan_still_has_its_line() -> None:
    shown = card()
    shown.add_point("loss", math.nan, 0, 0)
    shown.add_point("loss", math.nan, 1, 1)
    assert "NaN" in card_text(shown)
    assert "<svg" not in card_html(shown)


def test_a_sparkline_of_a_falling_metric_falls_from_its_first_point() -> None:
    drawn = sparkline([(0.5, 1.0), (0.2, 0.5), (0.1, 0.2)], label="")
    heights = [float(pair.split(",")[1]) for pair in drawn.split('points="')[1].split('"')[0].split()]
    assert heights == sorted(heights)  # downwards is more in SVG


def test_a_sparkline_stays_within_its_box() -> None:
    drawn = sparkline([(0.0, 1.0), (-1e308, 1e308), (5.0, 5.0)], label="x")
    numbers = drawn.split('points="')[1].split('"')[0].replace(",", " ").split()
    assert all(0 <= float(n) <= 120 for n in numbers)
    assert sparkline([(1.0, 1.0)], label="x") == ""


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.123456, "0.12346"), (3.0, "3"), (12345.0, "12345"), (-1e-9, "−1e−9"), (math.nan, "NaN"), (math.inf, "∞"),
     (1e300, "1e300"), (123456.789, "123456.8")],
)  # fmt: skip
def test_numbers_are_written_for_people(value: float, written: str) -> None:
    assert number(value) == written


def test_times_are_written_for_people() -> None:
    assert [duration(ms) for ms in (0, 12_340, 59_960, 245_000, 7_620_000, 273_600_000)] == [
        "0 ms", "12.3 s", "1 min 00 s", "4 min 05 s", "2 h 07 min", "3 d 4 h",
    ]  # fmt: skip
    assert [ago(0, now) for now in (5_000, 300_000, 7_200_000, 9 * 86_400_000)] == [
        "just now", "5 min ago", "2 h ago", "9 days ago",
    ]  # fmt: skip


def test_long_text_is_cut_on_one_line() -> None:
    assert short("a\nb", 10) == "a⏎b"
    assert short("x" * 20, 5) == "xxxx…"

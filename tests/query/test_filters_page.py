"""Does docs/filters.md show what can be asked?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbtrack.query import parse, parse_key

PAGE = (Path(__file__).parents[2] / "docs" / "filters.md").read_text(encoding="utf-8")
FILTERS = [
    each
    for row in re.findall(r"^\| (`.*?) \|", PAGE, re.M)
    for each in re.findall(r"`([^`]+)`", row)
    if " " in each and not each.startswith(("NOT ", "IS ", "'"))
]


@pytest.mark.parametrize("text", [*FILTERS, "metrics.`val loss` < 1", 'params."learning rate" = 0.1'])
def test_every_filter_of_the_page_can_be_asked(text: str) -> None:
    assert len(FILTERS) > 14
    assert parse(text) is not None


def test_every_order_of_the_page_can_be_asked() -> None:
    (orders,) = re.findall(r"`order_by=\[(.*?)\]`", PAGE)
    assert [parse_key(each) for each in re.findall(r'"(.*?)"', orders)]

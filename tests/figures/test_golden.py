"""Do the cases that the browser replays still say what Python draws?"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.golden import figures_cases

GOLDEN = Path(__file__).parents[1] / "golden"


def same(found: object, wanted: object) -> bool:
    """Equal, numbers to the last digits but few: libraries sum in their own order."""
    if isinstance(found, float) or isinstance(wanted, float):
        return bool(np.isclose(found, wanted, rtol=1e-9, atol=1e-12))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in found)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    return found == wanted


@cache
def made() -> dict[str, list[object]]:
    found: dict[str, list[object]] = json.loads(json.dumps(figures_cases.cases()))
    return found


@pytest.mark.parametrize(
    "section", ["smooth", "line", "by_metric", "thin", "band", "expression", "importance", "inks", "pictures"]
)
def test_python_gives_what_the_shared_cases_say(section: str) -> None:
    written = json.loads((GOLDEN / "figures.json").read_text("utf-8"))[section]
    now = made()[section]
    assert len(now) == len(written)
    for found, wanted in zip(now, written, strict=True):
        assert same(found, wanted), wanted

"""Whatever is captured has a switch, and its cost is told."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from nbtrack.capture.options import Options

PAGE = Path(__file__).parents[2] / "docs" / "capture.md"


def test_the_page_about_capture_tells_the_cost_of_every_switch() -> None:
    costs = dict(re.findall(r"^\| [^|]+ \| `(\w+)` \| ([\d.]+ (?:ms|µs)) \|", PAGE.read_text(), re.MULTILINE))
    assert costs.keys() == {field.name for field in fields(Options) if field.type == "bool"}

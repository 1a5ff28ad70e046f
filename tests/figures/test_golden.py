"""Do the cases that the browser replays still say what Python draws?"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
spec = importlib.util.spec_from_file_location("figures_cases", GOLDEN / "figures_cases.py")
assert spec is not None
assert spec.loader is not None
figures_cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(figures_cases)


def same(found: object, wanted: object) -> bool:
    """Equal, numbers to the last digits but few: libraries sum in their own order."""
    if isinstance(found, float) or isinstance(wanted, float):
        return bool(np.isclose(found, wanted, rtol=1e-9, atol=1e-12))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in found)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    return found == wanted


@pytest.mark.parametrize("section", ["smooth", "line", "by_metric", "thin", "band", "expression", "importance", "inks"])
def test_python_gives_what_the_shared_cases_say(section: str) -> None:
    written = json.loads((GOLDEN / "figures.json").read_text("utf-8"))[section]
    now = json.loads(json.dumps(figures_cases.cases()[section]))
    assert len(now) == len(written)
    for found, wanted in zip(now, written, strict=True):
        assert same(found, wanted), wanted

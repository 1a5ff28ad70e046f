"""How much of how much has the running code done, by those who know it: a library's own count, or a tqdm bar?

Autolog's callbacks, which see epochs come and go, tell it of a run; of fits in several threads the last that told wins.
tqdm keeps a list of its open bars, in text and as widgets alike, so they are read without a hand in it; what only
prints is read by `printed.py`.
"""

from __future__ import annotations

import sys
import time
from typing import Any

Progress = tuple[float, float]  # how much, of how much

_told: dict[str, tuple[object, Progress]] = {}  # by run: who told, and what


def tell(run_id: str, teller: object, done: float, total: float) -> None:
    """`tell(run_id, fit, 3.5, 10)`: half of the fourth of ten epochs is done."""
    _told[run_id] = teller, (done, total)


def forget(run_id: str, teller: object) -> None:
    """The training has ended."""
    told = _told.get(run_id)
    if told is not None and told[0] is teller:
        _told.pop(run_id, None)


def told(run_id: str) -> Progress | None:
    found = _told.get(run_id)
    return None if found is None else found[1]


def of_bars(since: float) -> Progress | None:
    """What the bars say that were opened since a moment of `time.monotonic()`."""
    return _of_bars(time.time() - (time.monotonic() - since))


def _of_bars(since: float) -> Progress | None:
    """The outermost bar that was opened since (in seconds since 1970), with the part of its step that the next inner
    bar has done."""
    module = sys.modules.get("tqdm.std")
    if module is None:
        return None
    try:
        bars = [bar for bar in list(module.tqdm._instances) if _counts(bar, since)]
    except RuntimeError:  # one was opened just now, in another thread
        return None
    bars.sort(key=lambda bar: bar.start_t)
    if not bars:
        return None
    outer = bars[0]
    inner = min(bars[1].n / bars[1].total, 1.0) if len(bars) > 1 and outer.n < outer.total else 0.0
    return outer.n + inner, outer.total


def _counts(bar: Any, since: float) -> bool:
    return not bar.disable and bool(bar.total) and getattr(bar, "start_t", 0.0) >= since

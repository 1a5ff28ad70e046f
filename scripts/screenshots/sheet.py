"""How are pictures of one scene put on one sheet? Light above dark, narrow beside wide."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from PIL import Image
from playwright.sync_api import Page

WIDTHS = (600, 1400)
HEIGHT = 900
TALLEST = 1600  # px; what is longer goes on as it looks there
GAP = 10


def looks() -> Iterator[tuple[int, bool]]:
    """Each width, and whether it is dark."""
    for dark in (False, True):
        for width in WIDTHS:
            yield width, dark


def photograph(page: Page) -> Image.Image:
    """Once the page has come to rest: charts are drawn one after the other, and only when they come into sight."""
    before, now = b"", page.screenshot()
    for _ in range(40):
        if before == now:
            break
        page.wait_for_timeout(250)
        before, now = now, page.screenshot()
    return Image.open(io.BytesIO(now)).convert("RGB")


def sheet(shoot: Callable[[int, bool], Image.Image]) -> Image.Image:
    shots = [shoot(*look) for look in looks()]
    shots = [shot.crop((0, 0, shot.width, min(shot.height, TALLEST))) for shot in shots]
    heights = [max(shot.height for shot in shots[row : row + 2]) for row in (0, 2)]
    made = Image.new("RGB", (sum(WIDTHS) + GAP, sum(heights) + GAP), "#f0f")
    for at, shot in enumerate(shots):
        made.paste(shot, (at % 2 * (WIDTHS[0] + GAP), at // 2 * (heights[0] + GAP)))
    return made

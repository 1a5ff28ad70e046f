"""Choose the colors, dashes and markers of runs and groups: as the dashboard does (js/src/ui/color.ts)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from nbtrack.figures._palette import COLORS, DASHES, MARKERS, NEAR_COLORS
from nbtrack.figures.hashing import fnv1a

HUES = tuple(COLORS)
SCALE = ((0.0, "#546ae2"), (0.25, "#56b4e9"), (0.5, "#009e73"), (0.75, "#e69f00"), (1.0, "#d55e00"))
_PLOTLY_MARKERS = {"circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle-up"}
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Ink:
    """A line style. `dash` and `marker` are plotly's names."""

    color: str
    dash: str
    marker: str


def inks(ids: Iterable[str], chosen: Mapping[str, str] | None = None) -> dict[str, Ink]:
    """Give the line styles of runs that are shown together.

    A run's color is always the same: the one in `chosen` (#rrggbb by run id), or else by its id.
    """
    known = list(ids)
    return _styles(known, [(chosen or {}).get(each) or color_of_id(each) for each in known])


def group_inks(names: Iterable[str]) -> dict[str, Ink]:
    """Give the line styles of groups, in their order."""
    known = list(dict.fromkeys(names))
    return _styles(known, [HUES[place % len(HUES)] for place in range(len(known))])


def color_of_id(run_id: str) -> str:
    """Give the color of a run that nobody chose one for."""
    return HUES[fnv1a(run_id) % len(HUES)]


def valid_color(text: str | None) -> str | None:
    """Give #rrggbb in lower case; None for anything else, which may come from a stranger's store."""
    return text.lower() if text and _COLOR.fullmatch(text) else None


def faint(color: str, alpha: float) -> str:
    """Give a color with an alpha channel, as CSS text."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def _styles(names: list[str], colors: list[str]) -> dict[str, Ink]:
    """Give each the first dash that no one of a near color has; after all are taken, the one used least."""
    uses: dict[str, list[int]] = {}  # by color: how often each style is taken by that color or a near one
    found = {}
    for name, color in zip(names, colors, strict=True):
        if color not in uses:
            near = [taken for other, taken in uses.items() if _is_near(color, other)]
            uses[color] = [sum(counts) for counts in zip(*near, strict=True)] if near else [0] * len(DASHES)
        style = uses[color].index(min(uses[color]))
        for other, taken in uses.items():
            if other == color or _is_near(color, other):
                taken[style] += 1
        dash = ",".join(f"{length}px" for length in DASHES[style]) or "solid"
        found[name] = Ink(color, dash, _PLOTLY_MARKERS[MARKERS[style]])
    return found


def _is_near(one: str, other: str) -> bool:
    return math.dist(_oklab(one), _oklab(other)) < NEAR_COLORS


@cache
def _oklab(color: str) -> tuple[float, float, float]:
    """Convert to OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )

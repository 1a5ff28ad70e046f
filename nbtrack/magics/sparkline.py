"""What does a metric's history look like in the height of a line of text?"""

from __future__ import annotations

import math

from nbtrack.magics.trace import merged

WIDTH, HEIGHT = 120, 22
_MARGIN = 2.5


def sparkline(columns: list[tuple[float, float]], *, label: str, most: int = 48) -> str:
    """An inline SVG of the lowest and highest value per column; "" below two points. `label` is escaped already.

    It takes the colour of the text around it, so it is drawn right on light and dark.
    """
    while len(columns) > most:
        columns = merged(columns)
    points = _points(columns)
    if len(points) < 2:
        return ""
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" '
        'style="display:block;overflow:visible;'
        f'min-width:{WIDTH}px;max-width:none">'
        f'<polyline points="{path}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" '
        'stroke-linecap="round"/>'
        f'<circle cx="{x:g}" cy="{y:g}" r="2.2" fill="currentColor"/></svg>'
    )


def _points(columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Two points a column where it is more than one value, entered from the side the line comes from."""
    if not columns:
        return []
    low = min(column[0] for column in columns)
    high = max(column[1] for column in columns)
    span = high - low
    across = (WIDTH - 2 * _MARGIN) / max(1.0, len(columns) - (1 if columns[-1][0] == columns[-1][1] else 0.5))
    points: list[tuple[float, float]] = []
    falls = len(columns) > 1 and columns[1][0] < columns[0][0]
    before = columns[0][1] if falls else columns[0][0]  # or a falling line would begin with a dip
    for i, (bottom, top) in enumerate(columns):
        ends = (bottom, top) if abs(before - bottom) <= abs(before - top) else (top, bottom)
        for part, value in enumerate(dict.fromkeys(ends)):
            points.append((round(_MARGIN + (i + part / 2) * across, 1), _height(value, low, span)))
        before = ends[1]
    return points


def _height(value: float, low: float, span: float) -> float:
    if span == 0 or not math.isfinite(span):  # a flat line, or extremes whose distance is no float any more
        return HEIGHT / 2
    return round(HEIGHT - _MARGIN - (value - low) / span * (HEIGHT - 2 * _MARGIN), 1)

"""What do all figures look like? plotly is imported here, when the first figure is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.figures.categories import in_natural_order
from nbtrack.figures.given import Values
from nbtrack.figures.ink import HUES

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_TICKS = 30


def figure(traces: Sequence[Any], title: str, *, notes: Sequence[str] = (), **layout: Any) -> Figure:
    """`notes` stand under the title: what a reader must know before believing the picture."""
    from plotly.graph_objects import Figure

    told = "<br>".join(_plain(note) for note in notes)
    settings = {
        "template": "plotly_white",
        "colorway": list(HUES),
        "font": {"family": "system-ui, sans-serif", "size": 12},
        "margin": {"l": 60, "r": 20, "t": 60 + 16 * len(notes), "b": 50},
        "title": {"text": _plain(title) + (f"<br><sup>{told}</sup>" if told else ""), "x": 0.01, "xanchor": "left"},
        "hoverlabel": {"namelength": -1},
    }
    return Figure(data=list(traces), layout={**settings, **layout})


def axis(values: Values) -> dict[str, Any]:
    """An axis for a column: logarithmic where its values were chosen so, a calendar of times, by name of texts."""
    if values.numbers is None:
        order = [_plain(word) for word in in_natural_order(text for text in values.texts if text is not None)]
        return {"title": {"text": _plain(values.label)}, "type": "category", "categoryarray": order}
    if values.is_time:
        return {"title": {"text": f"{_plain(values.label)} (UTC)"}, "type": "date"}
    return {"title": {"text": _plain(values.label)}, "type": "log" if values.log else "linear"}


def shown(values: Values) -> list[Any]:
    if values.numbers is None:
        return [None if text is None else _plain(text) for text in values.texts]
    if values.is_time:
        return [None if np.isnan(ms) else np.datetime64(round(ms), "ms").item() for ms in values.numbers.tolist()]
    return list(values.numbers.tolist())


def _plain(text: str) -> str:
    """plotly reads a little HTML in texts; values from stores are never markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("&lt;br&gt;", " ")


plain = _plain

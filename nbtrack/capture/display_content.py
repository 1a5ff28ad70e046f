"""Which of the forms of a display is kept, and as what file?

A display offers several: plotly's figure as JSON and as HTML, a chart of Altair as a specification. The one that says
most is kept; that another form is only a library's code or a widget's place loses nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from nbtrack.capture.options import options
from nbtrack.capture.secrets import masked

PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
BOKEH = "application/vnd.bokehjs_exec.v0+json"
HTML, JSON = "text/html", "application/json"
_ENDINGS = {  # in the order of what says most
    PLOTLY: "plotly.json",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "application/geo+json": "geojson",
}
_VEGA = re.compile(r"application/vnd\.vega(?P<lite>lite)?\.v\d+(?:\+json|\.json)")
_OWN = ('<div class="nbtrack-', "<div data-nbtrack=")  # cards and tables, dashboards
_ROOT = re.compile(r"\s*<div id=\"[\w-]+\" data-root-id=\"[\w-]+\"[^>]*>\s*</div>\s*")


def content(data: Mapping[str, Any]) -> tuple[str, bytes] | None:
    """The ending and the bytes of the form that says most; None for what is not kept: text, widgets, nbtrack's own."""
    page = str(data.get(HTML, ""))
    if page.startswith(_OWN):
        return None
    for kind, ending in _ENDINGS.items():
        if kind in data and (found := _bytes(kind, data[kind])):
            return ending, found
    for kind, value in data.items():
        if vega := _VEGA.fullmatch(kind):
            return ("vl.json" if vega["lite"] else "vg.json"), _bytes(JSON, value)
    if page and WIDGET not in data and not _is_library(page):
        return "html", _bytes(HTML, page)
    if JSON in data:
        is_figure = isinstance(data[JSON], Mapping) and {"data", "layout"} <= data[JSON].keys()
        return ("plotly.json" if is_figure else "json"), _bytes(JSON, data[JSON])
    return None


def _is_library(page: str) -> bool:
    """Plotly and Bokeh display their own code, megabytes of it, before the first figure."""
    start = page[:2000]
    plotly = "window.PlotlyConfig" in start and page.lstrip().startswith("<script")
    return "bk-notebook-logo" in start or (plotly and 'class="plotly-graph-div"' not in page[-20_000:])


def is_bokeh_root(data: Mapping[str, Any]) -> bool:
    """Is this the empty element that Bokeh's next display fills?"""
    return bool(_ROOT.fullmatch(str(data.get(HTML, ""))[:1000]))


def with_bokeh(data: Mapping[str, Any], root: str) -> Mapping[str, Any]:
    """A figure of Bokeh as one page that needs no network: `root`, the library and the script that draws it."""
    script = data.get("application/javascript")
    bokeh = sys.modules.get("bokeh.resources")
    if BOKEH not in data or not root or not script or bokeh is None:
        return data
    library = bokeh.Resources(mode="inline", components=_components(str(script))).render_js()
    return {HTML: f"<!doctype html>\n<meta charset=utf-8>\n{root}\n{library}\n<script>{script}</script>\n"}


def _components(script: str) -> list[str]:
    """Bokeh's parts for widgets and tables are as large again, and few figures have them."""
    widgets = re.search(r'"(?:DataTable|TableColumn|Slider|Select|Button|Tabs|TextInput|CheckboxGroup)"', script)
    return ["bokeh", "bokeh-widgets", "bokeh-tables"] if widgets else ["bokeh"]


def _bytes(kind: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    text = json.dumps(value) if kind.endswith("json") and not isinstance(value, str) else str(value)
    if kind.startswith(("image/", "application/pdf")) and kind != "image/svg+xml":
        try:
            return base64.b64decode(text)
        except (binascii.Error, ValueError):
            return b""
    return (masked(text) if options.masking else text).encode("utf-8", "replace")

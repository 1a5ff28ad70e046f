"""Which form of a display is kept?"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from nbtrack.capture.display_content import content, is_bokeh_root
from nbtrack.capture.displays import Displays

FIGURE = {"data": [{"y": [1, 2]}], "layout": {"title": {"text": "Gains"}}}
LIBRARY = "        <script>\n        window.PlotlyConfig = {MathJaxConfig: 'local'};</script><script src='https://cdn'></script>"
DRAWN = (
    '<div>  <script>window.PlotlyConfig = {}</script> <div id="a" class="plotly-graph-div"></div>'
    '<script>Plotly.newPlot("a")</script></div>'
)
PNG = base64.b64encode(b"\x89PNG").decode()
KEPT = [
    ("plotly's specification", {"application/vnd.plotly.v1+json": FIGURE}, "plotly.json"),
    ("with its page of 6.1 and later", {"application/vnd.plotly.v1+json": FIGURE, "text/html": DRAWN}, "plotly.json"),
    ("with its library beside it", {"application/vnd.plotly.v1+json": FIGURE, "text/html": LIBRARY}, "plotly.json"),
    ("with a picture", {"application/vnd.plotly.v1+json": FIGURE, "image/png": PNG}, "plotly.json"),
    ("plotly's page alone", {"text/html": DRAWN}, "html"),
    ("plotly's renderer for JSON", {"application/json": FIGURE}, "plotly.json"),
    ("plotly's iframe", {"text/html": '<iframe src="iframe_figures/figure_1.html"></iframe>'}, "html"),
    ("Altair's specification", {"application/vnd.vegalite.v6.json": {"mark": "bar"}, "text/plain": "x"}, "vl.json"),
    ("Altair 5's", {"application/vnd.vegalite.v5+json": {"mark": "bar"}, "text/plain": "x"}, "vl.json"),
    ("Vega's", {"application/vnd.vega.v5+json": {"marks": []}}, "vg.json"),
    ("Altair's page", {"text/html": "<style>#altair-viz-1 {}</style><div id='altair-viz-1'></div>"}, "html"),
    ("a Styler", {"text/html": "<style>#T_1 {}</style><table id='T_1'></table>", "text/plain": "<Styler>"}, "html"),
    ("a widget that is a picture too", {"application/vnd.jupyter.widget-view+json": {}, "image/png": PNG}, "png"),
    ("an animation", {"image/gif": PNG}, "gif"),
    ("plotly's library", {"text/html": LIBRARY}, None),
    ("Bokeh's greeting", {"text/html": "<style>.bk-notebook-logo {}</style>"}, None),
    ("a widget", {"application/vnd.jupyter.widget-view+json": {}, "text/html": "Loading", "text/plain": "x"}, None),
    ("a card", {"text/html": '<div class="nbtrack-card">'}, None),
    ("text", {"text/plain": "x"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "data", "ending"), KEPT, ids=[each[0] for each in KEPT])
def test_a_display_is_judged_by_its_best_part(what: str, data: dict[str, Any], ending: str | None) -> None:
    found = content(data)
    assert (found[0] if found else None) == ending, what
    if ending and ending.endswith("json"):
        assert isinstance(json.loads(found[1] if found else b""), dict)


def test_a_figure_of_bokeh_is_one_page_of_its_two_displays(monkeypatch: pytest.MonkeyPatch) -> None:
    class Resources:
        def __init__(self, **_: Any) -> None:
            """As Bokeh's."""

        def render_js(self) -> str:
            return "<script>BOKEH</script>"

    module = type("Module", (), {"Resources": Resources})
    monkeypatch.setitem(__import__("sys").modules, "bokeh.resources", module)
    root = '\n  <div id="c7-42" data-root-id="p1008" style="display: contents;"></div>\n'
    assert is_bokeh_root({"text/html": root})
    displays = Displays()
    displays.add({"text/html": root})
    displays.add({"application/javascript": "embed()", "application/vnd.bokehjs_exec.v0+json": ""})
    (page,) = displays.files().values()
    assert [part in page.decode() for part in ("p1008", "BOKEH", "embed()")] == [True] * 3


RENDERERS = (
    "plotly_mimetype notebook notebook_connected plotly_mimetype+notebook colab iframe json vscode jupyterlab nteract "
    "kaggle azure plotly_mimetype+notebook_connected sphinx_gallery"
).split()


@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_renderer_of_plotly_leaves_exactly_one_file_of_a_figure(
    renderer: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import plotly.graph_objects as go
    import plotly.io as pio
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.chdir(tmp_path)
    ip = InteractiveShell()
    monkeypatch.setattr(ip.display_pub, "publish", lambda *args, **kwargs: None)
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(InteractiveShell, "instance", lambda *args: ip)
    displays = Displays()
    displays.start(ip)
    try:
        before = pio.renderers.default
        pio.renderers.default = renderer
        go.Figure(go.Scatter(y=[1, 2, 3])).show()
    finally:
        pio.renderers.default = before
        displays.stop()
    assert len(displays.files()) == 1, list(displays.files())

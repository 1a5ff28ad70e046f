"""Where is the built front end, and in what form does it travel?"""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbtrack.dashboard._protocol import PROTOCOL
from nbtrack.errors import NbtrackError

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Front:
    """`version` names protocol and build; `code` is the gzipped module in base64; `loader` brings it onto a page."""

    version: str
    code: str
    loader: str

    @property
    def esm(self) -> str:
        """The module that anywidget loads for a model: announces it to the page, and renders it as an ordinary view.

        A page keeps each module that it ever loaded, and there is one for each model: so the code is a trait beside it.
        """
        return (
            f"{self.loader}\nexport default {{\n"
            "  initialize({ model, signal }) {\n"
            f"    nbtrackLoader.offer({self.version!r}, model.get('_front'));\n"
            # It is evaluated while the kernel still makes what is shown; where that fails, the view says so.
            f"    nbtrackLoader.load({self.version!r}).catch(() => {{}});\n"
            "    nbtrackLoader.announce('models', model, signal);\n"
            "  },\n"
            f"  async render(context) {{ return (await nbtrackLoader.load({self.version!r})).render(context); }},\n"
            "};\n"
        )

    @property
    def channel_esm(self) -> str:
        return (
            f"{self.loader}\nexport default {{\n"
            "  initialize({ model, signal }) { nbtrackLoader.announce('channels', model, signal); },\n"
            "  render() {},\n"
            "};\n"
        )


@cache
def front() -> Front:
    """Raises NbtrackError where the front end has not been built."""
    try:
        packed = (STATIC / "widget.js.gz").read_bytes()
        loader = (STATIC / "loader.js").read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise NbtrackError(
            f"The front end of nbtrack is not built: '{error.filename}' is missing. "
            "In a checkout run `npm ci && npm run build` in js/, or install nbtrack with pip."
        ) from error
    code = base64.b64encode(packed).decode("ascii")
    return Front(f"{PROTOCOL}-{hashlib.sha256(packed).hexdigest()[:12]}", code, loader)


@cache
def plotly_code() -> str:
    """plotly.js as the Python package carries it, gzipped, in base64: figures among a run's files are drawn with it."""
    from plotly.offline import get_plotlyjs

    return base64.b64encode(gzip.compress(get_plotlyjs().encode(), 6, mtime=0)).decode("ascii")

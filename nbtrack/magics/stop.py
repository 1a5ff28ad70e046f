"""How is a cell stopped from its own card?

The kernel is busy while its cell runs, so the page asks the Jupyter server to interrupt it. A page that has no such
server, or whose server does not know the kernel (VS Code, an exported page, a notebook opened again), shows no button:
it is the script that puts it there, once the server has answered. The card is drawn anew several times a second, and
each time the same button moves into it, so that neither a press nor the focus is lost.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.resources import files

_FILE = re.compile(r"kernel-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json")
_ID = re.compile(r"[0-9a-f-]{8,64}")


def kernel_id() -> str:
    """The kernel's id at its Jupyter server, by the name of its connection file; empty where it has none."""
    connect = sys.modules.get("ipykernel.connect")
    if connect is None:
        return ""
    try:
        path = connect.get_connection_file()
    except RuntimeError:  # IPython is here, but no kernel
        return ""
    match = _FILE.search(str(path))
    return match[1] if match else ""


def stop_html(run_id: str, kernel: str) -> str:
    """The place of the button and the script that fills it; empty where there is nothing to stop."""
    if not (_ID.fullmatch(run_id) and _ID.fullmatch(kernel)):
        return ""
    return f'<span data-nbtrack-stop="{run_id}"></span><script>{_script()}("{run_id}", "{kernel}")</script>'


@cache
def _script() -> str:
    text = files("nbtrack.magics").joinpath("stop.js").read_text(encoding="utf-8")
    return "".join(line.strip() + "\n" for line in text.splitlines()).rstrip().rstrip(";")

"""Which notebook is this kernel running?"""

from __future__ import annotations

import os
from collections.abc import Mapping


def notebook_path(namespace: Mapping[str, object]) -> str | None:
    """The notebook's path where the front end tells it: VS Code by a variable, Jupyter by the session's name.

    Jupyter's is given when the kernel starts, so after a rename it is the old one until the kernel restarts.
    """
    told = namespace.get("__vsc_ipynb_file__")
    if isinstance(told, str):
        return told
    session = os.environ.get("JPY_SESSION_NAME", "")
    return session if session.endswith(".ipynb") else None

"""Do outputs and widget models share one page here? Where they do not, a dashboard is an ordinary widget view."""

from __future__ import annotations

import os
import sys


def wants_widget_view() -> bool:
    """Colab shows each output in a frame of its own; VS Code, marimo and Databricks have their own ways with HTML."""
    if "google.colab" in sys.modules or "marimo" in sys.modules or "DATABRICKS_RUNTIME_VERSION" in os.environ:
        return True
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell is not None and "__vsc_ipynb_file__" in shell.user_ns

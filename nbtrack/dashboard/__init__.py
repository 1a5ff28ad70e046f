"""How are runs looked at in the notebook? Its names load when first used, because they need the widget libraries."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbtrack.dashboard.api import chart, compare, dashboard, show, table
    from nbtrack.dashboard.widget import Dashboard

__all__ = ["Dashboard", "chart", "compare", "dashboard", "show", "table"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'nbtrack.dashboard' has no attribute '{name}'")
    room = "widget" if name == "Dashboard" else "api"
    return getattr(importlib.import_module(f"nbtrack.dashboard.{room}"), name)

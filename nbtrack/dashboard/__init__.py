"""How are runs looked at in the notebook?

The package is called like its main function, so it can be called: `nbtrack.dashboard()` and `nbtrack.dashboard.compare`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbtrack.dashboard.api import chart, compare, dashboard, show
    from nbtrack.dashboard.widget import Dashboard

__all__ = ["Dashboard", "chart", "compare", "dashboard", "show"]


class _Package(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Dashboard:
        from nbtrack.dashboard.api import dashboard

        return dashboard(*args, **options)

    def __getattr__(self, name: str) -> Any:
        if name == "Dashboard":
            from nbtrack.dashboard.widget import Dashboard

            return Dashboard
        if name in __all__:
            from nbtrack.dashboard import api

            return getattr(api, name)
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")


sys.modules[__name__].__class__ = _Package

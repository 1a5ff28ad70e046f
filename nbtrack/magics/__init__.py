"""How does a cell become an experiment with one line above it?"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

_loaded: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def load_ipython_extension(ip: Any) -> None:
    """`%load_ext nbtrack`: `%%track`, `%track`, and the hooks that end a cell's run. Loading twice changes nothing."""
    from nbtrack.magics.magics import Magics

    if ip not in _loaded:
        magics = Magics(ip)
        magics.register()
        _loaded[ip] = magics


def unload_ipython_extension(ip: Any) -> None:
    """`%unload_ext nbtrack`: all of it is taken away again."""
    magics = _loaded.pop(ip, None)
    if magics is not None:
        magics.unregister()

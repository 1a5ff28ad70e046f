"""Which of the values that a library names can be kept, as texts and as numbers?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbtrack.capture.secret_names import hides_text, is_plain
from nbtrack.errors import warn_once
from nbtrack.stores.names import LONGEST_PARAM

SHORTEST_SECRET = 3  # characters; what is not longer is a switch


def texts_of(params: Mapping[str, Any]) -> dict[str, str]:
    """Params as text, cut as MLflow cuts them, without what may be a secret by its name."""
    texts = {str(key): (_text(value)[:LONGEST_PARAM], value) for key, value in params.items()}
    return {key: text for key, (text, value) in texts.items() if not hides_text(key, value) or _hides_nothing(text)}


def numbers_of(values: Mapping[str, Any]) -> dict[str, float]:
    """Metrics as floats. One that is no number is left out with a warning, and takes no other with it."""
    found = {}
    for key, value in values.items():
        try:
            found[str(key)] = float(value)
        except Exception:  # what holds a value (an array, a tensor) has errors of its own
            warn_once(f"The metric '{key}' of a fit was left out: {_text(value)[:80]} is not a number.")
    return found


def _hides_nothing(text: str) -> bool:
    """A switch such as `"no"`, a number as text, or `<HUB_TOKEN>`, which transformers puts in a token's place."""
    return len(text) <= SHORTEST_SECRET or is_plain(text)


def _text(value: Any) -> str:
    try:
        return str(value).encode("utf-8", "replace").decode()  # half of a surrogate pair is kept nowhere
    except Exception:  # a person's class may fail to say what it is
        return f"<{type(value).__name__}>"

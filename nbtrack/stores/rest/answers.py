"""What does a server's answer hold, where it may hold anything?"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from nbtrack.errors import NotAStoreError, visible

P = ParamSpec("P")
T = TypeVar("T")


class Answer(dict[str, Any]):
    """The JSON object of one answer. What is asked of it is there in its type, or a NotAStoreError says what is not."""

    def __init__(self, found: dict[str, Any], url: str) -> None:
        super().__init__(found)
        self.url = url

    def one(self, key: str) -> dict[str, Any]:
        found = self.get(key)
        if not isinstance(found, dict):
            raise self._strange(key, "an object", found)
        return found

    def many(self, key: str) -> list[dict[str, Any]]:
        """Empty where the answer has no such list: servers leave out what is empty."""
        found = self.get(key)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self._strange(key, "a list of objects", found)
        return found

    def text(self, key: str) -> str:
        found = self.get(key)
        if not isinstance(found, str | int):
            raise self._strange(key, "text", found)
        return str(found)

    @property
    def next_page(self) -> str | None:
        return self.text("next_page_token") if self.get("next_page_token") else None

    def _strange(self, key: str, wanted: str, found: object) -> NotAStoreError:
        return NotAStoreError(
            f"{self.url} answers, but not as an MLflow server does: '{key}' should be {wanted}, and is "
            f"{_shown(found)}. Check the address."
        )


def understood(read: Callable[P, T]) -> Callable[P, T]:
    """Turn the errors of reading a value of another type than was expected into one NotAStoreError."""

    @functools.wraps(read)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error:
            missing = f"{error} is missing" if isinstance(error, KeyError) else _shown(error)
            what = f"{read.__name__.strip('_')} cannot be read ({missing})"
            raise NotAStoreError(
                f"The server answers, but not as an MLflow server does: {what}. Check the address."
            ) from error

    return call


def _shown(found: object) -> str:
    text = "missing" if found is None else str(found) if isinstance(found, Exception) else repr(found)
    return visible(text if len(text) <= 80 else text[:77] + "…")

"""How does a long answer come in pages?"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from nbtrack.errors import InvalidValueError

T = TypeVar("T")
MOST_RESULTS = 50_000  # MLflow's limit for one page


class PagedList(list[T], Generic[T]):
    """A page of results. `token` asks for the next page, and is None on the last."""

    def __init__(self, items: Iterable[T], token: str | None) -> None:
        super().__init__(items)
        self.token = token

    def to_list(self) -> list[T]:
        return list(self)


def bounds(total: int, max_results: int, page_token: str | None) -> tuple[int, int, str | None]:
    """Start, end and the next page's token, of a page of a list of `total` items.

    Raises InvalidValueError for a `max_results` outside 1…50000 and for a token that no page gave.
    """
    if not isinstance(max_results, int) or not 1 <= max_results <= MOST_RESULTS:
        raise InvalidValueError(f"max_results is {max_results!r}. Ask for 1 to {MOST_RESULTS} results at a time.")
    start = _offset(page_token) if page_token else 0
    end = min(start + max_results, total)
    token = base64.b64encode(json.dumps({"offset": end}).encode()).decode() if end < total else None
    return start, end, token


def page(items: Sequence[T], max_results: int, page_token: str | None) -> PagedList[T]:
    start, end, token = bounds(len(items), max_results, page_token)
    return PagedList(items[start:end], token)


def _offset(token: str | bytes) -> int:
    try:
        offset = json.loads(base64.b64decode(token, validate=True))["offset"]
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise InvalidValueError(f"The page token {token!r} is not one. Pass the .token of the page before.") from error
    if not isinstance(offset, int) or offset <= 0:
        raise InvalidValueError(f"The page token {token!r} points nowhere. Pass the .token of the page before.")
    return offset

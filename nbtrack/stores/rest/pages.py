"""Which runs of a server fit a question, page by page?"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nbtrack.entities import Experiment, ViewType
from nbtrack.errors import NotAStoreError
from nbtrack.frame import Row
from nbtrack.stores.rest import reading
from nbtrack.stores.rest.answers import Answer
from nbtrack.stores.rest.link import AnswerTooLarge, Link

FIRST, LATER = 100, 1000  # rows of a page: the first is to be there at once, the others cost the server least so
MOST = {"runs": 1_000_000, "experiments": 100_000, "metrics": 50_000_000}  # that a server can be believed to have
MOST_SHORT_PAGES = 100  # in a row: pages of less than was asked for, each with a promise of more
VIEWS = {ViewType.ACTIVE_ONLY: "ACTIVE_ONLY", ViewType.DELETED_ONLY: "DELETED_ONLY", ViewType.ALL: "ALL"}


def runs(
    link: Link,
    experiment_ids: Sequence[str],
    filter_string: str = "",
    order_by: Sequence[str] = (),
    view: ViewType = ViewType.ALL,
    *,
    start: int = 0,
    first: int = FIRST,
) -> Iterator[tuple[list[Row], bool]]:
    """The rows from number `start` on, in pages, each with whether there are more. Newest first, or as ordered.

    Runs that are made meanwhile push others onto the next page: a row may come twice.
    """
    if not experiment_ids:
        return
    body = {
        "experiment_ids": list(experiment_ids),
        "filter": filter_string,
        "run_view_type": VIEWS[view],
        "order_by": list(order_by),
    }
    token = base64.b64encode(json.dumps({"offset": start}).encode()).decode() if start else None

    def ask(size: int, token: str | None) -> Answer:
        return link.post("runs/search", {**body, "max_results": size, **({"page_token": token} if token else {})})

    seen: set[str] = set()
    for found, more in walked(ask, "runs", first, LATER, token):
        rows = [reading.row(each) for each in found]
        ids = {row.run.info.run_id for row in rows}
        repeated = bool(ids) and ids <= seen  # a page of nothing new: its promise of more is none
        seen |= ids
        yield rows, more and not repeated
        if repeated:
            return


def experiments(link: Link, view: ViewType) -> list[Experiment]:
    """Newest first, then by id."""

    def ask(size: int, token: str | None) -> Answer:
        body = {"max_results": size, "view_type": VIEWS[view]}
        return link.post("experiments/search", {**body, "page_token": token} if token else body)

    found: dict[str, Experiment] = {}
    for page, _ in walked(ask, "experiments", 1000, 1000):
        new = {each.experiment_id: each for each in map(reading.experiment, page)}
        if new.keys() <= found.keys():
            break
        found |= new
    return sorted(found.values(), key=lambda each: (-(each.creation_time or 0), each.experiment_id))


def walked(
    ask: Callable[[int, str | None], Answer], key: str, first: int, later: int, token: str | None = None
) -> Iterator[tuple[list[dict[str, Any]], bool]]:
    """The pages of a list, each with whether there are more. `ask` is given how many are wanted, and where to go on.

    Fewer are asked for where a page is too large. Raises NotAStoreError where a server promises more without end.
    """
    size, total, short = first, 0, 0
    while True:
        try:
            answer = ask(size, token)
        except AnswerTooLarge:
            if size == 1:
                raise
            size = later = max(1, size // 10)
            continue
        page, token = answer.many(key), answer.next_page
        total, short = total + len(page), short + 1 if len(page) < size else 0
        if total > MOST[key] or short > MOST_SHORT_PAGES:
            raise NotAStoreError(
                f"{answer.url} promises more {key} without end: {total:,} came so far. Check the address, or choose "
                "fewer experiments."
            )
        yield page, token is not None
        if token is None or not page:
            return
        size = later

"""Which runs of a server fit a question, page by page?"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence

from nbtrack.entities import Experiment, ViewType
from nbtrack.frame import Row
from nbtrack.stores.rest import reading
from nbtrack.stores.rest.link import Link

FIRST, LATER = 100, 1000  # rows of a page: the first is to be there at once, the others cost the server least so
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
    token = base64.b64encode(json.dumps({"offset": start}).encode()).decode() if start else None
    size = first
    while experiment_ids:
        body = {
            "experiment_ids": list(experiment_ids),
            "filter": filter_string,
            "run_view_type": VIEWS[view],
            "max_results": size,
            "order_by": list(order_by),
        }
        answer = link.post("runs/search", {**body, "page_token": token} if token else body)
        token = answer.get("next_page_token") or None
        found = answer.get("runs", ())
        yield [reading.row(each) for each in found], token is not None
        if token is None or not found:
            return
        size = LATER


def experiments(link: Link, view: ViewType) -> list[Experiment]:
    """Newest first, then by id."""
    found: list[Experiment] = []
    body = {"max_results": 1000, "view_type": VIEWS[view]}
    while True:
        answer = link.post("experiments/search", body)
        found += [reading.experiment(each) for each in answer.get("experiments", ())]
        if not answer.get("next_page_token"):
            return sorted(found, key=lambda each: (-(each.creation_time or 0), each.experiment_id))
        body = {**body, "page_token": answer["next_page_token"]}

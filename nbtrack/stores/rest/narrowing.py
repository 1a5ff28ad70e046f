"""Which runs must come from a server to answer a question?

Its filter goes along as far as the server understands it. Where the server can sort as we do, pages are taken until
enough of their runs fit; else all that may fit come, and are sorted here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbtrack.errors import InvalidValueError
from nbtrack.frame import Row, frame_of
from nbtrack.query.evaluate import Place, evaluate
from nbtrack.stores.base import Question
from nbtrack.stores.rest import asking, pages
from nbtrack.stores.rest.link import Link


def rows(link: Link, experiment_ids: Sequence[str], question: Question) -> tuple[list[Row], int]:
    """The rows, and how many before `question.start` were left out."""
    said = asking.asked(question.node, question.now)
    try:
        return _rows(link, experiment_ids, question, said)
    except InvalidValueError:
        if not said.filter:
            raise
        return _rows(link, experiment_ids, question, asking.Asked("", False))  # a server that knows less than MLflow 2


def _rows(link: Link, experiment_ids: Sequence[str], question: Question, said: asking.Asked) -> tuple[list[Row], int]:
    order = asking.ordered(question.keys)
    end = None if order is None or asking.is_beyond_rows(question.node, question.keys) else question.end
    start = question.start if end is not None and said.exact else 0
    first = pages.LATER if end is None else min(end - start + 1, pages.LATER)
    found: dict[str, Row] = {}
    for page, _ in pages.runs(
        link, experiment_ids, said.filter, order or (), question.view, start=start, first=max(first, 1)
    ):
        found.update((row.run.info.run_id, row) for row in page)
        # One more than wanted shows that there is a next page.
        if end is not None and start + _fitting(list(found.values()), question) > end:
            break
    return list(found.values()), start


def _fitting(found: Sequence[Row], question: Question) -> int:
    if question.node is None:
        return len(found)
    return int(np.count_nonzero(evaluate(question.node, Place(frame_of(found), question.now))))
